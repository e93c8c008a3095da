"""Help: what the focused pane shows, and every key."""

from __future__ import annotations

from cockpit.ui.lines import EMPTY, Line, pad, plain, sentence
from cockpit.ui.pages import words_for
from cockpit.ui.place import FLIPS, HYPOTHESES
from cockpit.ui.sheets.sheet import Sheet

_PANES = {
    1: "Quality and drift of the model that serves now, the worst first. A verdict is a word: "
    "fine, watch, degraded, critical, or not enough data. ⏎ shows what a figure was made of.",
    2: "Latency, errors and traffic, and the recorded changes by how well they fit the onset.",
    3: "The opening questions with a proposed answer each, and what to do in each phase. "
    "⏎ answers a question or ticks a task; some tasks are ticked by what is measured.",
    4: "What each containment option would do, in numbers; quality is its change against now, "
    "bad path the share of requests that stays on it, effect the time until it works, "
    "p99 has the chance that its objective is met in 15 min beside it, best the chance that no "
    "other option does less harm until it is resolved. "
    "* marks what is assumed, not measured; † that a user stays on one version; "
    "! says what blocks an option. "
    "c chooses, x marks the choice executed: two different things. "
    "h shows it by hypothesis, w what would flip it.",
    5: "What is known, what is not, and what comes next. "
    "Leaving a phase keeps its lists as they were.",
    6: "Everything that happened, was seen or was decided, newest first. / filters.",
    HYPOTHESES: "Each option under each fault: the harm that is left if that is the cause. "
    "Below, the signs: ×8 makes a fault eight times as likely, ÷5 a fifth, · says nothing of it. "
    "⏎ on a sign says that you saw it, did not see it, or cannot tell; z undoes it.",
    FLIPS: "The value of one input at which another option would be recommended, all else as it "
    "is; how long looking for the cause may take; and what is not known, by what it is worth.",
}


class HelpSheet(Sheet):
    """Words about the pane, then the table of keys."""

    def __init__(self, pane: int) -> None:
        super().__init__()
        self._pane = pane
        self.title_text = f"help · {words_for(pane)}"

    def body(self, cells: int) -> list[Line]:
        """Two columns of keys where there is room."""
        about = sentence(_PANES[self._pane], cells, 8)
        keys = self.cockpit.keys.of("incident")
        columns = 2 if cells >= 110 else 1
        size = cells // columns
        high = -(-len(keys) // columns)
        lines: list[Line] = [*about, EMPTY]
        for index in range(high):
            line: Line = ()
            for key in keys[index::high]:
                line += ((pad(key.label, 10), "key"), (pad(key.help, size - 11) + " ", "text"))
            lines.append(line)
        return [
            *lines,
            EMPTY,
            plain("Letters are commands only outside text fields; esc always leaves.", "dim"),
        ]
