"""Following a running system: when figures are asked for, and which recording is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.records import SECOND, BadInput
from cockpit.text import inert
from cockpit.ui.clock import LiveClock
from cockpit.ui.panes.playhead import banner, playhead

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp

_EVERY = 5 * SECOND  # figures are asked for at least so often: windows and clocks go on


class Following:
    """What the application does in a running system beyond a replay."""

    def __init__(self, app: CockpitApp) -> None:
        self._app = app
        self._changed: int | None = None  # what the session told when figures were last asked for
        self._asked = 0  # when that was
        self._refreshing = False
        self._problem = ""  # why that failed when it was last tried

    @property
    def clock(self) -> LiveClock:
        """The application's clock, as that of a running system."""
        clock = self._app.clock
        assert isinstance(clock, LiveClock)
        return clock

    def tick(self) -> None:
        """A second has passed: the clock goes on, and figures follow where there may be others."""
        app, session = self._app, self._app.session
        app.clock = clock = self.clock.grown(session.recording.span)
        if not self._refreshing:
            self._refreshing = True
            app.in_background("refresh", session.refresh, self._refreshed)
        if not clock.held and not app.computing:
            changed = session.changed()
            if changed != self._changed or clock.now - self._asked >= _EVERY:
                self._changed, self._asked = changed, clock.now
                app.want_view()
        app.redraw()

    def _refreshed(self, result: str | Exception) -> None:
        self._refreshing = False
        if isinstance(result, Exception):
            said = str(result) if isinstance(result, BadInput) else type(result).__name__
            self._said(inert(f"What happened elsewhere could not be read: {said}"))
        else:
            self._problem = ""
            if result:
                self._moved(result)

    def _said(self, problem: str) -> None:
        """It is tried again each second, and said once."""
        if problem != self._problem:
            self._problem = problem
            self._app.say(problem)

    def hindrance(self) -> str:
        """Why nothing can be decided now, in a sentence; "" where it can."""
        if back := banner(playhead(self.clock, None)):
            return back
        if not self._app.session.declared:
            return "No incident is declared yet: D declares it, then it can be worked on."
        return ""

    # Which recording is looked at

    def declare(self, title: str) -> None:
        """Begin an incident."""
        session, at = self._app.session, self.clock.now
        self._go("Declaring …", lambda: session.declare(title, at))

    def resolve(self, reason: str) -> None:
        """End the incident that is open."""
        session, at = self._app.session, self.clock.now
        self._go("Resolving; the file is being sealed …", lambda: session.resolve(reason, at))

    def switch(self, service: str) -> None:
        """Go to another service: no figure of this one is shown under its name."""
        session = self._app.session

        def done(result: str | Exception) -> None:
            if not isinstance(result, Exception):
                self._app.view = None
                self._app.clock = self.clock.gone_to(self.clock.now)
            self._done(result)

        self._app.say("Opening …")
        self._app.in_background("recording", lambda: session.switch(service), done)

    def _go(self, said: str, work: Callable[[], str]) -> None:
        self._app.say(said)
        self._app.in_background("recording", work, self._done)

    def _done(self, result: str | Exception) -> None:
        if isinstance(result, BadInput):
            self._app.say(str(result))
        elif isinstance(result, Exception):
            self._app.say(f"That could not be done: {type(result).__name__}.")
        else:
            self._moved(result)

    def _moved(self, said: str) -> None:
        """Another recording may be open: its figures are asked for, the cursor stays."""
        app = self._app
        app.clock = self.clock.grown(app.session.recording.span)
        app.want_view()
        app.say(said)
