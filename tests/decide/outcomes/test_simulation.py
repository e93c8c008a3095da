"""The flow of harm: what every course costs until the fault is mended, whatever the draws are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.config import Harm
from cockpit.decide.outcomes.simulation import (
    AGAIN,
    Chances,
    Course,
    Rates,
    Situation,
    Worlds,
    harm_of,
    minutes_to_effect,
    simulate,
)

DRAWS, FAULTS = 200, 5
PATHS = (("new", ""), ("old", ""))
seeds = st.integers(0, 10_000)
costs = st.floats(0.0, 5.0)


def situation(seed: int, harm: Harm | None = None, better: bool = False) -> Situation:
    """Two versions under five faults; with `better` the old one is better in every draw."""
    draw = np.random.default_rng(seed)

    def rates(most: float) -> np.ndarray:
        return draw.uniform(0.0, most, (2, FAULTS, DRAWS))

    made = [rates(0.1) for _ in range(4)]
    if better:
        for one in made:
            one[1] = 0.5 * one[0]
    healthy = Rates(*(np.tile(draw.uniform(0.0, 0.01, DRAWS), (2, 1)) for _ in range(4)))
    return Situation(
        now=np.array([0.9, 0.1]),
        worlds=Worlds(PATHS, Rates(*made), healthy, {0: 1.0}),
        chances=Chances(
            haste=draw.standard_normal(DRAWS),
            luck=draw.random(DRAWS),
            minutes_to_fix=draw.uniform(5.0, 200.0, DRAWS),
        ),
        harm=harm or Harm(),
        requests=100.0,
        horizon=150.0,
    )


def course(*weights: float, minutes: float = 3.0, **more: object) -> Course:
    return Course("one", np.array(weights), minutes=(minutes, 2.0 * minutes), **more)  # type: ignore[arg-type]


@given(seeds, costs, costs, costs, costs)
@settings(max_examples=30)
def test_harm_is_the_sum_of_what_each_kind_costs(
    seed: int, missed: float, alarm: float, slow: float, shed: float
) -> None:
    names = ("false_negative", "false_positive", "slow", "shed")
    prices = dict(zip(names, (missed, alarm, slow, shed), strict=True))
    run = course(0.2, 0.7, cold=(0.3, 10.0))
    parts = (
        harm_of(run, situation(seed, Harm(**{n: prices[n] if n == name else 0.0 for n in names})))
        for name in names
    )
    assert harm_of(run, situation(seed, Harm(**prices))) == pytest.approx(sum(parts))


@given(seeds)
@settings(max_examples=20)
def test_what_goes_on_as_now_does_the_same_harm_however_soon(seed: int) -> None:
    here = situation(seed)
    observe = course(0.9, 0.1, minutes=0.0)
    shadow = course(0.9, 0.1, minutes=0.0, fails=0.2)
    np.testing.assert_array_equal(*simulate([observe, shadow], here))
    slowly = course(0.9, 0.1, minutes=30.0)
    assert harm_of(slowly, here) == pytest.approx(harm_of(observe, here))


@given(seeds)
@settings(max_examples=10)
def test_other_options_make_no_difference_to_one(seed: int) -> None:
    here = situation(seed)
    one, other = course(0.9, 0.1), course(0.0, 1.0)
    np.testing.assert_array_equal(simulate([one, other], here)[0], simulate([one], here)[0])


@given(seeds, st.floats(0.1, 60.0), st.floats(1.0, 5.0))
@settings(max_examples=20)
def test_a_better_option_is_never_the_better_for_coming_later(
    seed: int, minutes: float, later: float
) -> None:
    here = situation(seed, better=True)
    soon, late = (course(0.0, 1.0, minutes=m) for m in (minutes, later * minutes))
    assert (harm_of(soon, here) <= harm_of(late, here) + 1e-9).all()
    again = course(0.0, 1.0, minutes=minutes, fails=1.0)
    assert (harm_of(soon, here) <= harm_of(again, here) + 1e-9).all()


@given(seeds)
@settings(max_examples=10)
def test_turning_all_away_costs_what_it_costs_less_a_healthy_service(seed: int) -> None:
    here = situation(seed)
    kill = Course("kill", np.zeros(2), minutes=(0.0, 0.0))
    counted = np.minimum(here.chances.minutes_to_fix, here.horizon)
    healthy = here.worlds.healthy.cost(here.harm)[0]
    expected = here.requests * counted * (here.harm.shed - healthy)
    assert harm_of(kill, here) == pytest.approx(np.tile(expected, (FAULTS, 1)))


def test_doing_it_and_doing_it_cold_cost_once() -> None:
    here = situation(1)
    plain = harm_of(course(0.0, 1.0), here)
    assert harm_of(course(0.0, 1.0, cost=70.0), here) == pytest.approx(plain + 70.0)
    after = here.until_mended - np.minimum(
        minutes_to_effect(course(0.0, 1.0), here.chances), here.until_mended
    )
    cold = here.requests * here.harm.slow * 0.5 * np.minimum(12.0, after)
    assert harm_of(course(0.0, 1.0, cold=(0.5, 12.0)), here) == pytest.approx(plain + cold)


def test_nothing_is_counted_beyond_the_horizon() -> None:
    here = situation(2)
    none = replace(here, horizon=0.0)
    assert harm_of(course(0.0, 1.0), none) == pytest.approx(np.zeros((FAULTS, DRAWS)))


def test_a_failed_attempt_adds_to_the_minutes() -> None:
    chances = situation(3).chances
    once, twice = (minutes_to_effect(course(0, 1, fails=f), chances) for f in (0.0, 1.0))
    assert twice == pytest.approx((1.0 + AGAIN) * once)
