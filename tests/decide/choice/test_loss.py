"""Mean, tail and spread of harm, against the same computed by hand on every draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from cockpit.config import Decisions
from cockpit.decide.choice.loss import losses, scoring, tail_weight
from tests.decide.choice.building import Floats, outcomes, random_outcomes, seeds


def worst_tenth(harm: Floats, weights: Floats) -> float:
    """Mean of the worst tenth of weighted draws, by sorting them."""
    order = np.argsort(harm)[::-1]
    left = np.clip(0.1 - (np.cumsum(weights[order]) - weights[order]), 0.0, weights[order])
    return float(harm[order] @ left / 0.1)


@settings(max_examples=40)
@given(seeds, seeds)
def test_mean_and_tail_under_any_posterior_are_those_of_the_draws(seed: int, other: int) -> None:
    found = random_outcomes(seed)
    posterior = np.random.default_rng(other).dirichlet(np.full(5, 0.5))
    scores = scoring(found, 1.0)
    draws = found.harm.shape[2]
    weights = np.repeat(posterior / draws, draws)
    for option, harm in enumerate(found.harm):
        assert scores.expected(posterior)[option] == pytest.approx(harm.ravel() @ weights)
        exact = worst_tenth(harm.ravel(), weights)
        assert exact - 1e-6 <= scores.tail(posterior)[option] <= exact + 0.01 * abs(exact)


@given(seeds)
def test_the_tail_is_never_below_the_mean_and_the_score_lies_between(seed: int) -> None:
    found = losses(random_outcomes(seed), scoring(random_outcomes(seed), 0.5))
    assert (found.tail >= found.expected - 1e-9).all()
    assert found.score == pytest.approx((found.tail + found.expected) / 2)
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()


@given(seeds)
def test_someone_is_best_in_every_draw_and_regret_is_never_negative(seed: int) -> None:
    found = random_outcomes(seed)
    priced = losses(found, scoring(found, 0.0))
    assert priced.best.sum() == pytest.approx(1.0)
    assert (priced.regret >= -1e-9).all()
    assert (priced.score == priced.expected).all()


def test_options_that_do_the_same_share_the_chance_of_being_best() -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=(1, 5, 200))
    found = outcomes(np.concatenate([one, one, one + 1.0]), np.full(5, 0.2))
    assert losses(found, scoring(found, 0.0)).best == pytest.approx([0.5, 0.5, 0.0])


def test_weighing_the_faults_anew_is_drawing_anew() -> None:
    def drawn(seed: int, posterior: Floats) -> Floats:
        rng = np.random.default_rng(seed)
        scale = np.array([[9.0, 7.0, 5.0, 3.0, 1.0], [1.0, 8.0, 2.0, 2.0, 3.0]])
        found = outcomes(scale[:, :, None] * rng.gamma(2.0, 1.0, (2, 5, 20_000)), posterior)
        scores = scoring(found, 1.0)
        return np.array([scores.expected(later), scores.tail(later), found.mixture.mean(axis=1)])

    later = np.array([0.1, 0.6, 0.1, 0.1, 0.1])
    before, after = drawn(1, np.full(5, 0.2)), drawn(2, later)
    assert before[:2] == pytest.approx(after[:2], rel=0.02)
    assert after[2] == pytest.approx(before[0], rel=0.02)  # and so is the mixture of those draws


def test_the_tail_counts_by_severity() -> None:
    decisions = Decisions(tail={"SEV2": 0.2})
    assert tail_weight("SEV2", decisions) == 0.2
    assert tail_weight("SEV1", decisions) == tail_weight("SEV0", decisions) == 1.0
    assert tail_weight("SEV3", decisions) == tail_weight("", decisions) == 0.0


def test_a_single_option_in_a_single_draw_is_best_and_its_own_tail() -> None:
    found = outcomes(np.full((1, 5, 1), 7.0), np.full(5, 0.2))
    priced = losses(found, scoring(found, 1.0))
    assert (priced.expected, priced.tail, priced.best) == pytest.approx((7.0, 7.0, 1.0))
    assert priced.regret == pytest.approx(0.0)


def test_some_of_the_options_keep_their_draws() -> None:
    found = random_outcomes(7)
    some = found.only(["canary", "observe"])
    assert some.options == ("canary", "observe")
    assert (some.mixture == found.mixture[[3, 0]]).all()
