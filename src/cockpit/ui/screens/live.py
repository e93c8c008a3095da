"""Keys of a running system: declare, resolve, go to another service, see what fails."""

from __future__ import annotations

from cockpit.ui.following import Following
from cockpit.ui.screens.holder import SheetHolder
from cockpit.ui.sheets.declare import DeclareSheet, ResolveSheet
from cockpit.ui.sheets.services import ServicesSheet
from cockpit.ui.sheets.silence import silence
from cockpit.ui.sheets.sources import SourcesSheet


class LiveKeys(SheetHolder):
    """The part of the incident screen that only a running system has."""

    def action_declare(self) -> None:
        """Declare an incident: its title is asked for."""
        self.declare("")

    def declare(self, title: str) -> None:
        """Declare an incident of this title."""
        following = self._following()
        if following is None:
            return
        if following.declared:
            self.cockpit.say("An incident is open here already; :resolve REASON ends it.")
        elif title:
            following.declare(title)
        else:
            self.open_sheet(DeclareSheet(following, self.cockpit.view))

    def resolve(self, reason: str) -> None:
        """End the incident; it asks once more."""
        following = self._following()
        if following is None:
            return
        if not following.declared:
            self.cockpit.say("No incident is open here: there is nothing to resolve.")
        elif not self.cockpit.hindered():
            self.open_sheet(ResolveSheet(following, self.cockpit.view, reason))

    def silence(self, alert: str, length: str, comment: str) -> None:
        """Ask what silencing an alert would do, and show it."""
        if self._following() is not None:
            silence(self, alert, length, comment)

    def action_services(self) -> None:
        """The services of the configuration."""
        following = self._following()
        if following is not None:
            self.open_sheet(ServicesSheet(following))

    def show_sources(self) -> None:
        """Each source, and what fails."""
        if self._following() is not None:
            self.open_sheet(SourcesSheet())

    def _following(self) -> Following | None:
        """What follows the running system; that this is a replay is said."""
        following = self.cockpit.following
        if following is None:
            self.cockpit.say("This is a recording: there is no running system behind it.")
        return following
