"""What each option would truly do: excess over the same service with nothing wrong, until resolved.

Until an option takes effect all goes on as it does now; then it serves as it does, the workers it
lacks warming up for a while. Someone finds and mends the fault meanwhile, whatever is chosen; four
hours are the most that is counted. Harm is in missed positives, at the weights of the configuration:
∫ λ(t)·{c·[Σ w·q·(1 − s) − q_healthy] + c_slow·[Σ w·v·(1 − s) − v_healthy] + c_shed·s} dt + cost.
Where what is wrong is the traffic itself, the healthy service has that of before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from bench.decisions.quality import Floats
from bench.decisions.settings import FIXED_LATE, Lever
from bench.decisions.world import NEW, PREVIOUS, VERSIONS, World
from cockpit.config import Harm

DRAWS = 400  # of the minutes that things take; the first is what comes to pass
HORIZON = 240.0  # minutes
_Z90 = 1.2815515655446004  # the normal quantile at .90
_AGAIN = 2.5  # what has to be done twice takes so many times as long
_RULES = len(VERSIONS)  # the column of the rules in `weights`
_RULES_SLOW = 0.0005  # share of the rules' requests that are slow
_SHIFTS = ("rollback", "canary", "split")  # traffic to the previous version


@dataclass(frozen=True, eq=False)
class Fate:
    """The same for all options: how hasty people are, what fails, when it is mended. (DRAWS,)"""

    haste: Floats  # standard normal
    luck: Floats  # uniform
    mended: Floats  # minutes from now


@dataclass(frozen=True, eq=False)
class Outcome:
    """Excess until resolved, (DRAWS,): wrong decisions, and harm in missed positives."""

    wrong: Floats
    harm: Floats


@dataclass(frozen=True, eq=False)
class Serving:
    """Who serves what: `weights` (segments, versions and the rules), and what the fleets have."""

    weights: Floats
    running: tuple[float, ...]  # share of a full fleet, by version
    pinned: bool = False


def draw_fate(rng: Generator, world: World) -> Fate:
    """What chance has in store."""
    spread = math.log(FIXED_LATE) / _Z90
    mended = world.minutes_to_fix * np.exp(spread * rng.standard_normal(DRAWS))
    return Fate(
        haste=rng.standard_normal(DRAWS),
        luck=rng.uniform(size=DRAWS),
        mended=np.minimum(mended, HORIZON),
    )


def outcome(world: World, option: str, lever: Lever, segment: int, harm: Harm, fate: Fate) -> Outcome:
    """What an option does; `segment` is the one that `segment_off` switches off."""
    began = _minutes(lever, fate)
    warmed = began + world.load.warming
    stages = (
        (np.zeros(DRAWS), began, _now(world)),
        (began, warmed, _after(world, option, lever, segment, warm=False)),
        (warmed, fate.mended, _after(world, option, lever, segment, warm=True)),
    )
    wrong, total = np.zeros(DRAWS), np.full(DRAWS, lever.cost)
    for begin, end, serving in stages:
        requests = _requests(world, np.minimum(begin, fate.mended), np.minimum(end, fate.mended))
        excess_wrong, excess_harm = _excess(world, serving, harm)
        wrong += requests * excess_wrong
        total += requests * excess_harm
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


def _now(world: World) -> Serving:
    """As it is: each version's fleet has the size of what it serves."""
    weights = np.zeros((len(world.segments), _RULES + 1))
    weights[:, :_RULES] = world.shares
    return Serving(weights, tuple(world.shares))


def _after(world: World, option: str, lever: Lever, segment: int, warm: bool) -> Serving:
    """As it will be; fleets are scaled to what they then serve, except where that is less."""
    now = _now(world)
    weights, running = now.weights.copy(), now.running
    if option in _SHIFTS:
        weights[:] = 0.0
        weights[:, NEW], weights[:, PREVIOUS] = lever.share, 1.0 - lever.share
        needed, there = 1.0 - lever.share, max(running[PREVIOUS], world.load.warm)
        running = needed if warm else min(needed, there), lever.share
    elif option in ("throttle", "kill"):
        weights *= 1.0 - lever.shed
    elif option in ("rules", "segment_off"):
        weights[slice(None) if option == "rules" else segment] = np.eye(_RULES + 1)[_RULES]
    elif option not in ("observe", "shadow", "pin"):
        raise KeyError(option)
    return Serving(weights, running, pinned=option == "pin")


def _excess(world: World, serving: Serving, harm: Harm) -> tuple[float, float]:
    """Wrong decisions, and harm, a request, beyond those of the healthy service."""
    costs = np.array([harm.false_positive, harm.false_negative])
    mix = world.mix[1]
    healthy_mix = world.mix[0] if world.fault == "mix" else mix
    excess = _wrong(world, serving, mix) - _healthy_wrong(world, healthy_mix)
    slow = _slow(world, serving, mix, True) - _slow(world, _now(world), mix, False)
    shed = 1.0 - float(mix @ serving.weights.sum(axis=1))
    return float(excess.sum()), float(excess @ costs) + harm.slow * slow + harm.shed * shed


def _wrong(world: World, serving: Serving, mix: Floats) -> Floats:
    """False alarms and missed positives a request: (2,)."""
    if serving.pinned and world.fault == "data":
        left = 1.0 - world.restored
        world = replace(world, spoilt=replace(world.spoilt, share=left * world.spoilt.share))
    rates = np.stack([*(world.wrong(v, True) for v in (PREVIOUS, NEW)), _of_rules(world)], axis=1)
    return np.einsum("s,sv,svk->k", mix, serving.weights, rates)


def _healthy_wrong(world: World, mix: Floats) -> Floats:
    rates = np.stack([world.wrong(v, False) for v in (PREVIOUS, NEW)], axis=1)
    return np.einsum("s,v,svk->k", mix, world.shares, rates)


def _of_rules(world: World) -> Floats:
    return np.broadcast_to(world.rules, (len(world.segments), 2))


def _slow(world: World, serving: Serving, mix: Floats, faulty: bool) -> float:
    """Share of requests that are slow; where few are served, few are."""
    load, traffic = world.load, mix @ serving.weights
    total = _RULES_SLOW * float(traffic[_RULES])
    for version in (PREVIOUS, NEW):
        share = float(traffic[version])
        if share > 0.0:
            used = load.used(version, share, serving.running[version], faulty)
            total += share * load.slow(version, used, faulty)
    return total
