"""What each option does to harm until the fault is mended, under each fault, draw by draw.

Until an option takes effect everything goes on as now; then it serves as planned, until the fault
is mended or the horizon is reached. Harm is counted beyond that of a healthy service, which the
same draws give, so that the errors everybody always makes hide no difference between options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import Harm
from cockpit.decide.outcomes.chance import lognormal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Path = tuple[str, str]  # a version in a part of the traffic
AGAIN = 1.5  # what a failed attempt adds, in times of its minutes


@dataclass(frozen=True, eq=False)
class Rates:
    """Per request, all of one shape: shares wrongly decided 1, wrongly decided 0, slow, failing."""

    false_positives: Floats
    false_negatives: Floats
    slow: Floats
    failing: Floats

    def cost(self, harm: Harm) -> Floats:
        """Harm a request, in missed positives."""
        return self.quality_cost(harm) + self.service_cost(harm)

    def quality_cost(self, harm: Harm) -> Floats:
        """The part of it that wrong decisions make."""
        return (
            harm.false_positive * self.false_positives + harm.false_negative * self.false_negatives
        )

    def service_cost(self, harm: Harm) -> Floats:
        """The part of it that slow and failing requests make."""
        return harm.slow * self.slow + harm.shed * self.failing


@dataclass(frozen=True, eq=False)
class Worlds:
    """How each path behaves under each fault: `rates` of shape (paths, faults, draws).

    `healthy` are the rates of a healthy service in the path's part of the traffic, (paths, draws);
    `parts` has the index of one path of each part, and the share of all requests that falls there.
    """

    paths: tuple[Path, ...]
    rates: Rates
    healthy: Rates
    parts: dict[int, float]


@dataclass(frozen=True, eq=False)
class Course:
    """What one option does, in numbers: `weights` (paths,) of all requests once it is in effect.

    `minutes` to effect are a median and a 90th percentile of a lognormal time; `fails` is how often
    it must be done twice. `slow_left` is what is left of slow and failing requests by shedding
    load, `cold` the further share of slow requests for so many minutes after it takes effect.
    `cost` is that of doing it, once, in missed positives.
    """

    option: str
    weights: Floats
    minutes: tuple[float, float] = (0.0, 0.0)
    fails: float = 0.0
    slow_left: float = 1.0
    cold: tuple[float, float] = (0.0, 0.0)
    cost: float = 0.0

    @property
    def shed(self) -> float:
        """Share of requests that are turned away."""
        return max(1.0 - float(self.weights.sum()), 0.0)


@dataclass(frozen=True, eq=False)
class Chances:
    """What chance decides, the same for every option, each of shape (draws,).

    `haste` is the standard normal behind the time to effect, `luck` the uniform behind failing;
    `minutes_to_fix` is when the fault is mended.
    """

    haste: Floats
    luck: Floats
    minutes_to_fix: Floats


def minutes_to_effect(course: Course, chances: Chances) -> Floats:
    """Minutes until the option takes effect, (draws,)."""
    return lognormal(course.minutes, chances.haste) * (1.0 + AGAIN * (chances.luck < course.fails))


@dataclass(frozen=True, eq=False)
class Situation:
    """What every course runs through: `now` (paths,) are the weights of this moment.

    `requests` are those of a minute, `horizon` is in minutes.
    """

    now: Floats
    worlds: Worlds
    chances: Chances
    harm: Harm
    requests: float
    horizon: float

    @cached_property
    def until_mended(self) -> Floats:
        """Minutes that are counted, (draws,)."""
        return np.minimum(self.chances.minutes_to_fix, self.horizon)

    @cached_property
    def quality(self) -> Floats:
        """Harm a request of each path by wrong decisions, (paths, faults, draws)."""
        return self.worlds.rates.quality_cost(self.harm)

    @cached_property
    def service(self) -> Floats:
        """Harm a request of each path by slow and failing requests, (paths, faults, draws)."""
        return self.worlds.rates.service_cost(self.harm)

    @cached_property
    def goes_on(self) -> Floats:
        """Harm a request as everything is now, (faults, draws)."""
        return along(self.now, self.quality) + along(self.now, self.service)

    @cached_property
    def healthy(self) -> Floats:
        """Harm of a healthy service until it is mended, (draws,)."""
        cost = self.worlds.healthy.cost(self.harm)
        a_request = sum(share * cost[index] for index, share in self.worlds.parts.items())
        healthy: Floats = self.requests * a_request * self.until_mended
        return healthy


def harm_of(course: Course, situation: Situation) -> Floats:
    """Excess harm of a course until the fault is mended, in missed positives, (faults, draws)."""
    minutes = minutes_to_effect(course, situation.chances)
    before = np.minimum(minutes, situation.until_mended)
    after = situation.until_mended - before
    harm, requests = situation.harm, situation.requests
    cold_share, cold_minutes = course.cold
    whatever = (
        requests * harm.shed * course.shed * after
        + requests * harm.slow * cold_share * np.minimum(cold_minutes, after)
        + course.cost
        - situation.healthy
    )
    settled = along(course.weights, situation.quality)
    settled += course.slow_left * along(course.weights, situation.service)
    settled *= requests * after
    settled += requests * before * situation.goes_on
    settled += whatever
    return settled


def simulate(courses: Sequence[Course], situation: Situation) -> Floats:
    """Excess harm of each course, (options, faults, draws)."""
    return np.stack([harm_of(course, situation) for course in courses])


def along(weights: Floats, rates: Floats) -> Floats:
    """Rates (paths, …) added up as requests are spread over the paths: (…)."""
    total = np.zeros(rates.shape[1:])
    for path, weight in enumerate(weights.tolist()):
        if weight:
            total += weight * rates[path]
    return total
