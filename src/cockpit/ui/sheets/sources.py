"""Which sources of a running system answer, which fail, since when, and what that costs."""

from __future__ import annotations

from cockpit.ui.lines import Line, pad, plain, sentence
from cockpit.ui.panes.sources import counted, parts_of, since
from cockpit.ui.sheets.sheet import Sheet
from cockpit.views import SourceState

_MEANS = (
    ("connection refused", "nothing listens at its address: is it running?"),
    ("no answer", "it is slow, or cannot be reached from here"),
    ("HTTP 401", "it does not accept who we are: see auth in the configuration"),
    ("HTTP 403", "it does not let us: see auth in the configuration"),
    ("HTTP 404", "it has no such page: is the address of the server itself named?"),
    ("HTTP 5", "the server itself fails"),
    ("an HTML page", "a login page or a proxy answers in its place"),
    ("half an answer", "the connection ends early: is there a proxy with a limit?"),
)
_PANES = {"model": "1", "infra": "2", "changes": "2", "questions": "3"}


class SourcesSheet(Sheet):
    """The sources of the newest view, those that fail first."""

    title_text = "sources"

    def body(self, cells: int) -> list[Line]:
        """One or two lines for each."""
        view = self.cockpit.view
        if view is None:
            return [plain("The sources are being asked for the first time.", "dim")]
        if not view.sources:
            return [plain("No source has failed since the recording began.", "good")]
        failing = counted(view)
        head = plain(f"{failing}; the rest goes on.", "watch") if failing else _WELL
        names = min(36, max((len(s.name) for s in view.sources), default=0)) + 2
        ordered = sorted(view.sources, key=lambda s: (not s.failing, s.since))
        return [head, *(line for s in ordered for line in _lines(s, names, view.at, cells))]


_WELL: Line = plain("Every source answers.", "good")


def _lines(state: SourceState, names: int, at: int, cells: int) -> list[Line]:
    if not state.failing:
        return [((pad(state.name, names), "text"), (f"answers {since(state, at)}", "good"))]
    cause = state.cause or "no answer"
    means = next((meaning for begins, meaning in _MEANS if cause.startswith(begins)), "")
    panes = " and ".join(dict.fromkeys(_PANES[part] for part in parts_of(state.name)))
    first: Line = (
        (pad(state.name, names), "strong"),
        (f"fails {since(state, at)}: {cause}", "watch"),
    )
    told = " · ".join(filter(None, (means, f"pane {panes}")))
    below = sentence(told, cells - names, 2, "dim")
    return [first, *(((" " * names, "text"), *line) for line in below)]
