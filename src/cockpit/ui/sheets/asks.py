"""Asks: who is asked for what, by when, and what happens without an answer."""

from __future__ import annotations

from cockpit.records import BadInput
from cockpit.ui.commands import to_time
from cockpit.ui.lines import Line, pad, plain, sides
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock
from cockpit.views import Ask

_STEPS = (
    ("who", "Who is asked? A person or a role."),
    ("what", "For what? Begin with a verb."),
    ("by", "By when? 02:58 or +10m; empty for no deadline."),
    ("default", "What happens if nobody answers?"),
)
_ROLES = {"overdue": "accent", "answered": "good", "open": "text"}


class AsksSheet(Sheet):
    """The list; n adds one in four steps, enter writes the answer that came."""

    where = "asks"
    title_text = "asks"

    def __init__(self, ask: str = "") -> None:
        super().__init__()
        self._at = ask
        self._answering = ""
        self._new: dict[str, str] = {}

    def _asks(self) -> list[Ask]:
        view = self.cockpit.view
        order = {"overdue": 0, "open": 1, "answered": 2}
        return sorted(view.asks, key=lambda ask: order[ask.state]) if view else []

    def _current(self) -> Ask | None:
        asks = self._asks()
        return next((ask for ask in asks if ask.id == self._at), asks[0] if asks else None)

    def body(self, cells: int) -> list[Line]:
        """Every ask, or the steps of a new one."""
        if self.prompt is not None and not self._answering:
            lines: list[Line] = [
                ((pad(name, 9), "dim"), (text, "text")) for name, text in self._new.items()
            ]
            return [*lines, plain(_STEPS[min(len(self._new), 3)][1], "strong")]
        asks, current = self._asks(), self._current()
        if not asks:
            return [plain("Nobody has been asked for anything yet; n asks somebody.", "dim")]
        lines = []
        for ask in asks:
            here = current is not None and ask.id == current.id
            by = f" by {clock(ask.deadline)}" if ask.deadline is not None else ""
            left: Line = (("▸ " if here else "  ", "accent"), (f"{ask.who}: {ask.what}", "text"))
            lines.append(sides(left, ((f" {ask.state}{by}", _ROLES[ask.state]),), cells))
            if ask.answer is not None:
                lines.append(plain(f"    answer: {ask.answer}", "dim"))
            elif ask.default:
                lines.append(plain(f"    without an answer: {ask.default}", "dim"))
        return lines

    def action_move(self, by: int) -> None:
        """Another ask."""
        ids = [ask.id for ask in self._asks()]
        current = self._current()
        if current is not None:
            self._at = ids[max(0, min(len(ids) - 1, ids.index(current.id) + by))]
            self.redraw()

    def action_ask_add(self) -> None:
        """The first step of a new one."""
        self._new, self._answering = {}, ""
        self.ask(Prompt("who:"))

    def action_ask_answer(self) -> None:
        """The answer to the one under the cursor."""
        current = self._current()
        if current is None:
            self.cockpit.say("There is no ask to answer yet; n asks somebody.")
            return
        self._answering = current.id
        self.ask(Prompt(f"answer of {current.who}:"))

    def entered(self, text: str) -> None:
        """An answer, or the next step of a new ask."""
        app = self.cockpit
        if self._answering:
            ask = self._answering
            if app.act(lambda: app.session.answer_ask(ask, text, app.clock.at), "Answer noted."):
                self._answering = ""
                self.stop_asking()
            return
        name = _STEPS[len(self._new)][0]
        if name in ("who", "what") and not text:
            app.say("That cannot be empty; esc leaves.")
            return
        if name == "by" and text:
            try:
                to_time(app, text, inside=False)
            except BadInput as error:
                app.say(str(error))
                return
        self._new[name] = text
        if len(self._new) < len(_STEPS):
            self.stop_asking()
            self.ask(Prompt(f"{_STEPS[len(self._new)][0]}:"))
        else:
            self._finish()

    def _finish(self) -> None:
        app, new = self.cockpit, self._new
        deadline = to_time(app, new["by"], inside=False) if new["by"] else None
        if app.act(
            lambda: app.session.ask(
                new["who"], new["what"], deadline, new["default"], app.clock.at
            ),
            "Asked; it is in the journal.",
        ):
            self.stop_asking()
