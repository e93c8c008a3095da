"""Flips: on either side of each another option is recommended, and none lies nearer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.decide.choice.flips import EVALUATIONS, fault_flips, input_flips
from cockpit.decide.choice.groups import recommended
from cockpit.decide.choice.loss import scoring
from cockpit.decide.choice.posteriors import with_probability
from cockpit.numbers import minutes
from tests.decide.choice.building import alike, constant, random_outcomes, random_traits, seeds

STEP = 0.01  # what is recommended within less than that may be passed over
LABELS = {"rollback": "rollback to v41", "canary": "canary v42 10 %"}


@settings(max_examples=25)
@given(seeds, st.sampled_from([0.0, 0.5]))
def test_a_flip_of_a_fault_is_where_the_recommendation_first_changes(
    seed: int, weight: float
) -> None:
    drawn, traits = random_outcomes(seed), random_traits(seed)
    scores = scoring(drawn, weight)

    def taken(fault: int, probability: float) -> str:
        moved = with_probability(drawn.posterior, fault, np.array([probability]))
        return drawn.options[int(recommended(scores.under(moved), traits)[0])]

    flips = fault_flips(drawn, scores, traits)
    ends = {(flip.input, flip.at > flip.now) for flip in flips}
    assert len(ends) == len(flips)
    here = taken(0, drawn.posterior[0])
    for flip in flips:
        fault = drawn.faults.index(flip.input[2:-1])
        assert taken(fault, flip.at) == flip.option != here
        for before in np.linspace(flip.now, flip.at, 20, endpoint=False):
            near = np.clip(before + np.array([-STEP, 0.0, STEP]), 0.0, 1.0)
            assert here in [taken(fault, probability) for probability in near]
    for fault, name in enumerate(drawn.faults):
        for end in (0.0, 1.0):
            if (f"P({name})", end == 1.0) not in ends:
                assert taken(fault, end) == here
    distances = [abs(flip.at - flip.now) for flip in flips]
    assert distances == sorted(distances)


def test_the_flip_of_two_straight_lines_is_where_they_cross() -> None:
    drawn = constant(
        [[100.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 100.0]], [0.7, 0, 0, 0, 0.3]
    )
    traits = alike(2)
    flips = fault_flips(drawn, scoring(drawn, 0.0), traits)
    (flip,) = (flip for flip in flips if flip.input == "P(model)")
    assert flip.at == pytest.approx(0.5, abs=0.001)
    assert flip.sentence == "flips to observe if P(model) < 50 %, now 70 %"


@settings(max_examples=60)
@given(st.floats(0.01, 1e4), st.floats(0.11, 9.0))
def test_the_flip_of_an_input_is_found_to_one_per_cent(now: float, times: float) -> None:
    line = now * times
    asked = []

    def evaluate(value: float) -> str:
        asked.append(value)
        return "rollback" if (value > line) == (now > line) else "canary"

    flips = input_flips("decisions.minutes_to_fix", now, evaluate, LABELS, minutes)
    assert len(asked) <= EVALUATIONS
    (flip,) = flips
    assert flip.at == pytest.approx(line, rel=0.011)
    assert evaluate(flip.at) == flip.option == "canary"
    assert flip.sentence.startswith("flips to canary v42 10 % if decisions.minutes_to_fix ")


def test_both_sides_are_looked_at_and_the_nearest_comes_first() -> None:
    def evaluate(value: float) -> str:
        return "rollback" if 30 < value < 100 else "canary"

    up, down = input_flips("key", 90.0, evaluate, LABELS, lambda value: f"{value:.0f} min")
    assert up.sentence == "flips to canary v42 10 % if key > 100 min, now 90 min"
    assert down.sentence == "flips to canary v42 10 % if key < 30 min, now 90 min"


def test_an_input_stays_below_its_most_and_nothing_is_asked_without_a_scale() -> None:
    asked: list[float] = []

    def evaluate(value: float) -> str:
        asked.append(value)
        return "rollback"

    assert input_flips("share", 0.6, evaluate, LABELS, minutes, most=1.0) == []
    assert max(asked) == 1.0
    asked.clear()
    assert input_flips("share", 0.0, evaluate, LABELS, minutes) == []
    assert asked == []
