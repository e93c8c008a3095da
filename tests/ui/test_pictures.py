"""Pictures of the screens at both sizes: a change of any cell is seen in review."""

import threading
from typing import Any, cast

import pytest

from cockpit.ui.app import CockpitApp
from tests.ui.fake_live import FakeLive
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


def failing(*names):
    session = FakeLive(declared=True)
    session.fails(*names)
    return session


LIVE = {
    "undeclared": (FakeLive, []),
    "declared": (lambda: FakeLive(declared=True), []),
    "back": (lambda: FakeLive(declared=True), ["m", "m", "m", "m", "m", "m", "m", "c"]),
    "failing": (lambda: failing("metrics", "alerts"), []),
    "services": (lambda: FakeLive(declared=True, services=3), ["S"]),
    "sources": (lambda: failing("metrics", "alerts"), ["colon", *"sources", "enter"]),
    "declare": (FakeLive, ["D"]),
    "resolve": (lambda: FakeLive(declared=True), ["colon", *"resolve", "enter"]),
    "waiting": (lambda: FakeLive(empty=True), []),
}
SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])


@SIZES
@pytest.mark.parametrize("screen", SCREENS)
def test_picture(snap_compare, screen, size, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    app = CockpitApp(cast("Any", FakeSession()), at=OPENS, paused=True, theme="dark")
    assert snap_compare(app, terminal_size=size, run_before=pressing(app, SCREENS[screen]))


@SIZES
@pytest.mark.parametrize("screen", LIVE)
def test_live_picture(snap_compare, screen, size, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    session, keys = LIVE[screen]
    app = CockpitApp(cast("Any", session()), theme="dark")
    assert snap_compare(app, terminal_size=size, run_before=pressing(app, keys))


@SIZES
def test_picture_before_the_first_figures(snap_compare, size, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    session, go_on = FakeLive(), threading.Event()
    view = session.view
    session.view = lambda at: go_on.wait(30) and view(at)
    app = CockpitApp(cast("Any", session), theme="dark")

    async def painted(pilot):
        app.ticking.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=painted)
    go_on.set()


def pressing(app, keys):
    """Press the keys, each once what the one before started is shown."""

    async def settle(pilot):
        app.ticking.pause()
        for key in [None, *keys]:
            if key:
                await pilot.press(key)
            for _ in range(400):
                await pilot.pause(0.005)
                if app.computed and not app.background.busy:
                    break
            await pilot.pause()
        await pilot.pause()

    return settle
