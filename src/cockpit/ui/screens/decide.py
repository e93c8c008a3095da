"""Keys that decide: choose, execute, validate, and the pages behind the containment table."""

from __future__ import annotations

from cockpit.ui.place import FLIPS, HYPOTHESES
from cockpit.ui.screens.cursor import CursorKeys
from cockpit.ui.screens.holder import SheetHolder
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.evidence import EvidenceSheet
from cockpit.ui.sheets.experiment import ExperimentSheet
from cockpit.views import View


class DecideKeys(CursorKeys, SheetHolder):
    """The part of the incident screen that works on containment."""

    def action_choose(self) -> None:
        """Choose a containment option."""
        view = self.cockpit.view
        if self.cockpit.hindered():
            return
        if view is None or not view.options.rows:
            self.cockpit.say("No option can be compared yet: nothing has been measured.")
            return
        kind, _, name = self.item().partition(":")
        of_option = kind in ("option", "until", "promise", "under")
        self.open_sheet(ChooseSheet(view, name if of_option else ""))

    def action_execute(self) -> None:
        """The chosen option has been carried out."""
        app = self.cockpit
        app.act(
            lambda: app.session.execute(app.clock.now),
            "Marked as executed now; the expected effect is being watched.",
            keep="execute",
        )

    def action_experiment(self) -> None:
        """How the fix is proved."""
        self.open_sheet(ExperimentSheet(self.cockpit.clock.at))

    def action_by_hypothesis(self) -> None:
        """Each option under each fault, and the signs that tell which it is."""
        self.action_pane(HYPOTHESES)

    def action_flips(self) -> None:
        """What would flip the choice."""
        self.action_pane(FLIPS)

    def pages(self) -> list[tuple[str, str]]:
        """Where containment is looked at in full: the keys of the pages behind it, as shown."""
        if not (self.place.full and self.place.focus in (4, HYPOTHESES, FLIPS)):
            return []
        keys = self.cockpit.keys.of("incident")
        return [(key.label, key.what) for key in keys if key.id in ("by_hypothesis", "flips")]

    def open_sign(self, view: View, name: str) -> None:
        """Say of a sign whether it is seen."""
        if self.cockpit.hindered():
            return
        sign = next(sign for sign in view.options.signs if sign.id == name)
        self.open_sheet(EvidenceSheet(sign))
