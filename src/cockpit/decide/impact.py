"""Who is hurt and how badly, since when, and whether it is getting worse: the second line."""

from __future__ import annotations

from typing import Literal

from cockpit import numbers
from cockpit.assess.metrics import METRICS, QUALITY
from cockpit.assess.words import move, number
from cockpit.config import Config
from cockpit.decide.facts.estimates import failing, find, is_bad, worst_segment
from cockpit.decide.facts.measured import measured
from cockpit.records import Assessment, Estimate
from cockpit.state import State
from cockpit.units import clock
from cockpit.views import Impact


def impact(
    assessment: Assessment,
    state: State,
    config: Config,
    *,
    earlier: Assessment | None = None,
) -> Impact:
    """The harm as measured: of the segment that stands out, else of the whole service.

    It began at `state.onset`. `earlier` is an assessment some minutes back, for the trend.
    """
    segment = worst_segment(assessment)
    wrong = find(assessment, "wrong_rate", None, segment)
    hurt = segment is not None or is_bad(wrong)
    share, of, affected = _share(assessment, segment) if hurt else (None, "requests", None)
    service = [*_slow(assessment, state, config), *_failing(assessment)]
    harm = [
        *(_wrong_clauses(wrong, segment, share, of, config) if hurt and wrong is not None else []),
        *service,
    ] or _worse(assessment)
    since = state.onset
    unlabelled = _unlabelled(assessment, segment)
    trend = _trend(assessment, earlier, segment) if hurt or service else ""
    told = [
        *(harm or [_nothing(wrong)]),
        *([f"{'since' if harm else 'onset'} {clock(since)}"] if since is not None else []),
        *([trend] if trend else []),
        *([f"{numbers.share(unlabelled)} not labelled yet"] if unlabelled else []),
    ]
    latency = find(assessment, "latency_p99")
    return Impact(
        sentence=" · ".join(told),
        unknown=_unknown(assessment, wrong, since, hurt),
        share=share,
        of="users" if of == "users" else "requests",
        affected=affected,
        segment=segment,
        since=since,
        wrong_one_in=_one_in(wrong.value) if hurt and wrong is not None else None,
        healthy_one_in=_one_in(_baseline(wrong)) if hurt else None,
        trend=trend,
        unlabelled_share=unlabelled,
        evidence=[e for e in (wrong, latency) if e is not None],
    )


def _share(assessment: Assessment, segment: str | None) -> tuple[float | None, str, int | None]:
    """Share of users, else of requests, and how many in the window."""
    if segment is None:
        users, rows = find(assessment, "users"), find(assessment, "label_coverage")
        if users is not None and users.value is not None:
            return 1.0, "users", round(users.value)
        return 1.0, "requests", None if rows is None else rows.n
    for of, name, whole in (
        ("users", "users_share", "users"),
        ("requests", "requests_share", "label_coverage"),
    ):
        estimate = find(assessment, name, None, segment)
        if estimate is None or estimate.value is None:
            continue
        total = find(assessment, whole)
        count = None if total is None else total.value if of == "users" else total.n
        return estimate.value, of, None if count is None else round(count * estimate.value)
    return None, "requests", None


def _slow(assessment: Assessment, state: State, config: Config) -> list[str]:
    """How many requests are over the promised latency, where p99 is over it."""
    facts = measured(assessment, state, config)
    p99 = facts.latency_now
    if facts.bound is None or p99 is None or p99.value is None or p99.value <= facts.bound:
        return []
    bound = numbers.milliseconds(facts.bound)
    if any(version not in facts.tails for version in facts.serving):
        return [f"1 in 100 requests over {numbers.milliseconds(p99.value)}, promised {bound}"]
    share = sum(w * facts.tails[v].slower(facts.bound) for v, w in facts.serving.items())
    return [f"{numbers.share(share)} of requests over {bound}"]


