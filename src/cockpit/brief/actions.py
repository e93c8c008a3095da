"""What is done about it, as every audience is told: recommended, chosen, executed, watched."""

from __future__ import annotations

from cockpit import units
from cockpit.brief import wording
from cockpit.brief.knowledge import containment_state
from cockpit.brief.situation import Situation
from cockpit.views import Ask


def actions(now: Situation) -> list[str]:
    """Containment in sentences; choosing and executing are told apart."""
    return [wording.sentence(text) for text in _actions(now) if text]


def _actions(now: Situation) -> list[str]:
    choice, best = now.choice, now.recommended
    said = [containment_state(now)]
    if choice is None:
        if best is not None:
            why = f": {now.options.recommendation.why}" if now.options.recommendation.why else ""
            said.append(f"Recommended is “{best.label}”{why}")
    else:
        against = best is not None and choice.option != best.id
        if choice.reason or against:
            reason = choice.reason or "none given"
            said.append(f"Reason{' to go against the recommendation' if against else ''}: {reason}")
        if choice.companions:
            said.append(f"With it: {', '.join(choice.companions)}")
    said.append(_watched(now))
    if now.config.guarantees:
        said.append(f"Held whatever a model gains: {', '.join(now.config.guarantees)}")
    return said


def _watched(now: Situation) -> str:
    """What is watched, to which threshold, until when, and what follows if it is not seen."""
    choice = now.choice
    if choice is None or choice.effect == "seen":
        return ""
    row = next((r for r in now.options.rows if r.id == choice.option), None)
    expected = choice.expected or (row.expected if row else "") or "fewer people are hurt"
    if choice.due is not None:
        until = f" until {wording.clocks(choice.due, now.status.timezone)}"
    elif row is not None and row.expected_by is not None:
        until = f" for {units.duration(row.expected_by)} once executed"
    else:
        until = ""
    other = f"; if it is not seen, next is “{now.runner_up.label}”" if now.runner_up else ""
    return f"Watched{until}: {expected}{other}"


def deadline(ask: Ask, zone: str) -> str:
    """'by 02:58 UTC (03:58 CET)', 'overdue since …', or that none was named."""
    if ask.deadline is None:
        return "no deadline named"
    when = wording.clocks(ask.deadline, zone)
    return f"overdue since {when}" if ask.state == "overdue" else f"by {when}"


def silence(ask: Ask) -> str:
    """What happens if nobody answers."""
    return ask.default or "nobody has said what happens then"
