"""What people would see of each option: wrong decisions, requests on a bad path, promises kept.

Each draw has one fault, as often as it is believed; everything here is over those draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.assess.objectives import Budget, bounds, budgets
from cockpit.config import Config
from cockpit.decide.outcomes.serving import PROMISED
from cockpit.decide.outcomes.simulated import Simulated
from cockpit.decide.outcomes.simulation import Course, minutes_to_effect
from cockpit.records import MINUTE
from cockpit.units import parse_duration, parse_share
from cockpit.views import Promise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

INTERVAL = (5.0, 95.0)  # percentiles of every interval in the table
HOUR = 60.0  # minutes
SURE = 0.9  # from which chance on a path is called bad


class Interval(NamedTuple):
    """A mean with its 5th and 95th percentile."""

    value: float
    low: float
    high: float


def interval(values: Floats) -> Interval:
    """Mean and 5–95 % of draws."""
    low, high = np.percentile(values, INTERVAL)
    return Interval(float(values.mean()), float(low), float(high))


@dataclass(frozen=True, eq=False)
class Mixture:
    """Per path and draw, under the draw's own fault, (paths, draws)."""

    wrong: Floats
    excess: Floats  # wrong beyond a healthy service
    false_positives: Floats
    slow: Floats
    failing: Floats
    hits: Floats | None

    @classmethod
    def of(cls, simulated: Simulated) -> Mixture:
        """The rates of the worlds, each draw in its own."""
        faults = simulated.outcomes.fault_of
        draws = np.arange(faults.size)
        rates, hits = simulated.basis.worlds.rates, simulated.basis.hits
        healthy = simulated.basis.worlds.healthy

        def mixed(array: Floats) -> Floats:
            return array[:, faults, draws]

        false_positives = mixed(rates.false_positives)
        wrong = false_positives + mixed(rates.false_negatives)
        return cls(
            wrong=wrong,
            excess=wrong - healthy.false_positives - healthy.false_negatives,
            false_positives=false_positives,
            slow=mixed(rates.slow),
            failing=mixed(rates.failing),
            hits=None if hits is None else mixed(hits),
        )


