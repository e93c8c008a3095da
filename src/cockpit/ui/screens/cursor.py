"""Keys that move the cursor: inside a pane, between panes, into one in full and back."""

from __future__ import annotations

from cockpit.ui import layout
from cockpit.ui.pages import full_rows
from cockpit.ui.painting import Painted
from cockpit.ui.panes import checklist
from cockpit.ui.place import PANES, Place
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
            return full_rows(view, self.place, self.place.focus, self.size.width)
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
            panes = list(PANES)
        else:
            panes = list(layout.overview_rows(view, self.place, self.size))
        now = panes.index(self.place.focus if self.place.focus in panes else 4)
        self.place.focus, self.place.behind = panes[(now + by) % len(panes)], None
        self.redraw()

    def action_pane(self, pane: int) -> None:
        """One pane in full, or a page behind it."""
        self.place.open(pane)
        self.redraw()

    def action_overview(self) -> None:
        """Back to the overview; from a page, to the pane it belongs to."""
        if self.place.behind is not None:
            self.place.focus, self.place.behind = 4, None
        self._left()

    def action_back(self) -> None:
        """Escape: first the filter goes, then the page, then the full pane."""
        if self.place.wanted:
            self.place.wanted = ""
            self.redraw()
        elif self.place.full:
            self._left()

    def _left(self) -> None:
        """Out of the page or pane, with the focus on one that is shown."""
        self.place.leave()
        view = self.cockpit.view
        if not self.place.full:
            self.place.wanted = ""
            if view is not None and self.place.focus not in layout.overview_rows(
                view, self.place, self.size
            ):
                self.place.focus = 3
        self.redraw()