def _failing(assessment: Assessment) -> list[str]:
    errors = failing(assessment)
    if errors is None or errors.value is None:
        return []
    healthy = _baseline(errors)
    was = "" if healthy is None else f", was {numbers.share(healthy)}"
    return [f"{numbers.share(errors.value)} of requests fail{was}"]


def _worse(assessment: Assessment) -> list[str]:
    """What else is judged worse: a figure of the team's own, by name, or one of the model's."""
    bad = [
        estimate
        for estimate in (*assessment.metrics, *assessment.segments)
        if is_bad(estimate) and not estimate.version and estimate.role == "served"
    ]
    for estimate in bad:
        if estimate.name not in METRICS and estimate.value is not None:
            where = f" ({estimate.segment})" if estimate.segment else ""
            return [f"{estimate.name}{where} {_moved(estimate.value, estimate)}"]
    if any(estimate.name in QUALITY and not estimate.segment for estimate in bad):
        return ["the model is measurably worse, though no more decisions are measured wrong"]
    return []


def _moved(value: float, estimate: Estimate) -> str:
    was = _baseline(estimate)
    return number(value, estimate.unit) if was is None else move(was, value, estimate.unit)


def _wrong_clauses(
    wrong: Estimate, segment: str | None, share: float | None, of: str, config: Config
) -> list[str]:
    noun = config.model.harm.unit.removeprefix("wrong ")
    if segment is None:
        who = f"all {of}"
    elif share is None:
        who = segment
    else:
        who = f"{numbers.share(share)} of {of} ({segment})"
    if wrong.value is None:
        return [who]
    there = " there" if segment is not None else ""
    healthy = _baseline(wrong)
    was = f", was {numbers.one_in(healthy)}" if healthy else ""
    return [who, f"about {numbers.one_in(wrong.value)} {noun}{there} wrong{was}"]


def _nothing(wrong: Estimate | None) -> str:
    """What is said while nothing is measured as worse."""
    if wrong is None or wrong.value is None:
        reason = "nothing says which decisions were wrong" if wrong is None else wrong.reason
        return f"no harm measured so far: {reason}"
    if wrong.verdict in ("not enough data", "watch"):
        return "no harm measured so far, not enough to rule it out"
    return "no harm measured"


def _trend(
    assessment: Assessment, earlier: Assessment | None, segment: str | None
) -> Literal["", "getting worse", "steady", "getting better"]:
    """Worse or better where the value left the interval that the earlier assessment had."""
    if earlier is None:
        return ""
    directions = []
    for name, part in (("wrong_rate", segment), ("latency_p99", None)):
        now, before = find(assessment, name, None, part), find(earlier, name, None, part)
        if now is None or before is None or now.value is None or before.value is None:
            continue
        if before.high is not None and now.value > before.high:
            directions.append(1)
        elif before.low is not None and now.value < before.low:
            directions.append(-1)
        else:
            directions.append(0)
    if not directions:
        return ""
    if max(directions) > 0:
        return "getting worse"
    return "getting better" if min(directions) < 0 else "steady"


def _unlabelled(assessment: Assessment, segment: str | None) -> float | None:
    coverage = find(assessment, "label_coverage", None, segment) or find(
        assessment, "label_coverage"
    )
    return None if coverage is None or coverage.value is None else 1.0 - coverage.value


def _unknown(
    assessment: Assessment, wrong: Estimate | None, since: int | None, hurt: bool
) -> list[str]:
    unknown = []
    if wrong is None or wrong.value is None:
        reason = "not measured" if wrong is None else wrong.reason
        unknown.append(f"how many decisions are wrong: {reason}")
    users = find(assessment, "users")
    if users is None or users.value is None:
        unknown.append("how many users: counted in requests")
    if hurt and since is None:
        unknown.append("since when")
    return unknown


def _baseline(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.baseline is None else estimate.baseline.value


def _one_in(rate: float | None) -> float | None:
    return 1.0 / rate if rate else None
