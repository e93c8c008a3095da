"""Is a series out of its own order now: each reading's rank in its past, summed up as evidence."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from cockpit.records import DAY, MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

    Side = Literal["higher", "lower"]

RUN_LENGTH = 500  # readings between two false alarms of a series, on average at least
THRESHOLD = 2.0 * RUN_LENGTH  # of the evidence on each of two sides
_BET = 0.15  # ε of the bet ε·p^(ε−1): grows fastest where some hundred readings are exceeded
FEWEST, _MOST = 20, 600  # readings of the past to rank in
_EXTREME = 0.05  # a rank this far out, or further
_CALM = 3  # readings in a row that are not extreme end an alarm
_USUAL = 200  # readings after which what is new has become the past
_DAYS, _FEWEST_DAYS = 7, 3  # to compare with the same time of day
_STEADIER = 0.7  # that is compared where it narrows the spread to this share


@dataclass(frozen=True)
class Episode:
    """From the reading at which the alarm was raised to the one that ended it; null: it lasts."""

    side: Side
    start: int
    end: int | None


@dataclass(frozen=True, eq=False)
class Watch:
    """What a series says of itself: evidence after each reading, µs, and the episodes in order."""

    times: Ints
    evidence: Floats
    episodes: list[Episode]


def watch(times: Ints, values: Floats) -> Watch:
    """Episodes in which a series is higher or lower than its own past, found as they come.

    A conformal e-detector. A reading has a p-value, its rank among the last 600 outside of alarms
    (Vovk, Gammerman & Shafer 2005, ch. 2); a p-value has an e-value ε·p^(ε−1) (Vovk & Wang 2021);
    M ← (1 + M)·e alarms at a threshold, and where the order of readings tells nothing, that takes
    on average at least as many of them as the threshold says (Shin, Ramdas & Rinaldo 2022). Ranks
    know no unit and no distribution: one outlier, however far out, is one reading of highest rank.

    Neighbouring readings are alike, so e is taken to the power 1/τ, τ the mean length so far of the
    excursions into the outermost 5 %: what counts is excursions. Where three days are known and the
    difference from the same time on the days before is the steadier of the two, that is ranked.

    Readings come in any order, and those of several in a minute are one, their median, once the
    minute is over; of several at one time the last counts, one that is not finite does not.
    """
    times, values = _by_minute(*_in_order(times, values))
    with np.errstate(over="ignore"):  # beyond what a number can be is the highest rank too
        unusual = values - _same_time_before(times, values)
    high, higher = _follow(times, values, unusual, "higher")
    low, lower = _follow(times, -values, -unusual, "lower")
    found = sorted(higher + lower, key=lambda episode: episode.start)
    return Watch(times, np.maximum(high, low), found)


def _in_order(times: Ints, values: Floats) -> tuple[Ints, Floats]:
    kept = np.isfinite(values)
    distinct, last = np.unique(times[kept][::-1], return_index=True)
    return distinct, values[kept][::-1][last]


def _by_minute(times: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Medians of whole minutes, at their ends, where most readings share theirs with another."""
    if len(times) < 2 or np.median(np.diff(times)) > MINUTE / 2:
        return times, values
    minutes, first, size = np.unique(times // MINUTE, return_index=True, return_counts=True)
    by_size = values[np.lexsort((values, times // MINUTE))]
    medians = by_size[first + (size - 1) // 2] / 2.0 + by_size[first + size // 2] / 2.0
    return (minutes[:-1] + 1) * MINUTE, medians[:-1]


def _same_time_before(times: Ints, values: Floats) -> Floats:
    """Median of the readings at the same time on the last days; NaN where too few are known."""
    found = np.full((_DAYS, len(times)), np.nan)
    if len(times) < 2 or times[-1] - times[0] < _FEWEST_DAYS * DAY:
        return np.full(len(times), np.nan)
    near = max(int(np.median(np.diff(times))), MINUTE)
    for row, days in zip(found, range(1, _DAYS + 1), strict=True):
        wanted = times - days * DAY
        at = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
        at -= (wanted - times[at - 1] < times[at] - wanted).astype(np.int64)
        row[:] = np.where(abs(times[at] - wanted) <= near, values[at], np.nan)
    known = np.isfinite(found).sum(axis=0) >= _FEWEST_DAYS
    median = np.full(len(times), np.nan)
    median[known] = np.nanmedian(found[:, known], axis=0)
    return median


@dataclass
class _Ranking:
    """The latest readings, in order of time and in order of size."""

    by_time: deque[float] = field(default_factory=deque)
    by_size: list[float] = field(default_factory=list)

    def add(self, x: float) -> None:
        self.by_time.append(x)
        insort(self.by_size, x)
        if len(self.by_time) > _MOST:
            del self.by_size[bisect_left(self.by_size, self.by_time.popleft())]

    def p_value(self, x: float) -> float:
        """Share that is at least x, x itself among them; 1 where too few are known."""
        size = len(self.by_size)
        at_least = size - bisect_left(self.by_size, x)
        return (at_least + 1) / (size + 1) if size >= FEWEST else 1.0

    def spread(self) -> float:
        """From the first to the last tenth."""
        tenth = len(self.by_size) // 10
        return self.by_size[-1 - tenth] - self.by_size[tenth]


@dataclass
class _Past:
    """Readings outside of alarms as they are, and as they differ from the same time of day."""

    plain: _Ranking = field(default_factory=_Ranking)
    daily: _Ranking = field(default_factory=_Ranking)

    def add(self, reading: tuple[float, float]) -> None:
        value, unusual = reading
        self.plain.add(value)
        if not math.isnan(unusual):
            self.daily.add(unusual)

    def p_value(self, reading: tuple[float, float]) -> float:
        """Of the difference where that is known, long enough, and the steadier of the two."""
        value, unusual = reading
        known = not math.isnan(unusual) and len(self.daily.by_size) >= FEWEST
        if known and self.daily.spread() < _STEADIER * self.plain.spread():
            return self.daily.p_value(unusual)
        return self.plain.p_value(value)


def _follow(
    times: Ints, values: Floats, unusual: Floats, side: Side
) -> tuple[Floats, list[Episode]]:
    """Evidence that the series is higher, after each reading, and the episodes."""
    past = _Past()
    waiting: list[tuple[float, float]] = []  # readings since the alarm, not yet of the past
    evidence, path, episodes = 0.0, np.zeros(len(times)), []
    extremes = excursions = 1  # as if one excursion of a single reading had been seen
    excursion = calm = 0
    for i, reading in enumerate(zip(values.tolist(), unusual.tolist(), strict=True)):
        p = past.p_value(reading)
        e = (_BET * p ** (_BET - 1.0)) ** (excursions / extremes)
        path[i] = evidence = min((1.0 + evidence) * e, THRESHOLD)
        if p <= _EXTREME:
            excursion, calm = excursion + 1, 0
        else:
            extremes, excursions = extremes + excursion, excursions + (excursion > 0)
            excursion, calm = 0, calm + 1
        if not waiting and evidence < THRESHOLD:
            past.add(reading)
            continue
        if not waiting:
            episodes.append(Episode(side, int(times[i]), None))
        waiting.append(reading)
        stays = len(waiting) >= _USUAL
        if calm >= _CALM or stays:
            episodes[-1] = Episode(side, episodes[-1].start, int(times[i]))
            past = _Past() if stays else past
            for known in waiting:
                past.add(known)
            evidence, waiting = 0.0, []
    return path, episodes
