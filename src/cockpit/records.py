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


class Unreachable(BadInput):
    """A source that does not answer; the message is one line."""


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Bad input found inside is said with its place before it: "options.share: …"."""
    try:
        yield
    except Unreachable as error:
        raise Unreachable(f"{place}: {error}") from None
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
    `missed` is the chance that the metric's objective is not kept, null where it has none.
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
    missed: float | None = None
    verdict: VerdictWord = ""
    sentence: str = ""
    source: str = ""


class ReliabilityBin(Record, kw_only=True):
    """Labelled rows whose score lies in [start, end): what was predicted, and what came true.

    `predicted` is their mean score, `observed` the share of positives with its interval.
    """

    start: float
    end: float
    n: int
    predicted: float
    observed: float
    low: float
    high: float


class Drift(Record, kw_only=True):
    """How far one feature's distribution (or the score's) is from its reference.

    `psi`, `kl` and `js` (the divergence, not its root) in nats; `psi_corrected` has its sampling
    bias removed and [low, high] is its interval. `null_line` is what PSI stays under in 99 of 100
    windows where nothing drifted, `kl_null_line` the same of KL; `p_value` is corrected for the
    number of features looked at. `design_effect` says by how much rows that resemble their
    neighbours widen all of it. `importance` weighs the feature's place in the list.
    `changes` says in words what moved: missing, unseen, infinite, outside the reference's range.
    """

    feature: str
    psi: float | None
    psi_corrected: float | None
    low: float | None
    high: float | None
    kl: float | None
    js: float | None = None
    null_line: float | None = None
    kl_null_line: float | None = None
    p_value: float | None = None
    design_effect: float = 1.0
    importance: float = 1.0
    n: int
    drift_class: DriftClass = msgspec.field(name="class")
    missing_share: float = 0.0
    unseen_share: float = 0.0
    segment: str | None = None
    changes: list[str] = []
    reason: str = ""
    sentence: str = ""


class Burn(Record, kw_only=True):
    """How fast an objective's error budget burns, over a long window and a short one.

    A rate of 1 spends the whole budget in the objective's period. `certainty` is the chance that
    both rates are at least `threshold`, `sure` that it is .9 or more. `left` is the time (µs) until
    the budget is gone if it goes on like that, null where it does not burn. `telling` are the first
    pair of windows of an objective and every sure one: the others say much the same.
    """

    objective: str
    threshold: float
    long: Estimate
    short: Estimate
    certainty: float | None
    sure: bool = False
    telling: bool = True
    left: int | None
    sentence: str


class Monitor(Record, kw_only=True):
    """A test that holds however often it is looked at.

    An e-process or a confidence sequence tests one question since `start`: `evidence` grows where
    the answer is yes, and if it is no reaches `threshold` with a chance of at most 1/threshold. An
    e-detector asks "is it wrong now" and restarts itself: where nothing is wrong it reaches
    `threshold` on average once in `run_length` µs or more seldom. `alarm_at` is when it first did.
    """

    id: str
    name: str  # of the metric
    kind: Literal["e-process", "confidence sequence", "e-detector"]
    null: str  # what is held true until the evidence says otherwise, in words
    evidence: float
    threshold: float
    start: int
    run_length: int | None = None
    alarm_at: int | None = None
    n: int = 0
    sentence: str = ""
    source: str = ""


class LoadCurve(Record, kw_only=True):
    """How a latency quantile grows with load: service_ms + queue_ms · ρ / (1 − ρ).

    ρ is the load over the capacity, both in requests a second. It was fitted to `n` steps of `step`
    µs in which the load lay between `least` and `greatest`, and tells nothing beyond 1.1 times the
    greatest. `capacity` is null where the load never came near enough to tell it. `workers` were
    warm all that time, null where that is not known. Each of `draws` is (service_ms, queue_ms,
    capacity) of one resample: how far the curve is known. Without a curve, `reason` says why.
    `regime` says of which time it is: "now", since the incident began, or "before" that.
    """

    version: str | None
    quantile: float
    regime: Literal["now", "before"]
    service_ms: float | None = None
    queue_ms: float | None = None
    capacity: float | None = None
    least: float | None = None
    greatest: float | None = None
    workers: float | None = None
    n: int = 0
    step: int = 0
    window: Window
    draws: list[tuple[float, float, float]] = []
    reason: str = ""
    sentence: str = ""
    source: str = ""


class Settled(Record, kw_only=True):
    """Labelled decisions of a healthy service whose labels had time: counts of rows.

    `positives` are those labelled 1. `what` says where they are from.
    """

    what: str
    n: int
    false_positives: int
    false_negatives: int
    positives: int


class Assessment(Record, kw_only=True):
    """What `cockpit assess` prints: every figure there is at one moment."""

    at: int
    as_of: int
    window: Window
    metrics: list[Estimate]
    drift: list[Drift]
    segments: list[Estimate]
    versions: list[Estimate] = []  # a version against another one, at the same time
    estimated: list[Estimate] = []  # quality of unlabelled rows, told from scores alone
    gaps: list[Estimate] = []  # between the groups of a protected column
    reliability: list[ReliabilityBin] = []
    burns: list[Burn] = []
    monitors: list[Monitor] = []
    load: list[LoadCurve] = []  # how latency grows with load: now, and before the incident
    findings: list[str] = []  # what several figures say together: a reversal, a changed schema
    alone: str = ""  # the version that serves alone; none where several do, or none is known
    settled: Settled | None = None  # decisions of a healthy service whose labels had time
    reads: dict[str, list[str]] = {}  # version → the columns it needs, by its input schema
    logged: list[str] = []  # the columns that the predictions' file has
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
