"""Changing the severity by hand: what the policy refuses, and which levels there are.

The interface asks this when a key is pressed, so nothing here loads numpy.
"""

from __future__ import annotations

from cockpit.decide.severity.policy import Policy
from cockpit.records import MINUTE
from cockpit.state import State
from cockpit.units import parse_duration
from cockpit.views import LEVELS, Level, Status


def refusal(
    state: State, status: Status, severity: str, reason: str, at: int, policy: Policy
) -> str:
    """Why the policy forbids this change of severity at `at`; "" where it may be made."""
    level = level_named(severity)
    if level is None:
        return f"there is no severity {severity!r}; there are: {', '.join(LEVELS)}"
    if state.safety is not None and level != "SEV0":
        return "safety, privacy or data loss is marked: SEV0 until a named owner clears the mark"
    held = level_named(status.severity)
    if held is None or level <= held:
        return ""
    first = parse_duration(policy.lowering.after)
    started = [t for t in (status.onset, status.paged_at) if t is not None]
    if started and at < min(started) + first:
        return f"severity is not lowered in the first {first / MINUTE:g} minutes"
    if policy.lowering.reason and not reason.strip():
        return "lowering the severity takes a reason"
    return ""


def raised(level: str) -> Level | None:
    """The level above; null where there is none."""
    held = level_named(level)
    return LEVELS[LEVELS.index(held) - 1] if held is not None and held != "SEV0" else None


def level_named(text: str) -> Level | None:
    """The level of that name, however it is written; null where there is none."""
    return next((level for level in LEVELS if level == text.strip().upper()), None)
