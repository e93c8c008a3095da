"""Asks: who is asked for what, by when, and what happens without an answer."""

from __future__ import annotations

from textual.events import Key as KeyPress

from cockpit.records import BadInput
from cockpit.ui.commands import to_time
from cockpit.ui.keys import Key
from cockpit.ui.lines import EMPTY, Line, pad, plain, sides
from cockpit.ui.prompt import Prompt
from cockpit.ui.screens.base import bindings
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock
from cockpit.views import Ask, Stakeholder

_STEPS = (
    ("who", "Who is asked? A person or a role."),
    ("what", "For what? Begin with a verb."),
    ("by", "By when? 02:58 or +10m; empty for no deadline."),
    ("default", "What happens if nobody answers?"),
)
_ROLES = {"overdue": "accent", "answered": "good", "open": "text"}


def prepared_lines(stakeholders: list[Stakeholder]) -> list[Line]:
    """'1 infra: warm v41 (platform on-call; without an answer: 8 stay warm)', one for each key."""
    lines: list[Line] = []
    for key, asked in enumerate(stakeholders, 1):
        without = f"without an answer: {asked.default}" if asked.default else ""
        aside = "; ".join(part for part in (asked.owner, without) if part)
        lines.append(
            (
                (f"{key} ", "key"),
                (f"{asked.who}: {asked.what}", "text"),
                (f" ({aside})" if aside else "", "dim"),
            )
        )
    return lines


class AsksSheet(Sheet):
    """The list; n adds one in four steps, a digit one of the configuration's in one step.

    enter writes the answer that came.
    """

    BINDINGS = [b for b in bindings("asks") if b.id != "ask_prepared"]

    where = "asks"
    title_text = "asks"

    def __init__(self, ask: str = "") -> None:
        super().__init__()
        self._at = ask
        self._answering = ""
        self._new: dict[str, str] = {}

    def _prepared(self) -> list[Stakeholder]:
        return self.cockpit.session.recording.stakeholders[:9]

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
            given = [((pad(name, 9), "dim"), (text, "text")) for name, text in self._new.items()]
            step = self._step()
            return [*given, plain(dict(_STEPS)[step], "strong")] if step else [*given]
        prepared = prepared_lines(self._prepared()) if self.prompt is None else []
        return [*self._list(cells), *([EMPTY] if prepared else []), *prepared]

    def _list(self, cells: int) -> list[Line]:
        asks, current = self._asks(), self._current()
        if not asks:
            return [plain("Nobody has been asked for anything yet; n asks somebody.", "dim")]
        lines: list[Line] = []
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

    def keys(self) -> list[Key]:
        """The digits only where the configuration names somebody."""
        offered = super().keys()
        return [key for key in offered if key.id != "ask_prepared" or self._prepared()]

    def on_key(self, event: KeyPress) -> None:
        """A digit asks somebody the configuration names; only the deadline is left to say."""
        character, prepared = event.character or "", self._prepared()
        if self.prompt is None and character in tuple("123456789")[: len(prepared)]:
            event.stop()
            event.prevent_default()
            chosen = prepared[int(character) - 1]
            self._answering = ""
            self._new = {"who": chosen.who, "what": chosen.what, "default": chosen.default}
            self.ask(Prompt("by:"))

    def _step(self) -> str:
        """What is asked next of a new one; "" when nothing is missing."""
        return next((name for name, _ in _STEPS if name not in self._new), "")

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
            if app.act(
                lambda: app.session.answer_ask(ask, text, app.clock.now),
                "Answer noted.",
                decides=False,
            ):
                self._answering = ""
                self.stop_asking()
            return
        name = self._step()
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
        if step := self._step():
            self.stop_asking()
            self.ask(Prompt(f"{step}:"))
        else:
            self._finish()

    def _finish(self) -> None:
        app, new = self.cockpit, self._new
        deadline = to_time(app, new["by"], inside=False) if new["by"] else None
        if app.act(
            lambda: app.session.ask(
                new["who"], new["what"], deadline, new["default"], app.clock.now
            ),
            "Asked; it is in the journal.",
            decides=False,
        ):
            self.stop_asking()
