"""Cases of the policy that the figures look like: advice, which changes no severity."""

from __future__ import annotations

from cockpit.decide.severity.conditions import holding
from cockpit.decide.severity.findings import Known
from cockpit.decide.severity.policy import Policy
from cockpit.views import Trap


def traps(known: Known, policy: Policy) -> list[Trap]:
    """Each case of which an entry holds, with its level here, first containment and trap."""
    return [
        Trap(
            case=case.case,
            level=case.tier1 if case.tier1 is not None and known.config.tier1 else case.level,
            first=case.first,
            trap=case.trap,
        )
        for case in policy.cases
        if any(holding(entry, known, policy) for entry in case.when)
    ]
