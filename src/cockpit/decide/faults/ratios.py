"""What each sign says of each fault: likelihood ratios, capped, and softened where signs overlap.

A ratio r is held against a service of which nothing is known, where a sign is seen with a chance of
`faults.by_chance` (b). So r·b is the chance P(seen | fault), and what is not seen speaks too: with
(1 − r·b) / (1 − b). Both are likelihoods, so what a look would tell can be computed before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cockpit.config import FAULTS, Config
from cockpit.units import parse_share
from cockpit.views import SignState

MOST = 10.0  # no sign counts more than this, or less than one over it
_SUREST = 0.99  # of seeing a sign under any fault


class Row(NamedTuple):
    """One sign: the group it overlaps with, its ratio for each of FAULTS, minutes of a look.

    The minutes are null where no look tells sooner: labels come when they come.
    """

    group: str
    ratios: tuple[float, float, float, float, float]
    minutes: float | None


# A starting table, to be corrected by each team (`faults.ratios`): judgement, not measurement.
TABLE: dict[str, Row] = {
    #                               model data capacity mix noise
    "quality_degraded": Row("quality", (8.0, 6.0, 1.5, 2.0, 0.2), None),
    "only_new_worse": Row("quality", (10.0, 0.5, 0.7, 0.3, 0.5), 10.0),  # replay rows through both
    "versions_alike": Row("quality", (0.2, 6.0, 2.0, 3.0, 0.5), 10.0),
    "feature_drifted": Row("features", (0.7, 10.0, 0.7, 2.0, 0.5), 3.0),
    "many_drifted": Row("features", (0.5, 0.7, 0.7, 10.0, 1.0), 5.0),
    "shadow_disagrees": Row("shadow", (8.0, 0.3, 0.7, 0.5, 0.7), 5.0),
    "latency_with_load": Row("service", (0.7, 0.7, 8.0, 1.5, 0.5), 2.0),
    "latency_on_new": Row("service", (6.0, 0.5, 1.5, 0.5, 0.5), 2.0),
    "errors_up": Row("service", (1.0, 2.0, 6.0, 1.0, 0.5), 1.0),
    "fits_deploy": Row("onset", (6.0, 0.8, 1.2, 0.8, 0.7), 3.0),  # ask who deployed what
    "fits_data_change": Row("onset", (0.7, 8.0, 0.8, 0.8, 0.7), 3.0),
    "fits_traffic": Row("onset", (0.7, 0.7, 1.5, 8.0, 0.8), 3.0),
    "calibration_off": Row("quality", (3.0, 3.0, 0.5, 3.0, 0.5), None),
    "labels_immature": Row("labels", (0.7, 0.7, 0.8, 0.8, 3.0), None),
}


def ratios_of(sign: str, config: Config) -> dict[str, float]:
    """Likelihood ratio of each fault where the sign is seen: the team's, else ours; capped."""
    given = config.faults.ratios.get(sign, {})
    ours = dict(zip(FAULTS, TABLE[sign].ratios, strict=True))
    return {fault: _capped(given.get(fault, ours[fault])) for fault in FAULTS}


def minutes_to_look(sign: str, config: Config) -> float | None:
    """How long it takes to look for a sign; null where no look tells sooner."""
    return config.faults.probes.get(sign, TABLE[sign].minutes)


def chances(sign: str, softened: bool, config: Config) -> dict[str, float]:
    """P(seen | fault) = r·b for each fault; with √r where the sign is softened."""
    by_chance = parse_share(config.faults.by_chance)
    power = 0.5 if softened else 1.0
    ratios = ratios_of(sign, config)
    return {fault: min(ratio**power * by_chance, _SUREST) for fault, ratio in ratios.items()}


def factors(sign: str, state: SignState, config: Config) -> dict[str, float]:
    """What a sign in this state multiplies the odds of each fault with, before any softening."""
    if state == "not measurable":
        return dict.fromkeys(FAULTS, 1.0)
    if state == "seen":
        return ratios_of(sign, config)
    by_chance = parse_share(config.faults.by_chance)
    seen = chances(sign, False, config)
    return {fault: _capped((1.0 - chance) / (1.0 - by_chance)) for fault, chance in seen.items()}


def soften(counted: Mapping[str, float]) -> dict[str, float]:
    """The same factors with their logarithms halved."""
    return {fault: math.sqrt(factor) for fault, factor in counted.items()}


def to_soften(states: Mapping[str, SignState], config: Config) -> set[str]:
    """The signs that overlap with a stronger one: all of a group but the strongest counted.

    Strength is the widest ratio of two faults' factors; of equals the first in the table counts in
    full. Where nothing of a group was counted, nothing is softened.
    """
    strength = {sign: _strength(factors(sign, states[sign], config).values()) for sign in states}
    found: set[str] = set()
    for group in {row.group for row in TABLE.values()}:
        members = [sign for sign in TABLE if sign in states and TABLE[sign].group == group]
        counted = [sign for sign in members if states[sign] != "not measurable"]
        if counted:
            strongest = max(counted, key=lambda sign: strength[sign])
            found.update(sign for sign in members if sign != strongest)
    return found


def _strength(counted: Iterable[float]) -> float:
    values = list(counted)
    return max(values) / min(values)


def _capped(ratio: float) -> float:
    return min(max(ratio, 1.0 / MOST), MOST)
