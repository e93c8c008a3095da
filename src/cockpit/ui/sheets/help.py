"""Help: what the focused pane shows, and every key."""

from __future__ import annotations

from cockpit.ui.layout import pane_words
from cockpit.ui.lines import EMPTY, Line, pad, plain, sentence
from cockpit.ui.sheets.sheet import Sheet

_PANES = {
    1: "Quality and drift of the model that serves now, the worst first. A verdict is a word: "
    "fine, watch, degraded, critical, or not enough data. ⏎ shows what a figure was made of.",
    2: "Latency, errors and traffic, and the recorded changes by how well they fit the onset.",
    3: "The opening questions with a proposed answer each, and what to do in each phase. "
    "⏎ answers a question or ticks a task; some tasks are ticked by what is measured.",
    4: "What each containment option would do, in numbers; quality is its change against now, "
    "bad path the share of requests that stays on it, effect the time until it works. "
    "* marks what is assumed, not measured; † that a user stays on one version; "
    "! says what blocks an option. "
    "c chooses, x marks the choice executed: two different things.",
    5: "What is known, what is not, and what comes next. "
    "Leaving a phase keeps its lists as they were.",
    6: "Everything that happened, was seen or was decided, newest first. / filters.",
}


class HelpSheet(Sheet):
    """Words about the pane, then the table of keys."""

    def __init__(self, pane: int) -> None:
        super().__init__()
        self._pane = pane
        self.title_text = f"help · {pane_words(pane)}"

    def body(self, cells: int) -> list[Line]:
        """Two columns of keys where there is room."""
        about = sentence(_PANES[self._pane], cells, 5)
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
