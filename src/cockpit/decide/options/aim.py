"""What traffic is like once an option has been carried out: by this its doing is recognised."""

from __future__ import annotations

from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan, segment_of
from cockpit.text import inert
from cockpit.views import Aim


def aim(plan: Plan, facts: Measured) -> Aim | None:
    """The aim of a plan; null where it changes nothing."""
    segment = segment_of(plan.label)
    match plan.kind:
        case "observe":
            return None
        case "shadow":
            return Aim(shadow=inert(facts.versions.previous))
        case "pin":
            return Aim()
        case "segment_off" if segment is not None:
            return Aim(serves={inert(facts.versions.fallback): 1.0}, segment=segment)
        case "kill":
            return Aim(shed=1.0)
        case "throttle":
            return Aim(shed=plan.assumed.shed)
    if plan.assumed.shed > 0.0 and not plan.assumed.serves:
        return Aim(shed=plan.assumed.shed)
    shares = next(iter(plan.serving.values()), {})
    total = sum(shares.values())
    return Aim(serves={inert(version): share / total for version, share in shares.items()})
