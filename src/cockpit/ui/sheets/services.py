"""The services of a configuration: each has its own recording and its own incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.ui.following import Following
from cockpit.ui.lines import Line, cut, marked, pad, plain, sentence
from cockpit.ui.sheets.sheet import Sheet
from cockpit.units import clock_near, duration

if TYPE_CHECKING:
    from cockpit.views import ServicePick

_NAME = 36
_BEFORE = 5  # lines kept above the cursor in a list that is longer than the screen


class ServicesSheet(Sheet):
    """Those with an open incident first; enter goes to one."""

    where = "services"
    title_text = "services"

    def __init__(self, following: Following) -> None:
        super().__init__()
        self._following = following
        self._picks: list[ServicePick] | None = None
        self._problem = ""
        self._at = 0

    def on_mount(self) -> None:
        """Ask how each does; the sheet is drawn without that first."""
        super().on_mount()
        self._following.services(self._arrived)

    def _arrived(self, result: list[ServicePick] | Exception) -> None:
        if isinstance(result, Exception):
            self._problem = f"They could not be read: {str(result) or type(result).__name__}"
        else:
            self._picks = sorted(result, key=lambda p: (not p.declared, p.severity, p.name))
            names = [pick.name for pick in self._picks]
            here = self.cockpit.session.recording.service
            self._at = names.index(here) if here in names else 0
        self.redraw()

    def body(self, cells: int) -> list[Line]:
        """Name, severity, since when it is declared."""
        if self._picks is None:
            return sentence(self._problem or "Looking at each …", cells, 3)
        if not self._picks:
            return [plain("The configuration names one service, and it is shown.", "dim")]
        return [self._line(index, pick) for index, pick in enumerate(self._picks)]

    def _line(self, index: int, pick: ServicePick) -> Line:
        here = index == self._at
        state: Line = (("not declared", "dim"),)
        if pick.declared and pick.since is not None:
            now = self.cockpit.clock.now
            when = f"since {clock_near(pick.since, now)}, {duration(max(0, now - pick.since))}"
            state = ((f"declared {when}", "text"),)
        line: Line = (
            ("▸ " if here else "  ", "accent"),
            (pad(cut(pick.name, _NAME), _NAME + 2), "strong"),
            (pad(pick.severity, 6), "accent" if pick.declared else "dim"),
            *state,
        )
        return marked(line) if here else line

    def action_move(self, by: int) -> None:
        """Another one."""
        if self._picks:
            self._at = max(0, min(len(self._picks) - 1, self._at + by))
            self.offset_lines = max(0, self._at - _BEFORE)
            self.redraw()

    def action_service_open(self) -> None:
        """Go to the one under the cursor."""
        if not self._picks:
            return
        name = self._picks[self._at].name
        self.close()
        if name == self.cockpit.session.recording.service:
            self.cockpit.say(f"{name} is shown already.")
        else:
            self._following.switch(name)

    def action_service_quit(self) -> None:
        """Leave the cockpit."""
        self.cockpit.leave()
