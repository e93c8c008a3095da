"""Keys that move the clock: pause, speed, steps, events, a time, the end or now."""

from __future__ import annotations

from cockpit.records import SECOND
from cockpit.ui.clock import LiveClock
from cockpit.ui.commands import NO_SPEED
from cockpit.ui.screens.base import CockpitScreen


class TravelKeys(CockpitScreen):
    """The part of the incident screen that travels in time."""

    def action_pause(self) -> None:
        """Pause, or run on; a running system is held as it is shown, or followed again."""
        app = self.cockpit
        clock, view = app.clock, app.view
        if isinstance(clock, LiveClock):
            shown = clock.at if view is None else view.at
            app.travel(clock.gone_to(clock.now) if clock.held else clock.held_at(shown))
        elif clock.ended:
            app.say("The recording ends here; m, H, t and , go back.")
        else:
            app.travel(clock.toggled())

    def action_faster(self) -> None:
        """The next speed."""
        clock = self.cockpit.clock
        if isinstance(clock, LiveClock):
            self.cockpit.say(NO_SPEED)
        else:
            self.cockpit.travel(clock.faster())

    def action_slower(self) -> None:
        """The speed before."""
        clock = self.cockpit.clock
        if isinstance(clock, LiveClock):
            self.cockpit.say(NO_SPEED)
        else:
            self.cockpit.travel(clock.slower())

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
        """To the end of the recording, or back to now."""
        clock = self.cockpit.clock
        self.cockpit.travel(clock.gone_to(clock.span.end))

    def _moments(self) -> list[int]:
        return [at for at, _ in self.cockpit.session.events()]

    def _to_event(self, moment: int | None, word: str) -> None:
        if moment is None:
            self.cockpit.say(f"No event is recorded {word} this moment.")
            return
        self.cockpit.travel(self.cockpit.clock.gone_to(moment))
