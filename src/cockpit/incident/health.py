"""How the sources of a recording do, as its journal tells: an entry where one fails or is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.records import Event
from cockpit.text import inert
from cockpit.views import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = "source"  # the kind of such an entry; data: source (its name), cause ("" where it is well)


def source_states(events: Iterable[Event]) -> list[SourceState]:
    """The state of each source and part that was ever told of, those that fail first.

    `events` are in display order; a source fails since the first entry of its newest failure.
    """
    states: dict[str, SourceState] = {}
    for event in events:
        name, cause = event.data.get("source"), event.data.get("cause", "")
        if event.kind != SOURCE or not isinstance(name, str) or not isinstance(cause, str):
            continue
        before = states.get(name)
        failing = bool(cause)
        goes_on = before is not None and before.failing == failing
        states[name] = SourceState(
            name=inert(name, 80),
            failing=failing,
            since=before.since if before is not None and goes_on else event.at,
            cause=inert(cause, 200),
        )
    return sorted(states.values(), key=lambda state: (not state.failing, state.name))