@dataclass(frozen=True, eq=False)
class Forecast:
    """One option, as its course runs; `now` (paths,) are the weights of this moment."""

    course: Course
    simulated: Simulated
    mixture: Mixture

    @cached_property
    def effect(self) -> Floats:
        """Minutes until it takes effect, (draws,)."""
        return minutes_to_effect(self.course, self.simulated.chances)

    @cached_property
    def _hour_before(self) -> Floats:
        return np.minimum(self.effect, HOUR)

    def _over_hour(self, now: Floats, after: Floats) -> Floats:
        """Requests of the next hour for which something holds."""
        before = self._hour_before
        return self.simulated.requests * (before * now + (HOUR - before) * after)

    @cached_property
    def wrong_hour(self) -> Interval:
        """Wrong decisions in the next hour."""
        now = self.simulated.now @ self.mixture.wrong
        return interval(self._over_hour(now, self.course.weights @ self.mixture.wrong))

    @cached_property
    def unserved_hour(self) -> float:
        """Requests turned away in the next hour, on average."""
        none = np.zeros_like(self.effect)
        return float(self._over_hour(none, none + self.course.shed).mean())

    @cached_property
    def precision_change(self) -> Interval | None:
        """Precision after it takes effect less that of now; null where hits cannot be told."""
        if self.mixture.hits is None or not self.course.weights.any():
            return None
        return interval(self._precision(self.course.weights) - self._precision(self.simulated.now))

    def _precision(self, weights: Floats) -> Floats:
        """Σ w·hits / Σ w·(hits + false alarms), (draws,)."""
        if self.mixture.hits is None:
            return np.full_like(self.effect, np.nan)
        hits = weights @ self.mixture.hits
        return hits / np.maximum(hits + weights @ self.mixture.false_positives, 1e-12)

    @cached_property
    def right_change(self) -> Interval | None:
        """Share of served decisions that are right, after less now."""
        if not self.course.weights.any():
            return None
        return interval(self._served(self.simulated.now) - self._served(self.course.weights))

    def _served(self, weights: Floats) -> Floats:
        return (weights @ self.mixture.wrong) / max(float(weights.sum()), 1e-12)

    def bad_paths(self, tolerance: float) -> Floats:
        """P(a path is bad), (paths,): wrong more often than healthy by `tolerance`, or too slow."""
        healthy = self.mixture.wrong - self.mixture.excess
        wrong = self.mixture.excess > tolerance * healthy + 1e-12
        chances: Floats = (wrong | (self.mixture.slow > PROMISED)).mean(axis=1)
        return chances

    def exposed(self, tolerance: float) -> float:
        """Share of requests on a path that is surely bad, once it is in effect."""
        return float(self.course.weights[self.bad_paths(tolerance) >= SURE].sum())

    # Promises

    def _bad(self, weights: Floats, budget: Budget, slow_left: float) -> Floats:
        """Share of requests that break a promise, (draws,); one turned away breaks it too."""
        served = float(weights.sum())
        if budget.slowest is None:
            return slow_left * (weights @ self.mixture.failing) + max(1.0 - served, 0.0)
        return slow_left * (weights @ self.mixture.slow) / max(served, 1e-12)

    def _chance(self, now: Bools, after: Bools, minutes: float) -> float:
        """P(true at that minute), of two arrays of truth."""
        return float(np.where(self.effect <= minutes, after, now).mean())

    def promises(self, config: Config, bound: float | None) -> list[Promise]:
        """The chance of each objective to be met in 15 and in 60 minutes."""
        found = []
        for budget in budgets(config):
            if not self._can_tell(budget, bound):
                unknown = Promise(
                    objective=budget.objective, within=budget.slowest, reason="not measured"
                )
                found.append(unknown)
                continue
            now = self._bad(self.simulated.now, budget, 1.0) <= budget.allowed
            after = self._bad(self.course.weights, budget, self.course.slow_left) <= budget.allowed
            found.append(self._promise(budget.objective, now, after, budget.slowest))
        limits = bounds(config)
        for objective in config.objectives:
            limit = limits.get(objective.metric)
            if not objective.metric or limit is None:
                continue
            if objective.metric != "precision" or self.mixture.hits is None:
                found.append(Promise(objective=objective.name, reason="not simulated"))
            elif not self.course.weights.any():
                found.append(Promise(objective=objective.name, reason="nothing is decided"))
            else:
                now, after = (
                    self._precision(weights) >= limit.limit
                    for weights in (self.simulated.now, self.course.weights)
                )
                found.append(self._promise(objective.name, now, after))
        return found

    def _promise(self, name: str, now: Bools, after: Bools, within: float | None = None) -> Promise:
        return Promise(
            objective=name,
            within=within,
            in_15=self._chance(now, after, 15.0),
            in_60=self._chance(now, after, 60.0),
        )

    def _can_tell(self, budget: Budget, bound: float | None) -> bool:
        return budget.slowest is None or budget.slowest == bound

    def spent(self, config: Config, bound: float | None) -> list[tuple[str, Interval]]:
        """Share of each error budget spent until it is resolved, by objective."""
        horizon = parse_duration(config.decisions.horizon) / MINUTE
        resolved = np.minimum(self.simulated.chances.minutes_to_fix, horizon)
        before = np.minimum(self.effect, resolved)
        found = []
        for budget in budgets(config):
            if not self._can_tell(budget, bound) or budget.allowed <= 0.0:
                continue
            now = self._bad(self.simulated.now, budget, 1.0)
            after = self._bad(self.course.weights, budget, self.course.slow_left)
            minutes = before * now + (resolved - before) * after
            whole = budget.allowed * budget.window / MINUTE
            found.append((budget.objective, interval(minutes / whole)))
        return found


def tolerance_of(config: Config) -> float:
    """By which share above the healthy one a version may be wrong and still be called fine."""
    return parse_share(config.tolerance)
