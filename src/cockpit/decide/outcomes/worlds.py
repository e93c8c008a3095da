"""Every version in every part of the traffic, under every fault: what the simulation runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import FAULTS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.facts.tails import exponential_tail
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import PINNED, Plan, Serving
from cockpit.decide.outcomes import chance
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


@dataclass(frozen=True, eq=False)
class Basis:
    """What every option is simulated on: the worlds, what was drawn for them, what is missing.

    `hits` are the requests rightly decided 1, (paths, faults, draws), null where they cannot be
    told apart; `unknown` the paths of whose wrong decisions nothing is known or assumed.
    """

    worlds: Worlds
    parts: dict[str, Part | None]
    hits: Floats | None
    unknown: frozenset[Path]
    parameters: dict[str, Floats]
    size: int

    def weights(self, serving: Serving, measured: Measured) -> Floats:
        """Share of all requests on each path, (paths,)."""
        return np.array(
            [
                measured.share_of(part) * serving.get(part, {}).get(version, 0.0)
                for version, part in self.worlds.paths
            ]
        )


@dataclass(frozen=True, eq=False)
class _Behaviour:
    """One path under every fault: wrong (2, faults, draws), the others (faults, draws).

    `wrong` is null where nothing tells, `hits` also where decisions cannot be told apart.
    """

    wrong: Floats | None
    hits: Floats | None
    slow: Floats
    failing: Floats


def basis(
    measured: Measured, plans: Sequence[Plan], rules: Rules, config: Config, size: int
) -> Basis:
    """The worlds of these plans, from what is measured and what is assumed."""
    parts = {name: part_of(measured, name, config, size) for name in measured.parts}
    paths = _paths(measured, plans)
    restored = next((plan.assumed.restored for plan in plans if plan.kind == "pin"), 0.0)
    found = []
    for version, name in paths:
        given = _given(version, measured, rules, plans)
        if given is None:
            found.append(_of_version(version, measured, name, parts[name], restored, size))
        else:
            found.append(_of_given(version, given, measured, parts[name], size))
    none = np.zeros((2, len(FAULTS), size))
    wrong = np.stack([none if b.wrong is None else b.wrong for b in found], axis=1)
    hits = [b.hits for b in found if b.hits is not None]
    return Basis(
        worlds=Worlds(
            paths=paths,
            rates=Rates(
                wrong[0],
                wrong[1],
                np.stack([b.slow for b in found]),
                np.stack([b.failing for b in found]),
            ),
            healthy=_healthy(measured, paths, parts, size),
            parts=_indices(measured, paths),
        ),
        parts=parts,
        hits=np.stack(hits) if len(hits) == len(found) else None,
        unknown=frozenset(path for path, b in zip(paths, found, strict=True) if b.wrong is None),
        parameters=_parameters(measured, parts, rules, config, size),
        size=size,
    )


def _of_version(
    version: str, measured: Measured, name: str, part: Part | None, restored: float, size: int
) -> _Behaviour:
    """A version of the model, as it is measured and as each fault leads one to expect."""
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
    version: str, given: Rules, measured: Measured, part: Part | None, size: int
) -> _Behaviour:
    """What decides without the model: it is the same under every fault."""
    shape = (len(FAULTS), size)
    slow = np.full(shape, _given_slow(given, version, measured))
    if given.wrong_share is None:
        return _Behaviour(None, None, slow, np.zeros(shape))
    rates, caught = given_wrong(f"wrong {version}", given, part, size)
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


def _given_slow(given: Rules, version: str, measured: Measured) -> float:
    if given.latency_p99 is not None and measured.bound is not None:
        return exponential_tail(given.latency_p99).slower(measured.bound)
    return given_slow(version, measured)


def _healthy(
    measured: Measured, paths: tuple[Path, ...], parts: dict[str, Part | None], size: int
) -> Rates:
    none = np.zeros((2, size))
    wrong = [none if (part := parts[name]) is None else part.healthy for _, name in paths]
    both = np.stack(wrong, axis=1)  # (2, paths, draws)
    count = len(paths)
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


def _parameters(
    measured: Measured, parts: dict[str, Part | None], rules: Rules, config: Config, size: int
) -> dict[str, Floats]:
    """What was drawn, by the words for it: what knowing one of them better would be worth."""
    found = {
        "minutes until it is mended": minutes_to_fix(config, size),
        "how soon an option takes effect": chance.normal("haste", size),
    }
    known = {name: part for name, part in parts.items() if part is not None}
    if known and len(known) == len(parts):
        shares = {name: measured.share_of(name) for name in known}
        found["how often decisions are wrong now"] = sum(
            (shares[name] * part.spoiled.sum(axis=0) for name, part in known.items()),
            np.zeros(size),
        )
        found["how often a healthy service is wrong"] = sum(
            (shares[name] * part.healthy.sum(axis=0) for name, part in known.items()),
            np.zeros(size),
        )
        first = next(iter(known.values()))
        found["how much of a fault in its data the version before shares"] = first.shared
        found["by how much the new version is better when healthy"] = first.gain.sum(axis=0)
    if rules.wrong_share is not None:
        found["how often the fallback is wrong"] = given_wrong(
            f"wrong {measured.versions.fallback}", rules, None, size
        )[0].sum(axis=0)
    if measured.bound is not None:
        found["how many requests are slow"] = slow_under(
            "capacity", measured.versions.new, measured, size
        )
    return found


def minutes_to_fix(config: Config, size: int) -> Floats:
    """Minutes from now until the fault is mended, (draws,)."""
    return chance.lognormal(config.decisions.minutes_to_fix, chance.normal("fix", size))
