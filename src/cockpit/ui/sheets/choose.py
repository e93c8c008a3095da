"""Choosing containment: option, then reason, then companions, then what to expect and by when."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key as KeyPress

from cockpit import checklist
from cockpit.checklist import text_of
from cockpit.records import BadInput, NeedsReason
from cockpit.ui.keys import Key, of
from cockpit.ui.lines import EMPTY, Line, marked, plain, sentence
from cockpit.ui.panes.option_table import table_rows
from cockpit.ui.prompt import Prompt
from cockpit.ui.screens.base import bindings
from cockpit.ui.sheets.guard import GuardSheet
from cockpit.ui.sheets.reasons import reason_lines
from cockpit.ui.sheets.sheet import Sheet
from cockpit.ui.sheets.stakes import stakes
from cockpit.units import clock, duration
from cockpit.views import OptionRow, View

REASONS = (
    "fewest wrong decisions in the next hour",
    "quickest to take effect and to undo",
    "safest while the cause is not known",
    "the better option is blocked or not ready",
)
COMPANIONS = tuple(text_of(task) for task in checklist.COMPANIONS)
_STEPS = ("option", "reason", "companions", "confirm")


class ChooseSheet(Sheet):
    """Four steps; enter goes on, escape leaves without choosing."""

    where = "choose"
    BINDINGS = [
        *(b for b in bindings("choose") if b.id in ("companion", "confirm")),
        Binding("backspace,left", "step_back", "step back", show=False, id="choose_back"),
    ]

    def __init__(self, view: View, option: str) -> None:
        super().__init__()
        self._view = view
        first = option or view.options.recommendation.option or view.options.rows[0].id
        self._at = next((i for i, row in enumerate(view.options.rows) if row.id == first), 0)
        self._step = 0
        self._reason = ""
        self._companion = 0
        self._companions = self._advised()  # they can be unticked
        self.title_text = "choose 1 of 4 · option"

    @property
    def _row(self) -> OptionRow:
        return self._view.options.rows[self._at]

    def _advised(self) -> set[str]:
        """What goes with the option by the policy, and by the option itself."""
        return {*self._view.companions, *self._row.companions}

    @property
    def _offered(self) -> list[str]:
        """Everything that can be ticked: what goes with any option, then this one's own."""
        return list(dict.fromkeys([*COMPANIONS, *self._row.companions]))

    @property
    def _taken(self) -> list[str]:
        return [name for name in self._offered if name in self._companions]

    def body(self, cells: int) -> list[Line]:
        """The step that is open, under what was decided before."""
        done: list[Line] = []
        if self._step > 0:
            done.append((("option      ", "dim"), (self._row.label, "strong")))
        if self._step > 1:
            done.append((("reason      ", "dim"), (self._reason, "text")))
        if self._step > 2:
            with_ = ", ".join(self._taken) or "nothing"
            done.append((("with        ", "dim"), (with_, "text")))
        step = (self._options, self._reasons, self._ticks, self._effect)[self._step]
        return [*done, *([EMPTY] if done else []), *step(cells)]

    def _options(self, cells: int) -> list[Line]:
        rows = table_rows(self._view, cells - 2)
        lines: list[Line] = []
        for index, row in enumerate(rows):
            here = index - 1 == self._at
            line: Line = (("▸ " if here else "  ", "accent"), *row.line)
            lines.append(marked(line) if here else line)
        lines.append(EMPTY)
        if self._row.sentence:
            lines += sentence(self._row.sentence, cells, 3)
        return [*lines, *stakes(self._view.options, self._row, cells)]

    def _reasons(self, cells: int) -> list[Line]:
        return [plain("Why this one?", "dim"), *reason_lines(REASONS)]

    def _ticks(self, cells: int) -> list[Line]:
        lines: list[Line] = [plain("What goes with it? space ticks, enter goes on.", "dim")]
        for index, name in enumerate(self._offered):
            here = index == self._companion
            box = "[x]" if name in self._companions else "[ ]"
            line: Line = (("▸ " if here else "  ", "accent"), (f"{box} {name}", "text"))
            lines.append(marked(line) if here else line)
        return lines

    def _effect(self, cells: int) -> list[Line]:
        row = self._row
        lines: list[Line] = []
        expected = row.expected or "no effect is promised for this option"
        lines += sentence(f"Expected: {expected}", cells, 3, "text")
        if row.expected_by is not None:
            by = self.cockpit.clock.now + row.expected_by
            lines.append(
                plain(
                    f"By {clock(by)} UTC if it is executed now ({duration(row.expected_by)} after)."
                )
            )
        lines += stakes(self._view.options, row, cells)
        lines.append(
            plain("enter writes the choice to the journal; x then marks it executed.", "accent")
        )
        return lines

    def keys(self) -> list[Key]:
        """The keys of this step."""
        wanted = {
            0: ("confirm",),
            1: ("reason_1", "reason_text"),
            2: ("companion", "confirm"),
            3: ("confirm",),
        }[self._step]
        return [key for key in of("choose") if key.id in wanted]

    # Keys

    def on_key(self, event: KeyPress) -> None:
        """Digits and r give the reason."""
        if self._step != 1 or self.prompt is not None:
            return
        character = event.character or ""
        if character in ("1", "2", "3", "4"):
            event.stop()
            self.entered(REASONS[int(character) - 1])
        elif character == "r":
            event.stop()
            event.prevent_default()
            self.ask(Prompt("reason:"))

    def action_move(self, by: int) -> None:
        """Another option, or another companion."""
        if self._step == 0:
            self._at = max(0, min(len(self._view.options.rows) - 1, self._at + by))
            self._companion, self._companions = 0, self._advised()
        elif self._step == 2:
            self._companion = max(0, min(len(self._offered) - 1, self._companion + by))
        self.redraw()

    def action_companion(self) -> None:
        """Tick or untick."""
        if self._step == 2:
            self._companions ^= {self._offered[self._companion]}
            self.redraw()

    def action_confirm(self) -> None:
        """The next step, or the choice itself."""
        if self._step == 1:
            self.cockpit.say("A choice takes a reason: 1 to 4, or r for your own.")
        elif self._step < 3:
            self._go(self._step + 1)
        else:
            self._choose()

    def action_step_back(self) -> None:
        """The step before."""
        if self._step > 0:
            self._go(self._step - 1)

    def entered(self, text: str) -> None:
        """The reason."""
        if not text:
            self.cockpit.say("A choice takes a reason; esc leaves without choosing.")
            return
        self._reason = text
        if self.prompt is not None:
            self.stop_asking()
        self._go(2)

    def _go(self, step: int) -> None:
        self._step = step
        self.cockpit.message = ""
        self.title_text = f"choose {step + 1} of 4 · {_STEPS[step]}"
        self.redraw()

    def _choose(self) -> None:
        app, row, reason, companions = self.cockpit, self._row, self._reason, self._taken
        said = f"Chosen: {row.label}, not yet executed; x marks it executed, z undoes the choice."

        def choose(despite: str = "") -> None:
            app.session.choose(row.id, reason, companions, app.clock.now, despite)

        def all_the_same(despite: str) -> bool:
            return app.act(lambda: choose(despite), said, keep="choose")

        try:
            choose()
        except NeedsReason as guard:
            sheet = GuardSheet(f"choose {row.label}?", guard, all_the_same)
            self.incident.open_sheet(sheet)
        except BadInput as error:
            app.say(str(error))
        else:
            app.done(said, keep="choose")
            self.close()
