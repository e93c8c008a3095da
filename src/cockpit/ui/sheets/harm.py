"""Marking harm to safety, privacy or data: it asks once more, because it means SEV0."""

from __future__ import annotations

from textual.events import Key as KeyPress

from cockpit.ui.lines import EMPTY, Line, plain
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet

KINDS = {"s": ("safety", "safety"), "p": ("privacy", "privacy"), "d": ("data_loss", "data loss")}


class HarmSheet(Sheet):
    """First which kind, then what is seen; the second is the confirmation."""

    title_text = "safety · privacy · data loss"

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""

    def body(self, cells: int) -> list[Line]:
        """What it means, and what is asked now."""
        meaning: Line = plain(
            "This makes it SEV0 whatever the metrics say, and the briefing's first line.", "accent"
        )
        if self._kind:
            word = next(word for kind, word in KINDS.values() if kind == self._kind)
            return [
                meaning,
                (("marking: ", "dim"), (word, "strong")),
                plain(
                    "What is seen? In one line; enter confirms, esc leaves without marking.", "text"
                ),
            ]
        lines: list[Line] = [
            ((f" {key} ", "key"), (word, "text")) for key, (_, word) in KINDS.items()
        ]
        return [meaning, EMPTY, *lines]

    def on_key(self, event: KeyPress) -> None:
        """Which of the three."""
        if self.prompt is None and (event.character or "") in KINDS:
            event.stop()
            event.prevent_default()
            self._kind = KINDS[event.character or ""][0]
            self.ask(Prompt("what is seen:"))

    def entered(self, text: str) -> None:
        """Mark it."""
        app = self.cockpit
        if not text:
            app.say("Say in a few words what is seen; esc leaves without marking.")
        elif app.act(
            lambda: app.session.flag(self._kind, text, app.clock.now),
            "Marked: SEV0 from now on.",
            decides=False,
        ):
            self.close()
