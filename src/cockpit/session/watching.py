"""The containment that holds, watched by its traffic and figures however it was carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit.decide.effect import traffic
from cockpit.decide.effect.next_option import next_option
from cockpit.decide.effect.watch import follow, judge
from cockpit.decide.facts.versions import versions_of
from cockpit.records import Window
from cockpit.units import clock
from cockpit.views import Aim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.assess.service.serving import Serving
    from cockpit.config import Config
    from cockpit.records import Event
    from cockpit.session.gather import Gatherer
    from cockpit.state import State
    from cockpit.views import Choice, OptionTable


def watched(
    gatherer: Gatherer, events: Sequence[Event], at: int, state: State, table: OptionTable
) -> Choice | None:
    """The choice that holds, its effect judged by what was seen since it was done; null for none.

    Where nobody marked it as executed, it is done once traffic has moved as it says.
    """
    choice = state.choice
    if choice is None or choice.option == "observe":
        return choice
    start = choice.chosen_at - traffic.BEFORE
    served = gatherer.serving(at, start, choice.aim or Aim())
    choice, begun = follow(choice, served)
    if choice.executed_at is None and choice.noticed_at is None:
        return choice
    facts = None
    if begun is not None and begun < at:
        facts = gatherer.assessment(at, events, Window(start=begun, end=at))
    choice = judge(choice, begun, served, facts, at)
    if choice.effect != "not seen in time":
        return choice
    done = {c.option for c in state.choices if c.executed_at is not None}
    return replace(choice, next_option=next_option(table, {choice.option, *done}))


def unchosen(gatherer: Gatherer, at: int, state: State, table: OptionTable, config: Config) -> str:
    """'v42 serves nobody since 02:54: rollback to v41?', where nothing was chosen; else ""."""
    moments = [moment for moment in (state.onset, state.paged_at) if moment is not None]
    if state.choice is not None or not moments:
        return ""
    begun = max(moments)
    known = replace(state, changes=[c for c in state.changes if c.at <= begun])
    new = versions_of({}, known, config).new
    served = gatherer.serving(at, begun - traffic.BEFORE, Aim())
    left = traffic.left(new, served, begun) if new else None
    if left is None:
        return ""
    label = next((row.label for row in table.rows if _is_so(row.aim, new, served, begun)), "")
    return f"{new} serves nobody since {clock(left)}" + (f": {label}?" if label else "")


def _is_so(aim: Aim | None, new: str, served: Serving, begun: int) -> bool:
    """Whether an option that takes the new version off everywhere is as traffic is."""
    if aim is None or not aim.serves or aim.segment or new in aim.serves:
        return False
    return traffic.since(aim, served, begun) is not None
