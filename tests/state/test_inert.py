"""Whatever an entry holds, what is folded and printed from it is inert and never raises."""

from __future__ import annotations

import msgspec
from hypothesis import given

from cockpit.incident.state import fold
from cockpit.incident.timeline import timeline
from cockpit.records import MINUTE, Event
from tests.state.events import made


@given(made)
def test_state_and_timeline_hold_no_control_character(events: list[Event]) -> None:
    at = 40 * MINUTE
    printed = msgspec.json.encode([fold(events, at), timeline(events, at)]).decode()
    for unsafe in ("\x1b", "\\u001b", "\u202e", "\x07", "\\u0007"):
        assert unsafe not in printed


@given(made)
def test_no_line_is_endless(events: list[Event]) -> None:
    assert all(len(entry.text) <= 2_000 for entry in timeline(events, 40 * MINUTE))
