"""Answering an opening question: accept the proposal, say unknown, or type another answer."""

from __future__ import annotations

import time

from textual.events import Key as KeyPress

from cockpit.ui.lines import Line, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.views import Question


class QuestionSheet(Sheet):
    """One question; the time to the answer is recorded with it."""

    where = "question"

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
        self._opened = time.monotonic()
        self.title_text = question.text

    def body(self, cells: int) -> list[Line]:
        """The proposal, its evidence, and an answer given before."""
        question = self._question
        lines: list[Line] = []
        if question.answer is not None or question.unknown:
            lines.append((("answered before: ", "dim"), (question.answer or "unknown", "text")))
        proposal = question.proposal.answer
        lines.append(
            (("proposed: ", "dim"), (proposal or "nothing: there is no evidence yet", "strong"))
        )
        if question.proposal.evidence:
            lines += sentence(f"because: {question.proposal.evidence}", cells, 4, "text")
        return lines

    def action_accept(self) -> None:
        """Take the proposal."""
        proposal = self._question.proposal.answer
        if proposal:
            self._answer(proposal, f"Answered: {proposal}; z undoes it.")
        else:
            self.cockpit.say("There is no proposal to accept: type an answer, or u for unknown.")

    def action_unknown(self) -> None:
        """It is not known."""
        self._answer(None, "Answered: unknown; z undoes it.")

    def action_type(self) -> None:
        """An answer of one's own."""
        if self.prompt is None:
            self.ask(Prompt("answer:"))

    def on_key(self, event: KeyPress) -> None:
        """Any other letter begins an answer."""
        character = event.character or ""
        if self.prompt is None and character.isprintable() and character not in ("", "u", "j", "k"):
            event.stop()
            event.prevent_default()
            self.ask(Prompt("answer:", value=character))

    def entered(self, text: str) -> None:
        """The typed answer."""
        if text:
            self._answer(text, f"Answered: {text}; z undoes it.")
        else:
            self.cockpit.say("An empty answer is none; esc leaves, u says unknown.")

    def _answer(self, answer: str | None, said: str) -> None:
        app = self.cockpit
        seconds = time.monotonic() - self._opened
        if app.act(
            lambda: app.session.answer(self._question.id, answer, app.clock.now, seconds), said
        ):
            self.incident.go_on_from(f"question:{self._question.id}")
            self.close()
