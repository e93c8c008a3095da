"""A pane or page by its number: its title, what help calls it, and its rows in full."""

from __future__ import annotations

from cockpit.ui.panes import (
    checklist,
    flips,
    hypotheses,
    infra,
    knowledge,
    model,
    options,
    timeline,
)
from cockpit.ui.place import FLIPS, HYPOTHESES, Place
from cockpit.ui.rows import GUTTER, Row
from cockpit.views import View

_WORDS = {
    1: "model",
    2: "infra",
    3: "questions and checklist",
    4: "containment",
    5: "known, not known, next",
    6: "timeline",
    HYPOTHESES: "containment by hypothesis",
    FLIPS: "what would flip it",
}
_SHOWN = {
    1: model,
    2: infra,
    3: checklist,
    4: options,
    5: knowledge,
    6: timeline,
    HYPOTHESES: hypotheses,
    FLIPS: flips,
}


def title(view: View, pane: int) -> str:
    """The title with the number of the pane; pages belong to pane 4."""
    return f"{4 if pane in (HYPOTHESES, FLIPS) else pane} {_SHOWN[pane].title(view)}"


def words_for(pane: int) -> str:
    """What it is called in help and messages."""
    return _WORDS[pane]


def full_rows(view: View, place: Place, pane: int, width: int) -> list[Row]:
    """Every row of a pane or page shown in full."""
    cells = width - GUTTER
    match pane:
        case 1:
            return model.full(view, cells, place.scales)
        case 2:
            return infra.full(view, cells, place.scales)
        case 3:
            return checklist.full(view, cells)
        case 4:
            return options.full(view, cells)
        case 5:
            return knowledge.full(view, cells)
        case 6:
            return timeline.full(view, cells, place.wanted)
        case 7:
            return hypotheses.full(view, cells)
        case _:
            return flips.full(view, cells)
