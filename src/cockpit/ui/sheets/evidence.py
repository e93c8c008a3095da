"""Overriding a sign: seen, not seen or unknown, with a reason; the probabilities follow."""

from __future__ import annotations

from cockpit.option_words import ratios, reasons
from cockpit.ui.lines import EMPTY, Line, plain, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.views import Sign, SignState


class EvidenceSheet(Sheet):
    """First what a person saw, then why they say so."""

    where = "evidence"
    title_text = "override a sign"

    def __init__(self, sign: Sign) -> None:
        super().__init__()
        self._sign = sign
        self._state: SignState | None = None

    def body(self, cells: int) -> list[Line]:
        """What was measured, what it says of each fault, and what is asked now."""
        sign = self._sign
        lines = [*sentence(sign.text, cells, 2, "strong"), plain(f"now {sign.state}")]
        lines += sentence(reasons(sign), cells, 3, "watch" if sign.overridden else "text")
        lines += sentence(f"counts {ratios(sign) or 'for nothing now'}", cells, 2, "dim")
        if self._state is None:
            return [*lines, EMPTY, plain("What did you see?", "accent")]
        return [
            *lines,
            EMPTY,
            (("setting: ", "dim"), (self._state, "strong")),
            plain("How do you know? In one line; it is kept in the journal.", "accent"),
        ]

    def action_sign_seen(self) -> None:
        """It is there."""
        self._ask("seen")

    def action_sign_not_seen(self) -> None:
        """It was looked for and is not there."""
        self._ask("not seen")

    def action_sign_unknown(self) -> None:
        """It cannot be told: the sign counts for nothing."""
        self._ask("not measurable")

    def _ask(self, state: SignState) -> None:
        if self.prompt is None:
            self._state = state
            self.ask(Prompt("reason:"))

    def entered(self, text: str) -> None:
        """Write it."""
        app, state = self.cockpit, self._state
        if state is None:
            return
        if not text:
            app.say("Overriding a sign takes a reason; esc leaves it as it is.")
        elif app.act(
            lambda: app.session.override_evidence(self._sign.id, state, text, app.clock.now),
            f"'{self._sign.text}' is {state} from now on; z undoes it.",
        ):
            self.close()
