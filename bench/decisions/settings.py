"""What the cockpit is told of an incident: a configuration drawn around the truth.

Costs, shares and promises are known. Minutes, the quality of the rules and the time to a fix are
estimates of the team's: near the truth, and never the truth itself.
"""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.random import Generator

from bench.decisions.levers import FIXED_LATE, TO_PREVIOUS, Lever, Levers
from bench.decisions.recording import WORKERS, warm_workers
from bench.decisions.serving import as_after, as_now, slow_and_failing
from bench.decisions.world import NEW, PREVIOUS, VERSIONS, World, log_uniform
from cockpit.config import (
    Capacity,
    Config,
    Decisions,
    Harm,
    Model,
    Objective,
    OptionSettings,
    Retries,
    Versions,
)

_MISJUDGED = 0.15  # standard deviation of the logarithm of what is misjudged
_COLD_SLOW = 0.5  # share of slow requests on workers that warm up, as teams put it


def draw_config(rng: Generator, world: World, levers: Levers) -> Config:
    """The configuration of the service, as its team would have written it."""
    fixed = _near(rng, world.minutes_to_fix)
    return Config(
        service="simulated",
        model=Model(
            versions=Versions(current=VERSIONS[NEW], previous=VERSIONS[PREVIOUS]),
            harm=_costs(rng, world),
        ),
        objectives=[
            Objective(name="latency", good=f"latency <= {world.load.bound:.3f}ms", target="99%")
        ],
        options=_options(rng, world, levers),
        retries=Retries(times=world.load.retries) if rng.uniform() < 0.6 else None,
        decisions=Decisions(minutes_to_fix=(fixed, FIXED_LATE * fixed)),
    )


def _costs(rng: Generator, world: World) -> Harm:
    """A request turned away costs more than one served in good health, or nobody would serve."""
    alarm, slow = float(rng.uniform(0.1, 0.5)), log_uniform(rng, 0.01, 0.1)
    alarms, missed = world.mix[0] @ world.wrong(NEW, False)
    served = alarm * float(alarms) + float(missed)
    shed = max(slow * rng.uniform(1.0, 3.0), served * rng.uniform(2.0, 6.0))
    return Harm(false_positive=alarm, slow=slow, shed=shed)


def _options(rng: Generator, world: World, levers: Levers) -> dict[str, OptionSettings]:
    """The settings of each option; what cannot be had here is not in the table."""
    told = {kind: _told(rng, kind, lever) for kind, lever in levers.items()}
    told["rules"] = replace(told["rules"], **_of_rules(rng, world))
    left = min(_near(rng, _slow_left(world, levers["throttle"])), 1.0)
    told["throttle"] = replace(told["throttle"], slow_left=_percent(left))
    if world.counted_workers:
        warm = Capacity(warm_workers=warm_workers(world), needed=WORKERS)
        cold = (_slow_while_warming(world), _near(rng, world.load.warming))
        for kind in TO_PREVIOUS:
            told[kind] = replace(told[kind], capacity=warm, cold=cold)
    if "pin" in told:
        restored = _percent(min(_near(rng, world.restored), 1.0))
        told["pin"] = replace(told["pin"], snapshot="features of last night", restored=restored)
    absent = dict.fromkeys({"blue_green", "pin"} - set(told), OptionSettings(enabled=False))
    return told | absent


def _told(rng: Generator, kind: str, lever: Lever) -> OptionSettings:
    misjudged = _near(rng, 1.0)
    median, late = (misjudged * minutes for minutes in lever.minutes)
    return OptionSettings(
        minutes=(median, late) if lever.minutes[0] else None,
        share=_percent(lever.share) if lever.share else None,
        shed=_percent(lever.shed) if kind == "throttle" else None,
        fails=_percent(lever.fails) if lever.fails else None,
        cost=lever.cost or None,
    )


def _of_rules(rng: Generator, world: World) -> dict[str, str | float]:
    """How good the rules are said to be: all told, or but the share that is wrong."""
    alarms, missed = world.rules
    hits = float(world.scores.base @ world.mix[0]) - missed
    told: dict[str, str | float] = {"wrong_share": _percent(_near(rng, float(alarms + missed)))}
    if rng.uniform() < 0.7:
        precision = min(_near(rng, float(hits / (hits + alarms))), 0.99)
        told |= {"precision": precision, "latency_p99": 20.0}
    return told


def _slow_while_warming(world: World) -> float:
    """Share of the requests of missing workers that is slow while these warm up."""
    load = world.load
    if load.warm == 1.0:
        return _COLD_SLOW
    slow = load.slow(PREVIOUS, load.used(PREVIOUS, 1.0, load.warm, False), False)
    return min(slow / (1.0 - load.warm), 1.0)


def _slow_left(world: World, throttle: Lever) -> float:
    """Share of the slow requests that is left once so many are turned away."""
    after = as_after(world, "throttle", throttle, None, warm=True)
    now, then = (slow_and_failing(world, s, faulty=True)[0] for s in (as_now(world), after))
    return then / now


def _near(rng: Generator, value: float) -> float:
    """An estimate of it: median the value, mostly within a quarter."""
    return value * float(np.exp(rng.normal(0.0, _MISJUDGED)))


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
