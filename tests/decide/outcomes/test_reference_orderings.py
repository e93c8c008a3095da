"""The orderings of a worked example with invented costs: which option is best under which belief.

Twelve thousand requests a minute, a new version, the one before it and rules; a fleet of the
version before that is 60 % warm. The digits rest on invented costs; the orderings are what matters.
"""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.config import FAULTS, Harm
from cockpit.decide.outcomes.simulation import (
    Chances,
    Course,
    Rates,
    Situation,
    Worlds,
    simulate,
)

DRAWS = 20_000
HARM = Harm(false_negative=1.0, false_positive=0.0, slow=0.2, shed=0.35)
PATHS = (("new", ""), ("previous", ""), ("rules", ""))
BELIEFS = {  # model, data, capacity, mix, noise
    "likely regression": (0.55, 0.20, 0.05, 0.10, 0.10),
    "feature fault": (0.10, 0.70, 0.05, 0.05, 0.10),
    "noise": (0.15, 0.05, 0.05, 0.15, 0.60),
    "capacity": (0.10, 0.05, 0.75, 0.05, 0.05),
}
SHED_SLOW = 0.15


def course(
    name: str,
    weights: tuple[float, float, float],
    minutes: tuple[float, float] = (0.0, 0.0),
    fails: float = 0.0,
    cold: float = 0.0,
    slow_left: float = 1.0,
) -> Course:
    return Course(
        name,
        np.array(weights),
        minutes=minutes,
        fails=fails,
        slow_left=slow_left,
        cold=(cold * weights[1], 12.0),
    )


def courses(warm: float) -> list[Course]:
    missing = 1.0 - warm
    return [
        course("observe", (1, 0, 0)),
        course("shadow", (1, 0, 0)),
        course("rollback", (0, 1, 0), (4, 9), 0.05, 0.5 * missing),
        course("canary", (0.1, 0.9, 0), (3, 6), 0.03, 0.5 * missing),
        course("split", (0.5, 0.5, 0), (3, 6), 0.03, 0.25 * missing),
        course("rules", (0, 0, 1), (2, 5), 0.02),
        course("throttle", (0.8, 0, 0), (1, 2), 0.01, slow_left=SHED_SLOW),
        course("segment off", (0.8, 0, 0.2), (2, 4), 0.02),
        course("kill", (0, 0, 0), (0.5, 1), 0.01),
    ]


def expected(belief: str, seed: int, warm: float = 0.6) -> dict[str, float]:
    draw = np.random.default_rng(seed)
    healthy = draw.beta(400.5, 19_600.5, DRAWS)
    seen = (10.5, 290.5) if belief == "noise" else (62.5, 1_438.5)
    observed = draw.beta(*seen, DRAWS)
    gain = np.maximum(draw.normal(0.003, 0.0015, DRAWS), 0.0)
    shared = draw.uniform(0.6, 1.15, DRAWS)
    rules = draw.beta(90, 1_910, DRAWS)
    before = {
        "model": healthy,
        "data": healthy + shared * (observed - healthy),
        "capacity": healthy + gain,
        "mix": observed + gain,
        "noise": healthy + gain,
    }
    wrong = np.empty((3, len(FAULTS), DRAWS))
    slow = np.empty_like(wrong)
    usual = draw.beta(2, 198, DRAWS)
    for h, fault in enumerate(FAULTS):
        wrong[0, h] = observed if fault in ("model", "data", "mix") else healthy
        wrong[1, h], wrong[2, h] = before[fault], rules
        slow[:2, h] = draw.beta(12, 48, DRAWS) if fault == "capacity" else usual
        slow[2, h] = draw.beta(1, 400, DRAWS)
        if fault == "model":
            slower = draw.random(DRAWS) < 0.25
            slow[0, h] = np.where(slower, draw.beta(8, 52, DRAWS), slow[0, h])
    none = np.zeros_like(wrong)
    worlds = Worlds(
        PATHS,
        Rates(none, wrong, slow, none),
        Rates(
            *(np.broadcast_to(x, (3, DRAWS)) for x in (0.0 * healthy, healthy, usual, 0.0 * usual))
        ),
        {0: 1.0},
    )
    spread = np.log(1.9) / 1.6448536
    chances = Chances(
        haste=draw.standard_normal(DRAWS),
        luck=draw.random(DRAWS),
        minutes_to_fix=90.0 * np.exp(spread * draw.standard_normal(DRAWS)),
    )
    every = courses(warm)
    situation = Situation(every[0].weights, worlds, chances, HARM, 12_000.0, 240.0)
    losses = simulate(every, situation).mean(axis=2) @ np.array(BELIEFS[belief])
    return {one.option: float(loss) for one, loss in zip(every, losses, strict=True)}


SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_likely_regression_is_rolled_back_and_a_small_canary_comes_next(seed: int) -> None:
    loss = expected("likely regression", seed)
    order = sorted(loss, key=lambda name: loss[name])
    assert order[:2] == ["rollback", "canary"]
    assert loss["observe"] > 1.3 * loss["rollback"]


@pytest.mark.parametrize("seed", SEEDS)
def test_under_a_fault_in_the_features_rolling_back_cold_is_worse_than_nothing(seed: int) -> None:
    loss = expected("feature fault", seed)
    assert min(loss, key=lambda name: loss[name]) == "split"
    assert loss["rollback"] > loss["observe"] > loss["split"]


@pytest.mark.parametrize("seed", SEEDS)
def test_and_with_a_warm_fleet_it_is_better_than_nothing(seed: int) -> None:
    loss = expected("feature fault", seed, warm=1.0)
    assert loss["rollback"] < loss["observe"]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_probably_noise_is_watched(seed: int) -> None:
    loss = expected("noise", seed)
    best = min(loss.values())
    assert loss["observe"] == best == loss["shadow"]
    assert loss["rollback"] > best


@pytest.mark.parametrize("seed", SEEDS)
def test_short_of_capacity_the_rules_help_and_a_rollback_harms(seed: int) -> None:
    loss = expected("capacity", seed)
    assert min(loss, key=lambda name: loss[name]) == "rules"
    assert loss["rollback"] > loss["observe"]
