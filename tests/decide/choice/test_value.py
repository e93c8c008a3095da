"""The worth of knowing: its bounds, cases with a closed form, and Bayes' rule by simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import norm

from cockpit.decide.choice.value import (
    diagnosis_budget,
    evpi,
    evppi_of_fault,
    evppi_of_parameters,
    evsi_of_sign,
    harm_of_waiting,
)
from tests.decide.choice.building import constant, outcomes, random_outcomes, seeds

EVEN = np.full(5, 0.2)


@given(seeds)
def test_nothing_is_worth_more_than_knowing_more(seed: int) -> None:
    drawn = random_outcomes(seed)
    seen = np.random.default_rng(seed).random(5)
    sign, fault, everything = evsi_of_sign(drawn, seen), evppi_of_fault(drawn), evpi(drawn)
    assert 0.0 <= sign <= fault + 1e-9
    assert fault <= everything + 1e-9
    for worth in evppi_of_parameters(drawn).values():
        assert 0.0 <= worth <= everything


def test_a_sign_that_names_the_fault_is_worth_knowing_the_fault() -> None:
    drawn = constant([[80.0, 0.0], [0.0, 60.0]], [0.5, 0.5])
    assert evsi_of_sign(drawn, np.array([1.0, 0.0])) == pytest.approx(evppi_of_fault(drawn))
    assert evppi_of_fault(drawn) == pytest.approx(30.0)
    assert evpi(drawn) == pytest.approx(30.0)


def test_a_sign_as_likely_under_every_fault_is_worth_nothing() -> None:
    assert evsi_of_sign(random_outcomes(4), np.full(5, 0.3)) == pytest.approx(0.0, abs=1e-9)


def test_a_sign_is_worth_what_choosing_after_it_spares_in_simulation() -> None:
    drawn = constant([[90.0, 10.0], [20.0, 50.0]], [0.4, 0.6])
    chance = np.array([0.9, 0.2])
    rng = np.random.default_rng(8)
    fault = (rng.random(200_000) < 0.6).astype(int)
    seen = rng.random(fault.size) < chance[fault]
    harm = drawn.harm.mean(axis=2)[:, fault]
    after = sum(harm[:, part].sum(axis=1).min() for part in (seen, ~seen)) / fault.size
    spared = harm.mean(axis=1).min() - after
    assert evsi_of_sign(drawn, chance) == pytest.approx(spared, abs=0.3)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_parameter_is_worth_its_closed_form_and_noise_about_nothing(seed: int) -> None:
    """Observing costs φ ~ N(m, s²), the other option 0: EVPPI(φ) = s·φ(m/s) − |m|·Φ(−|m|/s)."""
    rng = np.random.default_rng(seed)
    mean, deviation, draws = 0.5, 2.0, 5_000
    told, noise = rng.normal(mean, deviation, draws), rng.normal(size=draws)
    harm = np.zeros((2, 5, draws))
    harm[0] = told + rng.normal(0.0, 3.0, draws)
    drawn = outcomes(harm, EVEN, {"told": told, "noise": noise, "constant": np.ones(draws)})
    worth = evppi_of_parameters(drawn)
    exact = deviation * norm.pdf(mean / deviation) - mean * norm.cdf(-mean / deviation)
    assert worth["told"] == pytest.approx(exact, abs=0.12)
    assert worth["noise"] <= 0.08
    assert worth["constant"] == 0.0


@pytest.mark.parametrize("seed", [1, 6, 9, 13])
def test_a_parameter_that_names_the_fault_is_worth_knowing_the_fault(seed: int) -> None:
    drawn = random_outcomes(seed, draws=20_000)
    named = replace(drawn, parameters={"fault": drawn.fault_of.astype(np.float64)})
    worth = evppi_of_parameters(named)["fault"]
    assert worth == pytest.approx(evppi_of_fault(drawn), abs=0.1 * evpi(drawn))


@pytest.mark.parametrize(
    ("mean", "deviation", "worth", "budget"),
    [
        (0.020, 0.008, 46.0, 0.19),
        (0.010, 0.008, 1_166.0, 9.7),
        (0.003, 0.008, 5_510.0, 153.0),
        (-0.002, 0.004, 2_279.0, None),
    ],
)
def test_the_diagnosis_budget_is_what_knowing_is_worth_in_minutes_of_harm(
    mean: float, deviation: float, worth: float, budget: float | None
) -> None:
    """12,000 requests a minute for 240 minutes, each harmed by N(mean, deviation²) if one waits."""
    quantiles = norm.ppf((np.arange(20_000) + 0.5) / 20_000, mean, deviation)
    harm = np.zeros((2, 5, quantiles.size))
    harm[0] = 12_000 * 240 * quantiles
    drawn = outcomes(harm, EVEN)
    assert evpi(drawn) == pytest.approx(worth, rel=0.01)
    found = diagnosis_budget(evpi(drawn), harm_of_waiting(drawn, 240.0))
    assert found == (None if budget is None else pytest.approx(budget, rel=0.02))
