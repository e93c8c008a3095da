"""Everything there was to know at a time T, gathered from the file for `assess`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cockpit.assess.changes import Onset, fits
from cockpit.assess.charts import charts
from cockpit.assess.inputs import INFRA_SPAN, QUALITY_SPAN, Inputs
from cockpit.assess.report import assess
from cockpit.assess.signals import find_onset
from cockpit.bins import FeatureBins
from cockpit.config import Predictions
from cockpit.records import Window
from cockpit.tables import TABLES
from cockpit.units import parse_duration
from cockpit.yamlfile import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.config import Config
    from cockpit.incident.replay import Replay
    from cockpit.records import Assessment, Counts, Event
    from cockpit.views import Change, Chart

# What is looked at step by step, for charts and for when it began.
_HISTORY = ("traffic", "latency", "score", "score_by_segment", "rate", "feature", "users", "mean")


@dataclass(frozen=True)
class Gathered:
    """The facts of one moment, assessed."""

    inputs: Inputs
    assessment: Assessment
    onset: Onset | None
    charts: list[Chart]
    changes: list[Change]


class Gatherer:
    """Reads one recording for any time T, and only what was observed by T."""

    def __init__(self, incident: Replay, config: Config) -> None:
        self._file = incident.recording
        self._telemetry = incident.telemetry
        self._config = config
        self._start = self._telemetry.span().start
        self._earlier: Assessment | None = None

    def at(self, at: int, events: Sequence[Event], window: Window | None = None) -> Gathered:
        """The assessed facts at `at`; `window` replaces both default windows."""
        inputs = self._inputs(at, events, window)
        begun = find_onset(inputs)
        if window is None and begun is not None:
            inputs = self._since(inputs, begun)
        inputs = replace(inputs, now=self._now(inputs))
        return Gathered(
            inputs=inputs,
            assessment=assess(inputs, begun),
            onset=begun,
            charts=charts(inputs, begun),
            changes=fits(inputs.events, begun),
        )

    def earlier(self, at: int, events: Sequence[Event]) -> Assessment | None:
        """The assessment at the end of the slow bucket before `at`; null before the recording.

        Kept until the bucket changes: a trend needs no more.
        """
        closed = self._telemetry.as_of("slow", at)
        if closed <= self._start:
            return None
        if self._earlier is None or self._earlier.at != closed:
            self._earlier = self.at(
                closed, [e for e in events if e.observed_at <= closed]
            ).assessment
        return self._earlier

    def _inputs(self, at: int, events: Sequence[Event], window: Window | None) -> Inputs:
        fast = self._telemetry.as_of("fast", at)
        slow = self._telemetry.as_of("slow", at)
        look_back = parse_duration(self._config.incident.look_back)
        history = self._from(slow - look_back, max(fast, slow))
        return Inputs(
            at=at,
            as_of_fast=fast,
            as_of_slow=slow,
            infra_window=window or self._from(fast - INFRA_SPAN, fast),
            quality_window=window or self._from(slow - QUALITY_SPAN, slow),
            history_window=history,
            now={},
            history={
                name: self._telemetry.counts_by_valid(name, history, _seen(name, fast, slow))
                for name in _HISTORY
            },
            reference=self._reference,
            bins=self._bins,
            series=self._telemetry.series(None, history, fast),
            series_units=self._units,
            events=events,
            config=self._config,
            map=self._map,
            slow_bucket=self._file.bucket,
        )

    def _since(self, inputs: Inputs, begun: Onset) -> Inputs:
        """Quality since it began, not diluted by the time before; one slow bucket at least."""
        bucket, end = inputs.slow_bucket, inputs.quality_window.end
        start = min(begun.at - begun.at % bucket, end - bucket)
        window = Window(start=max(start, inputs.quality_window.start), end=end)
        return replace(inputs, quality_window=window)

    def _now(self, inputs: Inputs) -> dict[str, Counts]:
        found = {}
        for name, table in TABLES.items():
            fast = table.clock == "fast"
            window = inputs.infra_window if fast else inputs.quality_window
            as_of = inputs.as_of_fast if fast else inputs.as_of_slow
            found[name] = self._telemetry.counts(name, window, as_of)
        return found

    def _from(self, start: int, end: int) -> Window:
        """A window that does not reach before the recording."""
        return Window(start=min(max(start, self._start), end), end=end)

    @cached_property
    def _reference(self) -> dict[str, Counts]:
        return {name: self._telemetry.reference(name) for name in TABLES}

    @cached_property
    def _bins(self) -> list[FeatureBins]:
        return msgspec.json.decode(self._file.document("bins") or "[]", type=list[FeatureBins])

    @cached_property
    def _units(self) -> dict[str, str]:
        return msgspec.json.decode(self._file.document("units") or "{}", type=dict[str, str])

    @cached_property
    def _map(self) -> Predictions:
        text = self._file.document("map")
        where = f"{self._file.path.name} (map)"
        return load(text, Predictions, where=where) if text else Predictions()


def _seen(table: str, fast: int, slow: int) -> int:
    return fast if TABLES[table].clock == "fast" else slow
