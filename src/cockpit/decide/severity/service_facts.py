"""Facts of the policy about the service: failures, error budgets, and for how long it is slow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from cockpit import numbers
from cockpit.decide.facts.estimates import failing, find, is_bad, probability_above
from cockpit.decide.facts.measured import measured
from cockpit.decide.severity.findings import Finding, Known
from cockpit.decide.severity.policy import BurnsBudget, LatencyOver, RequestsFail
from cockpit.records import MINUTE, Estimate
from cockpit.units import duration, parse_duration, parse_share
from cockpit.views import Chart


def requests_fail(asked: RequestsFail, known: Known) -> Iterator[Finding]:
    """So many requests surely fail; where they are many, or more than they were."""
    errors = failing(known.assessment)
    if errors is None or errors.value is None:
        return
    if _surely_above(errors, parse_share(asked.at_least), parse_share(asked.sure)):
        yield Finding("errors", f"{numbers.share(errors.value)} of requests fail")


def _surely_above(share: Estimate, bound: float, sure: float) -> bool:
    """Whether P(share > bound) ≥ `sure`; a gauge without a sample is taken at its word."""
    if share.n and share.n_pos is not None:
        return probability_above(share.n_pos, share.n, bound) >= sure
    return share.value is not None and share.value >= bound


def burn(asked: BurnsBudget, known: Known) -> Iterator[Finding]:
    """An objective's budget surely burns at the rate, over both spans."""
    for one in known.assessment.burns:
        if one.threshold != asked.rate or one.certainty is None:
            continue
        if one.certainty >= parse_share(asked.sure):
            sure = numbers.probability(one.certainty)
            why = f"{one.sentence} · P of {one.threshold:g}× on both {sure}"
            yield Finding(f"budget of {one.objective}", why)


def latency_over_objective(asked: LatencyOver, known: Known) -> Iterator[Finding]:
    """The p99 is surely over the objective now, and its chart says that it has been long enough.

    Where the chart begins too late to tell, that is said, and the policy decides what it counts.
    """
    facts = measured(known.assessment, known.state, known.config)
    p99 = facts.latency_now
    if facts.bound is None or p99 is None or p99.value is None or p99.value <= facts.bound:
        return
    if p99.low is not None and p99.low <= facts.bound:
        return  # its interval reaches below the promise
    now, bound = numbers.milliseconds(p99.value), numbers.milliseconds(facts.bound)
    why = f"p99 {now}, over the objective of {bound}"
    chart = next((c for c in known.charts if c.name == "latency_p99"), None)
    lasting, begun = (0, False) if chart is None else over_for(chart, facts.bound)
    if lasting >= parse_duration(asked.lasting):
        yield Finding("latency", f"{why} for {duration(lasting)}")
    elif not begun:
        known_for = f" before the last {duration(lasting)}" if lasting else ""
        yield Finding("latency", why, f"for how long{known_for} cannot be told")


def over_for(chart: Chart, bound: float) -> tuple[int, bool]:
    """For how long (µs) the chart has been over `bound` without pause, and whether it began in it.

    Judged by the median of each minute, or of each step where steps are longer: a single slow
    second is no regression, and a single fast one no recovery. Minutes without a point are passed
    over.
    """
    width = max(chart.step, MINUTE)
    minutes: dict[int, list[float]] = defaultdict(list)
    for i, point in enumerate(chart.points):
        if point is not None:
            minutes[(chart.start + i * chart.step) // width].append(point)
    last = max(minutes, default=0)
    since = last + 1
    for minute in sorted(minutes, reverse=True):
        if median(minutes[minute]) <= bound:
            return (last + 1 - since) * width, True
        since = minute
    return (last + 1 - since) * width, False


def service_quiet(_: bool, known: Known) -> Iterator[Finding]:
    """Nothing fails, nothing is slow and no budget burns, by what is measured of it."""
    facts = known.assessment
    latency, errors = find(facts, "latency_p99"), find(facts, "error_rate")
    loud = is_bad(latency) or failing(facts) is not None or any(b.sure for b in facts.burns)
    if not loud and (latency is not None or errors is not None):
        yield Finding("service", "the service looks well")
