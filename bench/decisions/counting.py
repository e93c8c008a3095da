"""What was counted in an incident: requests drawn from the true chances, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.decisions.load import GIVEN_UP
from bench.decisions.quality import Floats
from bench.decisions.world import DELAYS, NEW, PREVIOUS, VERSIONS, World

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REFERENCE = 40_000  # labelled rows of the reference
FAILING = 0.001  # share of requests that fail anyway


@dataclass(frozen=True, eq=False)
class Counted:
    """Everything on record. The reference is the previous version's, while all was well."""

    decided: Ints  # (minutes, versions, segments, levels, classes, delays)
    features: list[Ints]  # of each: (minutes, versions, segments, bins)
    latency: Ints  # (seconds, versions, cells of `latencies`)
    errors: Ints  # (seconds, versions)
    use: Floats  # (minutes,) of the busiest fleet
    reference: Ints  # (segments, levels, classes)
    reference_features: list[Ints]  # of each: (segments, bins)


def count(rng: Generator, world: World) -> Counted:
    """Draw everything that was counted until the end of the record."""
    minutes = np.arange(-world.before, world.since + 1)
    since = (minutes >= 0).astype(np.int64)
    traffic = _traffic(rng, world, since)
    serving = _serving(world, minutes)
    mean = world.requests * (traffic * serving.T).T[:, :, None] * world.mix[since][:, None, :]
    decided = _decided(rng, world, mean, since)
    requests = decided.sum(axis=(2, 3, 4, 5))
    latency, errors, use = _served(rng, world, requests, traffic, serving, since)
    healthy = world.mix[0][:, None, None] * world.cells(PREVIOUS, False)
    return Counted(
        decided=decided,
        features=_features(rng, world, decided.sum(axis=(3, 4, 5)), since),
        latency=latency,
        errors=errors,
        use=use,
        reference=rng.multinomial(REFERENCE, healthy.ravel()).reshape(healthy.shape),
        reference_features=[
            rng.multinomial(np.rint(REFERENCE * world.mix[0]).astype(np.int64), chances)
            for chances in world.features.healthy
        ],
    )


def latencies(world: World) -> Floats:
    """Edges, in ms, of the latencies that are told apart; the bound is one of them."""
    return np.append(world.load.bound * np.exp(0.08 * np.arange(-40, 25)), GIVEN_UP)


def _traffic(rng: Generator, world: World, since: Ints) -> Floats:
    """Requests of each minute, as a share of those at the time of looking."""
    minute = np.arange(len(since))
    wave = 1.0 + 0.04 * np.sin(2 * np.pi * minute / 40.0 + rng.uniform(0, 2 * np.pi))
    before = np.where(since == 1, 1.0, 1.0 / world.surge)
    return np.asarray(before * wave / wave[-1])


def _serving(world: World, minutes: Ints) -> Floats:
    """Share of each version in each minute: (minutes, versions)."""
    began = -np.inf if world.deployed is None else world.deployed
    new = np.where(minutes >= began, world.serving, 0.0)
    return np.stack([1.0 - new, new], axis=1)


def _decided(rng: Generator, world: World, mean: Floats, since: Ints) -> Ints:
    """Predictions by all there is to know of them; of several draws, the worst for some time."""
    chances = np.stack(
        [[world.cells(v, faulty) for v in range(len(VERSIONS))] for faulty in (False, True)]
    )  # (epochs, versions, segments, levels, classes)
    threshold, tail = world.scores.threshold, slice(-min(world.since, 10) - 1, -1)
    worst: Ints | None = None
    most = -1
    for _ in range(world.picked):
        flat = chances.reshape(*chances.shape[:3], -1)[since]
        found = rng.multinomial(rng.poisson(mean), flat).reshape(len(since), *chances.shape[1:])
        late = found[tail]
        wrong = int(late[..., threshold:, 0].sum() + late[..., :threshold, 1].sum())
        if wrong > most:
            worst, most = found, wrong
    assert worst is not None
    delays = world.delays[since][:, None, None, None]  # (minutes, 1, 1, 1, classes, delays)
    return rng.multinomial(worst, np.broadcast_to(delays, (*worst.shape, len(DELAYS))))


def _features(rng: Generator, world: World, requests: Ints, since: Ints) -> list[Ints]:
    by_epoch = [
        [world.features.of(world.changes if epoch else (), v) for v in range(len(VERSIONS))]
        for epoch in (0, 1)
    ]
    found = []
    for which in range(len(world.features.bins)):
        chances = np.stack([[by_epoch[e][v][which] for v in (PREVIOUS, NEW)] for e in (0, 1)])
        found.append(rng.multinomial(requests, chances[since]))
    return found


def _served(
    rng: Generator, world: World, requests: Ints, traffic: Floats, serving: Floats, since: Ints
) -> tuple[Ints, Ints, Floats]:
    """Latencies and errors by second, and how much of the busiest fleet was used by minute."""
    load, seconds, edges = world.load, 60, latencies(world)
    by_second = rng.multinomial(requests, np.full(seconds, 1.0 / seconds))  # minutes, versions, s
    by_second = np.moveaxis(by_second, 2, 1).reshape(-1, len(VERSIONS))
    shape = (len(since), len(VERSIONS), len(edges) - 1)
    chances, failing, use = np.zeros(shape), np.zeros(shape[:2]), np.zeros(shape[:2])
    for minute, version in np.ndindex(*shape[:2]):
        share, faulty = float(serving[minute, version]), bool(since[minute])
        if share > 0.0:
            used = load.used(version, float(traffic[minute]) * share, share, faulty)
            chances[minute, version] = load.chances(version, used, faulty, edges)
            use[minute, version], failing[minute, version] = load.failing(used, faulty)
    chances[..., -1] = np.clip(1.0 - chances[..., :-1].sum(axis=-1), 0.0, 1.0)
    every = np.repeat(np.arange(len(since)), seconds)
    latency = rng.multinomial(by_second, chances[every])
    errors = rng.binomial(by_second, FAILING + (1.0 - FAILING) * failing[every])
    return latency, errors, use.max(axis=1)
