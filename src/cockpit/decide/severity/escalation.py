"""Who is called by when at a level, and by when harm is contained."""

from __future__ import annotations

from cockpit.decide.severity.policy import Policy
from cockpit.records import MINUTE
from cockpit.state import State
from cockpit.units import parse_duration
from cockpit.views import EscalationStep, Impact, Level


def begun(level: Level, measured: Level, state: State, impact: Impact) -> int | None:
    """From when (µs) the clocks of a level run; null where nothing tells.

    From a mark of safety on; from when a person raised the level above what is measured; else from
    the page, or from the onset where nobody was paged.
    """
    if state.safety is not None:
        return state.safety.at
    if state.severity is not None and level < measured:  # "SEV1" is graver than "SEV2"
        return state.severity.at
    return state.paged_at if state.paged_at is not None else impact.since


def steps(level: Level, start: int | None, state: State, policy: Policy) -> list[EscalationStep]:
    """Whom the policy has called at `level`, each with when it is due.

    A step is done where somebody of that name was asked for something since, or where the recorded
    page reached them.
    """
    found = []
    for call in policy.row(level).escalate:
        after = parse_duration(call.after)
        found.append(
            EscalationStep(
                after=after / MINUTE,
                whom=call.whom,
                by=call.by,
                due=None if start is None else start + after,
                done=_was_called(call.whom, start, state, policy),
            )
        )
    return found


def _was_called(whom: str, start: int | None, state: State, policy: Policy) -> bool:
    if whom == policy.paged and state.paged_at is not None:
        return True
    name = whom.casefold().removeprefix("the ")
    return any(name in ask.who.casefold() for ask in state.asks if ask.asked_at >= (start or 0))


def contain_by(level: Level, start: int | None, policy: Policy) -> int | None:
    """By when (µs) harm has to be contained; null where the policy sets no time."""
    within = policy.row(level).contain_within
    return None if start is None or within is None else start + parse_duration(within)
