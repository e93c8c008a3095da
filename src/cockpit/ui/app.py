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
from cockpit.ui.canvas import plain_text
from cockpit.ui.clock import ReplayClock
from cockpit.ui.keymap import Keymap
from cockpit.ui.layout import overview
from cockpit.ui.lines import width
from cockpit.ui.painting import Painted
from cockpit.ui.panes.status import Playhead
from cockpit.ui.screens.base import CockpitScreen
from cockpit.ui.screens.incident import IncidentScreen
from cockpit.ui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from pathlib import Path

    from textual.screen import Screen

    from cockpit.session import Session
    from cockpit.views import View

_SEEK_AGAIN = 5 * MINUTE  # of incident time between two searches for earlier incidents
_BEHIND = 2.5  # seconds of our time after which figures of an older T are marked


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
        at: int,
        speed: float = 1.0,
        paused: bool = False,
        theme: str | None = None,
        hint: str = "",
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
        self.clock = ReplayClock(at=at, span=session.recording.span, speed=speed, paused=paused)
        self.view: View | None = session.stored_view(at)
        self.problem = ""
        self.message = next(iter((*self.problems, hint)))
        self.background = Background()
        self._type_ahead = TypeAhead(self, super().on_event)
        self.painted = Painted()
        self._shown_size: Size | None = None
        self._event_loop: asyncio.AbstractEventLoop | None = None
        self._leaving = False
        self._kept = 0  # screens asked to be kept
        self._sought: int | None = None  # when earlier incidents were last looked for
        self.live = False  # whether a view of this run has arrived yet

    # Life

    def get_default_screen(self) -> Screen[Any]:
        """The incident."""
        return IncidentScreen(self.painted)

    def on_mount(self) -> None:
        """Ask for the first live view; a stored one is painted by now."""
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
        clock = self.clock.ticked(SECOND)
        if clock is not self.clock:
            self.travel(clock)

    def travel(self, clock: ReplayClock) -> None:
        """Go where `clock` says, and ask for the figures there."""
        moved = clock.at != self.clock.at
        ended = clock.ended and not clock.paused
        self.clock = clock.toggled() if ended else clock
        if moved:
            self.want_view()
        self.redraw()

    @property
    def playhead(self) -> Playhead:
        """What the status line says about the replay."""
        clock, view = self.clock, self.view
        lag = abs(clock.at - view.at) if view is not None else 0
        behind = lag > _BEHIND * SECOND * max(1.0, clock.speed) or (lag > 0 and clock.paused)
        return Playhead(clock.at, clock.speed, clock.paused, clock.ended, behind)

    # Views

    def want_view(self) -> None:
        """Ask for the view at the clock; while one is computed only the newest wish waits."""
        at = self.clock.at
        self.in_background("view", lambda: self.session.view(at), self._arrived)

    def _arrived(self, result: View | Exception) -> None:
        if isinstance(result, Exception):
            said = str(result) if isinstance(result, BadInput) else type(result).__name__
            self.problem = inert(f"The figures could not be computed: {said}")
            self.message = self.problem
        else:
            self.view, self.live, self.problem = result, True, ""
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
        self, kind: str, work: Callable[[], Any], done: Callable[[Any], None]
    ) -> None:
        """Run `work` off this thread and `done` with its result, or its exception, on it."""

        def post(result: Any) -> None:
            self.post_message(Finished(done, result))

        self.background.submit(kind, work, post)

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

    def act(self, action: Callable[[], object], said: str = "", keep: str = "") -> bool:
        """Do something durable; what is refused is said in one line. True when it was done.

        `keep` names why the screen that shows it is kept; "" keeps none.
        """
        try:
            answer = action()
        except BadInput as error:
            self.say(str(error))
            return False
        self.done(said or (answer if isinstance(answer, str) else ""), keep)
        return True

    def done(self, said: str, keep: str = "") -> None:
        """Something durable was done: show what it changed, and keep that screen if it is to be."""
        self.want_view()
        if keep:
            self.keep_screen(keep)
        self.say(said)

    def keep_screen(self, kind: str) -> None:
        """Keep the overview of this moment in the replay's file, once its view was computed."""
        session, play, size, palette = self.session, self.playhead, self.size, self.palette

        def work() -> None:
            from cockpit.ui.picture import svg

            lines = overview(session.view(play.at), play, size, session.recording.service)
            picture = svg(lines, width(lines[0]), palette)
            session.keep_screen(kind, plain_text(lines), picture, play.at)

        def done(result: object) -> None:
            if isinstance(result, Exception):
                said = str(result) if isinstance(result, BadInput) else type(result).__name__
                self.say(f"The screen of this moment could not be kept: {said}")

        self._kept += 1
        self.in_background(f"screen {self._kept}", work, done)

    def export(self, work: Callable[[], Path]) -> None:
        """Write a briefing off this thread and say where it is, or why it is not."""

        def done(result: Path | Exception) -> None:
            if isinstance(result, BadInput):
                self.say(str(result))
            elif isinstance(result, Exception):
                self.say(f"The briefing could not be written: {type(result).__name__}.")
            else:
                self.say(f"Written: {result}")
                self.want_view()

        self.in_background("export", work, done)

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
