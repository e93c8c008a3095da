"""What goes wrong: twelve shapes of incidents, each a change of a healthy service.

The shapes are those that recorded incidents had; the sizes are drawn anew each time, from a fault
one can hardly see to one that nobody overlooks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from bench.decisions.features import Change
from bench.decisions.quality import Floats, share_hit
from bench.decisions.world import (
    NEW,
    PREVIOUS,
    VERSIONS,
    Happened,
    Spoilt,
    World,
    healthy,
    label_delays,
    log_uniform,
)


def slow_model(rng: Generator, world: World) -> World:
    """The new version takes longer, at peak; the previous fleet is sometimes cold."""
    world = _rolled_out(rng, replace(world, fault="model"))
    longer = rng.uniform(0.93, 1.25) / world.load.use
    cold = 1.0 if rng.uniform() < 0.5 else float(rng.uniform(0.4, 0.8))
    return replace(world, load=replace(world.load, service=(1.0, longer), warm=cold))


def feature_nulls(rng: Generator, world: World) -> World:
    """An upstream job failed: a feature is missing for many."""
    change = Change("days_since_login", "missing", float(rng.uniform(0.15, 0.45)))
    return _bad_feature(rng, world, change, _all(world), "pipeline days_since_login late", 0.5)


def unit_swap(rng: Generator, world: World) -> World:
    """One region sends cents for dollars: nothing is missing, and no rule is broken."""
    where = _one(rng, world)
    change = Change("amount", "times", 100.0, segments=where)
    text = f"schema of payments in {world.segments[where[0]]}"
    return _bad_feature(rng, world, change, where, text, 0.7, (1.0, 4.0))


def stale_features(rng: Generator, world: World) -> World:
    """Features are hours old; each looks as it always did."""
    stale = _bad_feature(rng, world, None, _all(world), "feature store release", 0.4, (0.2, 0.9))
    return replace(stale, feature_age=(300.0, float(rng.uniform(2, 10)) * 3600.0))


def miscalibrated(rng: Generator, world: World) -> World:
    """The new version came with a calibration that is off: it ranks as well, and scores too low."""
    world = _rolled_out(rng, replace(world, fault="model"))
    everywhere = np.ones(len(world.segments))
    return replace(world, spoilt=_hit(world, everywhere, 0.0, -rng.uniform(0.5, 1.3)))


def one_segment(rng: Generator, world: World) -> World:
    """The new version is wrong in one segment, while traffic moves to easier ones (Simpson)."""
    world = _rolled_out(rng, replace(world, fault="model"))
    world = replace(world, mix=_moved(world, -float(rng.uniform(0.3, 1.0))))
    return _wrong_more(rng, world, _one(rng, world), (1.0, 3.0))


def skewed_serving(rng: Generator, world: World) -> World:
    """A transform of training is missing in serving: only the new version is wrong."""
    world = _rolled_out(rng, replace(world, fault="model"))
    if rng.uniform() < 0.5:  # where features are logged as the model reads them
        world = replace(world, changes=(Change("amount", "times", 30.0, versions=(NEW,)),))
    return _wrong_more(rng, world, _all(world), (0.3, 1.5))


def late_labels(rng: Generator, world: World) -> World:
    """Labels of positives take longer than they did: precision seems to fall."""
    slower = world.delays[0].copy()
    slower[1] = label_delays(float(rng.uniform(40, 120)), 0.8)
    happened = (_page(rng, world, "precision low"),)
    return replace(
        world,
        deployed=_sometime(rng),
        delays=np.stack([world.delays[0], slower]),
        happened=happened,
    )


def moved_traffic(rng: Generator, world: World) -> World:
    """A campaign brings harder requests; within each segment all is as before."""
    surge = float(rng.uniform(1.1, 1.4))
    mix = _moved(world, float(rng.uniform(0.5, 1.5)))
    moved = ("amount", "channel")
    changes = tuple(Change(name, "moved", float(rng.uniform(0.1, 0.3))) for name in moved)
    campaign = Happened(kind="traffic", minute=-rng.uniform(0, 2), text="campaign begins")
    happened = (campaign,) if rng.uniform() < 0.7 else ()
    return replace(
        world,
        fault="mix",
        mix=mix,
        surge=surge,
        requests=world.requests * surge,
        changes=changes,
        deployed=_sometime(rng),
        happened=(*happened, _page(rng, world, "drift of channel")),
    )


def chance(rng: Generator, world: World) -> World:
    """Nothing is wrong; somebody looks because the last minutes of few requests look bad."""
    return replace(
        world,
        requests=log_uniform(rng, 20, 300),
        picked=20,
        deployed=_sometime(rng),
        happened=(_page(rng, world, "wrong decisions"),),
    )


def retry_storm(rng: Generator, world: World) -> World:
    """A blip of the feature store is over; callers who try again keep the service down."""
    load = replace(world.load, retries=3, storm=True, use=float(rng.uniform(0.5, 0.75)))
    return replace(
        world,
        fault="capacity",
        load=load,
        deployed=_sometime(rng),
        happened=(_page(rng, world, "errors"),),
    )


def lost_nodes(rng: Generator, world: World) -> World:
    """A quarter of the workers is gone at peak, and a deploy twenty minutes before is innocent."""
    lost = 1.0 - world.load.use / float(rng.uniform(0.93, 1.08))
    return replace(
        world,
        fault="capacity",
        load=replace(world.load, lost=lost),
        deployed=-int(rng.integers(15, 25)) if rng.uniform() < 0.7 else None,
        happened=(_page(rng, world, "latency"),),
    )


SHAPES: dict[str, Callable[[Generator, World], World]] = {
    "slow model": slow_model,
    "feature nulls": feature_nulls,
    "unit swap": unit_swap,
    "stale features": stale_features,
    "miscalibrated": miscalibrated,
    "one segment": one_segment,
    "skewed serving": skewed_serving,
    "late labels": late_labels,
    "moved traffic": moved_traffic,
    "chance": chance,
    "retry storm": retry_storm,
    "lost nodes": lost_nodes,
}


def draw_world(rng: Generator, shape: str) -> World:
    """An incident of that shape."""
    return replace(SHAPES[shape](rng, healthy(rng)), shape=shape)


def _rolled_out(rng: Generator, world: World) -> World:
    """The new version begins to serve at onset, to most or as a canary."""
    serving = float(rng.uniform(0.1, 0.3) if rng.uniform() < 0.3 else rng.uniform(0.5, 1.0))
    return replace(
        world, deployed=0, serving=serving, happened=(_page(rng, world, "model degraded"),)
    )


def _sometime(rng: Generator) -> int | None:
    """A deploy that has nothing to do with it, for a quarter of the incidents."""
    return -int(rng.integers(5, 25)) if rng.uniform() < 0.25 else None


def _page(rng: Generator, world: World, text: str) -> Happened:
    return Happened(kind="page", minute=float(rng.uniform(1, min(world.since, 6))), text=text)


def _bad_feature(
    rng: Generator,
    world: World,
    change: Change | None,
    where: tuple[int, ...],
    text: str,
    recorded: float,
    more: tuple[float, float] = (0.4, 2.0),
) -> World:
    """A fault in features: both versions read them; the change is on record now and then."""
    schema = Happened(kind="schema", minute=-float(rng.uniform(0, 1.5)), text=text)
    happened = (schema,) if rng.uniform() < recorded else ()
    world = replace(
        world,
        fault="data",
        changes=() if change is None else (change,),
        deployed=_sometime(rng),
        happened=(*happened, _page(rng, world, "model degraded")),
    )
    return _wrong_more(rng, world, where, more)


def _wrong_more(
    rng: Generator, world: World, where: tuple[int, ...], more: tuple[float, float]
) -> World:
    """Wrong decisions there become more, by a share of the healthy ones that is drawn."""
    together = float(rng.uniform(0.7, 1.0))
    scores = world.scores
    knowing, hit = (scores.wrong(scores.cells(t)).sum(axis=1) for t in (0.0, together))
    share = share_hit(knowing, hit, 1.0 + rng.uniform(*more)) * np.isin(range(len(knowing)), where)
    return replace(world, spoilt=_hit(world, share, together, 0.0))


def _hit(world: World, share: Floats, together: float, moved: float) -> Spoilt:
    """The new version is hit; the previous one as well where the fault is in the features."""
    also = world.shared if world.fault == "data" else 0.0
    by_version = np.zeros((len(VERSIONS), len(share)))
    by_version[NEW], by_version[PREVIOUS] = share, np.minimum(share * also, 0.98)
    return Spoilt(share=by_version, together=together, moved=moved)


def _moved(world: World, towards: float) -> Floats:
    """The mix before and since: more of the segments that are wrong more often, or less."""
    wrong = np.log(world.wrong(NEW, False).sum(axis=1))
    tilt = np.exp(towards * (wrong - wrong.mean()) / max(float(wrong.std()), 1e-9))
    since = world.mix[0] * tilt
    return np.stack([world.mix[0], since / since.sum()])


def _one(rng: Generator, world: World) -> tuple[int, ...]:
    return (int(rng.integers(len(world.segments))),)


def _all(world: World) -> tuple[int, ...]:
    return tuple(range(len(world.segments)))
