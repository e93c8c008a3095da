"""Following a running system: when figures are asked for, and which recording is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cockpit.records import SECOND, BadInput, Window
from cockpit.text import inert
from cockpit.ui.clock import LiveClock
from cockpit.ui.panes.playhead import banner, playhead

if TYPE_CHECKING:
    from cockpit.session import Session
    from cockpit.ui.app import CockpitApp
    from cockpit.views import ServicePick

_EVERY = 5 * SECOND  # figures are asked for at least so often: windows and clocks go on


class _News(NamedTuple):
    """How the session does. It is asked off the interface's thread, where its files may change."""

    said: str
    declared: bool
    changed: int


class Following:
    """What the application does in a running system beyond a replay."""

    def __init__(self, app: CockpitApp, session: Session) -> None:
        self._app = app
        self._session = session
        self._known = _News("", session.declared, session.changed())
        self._asked = session.now()  # when figures were last asked for
        self._seen = self._known.changed  # and how far the recording was then
        self._asking = False  # whether the session is being asked how it does
        self._problem = ""  # why it could not tell when it was last asked

    @property
    def clock(self) -> LiveClock:
        """The application's clock, as that of a running system."""
        clock = self._app.clock
        assert isinstance(clock, LiveClock)
        return clock

    @property
    def declared(self) -> bool:
        """Whether an incident is open; else the rolling recording is shown."""
        return self._known.declared

    @property
    def span(self) -> Window:
        """All that there is to look at: the newest view knows since when, 0 is nothing yet."""
        view, now = self._app.view, self._session.now()
        span = self._session.recording.span if view is None else view.span
        return Window(start=min(span.start or now, now), end=now)

    def tick(self) -> None:
        """A second has passed: the clock goes on, and figures follow where there may be others."""
        self._app.clock = self.clock.grown(self.span)
        if not self._asking:
            self._asking = True
            self._app.in_background("refresh", self._news(self._session.refresh), self._refreshed)
        self._app.redraw()

    def _news(self, work: Callable[[], str]) -> Callable[[], _News]:
        session = self._session

        def told() -> _News:
            return _News(work(), session.declared, session.changed())

        return told

    def _refreshed(self, result: _News | Exception) -> None:
        self._asking = False
        if isinstance(result, Exception):
            self._failed(result)
        else:
            self._known, self._problem = result, ""
            if result.said:
                self._moved(result.said)
        due = self._known.changed != self._seen or self.clock.now - self._asked >= _EVERY
        if due and not self.clock.held and not self._app.computing:
            self._ask()

    def _failed(self, error: Exception) -> None:
        """It is tried again each second, and said once."""
        said = str(error) if isinstance(error, BadInput) else type(error).__name__
        problem = inert(f"What happened elsewhere could not be read: {said}")
        if problem != self._problem:
            self._problem = problem
            self._app.say(problem)

    def _ask(self) -> None:
        self._asked, self._seen = self.clock.now, self._known.changed
        self._app.want_view()

    # Whether anything can be decided

    def hindrance(self, decides: bool = True) -> str:
        """Why nothing can be decided now, in a sentence; "" where it can.

        What `decides` nothing needs an incident all the same, but may be done while we look back.
        """
        if not self.declared:
            return "No incident is declared yet: D declares it, then it can be worked on."
        return banner(playhead(self.clock, None)) if decides else ""

    # Which recording is looked at

    def declare(self, title: str) -> None:
        """Begin an incident."""
        session, at = self._session, self.clock.now
        self._go("Declaring …", lambda: session.declare(title, at))

    def resolve(self, reason: str) -> None:
        """End the incident that is open."""
        session, at = self._session, self.clock.now
        self._go("Resolving; the file is being sealed …", lambda: session.resolve(reason, at))

    def switch(self, service: str) -> None:
        """Go to another service: no figure of this one is shown under its name."""

        def before() -> None:
            self._app.view = None
            self._app.clock = self.clock.gone_to(self.clock.now)

        self._go("Opening …", lambda: self._session.switch(service), before)

    def services(self, done: Callable[[list[ServicePick] | Exception], None]) -> None:
        """Ask which services there are."""
        self._app.in_background("services", self._session.picks, done)

    def _go(
        self, said: str, work: Callable[[], str], before: Callable[[], None] = lambda: None
    ) -> None:
        """Open another recording off the interface's thread; `before` it is shown, do this."""

        def done(result: _News | Exception) -> None:
            if isinstance(result, BadInput):
                self._app.say(str(result))
            elif isinstance(result, Exception):
                self._app.say(f"That could not be done: {type(result).__name__}.")
            else:
                before()
                self._known = result
                self._moved(result.said)

        self._app.say(said)
        self._app.in_background("recording", self._news(work), done)

    def _moved(self, said: str) -> None:
        """Another recording may be open: its figures are asked for, the cursor stays."""
        self._app.clock = self.clock.grown(self.span)
        self._ask()
        self._app.say(said)
