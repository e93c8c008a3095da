"""What both screens share: exact partial updates, redrawing, and the application behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.binding import Binding
from textual.screen import Screen

from cockpit.ui.keys import Where, of
from cockpit.ui.painting import CellCompositor, Painted

if TYPE_CHECKING:
    from cockpit.ui.app import CockpitApp


def bindings(where: Where) -> list[Binding]:
    """The bindings of one place, from the table of keys; each has the id a user can rebind.

    Those of the briefing come before the text area's own, which has other uses for some F-keys.
    """
    first = where == "briefing"
    return [
        Binding(key.keys, key.action or key.id, key.what, show=False, id=key.id, priority=first)
        for key in of(where)
    ]


class CockpitScreen(Screen[None]):
    """A screen that repaints only what changed."""

    def __init__(self, painted: Painted) -> None:
        super().__init__()
        self._compositor = CellCompositor(painted)

    @property
    def cockpit(self) -> CockpitApp:
        """The application, with its type."""
        return cast("CockpitApp", self.app)

    def redraw(self) -> None:
        """Draw again from the newest view; cells that are the same are not touched."""

    def save(self) -> None:
        """Keep what is being written here; called on leaving and on signals."""
