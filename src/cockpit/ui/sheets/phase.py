"""Entering a phase, and the guard that asks for a reason where the cockpit advises against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Key as KeyPress

from cockpit.records import BadInput, NeedsReason
from cockpit.ui.lines import EMPTY, Line, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.reasons import reason_lines
from cockpit.ui.sheets.sheet import Sheet
from cockpit.views import Phase

if TYPE_CHECKING:
    from cockpit.ui.screens.incident import IncidentScreen


def enter_phase(screen: IncidentScreen, phase: Phase) -> None:
    """Enter `phase`, or open the guard."""
    app = screen.cockpit
    try:
        app.session.enter_phase(phase, app.clock.at)
    except NeedsReason as guard:
        screen.open_sheet(GuardSheet(phase, str(guard), guard.presets))
    except BadInput as error:
        app.say(str(error))
    else:
        app.done(f"Entered {phase}; what was known before is kept in pane 5.", _kept_as(phase))


def _kept_as(phase: Phase) -> str:
    return f"phase-{phase}"


class GuardSheet(Sheet):
    """Why the phase should not be left yet; going on takes a reason."""

    def __init__(self, phase: Phase, warning: str, presets: list[str]) -> None:
        super().__init__()
        self._phase = phase
        self._warning = warning
        self._presets = presets[:4]
        self.title_text = f"enter {phase}?"

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
        app = self.cockpit
        if not text:
            app.say("Going on takes a reason; esc stays.")
            return
        said = f"Entered {self._phase}; the reason is in the journal."
        if app.act(
            lambda: app.session.enter_phase(self._phase, app.clock.at, text),
            said,
            _kept_as(self._phase),
        ):
            self.close()
