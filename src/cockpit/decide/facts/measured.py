"""What was measured, arranged for deciding: who served what, and how often it was wrong.

The traffic is split in two parts: the worst segment, where one stands out, and the rest ("" names
the rest, or everything where no segment does). A version in a part is a cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from cockpit.assess.objectives import bounds
from cockpit.config import Config
from cockpit.decide.facts.estimates import confusion, find, share_of, worst_segment, wrong_of
from cockpit.decide.facts.health import Health, Usual, health_elsewhere, health_of, usual
from cockpit.decide.facts.tails import Tail, baseline_tail, exponential_tail, tail_of
from cockpit.decide.facts.versions import Versions, versions_of
from cockpit.records import HOUR, Assessment, Estimate, Settled, Window
from cockpit.state import State

REST = ""


@dataclass(frozen=True)
class Confusion:
    """Labelled decisions by what they were and what they should have been."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    def without(self, part: Confusion) -> Confusion:
        """These decisions but those of `part`."""
        return Confusion(
            max(self.true_positives - part.true_positives, 0),
            max(self.false_positives - part.false_positives, 0),
            max(self.false_negatives - part.false_negatives, 0),
            max(self.true_negatives - part.true_negatives, 0),
        )


@dataclass(frozen=True)
class Cell:
    """One version in one part: `wrong` of `labelled` rows among `requests`.

    `healthy` is the share of wrong decisions the baseline had there. `source` says whether the
    rates are this version's own ("measured"), those of all versions because its own have no label
    yet ("service"), or the baseline's because it serves nothing now ("baseline"); only measured
    ones have an interval.
    """

    version: str
    part: str
    requests: int
    labelled: int
    wrong: int
    confusion: Confusion | None
    rate: float | None  # share of decisions wrong; null where nothing tells
    healthy: float | None
    source: Literal["measured", "service", "baseline"]
    precision: float | None = None  # of a cell without counts


@dataclass(frozen=True)
class Measured:
    """Everything the containment table is computed from."""

    at: int
    window: Window
    versions: Versions
    segment: str | None  # the worst one, "region BR"
    segment_share: float  # of requests
    serving: dict[str, float]  # version → share of requests now, sums to 1
    requests_per_hour: float | None
    rate_window: Window  # over which that rate was counted
    cells: dict[tuple[str, str], Cell]
    tails: dict[str, Tail]
    latency: dict[str, Estimate]  # version → its p99
    latency_now: Estimate | None  # p99 of all requests
    failing: dict[str, tuple[int, int]]  # version → requests that failed, of how many
    bound: float | None  # ms, of the latency objective
    warm: dict[str, int]  # version → warm replicas
    coverage: float | None  # share of the window's requests whose label is known
    health: dict[str, Health | None]  # part → a healthy service there, with labels as old as now
    settled: Settled | None  # a healthy service whose labels had time, over everything
    healthy_slow: float | None  # share of requests over the bound in a healthy service
    healthy_failing: Usual | None

    @property
    def parts(self) -> list[str]:
        """The worst segment first, then the rest."""
        return [REST] if self.segment is None else [self.segment, REST]

    @property
    def labelled(self) -> int:
        """Labelled decisions, over all versions."""
        return sum(cell.labelled for cell in self.cells.values())

    def share_of(self, part: str) -> float:
        """Share of requests that fall in a part."""
        if self.segment is None:
            return 1.0
        return self.segment_share if part == self.segment else 1.0 - self.segment_share


def measured(assessment: Assessment, state: State, config: Config) -> Measured:
    """The facts for deciding, from the estimates of one assessment."""
    counted = _serving(assessment)
    versions = versions_of(counted, state, config)
    # Where one version serves alone, its estimates are those of the whole service.
    alone = "" if counted else versions.new or "the model"
    serving = counted or {alone: 1.0}
    segment = worst_segment(assessment)
    named = [v for v in dict.fromkeys([*serving, versions.new, versions.previous]) if v]

    def own(name: str) -> dict[str, Estimate]:
        pairs = ((v, find(assessment, name, None if v == alone else v)) for v in named)
        return {v: estimate for v, estimate in pairs if estimate is not None}

    cells = {
        (version, part): cell
        for version in named
        for part, cell in _cells(assessment, version, segment, alone).items()
    }
    bound = _latency_bound(config)
    idle = baseline_tail(assessment)
    coverage = find(assessment, "label_coverage")
    rate = find(assessment, "requests") or coverage
    return Measured(
        at=assessment.at,
        window=assessment.window if coverage is None else coverage.window,
        versions=versions,
        segment=segment,
        segment_share=0.0 if segment is None else share_of(assessment, segment),
        serving=serving,
        requests_per_hour=_per_hour(rate),
        rate_window=assessment.window if rate is None else rate.window,
        cells=cells,
        tails=_tails(assessment, named, serving, alone, versions, config, idle),
        latency=own("latency_p99"),
        latency_now=find(assessment, "latency_p99"),
        failing=_failing(own("error_rate")),
        bound=bound,
        warm={v: int(e.value) for v, e in own("warm_replicas").items() if e.value is not None},
        coverage=None if coverage is None else coverage.value,
        health=_health(assessment, segment),
        settled=assessment.settled,
        healthy_slow=None if bound is None or idle is None else idle.slower(bound),
        healthy_failing=usual(assessment, "error_rate"),
    )


