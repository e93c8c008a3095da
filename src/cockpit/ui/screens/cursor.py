"""Keys that move the cursor: inside a pane, between panes, into one in full and back."""

from __future__ import annotations

from cockpit.ui import layout
from cockpit.ui.layout import Place
from cockpit.ui.painting import Painted
from cockpit.ui.panes import checklist
from cockpit.ui.rows import Row, items
from cockpit.ui.screens.base import CockpitScreen


class CursorKeys(CockpitScreen):
    """The part of the incident screen that knows where the person is."""

    def __init__(self, painted: Painted) -> None:
        super().__init__(painted)
        self.place = Place()

    def rows(self) -> list[Row]:
        """The rows of the pane that has the cursor."""
        view = self.cockpit.view
        if view is None:
            return []
        if self.place.full:
            return layout.full_rows(view, self.place, self.place.focus, self.size.width)
        shown = layout.overview_rows(view, self.place, self.size)
        return shown[self.place.focus][0] if self.place.focus in shown else []

    def item(self) -> str:
        """What the cursor stands on: "metric:…", "option:…", or ""."""
        return self.place.cursor(self.place.focus, self.rows())

    def action_move(self, by: int) -> None:
        """Move the cursor, staying inside the pane."""
        there = items(self.rows())
        if there:
            now = there.index(self.item())
            self.place.cursors[self.place.focus] = there[max(0, min(len(there) - 1, now + by))]
            self.redraw()

    def go_on_from(self, done: str) -> None:
        """After a question was answered or a task ticked, to what is open next."""
        view = self.cockpit.view
        if view is not None and (item := checklist.next_open(view, done)):
            self.place.cursors[3] = item
            self.redraw()

    def action_focus_pane(self, by: int) -> None:
        """The next pane, or the one before."""
        view = self.cockpit.view
        if view is None:
            return
        if self.place.full:
            panes = list(layout.PANES)
        else:
            panes = list(layout.overview_rows(view, self.place, self.size))
        now = panes.index(self.place.focus) if self.place.focus in panes else 0
        self.place.focus = panes[(now + by) % len(panes)]
        self.redraw()

    def action_pane(self, pane: int) -> None:
        """One pane in full."""
        self.place.focus, self.place.full = pane, True
        self.redraw()

    def action_overview(self) -> None:
        """Back to the overview."""
        self.place.full, self.place.wanted = False, ""
        view = self.cockpit.view
        if view is not None:
            shown = layout.overview_rows(view, self.place, self.size)
            if self.place.focus not in shown:
                self.place.focus = 3
        self.redraw()

    def action_back(self) -> None:
        """Escape: first the filter goes, then the full pane."""
        if self.place.wanted:
            self.place.wanted = ""
            self.redraw()
        elif self.place.full:
            self.action_overview()
