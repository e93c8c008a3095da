"""The beginning of an incident and its end."""

from __future__ import annotations

from cockpit.ui.following import Following
from cockpit.ui.lines import EMPTY, Line, plain, sentence
from cockpit.ui.prompt import Prompt
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock
from cockpit.views import PHASES, View

_LONGEST = 120


def proposed(view: View | None) -> str:
    """What the newest page says, else the newest alert: the title that is proposed."""
    for kind in ("page", "alert"):
        for entry in reversed(view.timeline if view is not None else []):
            if entry.kind == kind and entry.text and not entry.undone:
                return entry.text[:_LONGEST]
    return ""


def still_open(view: View | None) -> list[str]:
    """What speaks against ending the incident now, one sentence each."""
    if view is None:
        return []
    told = []
    if view.status.safety:
        told.append(f"The mark of {view.status.safety} holds; its owner takes it back: :clear-flag")
    choice = view.choice
    if choice is None:
        told.append("No containment was chosen.")
    elif choice.option != "observe" and choice.executed_at is None and choice.noticed_at is None:
        told.append(f"{choice.label} was chosen and is not executed.")
    elif choice.effect in ("watching", "not seen in time"):
        effect = "is still being watched" if choice.effect == "watching" else "was not seen in time"
        told.append(f"The effect of {choice.label} {effect}.")
    told += [f"{ask.who} has not answered: {ask.what}." for ask in view.asks if ask.answer is None]
    waiting = sum(q.answer is None and not q.unknown for q in view.checklist.questions)
    if waiting:
        told.append(f"{waiting} opening {'question is' if waiting == 1 else 'questions are'} open.")
    rest = PHASES[PHASES.index(view.status.phase) + 1 :]
    if rest:
        told.append(f"Not entered yet: {', '.join(rest)}.")
    return told


class DeclareSheet(Sheet):
    """Its title, proposed from what woke somebody; enter begins the incident."""

    title_text = "declare an incident"

    def __init__(self, following: Following, view: View | None) -> None:
        super().__init__(Prompt("title:", value=proposed(view)))
        self._following = following

    def body(self, cells: int) -> list[Line]:
        """What it does."""
        at = clock(self.cockpit.clock.now)
        return sentence(
            f"Declared {at} UTC: the hours before and all that follows are kept in a file of their "
            "own, and everything can be decided from then on. :resolve ends it.",
            cells,
            3,
            "dim",
        )

    def entered(self, text: str) -> None:
        """Begin it."""
        if not text:
            self.cockpit.say("A title is needed, in a few words; esc leaves without declaring.")
            return
        self.close()
        self._following.declare(text)


class ResolveSheet(Sheet):
    """What is still open, and once more whether the incident is over."""

    title_text = "resolve: is it over?"

    def __init__(self, following: Following, view: View | None, reason: str) -> None:
        super().__init__(Prompt("reason:", value=reason))
        self._following, self._view = following, view

    def body(self, cells: int) -> list[Line]:
        """What remains, then what it means."""
        remains = still_open(self._view)
        lines: list[Line] = [
            (("still open: " if index == 0 else " " * 12, "dim"), (text, "watch"))
            for index, text in enumerate(remains)
        ] or [plain("Nothing is open any more.", "good")]
        meaning = "enter ends it: its file is sealed, and nothing can be added to it afterwards."
        return [*lines, EMPTY, *sentence(meaning, cells, 2, "accent")]

    def entered(self, text: str) -> None:
        """End it."""
        if not text:
            self.cockpit.say("Resolving takes a reason in a few words; esc leaves it open.")
            return
        self.close()
        self._following.resolve(text)
