"""A guard: the cockpit advises against a step, and taking it all the same takes a reason."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Key as KeyPress

from cockpit.records import NeedsReason
from cockpit.ui.lines import EMPTY, Line, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.reasons import reason_lines
from cockpit.ui.sheets.sheet import Sheet


class GuardSheet(Sheet):
    """Why the step should not be taken yet; `go_on` takes it with the reason, if that is done."""

    def __init__(self, title: str, guard: NeedsReason, go_on: Callable[[str], bool]) -> None:
        super().__init__()
        self._warning = str(guard)
        self._presets = guard.presets[:4]
        self._go_on = go_on
        self.title_text = title

    def body(self, cells: int) -> list[Line]:
        """The warning and the reasons."""
        warning = sentence(self._warning, cells, 4, "accent")
        return [*warning, EMPTY, *reason_lines(self._presets)]

    def on_key(self, event: KeyPress) -> None:
        """A digit takes a prepared reason, r asks for another."""
        if self.prompt is not None:
            return
        character = event.character or ""
        if character in tuple("1234")[: len(self._presets)]:
            event.stop()
            self.entered(self._presets[int(character) - 1])
        elif character == "r":
            event.stop()
            event.prevent_default()
            self.ask(Prompt("reason:"))

    def entered(self, text: str) -> None:
        """Go on with this reason."""
        if not text:
            self.cockpit.say("Going on takes a reason; esc stays.")
        elif self._go_on(text):
            self.close()
