"""The robust choice, against every perturbed posterior written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.decide.choice.loss import scoring
from cockpit.decide.choice.posteriors import perturbed, with_probability
from cockpit.decide.choice.robust import robust
from tests.decide.choice.building import alike, constant, random_outcomes, seeds


@given(seeds, st.integers(0, 4), st.floats(0, 1))
def test_moving_one_fault_leaves_the_others_in_proportion(
    seed: int, fault: int, probability: float
) -> None:
    posterior = random_outcomes(seed, draws=10).posterior
    moved = with_probability(posterior, fault, np.array([probability]))[0]
    assert moved[fault] == probability
    assert moved.sum() == pytest.approx(1.0)
    others = np.delete(moved, fault) * np.delete(posterior, fault).sum()
    assert others == pytest.approx(np.delete(posterior, fault) * (1 - probability), abs=1e-9)


def test_a_certain_fault_gives_the_others_equal_parts() -> None:
    moved = with_probability(np.array([0.0, 1.0, 0.0]), 1, np.array([0.4]))
    assert moved[0] == pytest.approx([0.3, 0.4, 0.3])


@settings(max_examples=30)
@given(seeds, st.sampled_from([0.0, 1.0]))
def test_it_has_the_least_worst_regret_by_brute_force(seed: int, weight: float) -> None:
    drawn = random_outcomes(seed)
    scores = scoring(drawn, weight)
    found = robust(drawn, scores, alike(6), "observe", "wrong decisions")
    worst = [0.0] * 6
    posteriors = perturbed(drawn.posterior)
    assert len(posteriors) == 11
    for posterior in posteriors:
        values = scores.under(posterior)
        worst = [max(w, value - values.min()) for w, value in zip(worst, values, strict=True)]
    assert found.regret == pytest.approx(min(worst), abs=1e-9)
    assert worst[drawn.options.index(found.option)] == pytest.approx(found.regret, abs=1e-9)


def test_the_hedge_is_robust_where_the_best_option_rests_on_one_fault() -> None:
    means = [
        [900.0, 100.0, 0.0, 0.0, 0.0],
        [900.0, 100.0, 0.0, 0.0, 0.0],
        [0.0, 800.0, 0.0, 0.0, 0.0],
        [300.0, 320.0, 0.0, 0.0, 0.0],
    ]
    drawn = constant(means, [0.55, 0.45, 0.0, 0.0, 0.0])
    scores = scoring(drawn, 0.0)
    found = robust(drawn, scores, alike(4), "rollback", "wrong decisions")
    assert found.option == "canary"
    assert found.sentence.startswith("robust choice: canary; ")
    same = robust(drawn, scores, alike(4), "canary", "wrong decisions")
    assert same.sentence.startswith("robust: the same choice")


def test_of_options_that_do_the_same_the_recommended_one_is_meant() -> None:
    drawn = constant([[1.0] * 5, [1.0] * 5], [0.2] * 5)
    assert (
        robust(drawn, scoring(drawn, 0.0), alike(2), "shadow", "wrong decisions").option == "shadow"
    )
