"""The application: clock, newest view, theme, and the one way actions reach the session."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.events import Event, Key, Resize
from textual.geometry import Size
from textual.message import Message

from cockpit.records import MINUTE, SECOND, BadInput
from cockpit.text import inert
from cockpit.ui import keymap
from cockpit.ui import themes as theming
from cockpit.ui.background import Background
from cockpit.ui.clock import LiveClock, ReplayClock
from cockpit.ui.following import Following
from cockpit.ui.keeping import keep_screen
from cockpit.ui.keymap import Keymap
from cockpit.ui.painting import Painted
from cockpit.ui.panes.playhead import Playhead, playhead
from cockpit.ui.screens.base import CockpitScreen
from cockpit.ui.screens.incident import IncidentScreen
from cockpit.ui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.screen import Screen

    from cockpit.session import Session
    from cockpit.views import ServicePick, View

_SEEK_AGAIN = 5 * MINUTE  # of incident time between two searches for earlier incidents


class Finished(Message):
    """A background job ended; `done` is called with its result on the interface's thread."""

    def __init__(self, done: Callable[[Any], None], result: Any) -> None:
        super().__init__()
        self.done = done
        self.result = result


class CockpitApp(App[int]):
    """Draws what the session says and tells it what people do; it computes nothing."""

    TITLE = "cockpit"
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 0
    CSS_PATH = "cockpit.tcss"
    BINDINGS = []

    def __init__(
        self,
        session: Session,
        *,
        at: int | None = None,
        speed: float = 1.0,
        paused: bool = False,
        theme: str | None = None,
        hint: str = "",
        pick: bool = False,
        themes: theming.Themes | None = None,
        keys: Keymap | None = None,
    ) -> None:
        self.themes: theming.Themes = themes if themes is not None else theming.installed()
        self.palette = self.themes.get(theme or theming.fitting(os.environ))
        self.keys = keys if keys is not None else keymap.installed()
        super().__init__(ansi_color=self.palette.ansi)
        for each in self.themes.by_name.values():
            self.register_theme(each.for_textual())
        self.theme = f"cockpit-{self.palette.name}"
        self.session = session
        self.clock: ReplayClock | LiveClock
        self.following: Following | None = None
        self.view: View | None
        if session.is_live:
            now = session.now()
            self.view = session.stored_view(now)
            self.following = Following(self, session)
            self.clock = LiveClock(at=now, span=self.following.span)
        else:
            at = session.opens_at if at is None else at
            self.view = session.stored_view(at)
            self.clock = ReplayClock(at, session.recording.span, speed=speed, paused=paused)
        self.problem = ""
        self.message = next(iter((*self.problems, hint)))
        self.background = Background()
        self.outside = Background("cockpit-outside")
        self._type_ahead = TypeAhead(self, super().on_event)
        self.painted = Painted()
        self._shown_size: Size | None = None
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._leaving = False
        self._kept = 0  # screens asked to be kept
        self._pick = pick  # whether to ask first which service is looked at
        self._sought: int | None = None  # when earlier incidents were last looked for
        self.computed = False  # whether a view of this run has arrived yet
        self.computing = False  # whether one is asked for

    # Life

    def get_default_screen(self) -> Screen[Any]:
        """The incident."""
        return IncidentScreen(self.painted)

    def on_mount(self) -> None:
        """Ask for the first view that is computed; a stored one is painted by now."""
        self._event_loop = asyncio.get_running_loop()
        self.set_keymap(self.keys.for_textual())
        self.app_resume_signal.subscribe(self, lambda _: self.repaint())
        if self._leaving:
            self.leave()
            return
        self.call_after_refresh(self._painted_first)
        self.ticking = self.set_interval(1.0, self.tick)

    def _painted_first(self) -> None:
        gc.freeze()  # what was imported stays: it need not be looked through for garbage
        gc.enable()
        self.want_view()
        if self._pick and self.following is not None:
            self.following.services(self._choose_service)

    def _choose_service(self, found: list[ServicePick] | Exception) -> None:
        if not isinstance(found, Exception) and found and isinstance(self.screen, IncidentScreen):
            self.screen.action_services()

    def redraw(self) -> None:
        """Show what changed, on whichever screen is open."""
        if self.is_running and isinstance(self.screen, CockpitScreen):
            self.screen.redraw()

    def repaint(self) -> None:
        """Write every cell anew: after a resize, a suspension, or when something else wrote."""
        self.painted.forget()
        self.screen.refresh(layout=True)
        self.screen.refresh()

    def on_resize(self, event: Resize) -> None:
        """The terminal has another size, and may have moved what it showed."""
        if self._shown_size not in (None, event.size):
            self.painted.forget()
        self._shown_size = event.size

    async def on_event(self, event: Event) -> None:
        """Keys wait for each other; everything else is Textual's."""
        if isinstance(event, Key) and not event.is_forwarded:
            self._type_ahead.put(event)
        else:
            await super().on_event(event)

    # Time

    def tick(self) -> None:
        """A second of ours has passed."""
        if isinstance(self.clock, ReplayClock):
            clock = self.clock.ticked(SECOND)
            if clock is not self.clock:
                self.travel(clock)
        elif self.following is not None:
            self.following.tick()

    def travel(self, clock: ReplayClock | LiveClock) -> None:
        """Go where `clock` says, and ask for the figures there."""
        moved = clock.at != self.clock.at
        if isinstance(clock, ReplayClock) and clock.ended and not clock.paused:
            clock = clock.toggled()
        self.clock = clock
        if moved:
            self.want_view()
        self.redraw()

    @property
    def playhead(self) -> Playhead:
        """What the status line says about where we look."""
        declared = self.following is None or self.following.declared
        return playhead(self.clock, self.view, declared)

    # Views

    def want_view(self) -> None:
        """Ask for the view at the clock; while one is computed only the newest wish waits."""
        at = self.clock.at
        self.computing = True
        self.in_background("view", lambda: self.session.view(at), self._arrived)

    def _arrived(self, result: View | Exception) -> None:
        self.computing = False
        if isinstance(result, Exception):
            said = str(result) if isinstance(result, BadInput) else type(result).__name__
            problem = inert(f"The figures could not be computed: {said}")
            if self.following is None or problem != self.problem:
                self.message = problem  # what is tried again by itself is said once
            self.problem = problem
        else:
            self.view, self.computed, self.problem = result, True, ""
            self._look_for_earlier(result.at)
        self.redraw()

    def _look_for_earlier(self, at: int) -> None:
        """Search for incidents like this one, again when minutes have passed.

        A folder that cannot be searched costs a few words of the strip of phases, no more.
        """
        if self._sought is not None and abs(at - self._sought) < _SEEK_AGAIN:
            return
        self._sought = at
        self.in_background("seen", lambda: self.session.seen_before(at), lambda _: self.want_view())

    def in_background(
        self,
        kind: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        *,
        outside: bool = False,
    ) -> None:
        """Run `work` off this thread and `done` with its result, or its exception, on it.

        What waits for a server `outside` has a thread of its own: it holds up no figure.
        """

        def post(result: Any) -> None:
            self.post_message(Finished(done, result))

        (self.outside if outside else self.background).submit(kind, work, post)

    def on_finished(self, event: Finished) -> None:
        """A background job ended."""
        event.done(event.result)

    # Doing

    def say(self, text: str) -> None:
        """One line at the bottom until the next key."""
        self.message = inert(text, 400)
        self.redraw()

    def say_soon(self, text: str) -> None:
        """Like `say`, from another thread."""
        self.post_message(Finished(self.say, text))

    def act(
        self, action: Callable[[], object], said: str = "", keep: str = "", decides: bool = True
    ) -> bool:
        """Do something durable; what is refused is said in one line. True when it was done.

        `keep` names why the screen that shows it is kept; "" keeps none. What `decides` nothing,
        such as a note, is taken while we look back too, and dated now.
        """
        if decides and self.hindered():
            return False
        try:
            answer = action()
        except BadInput as error:
            self.say(str(error))
            return False
        self.done(said or (answer if isinstance(answer, str) else ""), keep)
        return True

    def hindered(self, decides: bool = True) -> bool:
        """Whether nothing can be decided now, or not even written where it does not decide.

        Why is said.
        """
        why = "" if self.following is None else self.following.hindrance(decides)
        if why:
            self.say(why)
        return bool(why)

    def done(self, said: str, keep: str = "") -> None:
        """Something durable was done: show what it changed, and keep that screen if it is to be."""
        self.want_view()
        if keep:
            self._kept += 1
            keep_screen(self, keep, self._kept)
        self.say(said)

    def use_theme(self, name: str) -> None:
        """Change the colours now. Raises BadInput naming the themes there are."""
        self.palette = self.themes.get(name)
        self.ansi_color = self.palette.ansi
        self.theme = f"cockpit-{self.palette.name}"
        self.redraw()

    def leave(self) -> None:
        """Save what is open and end."""
        self.save_drafts()
        self.exit(0)

    async def action_quit(self) -> None:
        """Textual's own ctrl+q: leave like q does."""
        self.leave()

    def action_help_quit(self) -> None:
        """Textual's own ctrl+c, which many press to leave."""
        self.say("q leaves the cockpit; in a text field, esc first.")

    def leave_soon(self) -> None:
        """Like `leave`, from a signal handler: the interface's own loop does it next."""
        self._leaving = True
        if self._event_loop is not None:
            self._event_loop.call_soon_threadsafe(self.leave)

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each file of the person's own that could not be used."""
        return (*self.keys.problems, *self.themes.problems)

    @property
    def crash(self) -> BaseException | None:
        """What ended the application, if it was not a person."""
        return self._exception

    def _fatal_error(self) -> None:
        # Textual would print every local variable, tokens included; `run` writes a report without.
        with contextlib.suppress(Exception):
            self.save_drafts()
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    def save_drafts(self) -> None:
        """Keep a briefing that is being written; called on leaving and on signals."""
        for screen in self.screen_stack:
            if isinstance(screen, CockpitScreen):
                screen.save()
