"""Everything there was to know at a time T, gathered from the file for `assess`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from cockpit.assess.baseline import is_immature, window_before, windows_as_young
from cockpit.assess.charts import charts
from cockpit.assess.inputs import BURN_SPANS, INFRA_SPAN, QUALITY_SPAN, Inputs
from cockpit.assess.onset.changes import Onset, fits
from cockpit.assess.onset.signals import find_onset
from cockpit.assess.report import assess, model_report
from cockpit.assess.service.load_curve import known_until, load_curves
from cockpit.assess.service.serving import Serving, serving
from cockpit.assess.versions.arms import Arms, arms
from cockpit.bins import FeatureBins
from cockpit.config import Predictions
from cockpit.incident.cache import Cache
from cockpit.incident.connection import damaged
from cockpit.incident.counts import merge
from cockpit.incident.schema import INPUT_SCHEMA
from cockpit.records import SECOND, Window
from cockpit.tables import TABLES, UNKNOWN
from cockpit.units import parse_duration
from cockpit.yamlfile import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cockpit.assess.inputs import Series
    from cockpit.assess.report import ModelReport
    from cockpit.config import Config
    from cockpit.incident.replay import Replay
    from cockpit.records import Assessment, Counts, Event, LoadCurve
    from cockpit.tables import Clock
    from cockpit.views import Aim, Change, Chart

Kind = TypeVar("Kind")

_SLOW = tuple(name for name, table in TABLES.items() if table.clock == "slow")
# What is looked at step by step, for charts and for when it began; and what only stands in for a
# reference, whole tables or columns of them.
_STEPS = ("traffic", "latency", "score", "score_by_segment", "rate", "mean")
_COMPARED = ("feature",)
_ONLY_BINS = ("bin", "sum_p", "sum_p2")
_LABELLED = ("score", "score_by_segment")
_ONLY_COMPARED = {
    "score": ("version", "sum_p", "sum_p2"),
    "score_by_segment": ("version", "bin", "sum_p", "sum_p2"),
}
_UNUSED_BY_ARMS = {
    "score": _ONLY_BINS,
    "score_by_segment": _ONLY_BINS,
    "pair": ("bin", "shadow_bin"),
}
_UNSEEN = ("decision", "bin", "label", "sum_p", "sum_p2")  # by those who count who served
_MOVED_STEP = 10 * SECOND  # or longer: in which traffic is looked at, to see when it moved
_KEPT = 3  # the present figures of the model, those since a containment, those of the trend
_AGED_BYTES = 16 << 20


@dataclass(frozen=True)
class Gathered:
    """The facts of one moment, assessed."""

    inputs: Inputs
    assessment: Assessment
    onset: Onset | None
    charts: list[Chart]
    changes: list[Change]


class _SlowFacts(NamedTuple):
    """What the figures of the model rest on; tables of counts are the same where they are one."""

    as_of: int
    window: Window
    window_before: Window | None
    arms: Arms | None  # a deploy that is heard of turns them round at any second
    counts: list[Counts]

    def same_as(self, other: _SlowFacts) -> bool:
        return (
            self[:4] == other[:4]
            and len(self.counts) == len(other.counts)
            and all(a is b for a, b in zip(self.counts, other.counts, strict=True))
        )


class _Clocks(NamedTuple):
    """Up to when rows were seen, and up to when the sources had told of all that happened: µs."""

    seen_fast: int
    seen_slow: int
    fast: int
    slow: int

    def seen(self, table: str) -> int:
        return self.seen_fast if _is_fast(table) else self.seen_slow

    def end(self, table: str) -> int:
        return self.fast if _is_fast(table) else self.slow


class Gatherer:
    """Reads one recording for any time T, and only what was observed by T."""

    def __init__(self, incident: Replay, config: Config) -> None:
        self._file = incident.recording
        self._telemetry = incident.telemetry
        self._config = config
        self._look_back = parse_duration(config.incident.look_back)
        self._earlier: Assessment | None = None
        self._kept: list[tuple[_SlowFacts, ModelReport]] = []
        self._curves: list[tuple[tuple[int, ...], list[LoadCurve]]] = []
        self._aged = Cache(_AGED_BYTES)

    def at(self, at: int, events: Sequence[Event]) -> Gathered:
        """Everything the panes show of the facts at `at`."""
        inputs, begun = self.read(at, events)
        return Gathered(
            inputs=inputs,
            assessment=assess(inputs, begun, self._model(inputs, begun), self._load(inputs, begun)),
            onset=begun,
            charts=charts(inputs, begun),
            changes=fits(inputs.events, begun),
        )

    def assessment(
        self, at: int, events: Sequence[Event], window: Window | None = None
    ) -> Assessment:
        """The figures at `at` alone; `window` replaces both default windows."""
        inputs, begun = self.read(at, events, window)
        return assess(inputs, begun, self._model(inputs, begun), self._load(inputs, begun))

    def earlier(self, at: int, events: Sequence[Event]) -> Assessment | None:
        """The assessment at the end of the slow bucket before `at`; null before the recording.

        Kept until the bucket changes: a trend needs no more.
        """
        closed = self._clocks(at).slow
        if closed <= self._start:
            return None
        if self._earlier is None or self._earlier.at != closed:
            known = [event for event in events if event.observed_at <= closed]
            self._earlier = self.assessment(closed, known)
        return self._earlier

    @property
    def slow_bucket(self) -> int:
        """The length of a slow bucket, µs."""
        return self._file.bucket

    @property
    def _start(self) -> int:
        """Where the recording begins, µs; of a live one that may change."""
        return self._telemetry.span().start

    def as_of(self, clock: Clock, at: int) -> int:
        """The end of the last bucket of a clock of which all is told at `at`, µs."""
        clocks = self._clocks(at)
        return clocks.fast if clock == "fast" else clocks.slow

    def since(self, start: int, at: int, names: Sequence[str]) -> dict[str, Counts]:
        """Tables by event bucket from `start` to `at`, without their score bins."""
        found, clocks = {}, self._clocks(at)
        for name in names:
            end = clocks.end(name)
            window = Window(start=min(start, end), end=end)
            unused = _UNUSED_BY_ARMS.get(name, ())
            found[name] = self._telemetry.counts_by_valid(name, window, clocks.seen(name), unused)
        return found

    def gauges_since(self, start: int, at: int) -> Mapping[str, Series]:
        """Gauges from `start` to `at`, by name."""
        seen = self._clocks(at).seen_fast
        return self._telemetry.series(None, Window(start=min(start, seen), end=seen), seen)

    def serving(self, at: int, start: int, aim: Aim) -> Serving:
        """Who served the requests that an aim is about, step by step from `start` on (µs)."""
        table = "score_by_segment" if aim.segment else "score" if aim.shadow else "traffic"
        fast, clocks = _is_fast(table), self._clocks(at)
        window = self._from(start, clocks.end(table))
        unused = () if fast else _UNSEEN
        counts = self._telemetry.counts_by_valid(table, window, clocks.seen(table), unused)
        bucket = _MOVED_STEP if fast else self._file.bucket
        return serving(counts, window, bucket, segment=aim.segment, shadow=bool(aim.shadow))

    def read(
        self, at: int, events: Sequence[Event], window: Window | None = None
    ) -> tuple[Inputs, Onset | None]:
        """Everything there is to assess, and when the incident began."""
        inputs = self._inputs(at, events, window)
        begun = find_onset(inputs)
        if window is None and begun is not None:
            inputs = self._since(inputs, begun)
        return self._with_aged(replace(inputs, now=self._now(inputs)), begun), begun

    def _model(self, inputs: Inputs, begun: Onset | None) -> ModelReport:
        """The model's figures, made anew where a table or window they rest on is another one."""
        rests_on = _SlowFacts(
            inputs.as_of_slow,
            inputs.quality_window,
            window_before(inputs, "score", begun),
            arms(inputs),
            [
                tables[name]
                for tables in (inputs.now, inputs.history, inputs.aged)
                for name in _SLOW
                if name in tables
            ],
        )
        found = next((told for facts, told in self._kept if facts.same_as(rests_on)), None)
        if found is None:
            found = model_report(inputs, begun)
            self._kept = [(rests_on, found), *self._kept[: _KEPT - 1]]
        return found

    def _load(self, inputs: Inputs, begun: Onset | None) -> list[LoadCurve]:
        """The load curves, fitted anew each minute and where it is found to have begun elsewhen."""
        since = () if begun is None else (begun.low, begun.at)
        rests_on = (inputs.history_window.start, known_until(inputs), *since)
        found = next((curves for facts, curves in self._curves if facts == rests_on), None)
        if found is None:
            found = load_curves(inputs, begun)
            self._curves = [(rests_on, found), *self._curves[: _KEPT - 1]]
        return found

    def _inputs(self, at: int, events: Sequence[Event], window: Window | None) -> Inputs:
        clocks = self._clocks(at)
        fast, slow = clocks.fast, clocks.slow
        history = self._from(slow - self._look_back, max(fast, slow))
        gauges = self._from(slow - self._look_back, clocks.seen_fast)
        return Inputs(
            at=at,
            as_of_fast=fast,
            as_of_slow=slow,
            infra_window=window or self._from(fast - INFRA_SPAN, fast),
            gauge_window=window or self._from(clocks.seen_fast - INFRA_SPAN, clocks.seen_fast),
            quality_window=_closed(window, slow) or self._from(slow - QUALITY_SPAN, slow),
            history_window=history,
            now={},
            history=self._history(history, clocks),
            reference=self._reference,
            decisions=self._telemetry.counts_by_valid(
                "score", Window(start=history.start, end=slow), clocks.seen_slow, _ONLY_BINS
            ),
            spans=self._spans(clocks),
            recorded_since=self._start,
            schemas=self._schemas,
            columns=self._decoded("columns", list[str], "[]"),
            importance=self._decoded("importance", dict[str, float], "{}"),
            bins=self._bins,
            series=self._telemetry.series(None, gauges, clocks.seen_fast),
            series_units=self._units,
            events=events,
            config=self._config,
            map=self._map,
            slow_bucket=self._file.bucket,
        )

    def _clocks(self, at: int) -> _Clocks:
        """Where windows end at `at`; a source that tells no more holds them where it stopped."""
        fast, slow = self._telemetry.as_of("fast", at), self._telemetry.as_of("slow", at)
        told = self._telemetry.told(at, self._look_back)
        if told is None:
            return _Clocks(fast, slow, fast, slow)
        bucket = self._file.bucket
        return _Clocks(fast, slow, min(fast, told), min(slow, -(-told // bucket) * bucket))

    def _history(self, window: Window, clocks: _Clocks) -> dict[str, Counts]:
        """Tables by event bucket; where the reference serves, less what only comparing needs."""
        # Not beyond what was observed, so that it stays the same for a slow bucket.
        observed = Window(start=window.start, end=clocks.slow)
        found = {}
        for name in (*_STEPS, *_COMPARED):
            compared_with = self._reference[name]
            if name in _COMPARED and len(compared_with):
                continue
            unused = _ONLY_COMPARED.get(name, ()) if _is_labelled(compared_with) else ()
            within = window if _is_fast(name) else observed
            found[name] = self._telemetry.counts_by_valid(name, within, clocks.seen(name), unused)
        return found

    def _since(self, inputs: Inputs, begun: Onset) -> Inputs:
        """Quality since it began, not diluted by the time before; one slow bucket at least."""
        bucket, end = inputs.slow_bucket, inputs.quality_window.end
        start = min(begun.at - begun.at % bucket, end - bucket)
        window = Window(start=max(start, inputs.quality_window.start), end=end)
        return replace(inputs, quality_window=window)

    def _with_aged(self, inputs: Inputs, begun: Onset | None) -> Inputs:
        """With an earlier window as it looked when it was as young, while labels are coming."""
        young = windows_as_young(inputs, begun) if is_immature(inputs.now["score"]) else []
        if not young:
            return inputs

        def read() -> tuple[dict[str, Counts], int]:
            tables = {
                name: merge([self._telemetry.counts(name, *piece) for piece in young])
                for name in _LABELLED
            }
            columns = (c for counts in tables.values() for c in counts.columns.values())
            return tables, sum(column.nbytes for column in columns)

        whole = Window(start=young[0][0].start, end=young[-1][0].end)
        pieces = tuple((piece.start, piece.end, read_at) for piece, read_at in young)
        return replace(inputs, aged=self._aged.get(pieces, read), aged_window=whole)

    def _spans(self, clocks: _Clocks) -> dict[int, dict[str, Counts]]:
        """The fast tables over each span that error budgets are watched over, where promised."""
        if not self._config.objectives:
            return {}
        return {
            span: {
                name: self._telemetry.counts(
                    name, self._from(clocks.fast - span, clocks.fast), clocks.seen_fast
                )
                for name in TABLES
                if _is_fast(name)
            }
            for span in sorted({span for pair in BURN_SPANS for span in pair})
        }

    def _now(self, inputs: Inputs) -> dict[str, Counts]:
        found, clocks = {}, self._clocks(inputs.at)
        for name in TABLES:
            window = inputs.infra_window if _is_fast(name) else inputs.quality_window
            found[name] = self._telemetry.counts(name, window, clocks.seen(name))
        return found

    def _from(self, start: int, end: int) -> Window:
        """A window that does not reach before the recording."""
        return Window(start=min(max(start, self._start), end), end=end)

    @cached_property
    def _reference(self) -> dict[str, Counts]:
        return {name: self._telemetry.reference(name) for name in TABLES}

    @cached_property
    def _schemas(self) -> dict[str, str]:
        """Each version's input schema, as it was given."""
        names = (name for name in self._file.documents() if name.startswith(INPUT_SCHEMA))
        return {name.removeprefix(INPUT_SCHEMA): self._file.document(name) or "" for name in names}

    @cached_property
    def _bins(self) -> list[FeatureBins]:
        return self._decoded("bins", list[FeatureBins], "[]")

    @cached_property
    def _units(self) -> dict[str, str]:
        return self._decoded("units", dict[str, str], "{}")

    def _decoded(self, name: str, kind: type[Kind], default: str) -> Kind:
        try:
            return msgspec.json.decode(self._file.document(name) or default, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise damaged(self._file.path, f"document {name}: {error}") from None

    @cached_property
    def _map(self) -> Predictions:
        text = self._file.document("map")
        where = f"{self._file.path.name} (map)"
        return load(text, Predictions, where=where) if text else Predictions()


def _closed(window: Window | None, end: int) -> Window | None:
    """A window up to where its buckets are closed: it stays the same until the next one is."""
    if window is None:
        return None
    return Window(start=window.start, end=max(min(window.end, end), window.start))


def _is_labelled(counts: Counts) -> bool:
    return "label" in counts.columns and bool((counts.columns["label"] != UNKNOWN).any())


def _is_fast(table: str) -> bool:
    return TABLES[table].clock == "fast"
