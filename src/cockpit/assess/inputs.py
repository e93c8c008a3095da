"""Everything a session fetched to assess one moment: counts, series, events and settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cockpit.config import Config, Predictions
from cockpit.records import DAY, HOUR, MINUTE, SECOND, Counts, Event, Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cockpit.bins import FeatureBins

    Series = tuple[NDArray[np.int64], NDArray[np.float64]]  # times (µs), values

INFRA_SPAN = 5 * MINUTE  # the full window of infrastructure figures
QUALITY_SPAN = 60 * MINUTE  # and of quality and drift
# Over which error budgets are watched, a long span and its short one (Beyer et al. 2018, ch. 5).
BURN_SPANS = ((HOUR, 5 * MINUTE), (6 * HOUR, 30 * MINUTE), (3 * DAY, 6 * HOUR))


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What was known at `at`. Nothing in it may have been observed later.

    `as_of_fast` and `as_of_slow` are where the windows end: up to there all requests have been
    told.

    `now` holds the tables of the two windows (fast tables over `infra_window`, slow ones over
    `quality_window`), label moves expanded and summed: no `was`, `valid` or `observed`. `history`
    holds tables over `history_window` with `valid` kept, for charts, for the onset and for the
    time before it, less the tables and columns that nothing reads where there is a labelled
    reference to compare with; `reference` those of the reference. A table that does not exist has
    no key. `series` maps "name" or 'name{version="v42"}' to times (µs) and values.

    Where labels of the quality window are still coming, `aged` holds the labelled tables of an
    earlier window of the same length, as they looked when it was as young: `aged_window`.
    `decisions` is the score table of the history by version, without its bins. `spans` holds the
    fast tables over each of BURN_SPANS, by its length in µs, or as much of it as there is since
    `recorded_since`. `schemas` are the versions' input schemas as given, `columns` those the
    predictions' file had. `importance` is the share of the score's variance that each feature
    tells in the reference.
    """

    at: int
    as_of_fast: int
    as_of_slow: int
    infra_window: Window
    quality_window: Window
    history_window: Window
    now: Mapping[str, Counts]
    gauge_window: Window | None = None  # the infra window, unless gauges come from elsewhere
    history: Mapping[str, Counts] = field(default_factory=dict)
    reference: Mapping[str, Counts] = field(default_factory=dict)
    aged: Mapping[str, Counts] = field(default_factory=dict)
    aged_window: Window | None = None
    decisions: Counts | None = None
    spans: Mapping[int, Mapping[str, Counts]] = field(default_factory=dict)
    recorded_since: int = 0
    schemas: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    importance: Mapping[str, float] = field(default_factory=dict)
    bins: Sequence[FeatureBins] = ()
    series: Mapping[str, Series] = field(default_factory=dict)
    series_units: Mapping[str, str] = field(default_factory=dict)
    events: Sequence[Event] = ()
    config: Config = field(default_factory=Config)
    map: Predictions = field(default_factory=Predictions)  # the columns of the import
    fast_bucket: int = SECOND
    slow_bucket: int = MINUTE

    @property
    def errors_recorded(self) -> bool:
        """Whether failed requests are told apart: without any, there were none."""
        return self.map.error is not None or self.config.counters.errors is not None
