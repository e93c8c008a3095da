"""What stands behind the figure under the cursor: how it was made, where it comes from."""

from __future__ import annotations

from cockpit.ui.derivation import derivation, source
from cockpit.ui.lines import Line
from cockpit.ui.sheets.sheet import Sheet
from cockpit.views import View


class DerivationSheet(Sheet):
    """Which counts, window, formula and assumption; of the view it was opened on."""

    title_text = "how this was made"

    def __init__(self, view: View, item: str) -> None:
        super().__init__()
        self._view, self._item = view, item

    def body(self, cells: int) -> list[Line]:
        """The steps."""
        return derivation(self._view, self._item, cells)


class SourceSheet(Sheet):
    """Which file, which moment, which window."""

    title_text = "where this comes from"

    def __init__(self, view: View, item: str) -> None:
        super().__init__()
        self._view, self._item = view, item

    def body(self, cells: int) -> list[Line]:
        """The places."""
        return source(self._view, self._item, self.cockpit.session.recording, cells)
