"""What each option would truly do: harm beyond a healthy service until the fault is mended.

Until an option takes effect all goes on as it does now, then it serves as planned. The fault is
mended meanwhile, whatever is chosen, and four hours are the most that is counted:
∫ λ(t)·(c·Δwrong + c_slow·Δslow + c_shed·Δunserved) dt + what doing it costs, in missed positives.
Workers that are known to be missing are warmed up first; others are found missing afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.decisions.levers import FIXED_LATE, TO_PREVIOUS, Lever
from bench.decisions.quality import Floats
from bench.decisions.serving import Serving, as_after, as_now, excess
from bench.decisions.world import World
from cockpit.config import Harm

DRAWS = 400  # of the minutes that things take; the first is what comes to pass
HORIZON = 240.0  # minutes
_Z90 = 1.2815515655446004  # the normal quantile at .90
_AGAIN = 2.5  # what has to be done twice takes so many times as long


@dataclass(frozen=True, eq=False)
class Fate:
    """The same for all options: how hasty people are, what fails, when it is mended. (DRAWS,)"""

    haste: Floats  # standard normal
    luck: Floats  # uniform
    mended: Floats  # minutes from now


@dataclass(frozen=True, eq=False)
class Outcome:
    """Excess until mended, (DRAWS,): wrong decisions served, and harm in missed positives."""

    wrong: Floats
    harm: Floats


def draw_fate(rng: Generator, world: World) -> Fate:
    """What chance has in store."""
    spread = math.log(FIXED_LATE) / _Z90
    mended = world.minutes_to_fix * np.exp(spread * rng.standard_normal(DRAWS))
    return Fate(
        haste=rng.standard_normal(DRAWS),
        luck=rng.uniform(size=DRAWS),
        mended=np.minimum(mended, HORIZON),
    )


def outcome(
    world: World, option: str, lever: Lever, segment: int | None, harm: Harm, fate: Fate
) -> Outcome:
    """What an option does; `segment` is the one that `segment_off` switches off."""
    began, warm = _minutes(lever, fate), world.load.warming
    missing = option in TO_PREVIOUS and world.load.warm < 1.0 - lever.share
    if missing and world.counted_workers:
        began, warm = began + warm, 0.0
    stages = (
        (np.zeros(DRAWS), began, as_now(world)),
        (began, began + warm, as_after(world, option, lever, segment, warm=False)),
        (began + warm, np.full(DRAWS, np.inf), as_after(world, option, lever, segment, warm=True)),
    )
    wrong, total = np.zeros(DRAWS), np.full(DRAWS, lever.cost)
    for begin, end, serving in stages:
        requests = _requests(world, np.minimum(begin, fate.mended), np.minimum(end, fate.mended))
        each_wrong, each_harm = _a_request(world, serving, harm)
        wrong += requests * each_wrong
        total += requests * each_harm
    return Outcome(wrong, total)


def _minutes(lever: Lever, fate: Fate) -> Floats:
    """Minutes to effect; what fails is done again."""
    median, late = lever.minutes
    if median == 0.0:
        return np.zeros(DRAWS)
    taken = median * np.exp(math.log(late / median) / _Z90 * fate.haste)
    return np.where(fate.luck < lever.fails, _AGAIN * taken, taken)


def _requests(world: World, begin: Floats, end: Floats) -> Floats:
    """Requests between two times, in minutes from now."""
    grown = world.trend / 60.0 * (end**2 - begin**2) / 2.0
    return np.asarray(world.requests * (end - begin + grown))


def _a_request(world: World, serving: Serving, harm: Harm) -> tuple[float, float]:
    """Excess wrong decisions, and excess harm, of one request on average."""
    beyond = excess(world, serving)
    costs = np.array([harm.false_positive, harm.false_negative])
    service = harm.slow * beyond.slow + harm.shed * beyond.not_served
    return beyond.wrong_served, float(beyond.wrong @ costs) + service
