"""Whether a containment that was executed does what was expected of it, as measured."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from cockpit.config import Config
from cockpit.decide.facts.estimates import find, is_bad
from cockpit.decide.facts.measured import Measured, measured
from cockpit.decide.options.plans import Plan, plans, segment_of
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.views import Choice

Effect = Literal["", "watching", "seen", "not seen in time"]

NEAR = 0.05  # share of requests by which the serving may differ from the plan
KEPT = 0.5  # of the expected fall in requests


def watch(choice: Choice, assessment: Assessment, state: State, config: Config) -> Choice:
    """The choice with its effect at `assessment.at`.

    Seen when traffic is served as planned and neither wrong decisions nor p99 are worse than their
    baseline. The assessment should be over a window that starts when the choice was executed, so
    that the time before does not hide the effect.
    """
    return replace(choice, effect=_effect(choice, assessment, state, config))


def _effect(choice: Choice, assessment: Assessment, state: State, config: Config) -> Effect:
    if choice.executed_at is None or choice.option == "observe":
        return ""
    facts = measured(assessment, state, config)
    plan = next((p for p in plans(facts, config) if p.kind == choice.option), None)
    if plan is not None and _moved(plan, choice, facts, assessment) and _well(choice, assessment):
        return "seen"
    if choice.due is not None and assessment.at > choice.due:
        return "not seen in time"
    return "watching"


def _moved(plan: Plan, choice: Choice, facts: Measured, assessment: Assessment) -> bool:
    """Whether requests are served as the plan says."""
    if plan.kind in ("kill", "throttle"):
        return _turned_away(plan, assessment)
    if plan.kind == "shadow":
        return any(e.role == "shadow" for e in assessment.metrics)
    if plan.kind == "segment_off":
        return _left_the_model(segment_of(choice.label), facts, assessment)
    target = next(iter(plan.serving.values()), {})
    versions = {*target, *facts.serving}
    return all(abs(facts.serving.get(v, 0.0) - target.get(v, 0.0)) <= NEAR for v in versions)


def _left_the_model(segment: str | None, facts: Measured, assessment: Assessment) -> bool:
    """Whether the segment sends nothing any more, or the fallback decides what it sends."""
    share = find(assessment, "requests_share", None, segment)
    if share is not None and share.value is not None and share.value <= NEAR:
        return True
    every = find(assessment, "wrong_rate", None, segment)
    fallback = find(assessment, "wrong_rate", facts.versions.fallback, segment)
    if every is None or fallback is None or every.n == 0:
        return False
    return fallback.n >= every.n * (1.0 - NEAR)


def _turned_away(plan: Plan, assessment: Assessment) -> bool:
    """Whether requests fell by at least half of what was to be turned away."""
    requests = find(assessment, "requests")
    if requests is None or requests.value is None or requests.baseline is None:
        return False
    before = requests.baseline.value
    shed = 1.0 if plan.kind == "kill" else plan.assumed.shed
    return before is not None and requests.value <= before * (1.0 - KEPT * shed)


def _well(choice: Choice, assessment: Assessment) -> bool:
    """Whether wrong decisions and p99 were measured and are not worse than their baseline."""
    if choice.option in ("kill", "shadow"):
        return True
    estimates = (find(assessment, "wrong_rate"), find(assessment, "latency_p99"))
    known = [e for e in estimates if e is not None and e.value is not None]
    return bool(known) and not any(is_bad(estimate) for estimate in known)
