"""Where in the recording we are: the clock of a replay, and that of a running system.

Pure: each change gives a new clock. Positions are µs UTC and never leave the recording's span.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from cockpit.records import Window

SPEEDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class Clock:
    """Position `at` within `span`."""

    at: int
    span: Window

    def __post_init__(self) -> None:
        inside = min(max(self.at, self.span.start), max(self.span.end, self.span.start))
        object.__setattr__(self, "at", inside)

    @property
    def now(self) -> int:
        """The time that what people do is dated with."""
        return self.at

    def gone_to(self, at: int) -> Self:
        """At `at`, or at the end of the span nearest to it."""
        return replace(self, at=at)

    def moved(self, by: int) -> Self:
        """`by` µs further on, or back where negative."""
        return self.gone_to(self.at + by)

    def next_after(self, moments: list[int]) -> int | None:
        """The first of `moments` after `at`."""
        return min((moment for moment in moments if moment > self.at), default=None)

    def last_before(self, moments: list[int]) -> int | None:
        """The last of `moments` before `at`."""
        return max((moment for moment in moments if moment < self.at), default=None)


@dataclass(frozen=True)
class ReplayClock(Clock):
    """It runs through what was recorded; `speed` is incident seconds for each second of ours."""

    speed: float = 1.0
    paused: bool = False

    @property
    def ended(self) -> bool:
        """Whether the recording has no more to show."""
        return self.at >= self.span.end

    def ticked(self, elapsed: int) -> ReplayClock:
        """After `elapsed` µs of our time."""
        if self.paused or elapsed <= 0:
            return self
        return replace(self, at=self.at + round(elapsed * self.speed))

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


@dataclass(frozen=True)
class LiveClock(Clock):
    """It follows the newest time there is, which is the end of its span, unless it is held."""

    held: bool = False

    def __post_init__(self) -> None:
        if not self.held:
            object.__setattr__(self, "at", self.span.end)
        super().__post_init__()

    @property
    def now(self) -> int:
        """The newest time, wherever we look."""
        return self.span.end

    @property
    def behind(self) -> int:
        """How far back we look, µs."""
        return self.now - self.at

    def grown(self, span: Window) -> LiveClock:
        """After more was recorded, or another recording was opened."""
        return replace(self, span=span)

    def gone_to(self, at: int) -> LiveClock:
        """Held at `at`; following again where that is the newest time or later."""
        return replace(self, at=at, held=at < self.now)

    def held_at(self, at: int) -> LiveClock:
        """Held at `at`, be it the newest time."""
        return replace(self, at=at, held=True)
