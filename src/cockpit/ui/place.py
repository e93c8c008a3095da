"""Where the person is: which pane or page, at which of its items, and what is filtered."""

from __future__ import annotations

from dataclasses import dataclass, field

from cockpit.ui.chart import Scale
from cockpit.ui.rows import Row, items

PANES = (1, 2, 3, 4, 5, 6)
# Pages behind pane 4: shown in full only, each by a key of its own.
HYPOTHESES, FLIPS = 7, 8


@dataclass
class Place:
    """The pane or page and item the cursor is on; `behind` is where a page was opened from."""

    focus: int = 3
    full: bool = False
    behind: tuple[int, bool] | None = None
    cursors: dict[int, str] = field(default_factory=dict)
    wanted: str = ""
    scales: dict[str, Scale] = field(default_factory=dict)

    def cursor(self, pane: int, rows: list[Row]) -> str:
        """The item the cursor of `pane` stands on; the first one where the old is gone."""
        there = items(rows)
        item = self.cursors.get(pane, "")
        return item if item in there else (there[0] if there else "")

    def open(self, pane: int) -> None:
        """Show a pane or page in full."""
        page = pane not in PANES
        if page and self.behind is None:
            self.behind = self.focus, self.full
        elif not page:
            self.behind = None
        self.focus, self.full = pane, True

    def leave(self) -> None:
        """Back to where the page was opened; from a pane to the overview."""
        self.focus, self.full = self.behind or (self.focus, False)
        self.behind = None
