"""Pictures of the screens at both sizes: a change of any cell is seen in review."""

from typing import Any, cast

import pytest

from cockpit.ui.app import CockpitApp
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

SCREENS = {
    "overview": [],
    "model": ["1"],
    "infra": ["2"],
    "questions": ["3"],
    "containment": ["4"],
    "hypotheses": ["h"],
    "sign": ["h", *"jjjjjjjjjjj", "enter"],
    "flips": ["w"],
    "knowledge": ["5"],
    "timeline": ["6"],
    "question": ["enter"],
    "choose": ["c"],
    "reason": ["c", "enter"],
    "help": ["question_mark"],
    "command": ["colon"],
    "asks": ["a"],
    "briefing": ["b"],
}


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
@pytest.mark.parametrize("screen", SCREENS)
def test_picture(snap_compare, screen, size, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    app = CockpitApp(cast("Any", FakeSession()), at=OPENS, paused=True, theme="dark")

    async def settle(pilot):
        for key in [None, *SCREENS[screen]]:
            if key:
                await pilot.press(key)
            for _ in range(400):
                await pilot.pause(0.005)
                if app.computed and not app.background.busy:
                    break
            await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=settle)
