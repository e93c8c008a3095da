"""What people would see of each option: wrong decisions, quality, requests on a bad path.

Each draw has one fault, as often as it is believed; everything here is over those draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.decide.outcomes.mixture import Mixture
from cockpit.decide.outcomes.serving import PROMISED
from cockpit.decide.outcomes.simulation import Course, Situation, along, minutes_to_effect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INTERVAL = (0.05, 0.95)  # the share of draws below each end of every interval in the table
HOUR = 60.0  # minutes
SURE = 0.9  # from which chance on a path is called bad
_TINY = 1e-12


class Interval(NamedTuple):
    """A mean with its 5th and 95th percentile."""

    value: float
    low: float
    high: float


def interval(values: Floats) -> Interval:
    """Mean and 5–95 % of draws."""
    low, high = (int(share * values.size) for share in INTERVAL)
    ordered = np.partition(values, (low, high))
    return Interval(float(values.mean()), float(ordered[low]), float(ordered[high]))


@dataclass(frozen=True, eq=False)
class Forecast:
    """One option, as its course runs."""

    course: Course
    situation: Situation
    mixture: Mixture

    @property
    def now(self) -> Floats:
        """The weights of this moment, (paths,)."""
        return self.situation.now

    @cached_property
    def effect(self) -> Floats:
        """Minutes until it takes effect, (draws,)."""
        return minutes_to_effect(self.course, self.situation.chances)

    def over(self, minutes: Floats | float, now: Floats, after: Floats | float) -> Floats:
        """Minutes for which something holds: shares of requests until it takes effect, and then."""
        before = np.minimum(self.effect, minutes)
        held: Floats = before * now + (minutes - before) * after
        return held

    @cached_property
    def wrong_hour(self) -> Interval:
        """Wrong decisions in the next hour."""
        now, after = (along(w, self.mixture.wrong) for w in (self.now, self.course.weights))
        return interval(self.situation.requests * self.over(HOUR, now, after))

    @cached_property
    def unserved_hour(self) -> float:
        """Requests turned away in the next hour, on average."""
        away = self.over(HOUR, np.zeros_like(self.effect), self.course.shed)
        return float(self.situation.requests * away.mean())

    @cached_property
    def wrong_until(self) -> Floats:
        """Wrong decisions until it is mended beyond those of a healthy service, (draws,).

        Of served requests alone: a decision that was not made is not a decision that was right.
        """
        excess = self.mixture.wrong - self.mixture.healthy
        now, after = (along(weights, excess) for weights in (self.now, self.course.weights))
        return self.situation.requests * self.over(self.situation.until_mended, now, after)

    @cached_property
    def precision_change(self) -> Interval | None:
        """Precision after it takes effect less that of now; null where hits cannot be told."""
        now, after = self.precision(self.now), self.precision(self.course.weights)
        return None if now is None or after is None else interval(after - now)

    def precision(self, weights: Floats) -> Floats | None:
        """Σ w·hits / Σ w·(hits + false alarms), (draws,); null where nothing tells."""
        if self.mixture.hits is None or not weights.any():
            return None
        hits = along(weights, self.mixture.hits)
        precision: Floats = hits / np.maximum(
            hits + along(weights, self.mixture.false_positives), _TINY
        )
        return precision

    @cached_property
    def right_change(self) -> Interval | None:
        """Share of served decisions that are right, after less now."""
        if not self.course.weights.any():
            return None
        return interval(self._wrong_share(self.now) - self._wrong_share(self.course.weights))

    def _wrong_share(self, weights: Floats) -> Floats:
        return along(weights, self.mixture.wrong) / max(float(weights.sum()), _TINY)

    def bad_paths(self, tolerance: float) -> Floats:
        """P(a path is bad), (paths,): wrong more often than healthy by `tolerance`, or too slow.

        Where no model decides, none is bad: what it gets wrong is counted, and is no fault.
        """
        basis = self.mixture.basis
        decides = np.array([path not in basis.no_model for path in basis.worlds.paths])
        used = np.flatnonzero(decides & (self.course.weights > 0.0))
        wrong, healthy = self.mixture.wrong[used], self.mixture.healthy[used]
        bad = wrong > (1.0 + tolerance) * healthy + _TINY
        bad |= self.course.slow_left * self.mixture.slow[used] > PROMISED
        chances = np.zeros_like(self.course.weights)
        chances[used] = bad.mean(axis=1)
        return chances

    def exposed(self, tolerance: float) -> float:
        """Share of requests on a path that is surely bad, once it is in effect."""
        return float(self.course.weights[self.bad_paths(tolerance) >= SURE].sum())
