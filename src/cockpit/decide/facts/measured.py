"""What was measured, arranged for deciding: who served what, and how often it was wrong."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.assess.objectives import bounds
from cockpit.config import Config
from cockpit.decide.facts.cells import REST, Cell, cells_of
from cockpit.decide.facts.estimates import failing, find, is_bad, share_of, worst_segment
from cockpit.decide.facts.health import Health, Usual, health_elsewhere, health_of, usual
from cockpit.decide.facts.tails import Tail, baseline_tail, exponential_tail, tail_of
from cockpit.decide.facts.versions import Versions, versions_of
from cockpit.records import HOUR, Assessment, Estimate, LoadCurve, Settled, Window
from cockpit.state import State


@dataclass(frozen=True)
class Measured:
    """Everything the containment table is computed from."""

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
    curves: list[LoadCurve]  # how latency grows with load
    coverage: float | None  # share of the window's requests whose label is known
    health: dict[str, Health | None]  # part → a healthy service there, with labels as old as now
    healthy: Health | None  # the same over everything
    settled: Settled | None  # a healthy service whose labels had time, over everything
    service_bad: bool  # latency or failing requests are judged worse than they should be
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
    alone = "" if counted else assessment.alone or versions.new or "the model"
    serving = counted or {alone: 1.0}
    segment = worst_segment(assessment)
    named = [v for v in dict.fromkeys([*serving, versions.new, versions.previous]) if v]

    def own(name: str) -> dict[str, Estimate]:
        pairs = ((v, find(assessment, name, None if v == alone else v)) for v in named)
        return {v: estimate for v, estimate in pairs if estimate is not None}

    cells = {
        (version, part): cell
        for version in named
        for part, cell in cells_of(
            assessment, version, segment, None if version == alone else version
        ).items()
    }
    bound = _latency_bound(config)
    idle = baseline_tail(assessment)
    coverage = find(assessment, "label_coverage")
    rate = find(assessment, "requests") or coverage
    slowest = find(assessment, "latency_p99")
    return Measured(
        versions=versions,
        segment=segment,
        segment_share=0.0 if segment is None else share_of(assessment, segment),
        serving=serving,
        requests_per_hour=_per_hour(rate),
        rate_window=assessment.window if rate is None else rate.window,
        cells=cells,
        tails=_tails(assessment, named, serving, alone, versions, config, idle),
        latency=own("latency_p99"),
        latency_now=slowest,
        failing=_failing(own("error_rate")),
        bound=bound,
        warm={v: int(e.value) for v, e in own("warm_replicas").items() if e.value is not None},
        curves=assessment.load,
        coverage=None if coverage is None else coverage.value,
        health=_health(assessment, segment),
        healthy=health_of(assessment, None),
        settled=assessment.settled,
        service_bad=is_bad(slowest) or failing(assessment) is not None,
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
