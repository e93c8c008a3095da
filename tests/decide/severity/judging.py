"""Assessments that differ from a healthy one in a single fact, and what the policy says of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from cockpit.config import Config
from cockpit.decide.impact import impact
from cockpit.decide.severity.policy import Policy, default_policy
from cockpit.decide.severity.severity import severity
from cockpit.records import MINUTE, Assessment, Baseline, Burn, Drift
from cockpit.state import State
from cockpit.views import Chart, Severity
from tests.decide.stories import AT, CONFIG, ONSET, ROLLOUT, Counts, assessment

HEALTHY = {key: Counts(60, 9, 9, 1_300, 5_000) for key in ROLLOUT}
TIER1 = msgspec.structs.replace(CONFIG, tier1=True)


def began(now: State) -> State:
    return replace(now, onset=ONSET)


def judged(
    facts: Assessment,
    now: State,
    config: Config = CONFIG,
    policy: Policy | None = None,
    charts: Sequence[Chart] = (),
) -> Severity:
    hurt = impact(facts, now, config)
    return severity(facts, hurt, now, config, policy or default_policy(), charts)


def healthy(**changed: object) -> Assessment:
    """A healthy service, but for these fields of its assessment."""
    return replace(assessment(HEALTHY), **changed)


def with_metric(facts: Assessment, **changed: object) -> Assessment:
    """The same figures but for one of the whole service, by its name; added where it is not."""
    name = changed["name"]
    if all(e.name != name for e in facts.metrics):
        added = replace(facts.metrics[0], baseline=None, difference=None, missed=None)
        facts = replace(facts, metrics=[*facts.metrics, replace(added, name=name, id=name)])
    metrics = [
        replace(e, **changed) if e.name == name and e.version is None else e for e in facts.metrics
    ]
    return replace(facts, metrics=metrics)


def failing(share: float, n: int = 10_000) -> Assessment:
    """So many requests fail; hardly any did."""
    return with_metric(
        healthy(),
        name="error_rate",
        value=share,
        n=n,
        n_pos=round(share * n),
        unit="share",
        baseline=Baseline(what="reference", value=0.002),
        verdict="critical",
    )


def wrong(times: float, labelled: int = 4_000, verdict: str = "degraded") -> Assessment:
    """So many times the healthy share of wrong decisions everywhere, of .02."""
    k = round(times * 0.02 * labelled)
    return with_metric(
        healthy(),
        name="wrong_rate",
        value=k / labelled,
        n=labelled,
        n_pos=k,
        baseline=Baseline(what="reference", value=0.02),
        verdict=verdict,
    )


def hurt_segment(share: float, times: float, labelled: int = 2_000) -> Assessment:
    """Region BR stands out: its share of requests, and so many times the healthy wrong share."""
    facts = healthy()
    worst = replace(facts.segments[-1], name="worst_segment", value=2.0, segment="region BR")
    k = round(times * 0.02 * labelled)

    def changed(name: str, **values: object) -> None:
        nonlocal segments
        segments = [
            replace(e, **values) if (e.name, e.segment, e.version) == (name, "region BR", None)
            else e for e in segments
        ]  # fmt: skip

    segments = [*facts.segments[:-1], worst]
    changed("requests_share", value=share)
    changed("wrong_rate", value=k / labelled, n=labelled, n_pos=k)
    return replace(facts, segments=segments)


def burning(threshold: float, certainty: float | None) -> Burn:
    rate = replace(assessment(ROLLOUT).metrics[0], name="burn_rate", unit="×", value=99.0)
    return Burn(
        objective="availability",
        threshold=threshold,
        long=rate,
        short=rate,
        certainty=certainty,
        sure=certainty is not None and certainty >= 0.9,
        left=MINUTE,
        sentence="availability budget burns 99.0×",
    )


def slow(p99: float = 418.0, low: float = 400.0) -> Assessment:
    """The p99 of all requests in the last minutes; 250 ms are promised."""
    return with_metric(healthy(), name="latency_p99", value=p99, low=low, verdict="degraded")


def p99_chart(minutes_over: float, recorded: int = 60, over: float = 400.0) -> Chart:
    """Six points a minute up to now, of which those of the last minutes are over 250 ms."""
    count, slow_ones = recorded * 6, round(minutes_over * 6)
    return Chart(
        name="latency_p99",
        title="p99",
        unit="ms",
        step=MINUTE // 6,
        start=AT - recorded * MINUTE,
        points=[100.0] * (count - slow_ones) + [over] * slow_ones,
        threshold=250.0,
    )


def drift(drift_class: str = "major", **changed: object) -> Drift:
    found = Drift(
        feature="age",
        psi=0.3,
        psi_corrected=0.3,
        low=0.28,
        high=0.32,
        kl=0.3,
        n=5_000,
        drift_class=drift_class,
    )
    return replace(found, **changed)


def calibrated(low: float, high: float, verdict: str = "degraded") -> Assessment:
    return with_metric(
        healthy(),
        name="observed_expected",
        value=(low + high) / 2,
        low=low,
        high=high,
        verdict=verdict,
        unit="×",
    )
