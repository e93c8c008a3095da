"""Dominated options, against the definition spelt out pair by pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from cockpit.decide.choice.dominance import dominated
from cockpit.decide.choice.loss import losses, scoring
from cockpit.decide.choice.traits import Traits
from cockpit.decide.outcomes.outcome import Outcomes
from tests.decide.choice.building import (
    Floats,
    alike,
    outcomes,
    random_outcomes,
    random_traits,
    seeds,
)

EVEN = np.full(5, 0.2)


def found(drawn: Outcomes, traits: list[Traits]) -> list[str]:
    return dominated(drawn, losses(drawn, scoring(drawn, 0.0)), traits)


def two(rows: Floats) -> Outcomes:
    """Two options whose harm is the same under every fault."""
    return outcomes(np.repeat(rows[:, None, :], 5, axis=1), EVEN)


@settings(max_examples=60)
@given(seeds)
def test_an_option_is_dominated_by_one_no_worse_in_all_and_better_in_one(seed: int) -> None:
    drawn, traits = random_outcomes(seed), random_traits(seed)
    priced = losses(drawn, scoring(drawn, 0.0))

    def beats(b: int, a: int) -> bool:
        pairs = [
            (priced.expected[b], priced.expected[a]),
            (priced.tail[b], priced.tail[a]),
            (traits[b].minutes, traits[a].minutes),
            (traits[b].undo, traits[a].undo),
            (traits[b].irreversible, traits[a].irreversible),
        ]
        one, other = traits[b].exposed, traits[a].exposed
        if (one is None) != (other is None):
            return False
        if one is not None and other is not None:
            pairs.append((one, other))
        return all(p <= q for p, q in pairs) and any(p < q for p, q in pairs)

    for a, words in enumerate(dominated(drawn, priced, traits)):
        by = [b for b in range(len(traits)) if beats(b, a)]
        often = [
            b
            for b in range(len(traits))
            if (drawn.mixture[b] <= drawn.mixture[a]).mean() >= 0.95
            and priced.expected[b] < priced.expected[a]
        ]
        if by:
            assert words == traits[min(by, key=lambda b: priced.score[b])].label
        elif often:
            assert words == f"nearly, by {traits[min(often, key=lambda b: priced.score[b])].label}"
        else:
            assert words == ""


@given(seeds)
def test_the_option_of_least_expected_harm_is_not_even_nearly_dominated(seed: int) -> None:
    drawn = random_outcomes(seed)
    words = found(drawn, random_traits(seed))
    assert words[int(scoring(drawn, 0.0).means.dot(drawn.posterior).argmin())] == ""


def test_nearly_is_in_ninety_five_draws_of_a_hundred() -> None:
    rows = np.full((2, 100), 10.0)
    rows[1, :95] = 9.0
    rows[1, 95:] = 20.0
    soon, late = alike(2)
    apart = [soon, replace(late, minutes=9.0)]
    assert found(two(rows), apart) == ["nearly, by shadow", ""]
    rows[1, 94] = 20.0
    assert found(two(rows), apart) == ["", ""]


def test_options_that_do_the_same_harm_in_every_draw_do_not_dominate_each_other() -> None:
    rows = np.repeat(np.random.default_rng(1).normal(size=(1, 100)), 2, axis=0)
    quick, slow = alike(2)
    assert found(two(rows), [quick, replace(slow, minutes=9.0)]) == ["", ""]


def test_an_exposure_known_of_one_alone_is_not_compared() -> None:
    rows = np.random.default_rng(1).normal(size=(2, 100))
    rows[1] = rows[0] + np.where(np.arange(100) < 90, 1.0, -0.1)
    known, unknown = alike(2)
    assert found(two(rows), [known, replace(unknown, exposed=None)]) == ["", ""]
    assert found(two(rows), [known, unknown]) == ["", "observe"]
