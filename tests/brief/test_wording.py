"""Numbers, shares and sure-ness in words: nothing is overstated, nothing is lost."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cockpit import reading
from cockpit.brief import likelihood, plain, wording
from cockpit.records import Baseline, Difference
from tests.brief.sample_view import CONFIG, LATENCY, PRECISION, estimate

SHARES = st.floats(0.0, 1.0, allow_nan=False)


@given(st.floats(1e-6, 1e9))
def test_a_quantity_keeps_what_matters_of_the_number(value: float) -> None:
    printed = float(wording.quantity(value).replace(",", ""))
    assert math.isclose(printed, value, rel_tol=0.051)
    assert wording.quantity(-value) == "−" + wording.quantity(value)


@given(SHARES)
def test_a_natural_frequency_is_the_share_it_stands_for(share: float) -> None:
    base = wording.base_for(share)
    said, of = wording.frequency(share, base).replace(",", "").split(" of ")
    assert int(of) == base
    assert abs(int(said) / base - share) <= 0.5 / base + 1e-12


@given(st.text(), st.integers(1, 40))
def test_shortened_text_has_no_more_words_than_asked_for(text: str, words: int) -> None:
    assert len(wording.shortened(text, words).split()) <= words
    if len(text.split()) <= words:
        assert wording.shortened(text, words) == " ".join(text.split())


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=300))
@example([0.0, 2.2250738585e-313])
def test_a_sparkline_shows_every_gap_and_never_loses_the_peak(points: list[float | None]) -> None:
    line = wording.sparkline(points)
    measured = [p for p in points if p is not None]
    assert len(line) <= 48
    assert bool(line) == bool(measured)
    if len(points) <= 48 and measured:
        assert [c == "·" for c in line] == [p is None for p in points]
    if len(set(measured)) > 1 and len(points) <= 48:
        assert line[points.index(max(measured))] == "█"


@given(SHARES)
def test_each_probability_has_one_likelihood_word_and_they_rise_with_it(probability: float) -> None:
    order = [likelihood.word(p / 100) for p in range(101)]
    assert order == sorted(order, key=likelihood.WORDS.index)
    assert likelihood.word(probability) in likelihood.WORDS


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.001, "There is almost no chance (under 1 %) that it rains."),
        (0.15, "It is very unlikely (15 %) that it rains."),
        (0.5, "There is a roughly even chance (50 %) that it rains."),
        (0.93, "It is very likely (93 %) that it rains."),
        (0.999, "It is almost certain (over 99 %) that it rains."),
    ],
)
def test_a_likelihood_is_said_with_its_number(probability: float, words: str) -> None:
    assert likelihood.statement(probability, "it rains") == words


@given(st.floats(-5.0, 5.0), st.floats(0.01, 10.0))
def test_the_probability_of_worse_is_that_of_the_normal_the_interval_came_from(
    shift: float, scale: float
) -> None:
    half = NormalDist().inv_cdf(0.975) * scale
    difference = Difference(value=shift, low=shift - half, high=shift + half)
    lower_is_better = estimate("x", 1.0, direction="lower_is_better", difference=difference)
    found = likelihood.probability_worse(lower_is_better)
    assert found is not None
    assert found == pytest.approx(
        NormalDist(shift, scale).cdf(math.inf) - NormalDist(shift, scale).cdf(0.0)
    )
    higher = estimate("x", 1.0, direction="higher_is_better", difference=difference)
    assert likelihood.probability_worse(higher) == pytest.approx(1.0 - found)


@given(st.integers(1, 50), st.integers(1, 50))
def test_looking_at_more_segments_never_makes_one_surer(few: int, more: int) -> None:
    few, more = sorted((few, more))
    at_few, at_more = (likelihood.probability_worse(PRECISION, k) for k in (few, more))
    assert at_few is not None
    assert at_more is None or at_more <= at_few


def test_no_probability_is_made_up() -> None:
    assert likelihood.probability_worse(LATENCY) is None  # its difference has no interval
    anytime = estimate(
        "precision",
        0.8,
        interval="anytime",
        direction="higher_is_better",
        difference=Difference(value=-0.1, low=-0.2, high=-0.05),
    )
    assert likelihood.probability_worse(anytime) is None


def test_metrics_are_told_as_what_people_meet() -> None:
    assert plain.effect(PRECISION, CONFIG) == "19 of 100 flagged as fraud are wrong (before: 11)"
    assert plain.effect(LATENCY, CONFIG) == (
        "1 in 100 requests takes longer than 418 ms (before: 238 ms)"
    )
    rare = estimate("error_rate", 0.0031, baseline=Baseline(what="reference", value=0.002))
    assert plain.effect(rare, CONFIG) == "31 of 10,000 requests fail (reference: 20)"
    assert plain.effect(estimate("recall", None, reason="no labels yet"), CONFIG) == ""
    assert plain.effect(estimate("psi", 0.3), CONFIG) == ""
    assert plain.worse(PRECISION, CONFIG) == (
        "more of what is flagged as fraud is wrong than before the incident"
    )


def test_reading_time_is_that_of_a_speaker() -> None:
    assert reading.words("# One two\n\n| a | --- |\n- **three** – 4") == 5
    assert reading.seconds("word " * 150) == 60
