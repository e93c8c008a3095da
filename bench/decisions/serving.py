"""Who serves what under each option, and how wrong and how slow that truly is, a request."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.decisions.levers import TO_PREVIOUS, Lever
from bench.decisions.quality import Floats
from bench.decisions.world import NEW, PREVIOUS, VERSIONS, World

_RULES = len(VERSIONS)  # the column of the rules in `weights`
_RULES_SLOW = 0.0005  # share of the rules' requests that are slow


@dataclass(frozen=True, eq=False)
class Serving:
    """`weights` of the versions and, last, the rules in each segment: (segments, 3).

    `running` is the share of a full fleet that each version has.
    """

    weights: Floats
    running: tuple[float, ...]
    pinned: bool = False


@dataclass(frozen=True, eq=False)
class Excess:
    """Beyond the healthy service, a request. Turned away and given up are both not served.

    `wrong` are false alarms and missed positives, (2,), of all requests; `wrong_served` the wrong
    decisions of those served alone, for a decision not made is not a decision that was right.
    """

    wrong: Floats
    wrong_served: float
    slow: float
    not_served: float


def as_now(world: World) -> Serving:
    """As it is: each version's fleet has the size of what it serves."""
    weights = np.zeros((len(world.segments), _RULES + 1))
    weights[:, :_RULES] = world.shares
    return Serving(weights, tuple(world.shares))


def as_after(world: World, option: str, lever: Lever, segment: int | None, warm: bool) -> Serving:
    """As it will be. Fleets grow or shrink to what they then serve, once the workers are `warm`.

    What turns requests away, or sends them to the rules, leaves fleets as they are.
    """
    now = as_now(world)
    weights, running = now.weights.copy(), now.running
    rules = np.eye(_RULES + 1)[_RULES]
    if option in TO_PREVIOUS:
        weights[:] = 0.0
        weights[:, NEW], weights[:, PREVIOUS] = lever.share, 1.0 - lever.share
        needed = 1.0 - lever.share
        there = needed if warm else min(needed, max(running[PREVIOUS], world.load.warm))
        running = there, lever.share
    elif option in ("throttle", "kill"):
        weights *= 1.0 - lever.shed
    elif option == "rules":
        weights[:] = rules
    elif option == "segment_off":
        weights[segment] = rules
    elif option not in ("observe", "shadow", "pin"):
        raise KeyError(option)
    return Serving(weights, running, pinned=option == "pin")


def excess(world: World, serving: Serving) -> Excess:
    """Against the same service with nothing wrong.

    Where what is wrong is the traffic itself, the healthy service has that of before.
    """
    healthy_mix = world.mix[0] if world.fault == "mix" else world.mix[1]
    usual = _wrong(world, as_now(world), healthy_mix, faulty=False)
    served = serving.weights.sum(axis=1)
    wrong = _wrong(world, serving, world.mix[1], faulty=True)
    of_served = _wrong(world, as_now(world), healthy_mix * served, faulty=False)
    slow, failing = slow_and_failing(world, serving, faulty=True)
    usually_slow, usually_failing = slow_and_failing(world, as_now(world), faulty=False)
    return Excess(
        wrong=wrong - usual,
        wrong_served=float((wrong - of_served).sum()),
        slow=slow - usually_slow,
        not_served=failing - usually_failing + 1.0 - float(world.mix[1] @ served),
    )


def slow_and_failing(world: World, serving: Serving, faulty: bool) -> tuple[float, float]:
    """Shares of all requests that are beyond the bound, and that callers give up."""
    traffic = world.mix[1] @ serving.weights
    slow, failing = _RULES_SLOW * float(traffic[_RULES]), 0.0
    for version in (PREVIOUS, NEW):
        share = float(traffic[version])
        if share > 0.0:
            used = world.load.used(version, share, serving.running[version], faulty)
            slow += share * world.load.slow(version, used, faulty)
            failing += share * world.load.failing(used, faulty)[1]
    return slow, failing


def _wrong(world: World, serving: Serving, mix: Floats, faulty: bool) -> Floats:
    """False alarms and missed positives a request: (2,)."""
    if serving.pinned and world.fault == "data":
        left = (1.0 - world.restored) * world.spoilt.share
        world = replace(world, spoilt=replace(world.spoilt, share=left))
    rules = np.broadcast_to(world.rules, (len(mix), 2))
    rates = np.stack([*(world.wrong(v, faulty) for v in (PREVIOUS, NEW)), rules], axis=1)
    return np.einsum("s,sv,svk->k", mix, serving.weights, rates)
