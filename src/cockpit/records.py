"""The facts that pass between rooms: windows, estimates, drift, events, tables of counts.

Times are integer microseconds UTC. Nothing here computes; nothing here imports numpy at run time,
so the interface can show a stored view before the numeric libraries are loaded.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, dataclass_transform

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Direction = Literal["higher_is_better", "lower_is_better", "nearer_one_is_better", "neither"]
VerdictWord = Literal["", "fine", "not enough data", "watch", "degraded", "critical"]
DriftClass = Literal["too few rows", "cannot tell yet", "minor", "noticeable", "major"]


class BadInput(Exception):
    """Something a person gave cannot be used; the message is one line: file, place, mend."""


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Bad input found inside is said with its place before it: "options.share: …"."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{place}: {error}") from None


class Refused(BadInput):
    """An action that makes no sense now; the message is one line for the person who tried."""


class NeedsReason(Refused):
    """A step the cockpit advises against; it is taken when a reason is given."""

    def __init__(self, message: str, presets: list[str]) -> None:
        super().__init__(message)
        self.presets = presets


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every record: immutable, keyword-only, encodable as JSON by msgspec."""


class Window(Record, kw_only=True):
    """A half-open interval of event time [start, end), µs."""

    start: int
    end: int


class Baseline(Record, kw_only=True):
    """What an estimate is compared with, e.g. "reference" or "before the incident"."""

    what: str
    value: float | None
    low: float | None = None
    high: float | None = None


class Difference(Record, kw_only=True):
    """Estimate minus baseline, in the estimate's unit, with its interval."""

    value: float
    low: float | None = None
    high: float | None = None


class Estimate(Record, kw_only=True):
    """One number that never travels alone.

    `value` is null exactly when `reason` says why in a few words ("no labels yet").
    `level` is the nominal coverage of [low, high]; `n` the rows (requests or labels) behind it.
    """

    id: str
    name: str
    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    interval: Literal["fixed", "anytime"] = "fixed"
    n: int = 0
    n_pos: int | None = None
    unit: str = ""
    direction: Direction = "neither"
    window: Window
    as_of: int
    taken_at: int
    version: str | None = None
    role: str = "served"
    segment: str | None = None
    baseline: Baseline | None = None
    difference: Difference | None = None
    verdict: VerdictWord = ""
    sentence: str = ""
    source: str = ""


class Drift(Record, kw_only=True):
    """How far one feature's distribution (or the score's) is from its reference.

    `psi`, `kl` in nats; `psi_corrected` has its sampling bias removed and [low, high] is its
    interval. `importance` orders the list when the configuration or the reference gives it.
    """

    feature: str
    psi: float | None
    psi_corrected: float | None
    low: float | None
    high: float | None
    kl: float | None
    n: int
    drift_class: DriftClass = msgspec.field(name="class")
    missing_share: float = 0.0
    unseen_share: float = 0.0
    segment: str | None = None
    reason: str = ""
    sentence: str = ""


class Assessment(Record, kw_only=True):
    """What `cockpit assess` prints: every metric and every drift figure at one moment."""

    at: int
    as_of: int
    window: Window
    metrics: list[Estimate]
    drift: list[Drift]
    segments: list[Estimate]
    notes: list[str] = []


class Event(Record, kw_only=True):
    """One entry of the journal: something that happened, was seen, or was decided.

    `at` is when it happened, `observed_at` when it could be known (both incident time);
    `written_at` is the wall clock of the writing machine. `id` is "<writer>:<seq>".
    """

    id: str
    writer: str
    seq: int
    lamport: int
    at: int
    observed_at: int
    written_at: int
    kind: str
    who: str = ""
    text: str = ""
    data: dict[str, Any] = {}


@dataclass(frozen=True)
class Counts:
    """Rows of one table of counts: `columns` maps name to an int64 array, all of one length.

    A coded column holds indices into `words[column]`; `cockpit.tables` has each table's columns.
    """

    table: str
    columns: dict[str, NDArray[Any]]
    words: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0