def _health(assessment: Assessment, segment: str | None) -> dict[str, Health | None]:
    if segment is None:
        return {REST: health_of(assessment, None)}
    return {
        segment: health_of(assessment, segment),
        REST: health_elsewhere(assessment, segment),
    }


def _failing(errors: dict[str, Estimate]) -> dict[str, tuple[int, int]]:
    """Counts of failed requests; a gauge without a sample is taken as one of a thousand."""
    found = {}
    for version, estimate in errors.items():
        if estimate.value is not None:
            rows = estimate.n or 1_000
            failed = estimate.n_pos if estimate.n and estimate.n_pos is not None else None
            found[version] = (round(estimate.value * rows) if failed is None else failed, rows)
    return found


def _latency_bound(config: Config) -> float | None:
    bound = bounds(config).get("latency_p99")
    return None if bound is None or bound.at_least else bound.limit


def _serving(assessment: Assessment) -> dict[str, float]:
    """Share of requests by version, the most first; by traffic, else by predictions."""
    for name in ("requests", "label_coverage"):
        rows = {
            estimate.version: estimate.n
            for estimate in assessment.metrics
            if estimate.name == name
            and estimate.role == "served"
            and estimate.version
            and estimate.segment is None
        }
        total = sum(rows.values())
        if total:
            most_first = sorted(rows.items(), key=lambda item: (-item[1], item[0]))
            return {version: n / total for version, n in most_first if n}
    return {}


def _tails(
    assessment: Assessment,
    named: list[str],
    serving: dict[str, float],
    alone: str,
    versions: Versions,
    config: Config,
    idle: Tail | None,
) -> dict[str, Tail]:
    """Own tails; the baseline's for a version that serves nothing, the rules' as configured."""
    found: dict[str, Tail] = {}
    for version in named:
        own = tail_of(assessment, None if version == alone else version)
        tail = own or (idle if version not in serving else None)
        if tail is not None:
            found[version] = tail
    rules = config.options.get("rules")
    if rules is not None and rules.latency_p99 is not None:
        found.setdefault(versions.fallback, exponential_tail(rules.latency_p99))
    return found


def _per_hour(requests: Estimate | None) -> float | None:
    """Requests in an hour at the rate of the estimate's window."""
    if requests is None or requests.window.end <= requests.window.start:
        return None
    return requests.n * HOUR / (requests.window.end - requests.window.start)


def _cells(
    assessment: Assessment, version: str, segment: str | None, alone: str
) -> dict[str, Cell]:
    subject = None if version == alone else version
    whole = _cell(assessment, version, subject, None)
    if segment is None:
        return {REST: whole}
    inside = _cell(assessment, version, subject, segment)
    inside = replace(inside, part=segment)
    return {segment: inside, REST: _rest(whole, inside)}


def _cell(assessment: Assessment, version: str, subject: str | None, segment: str | None) -> Cell:
    """A version in a segment, or everywhere; `subject` is the version as estimates name it."""
    coverage = find(assessment, "label_coverage", subject, segment)
    requests = 0 if coverage is None else coverage.n
    healthy = _healthy(assessment, subject, segment)
    wrong, labelled = wrong_of(find(assessment, "wrong_rate", subject, segment))
    if labelled:
        counts = confusion(assessment, subject, segment)
        return Cell(
            version=version,
            part=REST,
            requests=requests,
            labelled=labelled,
            wrong=wrong,
            confusion=None if counts is None else Confusion(*counts),
            rate=wrong / labelled,
            healthy=healthy,
            source="measured",
        )
    precision = find(assessment, "precision")
    every = find(assessment, "wrong_rate", None, segment)
    serves = requests > 0
    base = None if precision is None or precision.baseline is None else precision.baseline.value
    return Cell(
        version=version,
        part=REST,
        requests=requests,
        labelled=0,
        wrong=0,
        confusion=None,
        rate=(None if every is None else every.value) if serves else healthy,
        healthy=healthy,
        source="service" if serves else "baseline",
        precision=(None if precision is None else precision.value) if serves else base,
    )


def _rest(whole: Cell, inside: Cell) -> Cell:
    """The version outside the worst segment: counts subtract."""
    labelled = whole.labelled - inside.labelled
    if whole.source != "measured" or labelled <= 0:
        return whole
    wrong = min(max(whole.wrong - inside.wrong, 0), labelled)
    split: Confusion | None = None
    if whole.confusion is not None:
        if inside.confusion is not None:
            split = whole.confusion.without(inside.confusion)
        elif inside.labelled == 0:
            split = whole.confusion
    return replace(
        whole,
        requests=max(whole.requests - inside.requests, 0),
        labelled=labelled,
        wrong=wrong,
        confusion=split,
        rate=wrong / labelled,
    )


def _healthy(assessment: Assessment, version: str | None, segment: str | None) -> float | None:
    """The baseline's share of wrong decisions, from the nearest estimate that has one."""
    for v, s in ((version, segment), (None, segment), (version, None), (None, None)):
        estimate = find(assessment, "wrong_rate", v, s)
        baseline = None if estimate is None else estimate.baseline
        if baseline is not None and baseline.value is not None:
            return baseline.value
    return None
