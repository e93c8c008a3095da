"""Waiting for labels: the reference waits, the limits of the formula, and a simulation of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.choice.value import evpi
from cockpit.decide.choice.waiting import Labels, best_wait, evsi_of_waiting, excess
from tests.decide.choice.building import outcomes, random_outcomes

# Labels of variance .02, as of wrong decisions at 2 %, of which 1 % come within the wait: their
# quotient alone matters, and with .5 a minute and request all waits of the reference are met.
LABELS = Labels(
    mean=0.003,
    deviation=0.008,
    variance=0.02,
    requests=12_000.0,
    share=1.0,
    label_rate=0.01,
    horizon=240.0,
    cost=1.0,
)


@pytest.mark.parametrize(
    ("mean", "deviation", "everywhere", "at_ten", "in_shadow"),
    [
        (0.020, 0.008, 0.0, 0.0, None),
        (0.010, 0.008, 0.0, 0.0, 30.0),
        (0.003, 0.008, 12.0, 47.0, 20.0),
        (-0.002, 0.004, 39.0, 90.0, 39.0),
    ],
)
def test_the_best_wait_is_that_of_the_reference(
    mean: float, deviation: float, everywhere: float, at_ten: float, in_shadow: float | None
) -> None:
    labels = replace(LABELS, mean=mean, deviation=deviation)
    assert best_wait(labels)[0] == pytest.approx(everywhere, abs=1.0)
    assert best_wait(replace(labels, share=0.1, cost=0.1))[0] == pytest.approx(at_ten, abs=1.0)
    minutes, worth = best_wait(replace(labels, cost=0.0))
    assert worth > 0
    if in_shadow is not None:
        assert minutes == pytest.approx(in_shadow, abs=1.0)


@given(st.floats(-0.02, 0.02), st.floats(0.0, 0.02), st.floats(0, 1), st.floats(0, 300))
def test_labels_are_worth_something_and_less_than_knowing(
    mean: float, deviation: float, rate: float, minutes: float
) -> None:
    labels = replace(LABELS, mean=mean, deviation=deviation, label_rate=rate)
    known = replace(labels, variance=0.0, label_rate=1.0)
    worth = evsi_of_waiting(labels, np.array([0.0, minutes]))
    assert worth[0] == 0.0
    assert 0.0 <= worth[1] <= evsi_of_waiting(known, np.array([1e-9]))[0] + 1e-9


def test_it_is_what_choosing_after_the_labels_spares_in_simulation() -> None:
    rng = np.random.default_rng(5)
    minutes, n = 20.0, 12_000 * 0.01 * 20.0
    truth = rng.normal(LABELS.mean, LABELS.deviation, 400_000)
    measured = truth + rng.normal(0.0, np.sqrt(LABELS.variance / n), truth.size)
    weight = LABELS.deviation**2 / (LABELS.deviation**2 + LABELS.variance / n)
    believed = LABELS.mean + weight * (measured - LABELS.mean)
    spared = min(LABELS.mean, 0.0) - np.where(believed < 0, truth, 0.0).mean()
    worth = evsi_of_waiting(LABELS, np.array([minutes]))[0]
    assert worth == pytest.approx(12_000 * 220 * spared, rel=0.02)


@pytest.mark.parametrize("change", [{"label_rate": 0.0}, {"deviation": 0.0}, {"horizon": 0.0}])
def test_labels_that_cannot_tell_are_not_waited_for(change: dict[str, float]) -> None:
    assert best_wait(replace(LABELS, **change)) == (0.0, 0.0)


def test_the_excess_of_observing_is_per_request() -> None:
    rng = np.random.default_rng(6)
    harm = np.zeros((3, 5, 5_000))
    harm[0] = rng.normal(300.0, 80.0, 5_000)
    mean, deviation = excess(outcomes(harm, np.full(5, 0.2)), "rollback", 10_000.0)
    assert (mean, deviation) == pytest.approx((0.03, 0.008), rel=0.05)


def test_labels_without_noise_are_worth_knowing_everything_of_two_options() -> None:
    drawn = random_outcomes(2, options=2, draws=20_000)
    mean, deviation = excess(drawn, "shadow", 1.0)
    quantiles = mean + deviation * np.random.default_rng(1).standard_normal(200_000)
    harm = np.zeros((2, 5, quantiles.size))
    harm[0] = quantiles
    labels = replace(
        LABELS, mean=mean, deviation=deviation, variance=0.0, requests=1.0, horizon=1.0
    )
    exact = evsi_of_waiting(labels, np.array([1e-12]))[0]
    assert exact == pytest.approx(evpi(outcomes(harm, np.full(5, 0.2))), rel=0.02)
