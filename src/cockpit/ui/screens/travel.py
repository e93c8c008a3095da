"""Keys that move the replay's clock: pause, speed, steps, events, a time, the end."""

from __future__ import annotations

from cockpit.records import SECOND
from cockpit.ui.screens.base import CockpitScreen


class TravelKeys(CockpitScreen):
    """The part of the incident screen that travels in time."""

    def action_pause(self) -> None:
        """Pause, or run on."""
        clock = self.cockpit.clock
        if clock.ended:
            self.cockpit.say("The recording ends here; m, H, t and , go back.")
            return
        self.cockpit.travel(clock.toggled())

    def action_faster(self) -> None:
        """The next speed."""
        self.cockpit.travel(self.cockpit.clock.faster())

    def action_slower(self) -> None:
        """The speed before."""
        self.cockpit.travel(self.cockpit.clock.slower())

    def action_travel(self, seconds: int) -> None:
        """So many seconds on, or back."""
        self.cockpit.travel(self.cockpit.clock.moved(seconds * SECOND))

    def action_next_event(self) -> None:
        """To the next recorded event."""
        self._to_event(self.cockpit.clock.next_after(self._moments()), "after")

    def action_previous_event(self) -> None:
        """To the recorded event before."""
        self._to_event(self.cockpit.clock.last_before(self._moments()), "before")

    def action_end(self) -> None:
        """To the end of the recording."""
        clock = self.cockpit.clock
        self.cockpit.travel(clock.gone_to(clock.span.end))

    def _moments(self) -> list[int]:
        return [at for at, _ in self.cockpit.session.events()]

    def _to_event(self, moment: int | None, word: str) -> None:
        if moment is None:
            self.cockpit.say(f"No event is recorded {word} this moment.")
            return
        self.cockpit.travel(self.cockpit.clock.gone_to(moment))
