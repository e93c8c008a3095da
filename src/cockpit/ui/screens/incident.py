"""The incident: overview or one pane in full, a cursor, and the keys that open everything else."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.events import Key as KeyPress

from cockpit.ui import clipboard, layout
from cockpit.ui.canvas import Canvas
from cockpit.ui.commands import run_command
from cockpit.ui.keys import Key, key_line
from cockpit.ui.lines import Line, message
from cockpit.ui.painting import Painted
from cockpit.ui.prompt import Prompt
from cockpit.ui.screens.base import bindings
from cockpit.ui.screens.decide import DecideKeys
from cockpit.ui.screens.live import LiveKeys
from cockpit.ui.screens.travel import TravelKeys
from cockpit.ui.sheets.asks import AsksSheet
from cockpit.ui.sheets.command import CommandSheet, FilterSheet, GotoSheet
from cockpit.ui.sheets.derivation import DerivationSheet, SourceSheet
from cockpit.ui.sheets.harm import HarmSheet
from cockpit.ui.sheets.help import HelpSheet
from cockpit.ui.sheets.note import NoteSheet, ReportSheet
from cockpit.ui.sheets.phase import enter_phase
from cockpit.ui.sheets.question import QuestionSheet
from cockpit.views import PHASES, Phase

_DECIDING = ("choose", "execute", "next_phase", "briefing", "safety")


class IncidentScreen(DecideKeys, LiveKeys, TravelKeys):
    """Everything about the incident at the clock's time."""

    BINDINGS = list(bindings("incident"))
    AUTO_FOCUS = None

    def __init__(self, painted: Painted) -> None:
        super().__init__(painted)
        self.history: list[str] = []

    def compose(self) -> ComposeResult:
        """One canvas; sheets are mounted over it."""
        canvas = Canvas(self.cockpit.palette, id="incident")
        canvas.draw(self.lines(), self.cockpit.palette)  # the first paint is not a blank one
        yield canvas

    # Drawing

    def redraw(self) -> None:
        """The canvas, and the sheet over it."""
        if not self.is_mounted:
            return
        canvas = self.query_one("#incident", Canvas)
        canvas.draw(self.lines(), self.cockpit.palette)
        if self.sheet is not None:
            self.sheet.redraw()

    def on_resize(self) -> None:
        """The terminal has another size."""
        self.call_after_refresh(self.redraw)

    def lines(self) -> list[Line]:
        """What the canvas shows."""
        app = self.cockpit
        width, height = app.size  # known before the first layout
        size = (width, height)
        keys = key_line(self.offered(), width, self.pages())
        service = app.session.recording.service
        lines = layout.screen(app.view, self.place, app.playhead, size, keys, service, app.problem)
        if app.message and self.sheet is None:
            said = message(app.message, width)[:height]
            lines[-len(said) :] = said
        return lines

    def offered(self) -> list[Key]:
        """The keys of the key line; before an incident is declared, none that decides."""
        app = self.cockpit
        keys = app.keys.of("incident")
        if app.playhead.declared:
            return keys
        kept = [key for key in keys if key.id not in _DECIDING]
        return [replace(key, line=3) if key.id == "declare" else key for key in kept]

    # The sheet

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a sheet is open, its own keys are the only ones."""
        if self.sheet is not None:
            return False
        if layout.is_too_small(self.size.width, self.size.height):
            return action == "quit"
        return True

    def on_key(self, event: KeyPress) -> None:
        """Any key takes the message away, so that the key line is seen again."""
        if self.cockpit.message:
            self.cockpit.message = ""
            self.call_later(self.redraw)

    # Opening things

    def action_open(self) -> None:
        """Answer, tick, or show how a figure was made."""
        app, item = self.cockpit, self.item()
        view = app.view
        kind, _, name = item.partition(":")
        if view is None or not item:
            app.say("There is nothing here to open.")
        elif kind == "question":
            if app.hindered():
                return
            question = next(q for q in view.checklist.questions if q.id == name)
            self.open_sheet(QuestionSheet(question))
        elif kind == "task":
            if app.act(lambda: app.session.tick(name, app.clock.now), "Ticked; z undoes it."):
                self.go_on_from(item)
        elif kind == "ask":
            self.open_sheet(AsksSheet(name))
        elif kind == "sign":
            self.open_sign(view, name)
        else:
            self.open_sheet(DerivationSheet(view, item))

    def action_source(self) -> None:
        """Where the number under the cursor comes from."""
        view, item = self.cockpit.view, self.item()
        if view is None or not item:
            self.cockpit.say("There is no number here; move to one with j and k.")
        else:
            self.open_sheet(SourceSheet(view, item))

    def action_help(self) -> None:
        """Help for the focused pane."""
        self.open_sheet(HelpSheet(self.place.focus))

    def action_next_phase(self) -> None:
        """The phase after the current one."""
        view = self.cockpit.view
        if view is None:
            return
        place = PHASES.index(view.status.phase)
        if place + 1 == len(PHASES):
            self.cockpit.say("This is the last phase.")
        else:
            self.to_phase(PHASES[place + 1])

    def to_phase(self, phase: Phase) -> None:
        """Enter a phase; where the cockpit advises against it, ask for a reason."""
        enter_phase(self, phase)

    def action_note(self) -> None:
        """A time-stamped note."""
        self.open_sheet(NoteSheet())

    def action_report(self) -> None:
        """What a user reports."""
        self.open_sheet(ReportSheet())

    def action_asks(self) -> None:
        """Asks: add, answer, overdue."""
        if not self.cockpit.hindered(decides=False):
            self.open_sheet(AsksSheet())

    def action_safety(self) -> None:
        """Safety, privacy or data loss."""
        if not self.cockpit.hindered(decides=False):
            self.open_sheet(HarmSheet())

    def action_briefing(self) -> None:
        """The briefing."""
        self._edit_briefing(False)

    def action_edit(self) -> None:
        """The briefing, straight in $EDITOR."""
        self._edit_briefing(True)

    def _edit_briefing(self, editor: bool) -> None:
        if self.cockpit.hindered():
            return
        # Loaded when it is first opened: a text area and a markdown parser would delay the start.
        from cockpit.ui.screens.briefing import BriefingScreen

        self.app.push_screen(BriefingScreen(self.cockpit.painted, "exec", editor))

    def action_export(self) -> None:
        """The briefing as it is drafted, to a file."""
        run_command(self, "export exec")

    def action_undo(self) -> None:
        """Undo the last answer, tick, choice, note or ask."""
        app = self.cockpit
        app.act(lambda: app.session.undo(app.clock.now), decides=False)

    def action_copy(self) -> None:
        """The text of this screen to the clipboard and to a file."""
        text = self.query_one("#incident", Canvas).text()
        self.cockpit.say(clipboard.copy(self.app, text))

    def action_journal(self) -> None:
        """The timeline, with the filter open."""
        self.action_pane(6)
        self.action_filter()

    def action_filter(self) -> None:
        """Show only timeline entries with these words."""
        if not (self.place.full and self.place.focus == 6):
            self.action_pane(6)
        self.open_sheet(FilterSheet(self.place.wanted))

    def filter(self, wanted: str) -> None:
        """Keep the timeline entries that hold these words."""
        self.place.wanted = wanted
        self.redraw()

    def action_goto(self) -> None:
        """Ask for a time."""
        self.open_sheet(GotoSheet())

    def action_command(self) -> None:
        """Ask for a command."""
        self.open_sheet(CommandSheet(self.history))

    def action_repaint(self) -> None:
        """Write every cell anew, after something else wrote to the terminal."""
        self.cockpit.repaint()

    def action_quit(self) -> None:
        """Leave."""
        self.cockpit.leave()

    def on_prompt_left(self, event: Prompt.Left) -> None:
        """A prompt that belonged to no sheet any more."""
        event.stop()
