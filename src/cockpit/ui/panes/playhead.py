"""Where we look: at which time, and whether that is a replay, now, or a while ago."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.records import MINUTE, SECOND
from cockpit.ui.clock import LiveClock, ReplayClock
from cockpit.units import clock, clock_near, duration
from cockpit.views import View

_BEHIND = 2.5  # seconds of our time after which figures of an older T are marked
_LATE = 15 * SECOND  # the same of a running system, whose figures come every few seconds


@dataclass(frozen=True)
class Playhead:
    """What the lines above every screen say about where we look.

    `behind` while the figures are of another time; `back` is how far a running system is looked
    back into, µs, null where its newest figures are followed.
    """

    at: int
    speed: float = 1.0
    paused: bool = False
    ended: bool = False
    behind: bool = False
    live: bool = False
    back: int | None = None
    declared: bool = True


def playhead(where: ReplayClock | LiveClock, view: View | None, declared: bool = True) -> Playhead:
    """Where we look by the clock, beside the figures that are shown."""
    lag = abs(where.at - view.at) if view is not None else 0
    if isinstance(where, LiveClock):
        late = lag > (0 if where.held else _LATE)
        back = where.behind if where.held else None
        return Playhead(where.at, behind=late, live=True, back=back, declared=declared)
    behind = lag > _BEHIND * SECOND * max(1.0, where.speed) or (lag > 0 and where.paused)
    return Playhead(where.at, where.speed, where.paused, where.ended, behind)


def playhead_text(play: Playhead) -> str:
    """'02:51:10 UTC ▶60×', '… paused', '… end', '… LIVE', '… held'."""
    if play.live:
        state = "LIVE" if play.back is None else "held"
    elif play.ended:
        state = "end"
    elif play.paused:
        state = "paused"
    else:
        state = f"▶{play.speed:g}×"
    return f"{clock(play.at, seconds=True)} UTC {state}"


def banner(play: Playhead) -> str:
    """'LOOKING AT 02:51, 7 min behind; 0 returns'; "" where we look at what is newest."""
    if play.back is None:
        return ""
    minutes = play.back // MINUTE  # whole ones: what stands still writes nothing
    far = f"{minutes} min" if 0 < minutes < 120 else duration(minutes * MINUTE)
    where = clock_near(play.at, play.at + play.back)
    return f"LOOKING AT {where}, {far if minutes else 'less than a minute'} behind; 0 returns"
