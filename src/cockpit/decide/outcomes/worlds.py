"""Every version in every part of the traffic, under every fault: what the simulation runs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import FAULTS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import PINNED, Plan, Serving, now
from cockpit.decide.outcomes.quality import (
    Part,
    given_wrong,
    part_of,
    pinned_under,
    wrong_under,
)
from cockpit.decide.outcomes.serving import (
    failing_under,
    given_slow,
    healthy_failing,
    healthy_slow,
    slow_under,
)
from cockpit.decide.outcomes.simulation import Path, Rates, Worlds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOTHING_WRONG = "noise"  # the fault under which every version is healthy


@dataclass(frozen=True, eq=False)
class _Behaviour:
    """One path under every fault: wrong (2, faults, draws), the others (faults, draws).

    `wrong` is null where nothing tells, `hits`, the requests rightly decided 1, also where
    decisions cannot be told apart.
    """

    wrong: Floats | None
    hits: Floats | None
    slow: Floats
    failing: Floats


@dataclass(frozen=True, eq=False)
class Basis:
    """What every option is simulated on: the worlds, and what they are put together from.

    `hits` is of shape (paths, faults, draws), null where they cannot be told apart. `rests_on` is
    what was assumed of each path: where that is equal, the same facts make it behave the same.
    `no_model` are the paths on which something else than a version of the model decides.
    """

    worlds: Worlds
    parts: dict[str, Part | None]
    behaviours: dict[Path, _Behaviour]
    rests_on: dict[Path, tuple[object, ...]]
    hits: Floats | None
    no_model: frozenset[Path]

    @property
    def unknown(self) -> set[Path]:
        """The paths of whose wrong decisions nothing is known or assumed."""
        return {path for path, one in self.behaviours.items() if one.wrong is None}

    def weights(self, serving: Serving, measured: Measured) -> Floats:
        """Share of all requests on each path, (paths,)."""
        return np.array(
            [
                measured.share_of(part) * serving.get(part, {}).get(version, 0.0)
                for version, part in self.worlds.paths
            ]
        )

    def same_for(self, weights: Floats, before: Basis) -> bool:
        """Whether requests spread so find the same paths as before, each behaving the same."""
        return self.worlds.paths == before.worlds.paths and all(
            self.rests_on[path] == before.rests_on[path]
            for path, weight in zip(self.worlds.paths, weights, strict=True)
            if weight > 0.0
        )


def basis(
    measured: Measured,
    plans: Sequence[Plan],
    rules: Rules,
    config: Config,
    size: int,
    before: Basis | None = None,
) -> Basis:
    """The worlds of these plans, from what is measured and what is assumed.

    `before` is a basis on the same facts and draws: what rests on the same is taken from it.
    """
    restored = next((plan.assumed.restored for plan in plans if plan.kind == "pin"), 0.0)
    paths = _paths(measured, plans)
    givens = {path: _given(path[0], measured, rules, plans) for path in paths}
    rests_on = {path: _rests_on(path, givens[path], restored, config) for path in paths}
    if before is not None and before.rests_on == rests_on:
        return before
    parts = {name: part_of(measured, name, config, size) for name in measured.parts}
    behaviours = {}
    for path, given in givens.items():
        if before is not None and before.rests_on.get(path) == rests_on[path]:
            behaviours[path] = before.behaviours[path]
        elif given is None:
            behaviours[path] = _of_version(path, measured, parts[path[1]], restored, size)
        else:
            behaviours[path] = _of_given(path, given, measured, parts[path[1]], size)
    return Basis(
        worlds=_worlds(measured, behaviours, size),
        parts=parts,
        behaviours=behaviours,
        rests_on=rests_on,
        hits=_hits(list(behaviours.values())),
        no_model=frozenset(path for path, given in givens.items() if given is not None),
    )


def _rests_on(
    path: Path, given: Rules | None, restored: float, config: Config
) -> tuple[object, ...]:
    """What is assumed of a path: of a version, what a fault makes of it."""
    if given is not None:
        return (given,)
    taken = config.decisions
    pinned = restored if path[0] == PINNED else None
    return pinned, taken.improvement, taken.shared_fault, taken.unlabelled


def _worlds(measured: Measured, behaviours: Mapping[Path, _Behaviour], size: int) -> Worlds:
    paths, found = tuple(behaviours), behaviours.values()
    none = np.zeros((2, len(FAULTS), size))
    wrong = np.stack([none if one.wrong is None else one.wrong for one in found], axis=1)
    return Worlds(
        paths=paths,
        rates=Rates(
            wrong[0],
            wrong[1],
            np.stack([one.slow for one in found]),
            np.stack([one.failing for one in found]),
        ),
        healthy=_healthy(measured, behaviours, size),
        parts=_indices(measured, paths),
    )


def _hits(found: Sequence[_Behaviour]) -> Floats | None:
    """Those of every path; a path of which nothing is known has none, and is not priced."""
    known = [one.hits for one in found if one.wrong is not None]
    if not known or any(hits is None for hits in known):
        return None
    none = np.zeros_like(found[0].slow)
    return np.stack([none if one.hits is None else one.hits for one in found])


def _of_version(
    path: Path, measured: Measured, part: Part | None, restored: float, size: int
) -> _Behaviour:
    """A version of the model, as it is measured and as each fault leads one to expect."""
    version, name = path
    real = measured.versions.new if version == PINNED else version
    slow = np.stack([slow_under(fault, real, measured, size) for fault in FAULTS])
    failing = np.stack([failing_under(fault, real, measured, size) for fault in FAULTS])
    if part is None:
        return _Behaviour(None, None, slow, failing)
    each = []
    for fault in FAULTS:
        rates = wrong_under(fault, real, measured, name, part, size)
        each.append(pinned_under(fault, part, rates, restored) if version == PINNED else rates)
    wrong = np.stack(each, axis=1)
    hits = None if part.positives is None else np.maximum(part.positives - wrong[1], 0.0)
    return _Behaviour(wrong, hits, slow, failing)


def _of_given(
    path: Path, given: Rules, measured: Measured, part: Part | None, size: int
) -> _Behaviour:
    """What decides without the model: it is the same under every fault."""
    shape = (len(FAULTS), size)
    slow = np.full(shape, given_slow(given.latency_p99, measured.bound))
    if given.wrong_share is None:
        return _Behaviour(None, None, slow, np.zeros(shape))
    rates, caught = given_wrong(f"wrong {path[0]}", given, part, size)
    wrong = np.broadcast_to(rates[:, None, :], (2, *shape))
    hits = None if caught is None else np.broadcast_to(caught, shape)
    return _Behaviour(wrong, hits, slow, np.zeros(shape))


def _versions(measured: Measured) -> set[str]:
    """Those that are, or were, served by a model one can name."""
    return {v for v in (measured.versions.new, measured.versions.previous) if v}


def _paths(measured: Measured, plans: Sequence[Plan]) -> tuple[Path, ...]:
    serving: list[Serving] = [plan.serving for plan in plans]
    named = {version for one in serving for shares in one.values() for version in shares}
    named |= set(measured.serving)
    return tuple((version, part) for part in measured.parts for version in sorted(named))


def _given(version: str, measured: Measured, rules: Rules, plans: Sequence[Plan]) -> Rules | None:
    """What is assumed of something that is no version of the model; null for a version."""
    if version == PINNED or version in measured.serving or version in _versions(measured):
        return None
    if version == measured.versions.fallback:
        return rules
    for plan in plans:
        if version in plan.assumed.serves:
            return Rules(plan.assumed.wrong_share, None, plan.assumed.latency_p99, ())
    return Rules(None, None, None, ())


def _healthy(measured: Measured, behaviours: Mapping[Path, _Behaviour], size: int) -> Rates:
    """The service as it serves now, with nothing wrong: of each path those of its part."""
    nothing_wrong = FAULTS.index(NOTHING_WRONG)
    of_part = {}
    for name, shares in now(measured).items():
        total = np.zeros((2, size))
        for version, share in shares.items():
            wrong = behaviours[version, name].wrong
            if wrong is not None:
                total = total + share * wrong[:, nothing_wrong]
        of_part[name] = total
    both = np.stack([of_part[name] for _, name in behaviours], axis=1)  # (2, paths, draws)
    count = len(behaviours)
    return Rates(
        both[0],
        both[1],
        np.broadcast_to(healthy_slow(measured, size), (count, size)),
        np.broadcast_to(healthy_failing(measured, size), (count, size)),
    )


def _indices(measured: Measured, paths: tuple[Path, ...]) -> dict[int, float]:
    """One path of each part, and the part's share of requests."""
    first = {name: index for index, (_, name) in reversed(list(enumerate(paths)))}
    return {first[name]: measured.share_of(name) for name in measured.parts if name in first}
