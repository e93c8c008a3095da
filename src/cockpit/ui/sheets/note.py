"""Writing a note, and recording what a user reports."""

from __future__ import annotations

from cockpit.ui.lines import Line, plain
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock


class NoteSheet(Sheet):
    """A note, stamped with the clock's time."""

    title_text = "note"

    def __init__(self) -> None:
        super().__init__(Prompt("note:"))

    def body(self, cells: int) -> list[Line]:
        """When it will be dated."""
        at = clock(self.cockpit.clock.now, seconds=True)
        return [plain(f"Stamped {at} UTC, written to the journal at once; z undoes it.", "dim")]

    def entered(self, text: str) -> None:
        """Write it."""
        app = self.cockpit
        if app.act(
            lambda: app.session.note(text, app.clock.now), "Noted; z undoes it.", decides=False
        ):
            self.close()


class ReportSheet(Sheet):
    """What a user says is wrong, and for whom."""

    title_text = "a user's report"

    def __init__(self) -> None:
        super().__init__(Prompt("report:"))
        self._text = ""

    def body(self, cells: int) -> list[Line]:
        """What is asked now, and what was said before."""
        if not self._text:
            return [plain("What does the user say? In their words.", "dim")]
        return [
            (("report: ", "dim"), (self._text, "text")),
            plain("Which segment, such as region=BR? Empty where it is not known.", "dim"),
        ]

    def entered(self, text: str) -> None:
        """First the words, then the segment."""
        app = self.cockpit
        if not self._text:
            if not text:
                app.say("A report needs words; esc leaves.")
                return
            self._text = text
            self.stop_asking()
            self.ask(Prompt("segment:"))
        elif app.act(
            lambda: app.session.report(self._text, text, app.clock.now),
            "Reported; z undoes it.",
            decides=False,
        ):
            self.close()
