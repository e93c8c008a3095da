"""One-line sheets: a command, a filter, a time to go to."""

from __future__ import annotations

from cockpit.records import BadInput
from cockpit.ui.commands import COMMANDS, complete, run_command, to_time
from cockpit.ui.lines import Line, pad, plain
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet


class CommandSheet(Sheet):
    """The `:` line, with what there is to type."""

    title_text = "command · tab completes · ↑ history"

    def __init__(self, history: list[str]) -> None:
        self._history = history
        super().__init__(
            Prompt(":", complete=lambda text: complete(self.cockpit, text), history=history)
        )

    def body(self, cells: int) -> list[Line]:
        """Every command with its help."""
        return [((pad(f"{c.name} {c.usage}", 36), "key"), (c.help, "dim")) for c in COMMANDS]

    def entered(self, text: str) -> None:
        """Run it."""
        screen = self.incident
        self.close()
        if text:
            self._history.append(text)
            screen.call_after_refresh(run_command, screen, text)


class FilterSheet(Sheet):
    """Words that timeline entries must hold."""

    title_text = "filter the timeline"

    def __init__(self, wanted: str) -> None:
        super().__init__(Prompt("/", value=wanted))

    def body(self, cells: int) -> list[Line]:
        """What a filter does."""
        return [
            plain("Words that must all be in an entry: its kind, its text or who wrote it.", "dim")
        ]

    def entered(self, text: str) -> None:
        """Filter by it."""
        self.incident.filter(text)
        self.close()


class GotoSheet(Sheet):
    """A time to go to."""

    title_text = "go to a time"

    def __init__(self) -> None:
        super().__init__(Prompt("time:"))

    def body(self, cells: int) -> list[Line]:
        """How a time is written."""
        return [plain("02:51 or 02:51:10 (UTC), +5m, -1h, or 2026-11-03T02:51:10Z", "dim")]

    def entered(self, text: str) -> None:
        """Go there."""
        app = self.cockpit
        try:
            at = to_time(app, text)
        except BadInput as error:
            app.say(str(error))
            return
        self.close()
        app.travel(app.clock.gone_to(at))
