"""The clock of a replay: where in the recording we are, how fast it runs, whether it is paused.

Pure: each change gives a new clock. Positions are µs UTC and never leave the recording's span.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cockpit.records import Window

SPEEDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class ReplayClock:
    """Position `at` within `span`; `speed` is incident seconds for each second of ours."""

    at: int
    span: Window
    speed: float = 1.0
    paused: bool = False

    def __post_init__(self) -> None:
        inside = min(max(self.at, self.span.start), max(self.span.end, self.span.start))
        object.__setattr__(self, "at", inside)

    @property
    def ended(self) -> bool:
        """Whether the recording has no more to show."""
        return self.at >= self.span.end

    def ticked(self, elapsed: int) -> ReplayClock:
        """After `elapsed` µs of our time."""
        if self.paused or elapsed <= 0:
            return self
        return replace(self, at=self.at + round(elapsed * self.speed))

    def moved(self, by: int) -> ReplayClock:
        """`by` µs further on, or back where negative."""
        return replace(self, at=self.at + by)

    def gone_to(self, at: int) -> ReplayClock:
        """At `at`, or at the end of the span nearest to it."""
        return replace(self, at=at)

    def toggled(self) -> ReplayClock:
        """Paused if it ran, running if it was paused."""
        return replace(self, paused=not self.paused)

    def faster(self) -> ReplayClock:
        """The next of SPEEDS, or the same when there is none."""
        return replace(self, speed=next((s for s in SPEEDS if s > self.speed), self.speed))

    def slower(self) -> ReplayClock:
        """The speed of SPEEDS before, or the same when there is none."""
        below = [speed for speed in SPEEDS if speed < self.speed]
        return replace(self, speed=below[-1] if below else self.speed)

    def at_speed(self, speed: float) -> ReplayClock:
        """Running `speed` times as fast as it was."""
        return replace(self, speed=speed)

    def next_after(self, moments: list[int]) -> int | None:
        """The first of `moments` after `at`."""
        return min((moment for moment in moments if moment > self.at), default=None)

    def last_before(self, moments: list[int]) -> int | None:
        """The last of `moments` before `at`."""
        return max((moment for moment in moments if moment < self.at), default=None)
