"""The part of the incident screen that holds a sheet."""

from __future__ import annotations

from cockpit.ui.screens.base import CockpitScreen
from cockpit.ui.sheets.sheet import Sheet


class SheetHolder(CockpitScreen):
    """A screen over which one sheet may lie."""

    @property
    def sheet(self) -> Sheet | None:
        """What lies over the incident, if anything does."""
        return next((s for s in self.query(Sheet) if not s.has_class("leaving")), None)

    def open_sheet(self, sheet: Sheet) -> None:
        """Put a sheet over the incident, in place of the one that may be there."""
        self.close_sheet()
        self.mount(sheet)

    def close_sheet(self) -> None:
        """Take the sheet away; the keys belong to the incident again."""
        sheet = self.sheet
        if sheet is not None:
            sheet.add_class("leaving")
            self.set_focus(None)
            sheet.remove()
            self.call_after_refresh(self.redraw)
