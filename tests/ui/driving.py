"""Driving the cockpit in tests: opened on the session made by hand, pressed, and read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from textual.pilot import Pilot

from cockpit.ui.app import CockpitApp
from cockpit.ui.canvas import Canvas
from cockpit.ui.keymap import Keymap
from cockpit.ui.screens.incident import IncidentScreen
from cockpit.ui.sheets.sheet import Sheet
from tests.ui.fake_live import FakeLive
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

WIDE, NARROW = (120, 40), (80, 24)


@dataclass
class Driven:
    """A running cockpit."""

    app: CockpitApp
    pilot: Pilot[Any]
    session: FakeSession

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until what they started is shown."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a line of text."""
        names = {" ": "space", ":": "colon", ".": "full_stop", "-": "minus", "+": "plus"}
        await self.press(*(names.get(character, character) for character in text))

    async def settle(self) -> None:
        """Wait until no view is being computed and nothing is waiting to be drawn."""
        await self.until(lambda: not (self.app.background.busy or self.app.outside.busy))
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        for _ in range(1000):
            if true():
                return
            await self.pilot.pause(0.005)
        raise AssertionError("it never became true")

    @property
    def screen(self) -> IncidentScreen:
        """The incident screen."""
        return cast("IncidentScreen", self.app.screen)

    @property
    def sheet(self) -> Sheet | None:
        """The sheet over it."""
        return self.screen.sheet

    async def passes(self, seconds: int) -> None:
        """So many seconds pass in a running system, with a tick for each."""
        assert isinstance(self.session, FakeLive)
        for _ in range(seconds):
            self.session.passes(1)
            self.app.tick()
            await self.settle()

    def status(self) -> str:
        """The first line."""
        return self.text().splitlines()[0]

    def text(self) -> str:
        """Everything the canvases show."""
        return "\n".join(canvas.text() for canvas in self.app.screen.query(Canvas))


@asynccontextmanager
async def cockpit(
    size: tuple[int, int] = WIDE, session: FakeSession | None = None, **options: Any
) -> AsyncIterator[Driven]:
    """The cockpit, paused where the replay opens, with its first view on the screen."""
    session = session or FakeSession()
    options = {"at": OPENS, "paused": True, "theme": "dark", "keys": Keymap(), **options}
    app = CockpitApp(cast("Any", session), **options)
    async with app.run_test(size=size) as pilot:
        driven = Driven(app, pilot, session)
        app.ticking.pause()  # tests tick by hand
        await driven.until(lambda: app.computed or bool(app.problem))
        await driven.settle()
        yield driven
    app.background.stop()
    app.outside.stop()


def live(
    size: tuple[int, int] = WIDE, session: FakeLive | None = None, **options: Any
) -> AbstractAsyncContextManager[Driven]:
    """A running system, its incident declared where no session says otherwise."""
    return cockpit(size, session or FakeLive(declared=True), **options)
