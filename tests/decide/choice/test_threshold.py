"""The act-if line: the textbook formula, and where the options change places by trying."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.choice.threshold import act_if
from tests.decide.choice.building import constant, random_outcomes, seeds

shares = st.floats(0.001, 0.1)


@given(shares, shares, st.floats(10, 300), st.floats(0, 1))
def test_one_option_gives_the_textbook_line(
    gain: float, harm: float, minutes: float, cost: float
) -> None:
    observing = [harm * minutes] * 3 + [0.0] * 2
    acting = [cost] * 3 + [gain * minutes + cost] * 2
    found = act_if(constant([observing, acting], [0.2] * 5))
    line = (gain * minutes + cost) / ((gain + harm) * minutes)
    if line < 1.0:
        assert found.high == pytest.approx(line)
        assert found.acts == (line < 0.6)
    else:
        assert (found.low, found.high) == (0.0, 1.0)


@given(seeds)
def test_between_the_ends_observing_does_the_least_harm_and_nowhere_else(seed: int) -> None:
    drawn = random_outcomes(seed)
    found = act_if(drawn)
    means = drawn.harm.mean(axis=2)
    real = np.array([True, True, True, False, False])
    if_fault = means @ (drawn.posterior * real / drawn.posterior[real].sum())
    if_none = means @ (drawn.posterior * ~real / drawn.posterior[~real].sum())
    for probability in np.linspace(0.0, 1.0, 101):
        harm = probability * if_fault + (1 - probability) * if_none
        least = harm[1:].min()
        if abs(harm[0] - least) > 1e-6:
            assert (harm[0] < least) == (found.low <= probability <= found.high)
    assert found.acts == ((means @ drawn.posterior).argmin() != 0)


def test_the_sentence_compares_what_is_with_the_line() -> None:
    means = [[21.0, 21.0, 21.0, 0.0, 0.0], [0.0, 0.0, 0.0, 3.0, 3.0]]
    said = {
        (0.62, 0.38): "P(real fault) 62 % > 12 %: act",
        (0.05, 0.95): "P(real fault) 5 % < 12 %: observe",
        (0.125, 0.875): "P(real fault) 12 %, at the line: observe",
    }
    for (fault, none), sentence in said.items():
        assert act_if(constant(means, [fault, 0.0, 0.0, 0.0, none])).sentence == sentence


def test_a_changed_mix_is_no_fault() -> None:
    means = [[21.0, 21.0, 21.0, 0.0, 0.0], [0.0, 0.0, 0.0, 3.0, 3.0]]
    assert act_if(constant(means, [0.1, 0.1, 0.1, 0.5, 0.2])).probability == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("if_fault", "if_none", "sentence"),
    [
        (0.0, 0.0, "acting does less harm than observing, whether a fault is real or not"),
        (30.0, 30.0, "observing does the least harm, whether a fault is real or not"),
        (20.0, 0.0, "P(real fault) 30 % < 50 %: act"),
        (11.0, 1.0, "P(real fault) 30 % < 90 %: act"),
        (60.0, 0.0, "P(real fault) 30 % > 17 %: observe"),
    ],
)
def test_acting_may_be_better_whatever_is_wrong_or_just_where_nothing_is(
    if_fault: float, if_none: float, sentence: str
) -> None:
    means = [[10.0] * 5, [if_fault] * 3 + [if_none] * 2]
    assert act_if(constant(means, [0.1, 0.1, 0.1, 0.2, 0.5])).sentence == sentence


def test_observing_may_be_better_between_two_lines_only() -> None:
    means = [[10.0] * 5, [0.0] * 3 + [40.0] * 2, [40.0] * 3 + [0.0] * 2]
    found = act_if(constant(means, [0.5, 0.0, 0.0, 0.0, 0.5]))
    assert (found.low, found.high) == pytest.approx((0.25, 0.75))
    assert found.sentence == "P(real fault) 50 % is between 25 % and 75 %: observe"


def test_without_any_chance_of_a_fault_there_is_an_answer_too() -> None:
    assert not act_if(constant([[1.0] * 5, [2.0] * 5], [0.0, 0.0, 0.0, 0.0, 1.0])).acts
    assert act_if(constant([[3.0] * 5, [2.0] * 5], [1.0, 0.0, 0.0, 0.0, 0.0])).acts
