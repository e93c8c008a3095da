"""What each option does to harm until the fault is mended, under each fault, draw by draw.

Until an option takes effect everything goes on as now; then it serves as planned, until the fault
is mended or the horizon is reached. Harm is counted beyond that of a healthy service, which the
same draws give, so that the errors everybody always makes hide no difference between options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    `shares` the share of all requests that falls in that part, (paths,), each part counted once a
    path; `healthy_cost` needs `parts`, the index of one path for each part.
    """

    paths: tuple[Path, ...]
    rates: Rates
    healthy: Rates
    parts: dict[int, float]  # index of a path of the part → the part's share of requests


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
class Flow:
    """By option, fault and draw, until it is mended: excess harm, and excess wrong decisions.

    `harm` is in missed positives. `wrong` counts served requests alone: a decision that was not
    made is not a decision that was right. Both of shape (options, faults, draws).
    """

    harm: Floats
    wrong: Floats


def simulate(
    courses: Sequence[Course],
    now: Floats,
    worlds: Worlds,
    chances: Chances,
    harm: Harm,
    requests: float,
    horizon: float,
) -> Flow:
    """The flow of each course; `now` (paths,) are the weights of this moment.

    `requests` are those of a minute, `horizon` in minutes.
    """
    plans = np.stack([now, *(course.weights for course in courses)])
    quality = _by_plan(plans, worlds.rates.quality_cost(harm))
    service = _by_plan(plans, worlds.rates.service_cost(harm))
    excess = (worlds.rates.false_positives + worlds.rates.false_negatives) - (
        worlds.healthy.false_positives + worlds.healthy.false_negatives
    )[:, None, :]
    wrong = _by_plan(plans, excess)
    healthy = worlds.healthy.cost(harm)
    healthy_cost = sum(share * healthy[index] for index, share in worlds.parts.items())
    until_fixed = np.minimum(chances.minutes_to_fix, horizon)
    harms, wrongs = [], []
    for i, course in enumerate(courses, start=1):
        before = np.minimum(minutes_to_effect(course, chances), until_fixed)
        after = until_fixed - before
        cold_share, cold_minutes = course.cold
        fixed_cost = (
            requests * harm.shed * course.shed * after
            + requests * harm.slow * cold_share * np.minimum(cold_minutes, after)
            - requests * healthy_cost * until_fixed
            + course.cost
        )
        settled = quality[i] + course.slow_left * service[i]
        harms.append(requests * (before * (quality[0] + service[0]) + after * settled) + fixed_cost)
        wrongs.append(requests * (before * wrong[0] + after * wrong[i]))
    return Flow(np.stack(harms), np.stack(wrongs))


def _by_plan(plans: Floats, rates: Floats) -> Floats:
    """(plans, paths) · (paths, faults, draws) → (plans, faults, draws)."""
    return np.tensordot(plans, rates, axes=1)
