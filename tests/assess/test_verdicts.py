"""Verdicts: which word for which interval, and why in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.methods.intervals import wilson
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.objectives import Bound, bounds
from cockpit.assess.verdicts import SURE, Comparison, judge, probability_missed
from cockpit.config import Config, Objective
from cockpit.records import HOUR, Baseline


def held(base=None, bound=None, direction="higher_is_better", unit="", **more):
    return Comparison(
        direction=direction,
        unit=unit,
        base=base,
        bound=bound,
        tolerance=more.get("tolerance", 0.1),
        fraction=more.get("fraction", 1.0),
        elapsed=more.get("elapsed", HOUR),
    )


def baseline(value, half=0.002):
    return Baseline(what="reference", value=value, low=value - half, high=value + half)


PROMISE = Bound(0.88, True, 0.02)


def test_the_screens_example_is_degraded_and_says_why():
    found = judge(wilson(4310, 5310), held(baseline(0.893), PROMISE))
    assert found.word in ("degraded", "critical")
    assert found.sentence.startswith("fell from .893 to .812 (reference); even at best below .8")
    assert found.difference.value == pytest.approx(-0.0813, abs=1e-3)


@pytest.mark.parametrize(
    ("k", "n", "word"),
    [
        (8930, 10_000, "fine"),
        (9500, 10_000, "fine"),  # better is fine
        (88, 100, "not enough data"),
        (88_000, 100_000, "fine"),
        (87_300, 100_000, "degraded"),  # exactly at the tolerance, but the promise is missed
        (84_500, 100_000, "critical"),
    ],
)
def test_words_by_interval(k, n, word):
    assert judge(wilson(k, n), held(baseline(0.893), PROMISE)).word == word


def test_watch_is_a_narrow_interval_across_the_tolerance():
    found = judge(wilson(88_300, 100_000), held(baseline(0.893), tolerance=0.01 / 0.893))
    assert found.word == "watch"
    assert found.sentence.endswith("(reference); surely worse, by up to .014, tolerated: .010")


def test_within_a_promise_is_said_of_the_promise():
    p99 = held(baseline(190.0, 5.0), Bound(250.0, False), "lower_is_better", "ms")
    found = judge(Measurement(value=200.0, low=195.0, high=205.0, n=5000), p99)
    assert found.sentence.endswith("; within the promise of at most 250 ms")


def test_what_is_surely_worse_is_said_where_rows_are_too_few_to_tell_how_much():
    found = judge(wilson(8_300, 10_000), held(baseline(0.893, 0.03), tolerance=0.04))
    assert found.word == "not enough data"
    assert "; surely worse, but " in found.sentence
    assert "to tell how much" in found.sentence


def test_two_versions_at_one_time_neither_rise_nor_fall():
    told = Comparison(
        direction="lower_is_better",
        unit="ms",
        base=Baseline(what="v41 at the same time", value=26.0, low=25.0, high=27.0),
        bound=Bound(250.0, False),
        tolerance=0.1,
        fraction=1.0,
        elapsed=HOUR,
        relative=True,
    )
    found = judge(Measurement(value=31.0, low=30.0, high=32.0, n=5000), told)
    assert found.sentence.startswith("31 ms against 26 ms (v41 at the same time); ")


def test_not_enough_data_says_how_long_at_this_rate():
    def said(k, n, elapsed, fraction):
        held_against = held(baseline(0.893), PROMISE, elapsed=elapsed, fraction=fraction)
        found = judge(wilson(k, n), held_against)
        assert found.word == "not enough data"
        return found.sentence.split("; ")[-1]

    # Ten minutes of an hour have passed: the hour will hold enough. A tenth of the rows never will.
    assert said(880, 1_000, HOUR // 6, 1 / 6) == (
        "too few rows to tell, known in about 23 min at this rate"
    )
    assert said(88, 100, HOUR // 60, 1 / 60).startswith("too few rows to tell, a window of ")
    assert said(88, 100, HOUR, 1.0) == "too few rows to tell, and not within a day at this rate"


def test_a_baseline_with_few_rows_is_named_as_the_obstacle():
    found = judge(wilson(8_800, 10_000), held(baseline(0.893, half=0.05), tolerance=0.02))
    assert found.word == "not enough data"
    assert "the baseline has too few rows" in found.sentence


def test_no_value_is_not_enough_data_with_the_reason():
    found = judge(unmeasured("no labels yet"), held(baseline(0.9)))
    assert (found.word, found.sentence) == ("not enough data", "no labels yet")


def test_nothing_to_compare_with_is_no_verdict():
    assert judge(wilson(9, 10), held()).word == ""


def test_a_promise_alone_is_enough():
    late = Measurement(value=418.0, low=390.0, high=450.0, n=5000)
    p99 = held(bound=Bound(250.0, False), direction="lower_is_better", unit="ms")
    assert judge(late, p99).word == "critical"
    assert judge(Measurement(value=180.0, low=170.0, high=190.0, n=5000), p99).word == "fine"


def test_what_likely_misses_its_promise_is_not_fine():
    over = Measurement(value=255.0, low=243.0, high=267.0, n=5000)
    found = judge(over, held(bound=Bound(250.0, False), direction="lower_is_better", unit="ms"))
    assert found.word == "watch"
    assert found.sentence == "255 ms; 67 % likely to miss the promise of at most 250 ms"


def test_between_baseline_and_promise_is_within_tolerance():
    p99 = held(
        Baseline(what="before 02:48", value=150.0, low=145.0, high=155.0),
        Bound(250.0, False),
        "lower_is_better",
        "ms",
    )
    assert judge(Measurement(value=190.0, low=185.0, high=195.0, n=5000), p99).word == "fine"


def test_an_end_that_is_not_bounded_is_never_fine():
    p99 = held(bound=Bound(250.0, False), direction="lower_is_better", unit="ms")
    found = judge(Measurement(value=180.0, low=170.0, high=None, n=100), p99)
    assert found.word == "not enough data"
    assert "too few rows to bound it" in found.sentence


def test_observed_over_expected_is_wrong_on_either_side():
    for value in (1.41, 0.6):
        now = Measurement(value=value, low=value - 0.05, high=value + 0.05, n=900)
        found = judge(now, held(direction="nearer_one_is_better", unit="×"))
        assert found.word in ("degraded", "critical")
    near = Measurement(value=1.01, low=0.98, high=1.04, n=9000)
    assert judge(near, held(direction="nearer_one_is_better", unit="×")).word == "fine"


def test_nearer_to_one_than_before_is_no_fault():
    def word(value, before):
        now = Measurement(value=value, low=value - 0.02, high=value + 0.02, n=9000)
        return judge(now, held(baseline(before), None, "nearer_one_is_better", "×")).word

    assert word(1.0, 0.7) == word(1.0, 1.4) == "fine"
    assert word(0.7, 0.7) == word(1.4, 1.4) == "fine"
    assert word(0.4, 0.7) == word(1.9, 1.4) == "critical"
    assert word(1.4, 0.7) == word(0.5, 1.4) == "critical"  # past one, and out on the other side


def test_a_figure_without_an_interval_is_not_enough_data():
    found = judge(Measurement(value=0.1, n=1, note="one row, no interval"), held(baseline(0.9)))
    assert found.word == "not enough data"
    assert "too few rows to bound it" in found.sentence


def test_a_sure_change_within_the_tolerance_is_fine_and_said():
    changed = judge(wilson(88_000, 100_000), held(baseline(0.893))).sentence
    assert changed.endswith("(reference); surely worse, by up to .017, tolerated: .089")
    steady = judge(wilson(89_200, 100_000), held(baseline(0.893))).sentence
    assert steady == "fell from .893 to .892 (reference); at most .005 worse, tolerated: .089"
    better = judge(wilson(92_000, 100_000), held(baseline(0.893))).sentence
    assert better == "rose from .893 to .920 (reference); surely better"


def test_better_than_nothing_is_not_said():
    """Without a baseline a figure can be within its promise, and no more."""
    promised = held(bound=Bound(0.86, True))
    assert judge(wilson(92_000, 100_000), promised).sentence == (
        ".920; surely within the promise of at least .860"
    )


@given(
    st.integers(20, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.01, 0.99),
    st.floats(0.01, 1.0),
)
def test_how_long_to_wait_is_never_no_time(pair, centre, fraction):
    found = judge(wilson(*pair), held(baseline(centre), fraction=fraction))
    if found.word == "not enough data":
        assert "in about 0 s" not in found.sentence


@given(
    st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.5),
    st.sampled_from(["higher_is_better", "lower_is_better"]),
)
def test_every_share_gets_one_word_and_a_sentence(pair, centre, tolerance, direction):
    found = judge(
        wilson(*pair), held(baseline(centre), None, direction, "share", tolerance=tolerance)
    )
    assert found.word in ("fine", "not enough data", "watch", "degraded", "critical")
    assert found.sentence
    worse = found.difference.value * (-1 if direction == "higher_is_better" else 1)
    if found.word in ("degraded", "critical"):
        assert worse > 0


@given(st.integers(0, 500), st.floats(0.01, 0.99))
def test_probability_of_a_missed_promise_is_one(k, limit):
    now = wilson(k, 500)
    missed = probability_missed(now, Bound(limit, True), 1.0)
    assert 0 <= missed <= 1
    assert missed + probability_missed(now, Bound(limit, False), 1.0) == pytest.approx(1, abs=1e-9)


def test_a_promise_that_is_missed_is_said_with_its_chance():
    promise = Bound(0.86, True)
    found = judge(wilson(826, 1000), held(baseline(0.876), promise, fraction=1.0))
    assert found.word == "degraded"
    assert found.sentence.endswith("likely to miss the promise of at least .860")
    assert probability_missed(wilson(826, 1000), promise, 1.0) > 0.9
    # Of few rows, and early, the same share proves nothing.
    assert probability_missed(wilson(2, 3), promise, 0.05) < 0.8
    assert probability_missed(unmeasured("no labels yet"), promise, 1.0) is None
    assert probability_missed(wilson(1, 3), None, 1.0) is None
    unbounded = Measurement(value=200.0, low=190.0, high=None, n=50)
    assert probability_missed(unbounded, Bound(250.0, False), 1.0) is None


def test_a_promise_just_kept_is_rarely_called_missed_however_often_it_is_looked_at():
    rng = np.random.default_rng(15)
    planned, runs = 1000, 200
    looks = np.arange(20, planned + 1, 5)
    promise = Bound(0.2, False)
    called = 0
    for _ in range(runs):
        k = np.cumsum(rng.uniform(size=planned) < 0.2)
        called += any(
            probability_missed(wilson(int(k[n - 1]), int(n)), promise, n / planned) >= SURE
            for n in looks
        )
    assert called / runs <= 1 - SURE


def test_objectives_bound_the_metrics_they_speak_of():
    config = Config(
        objectives=[
            Objective(name="a", good="latency <= 250ms", target="99%"),
            Objective(name="b", good="no error", target="99.9%"),
            Objective(name="c", metric="precision", at_least=0.88, tolerance=0.02),
            Objective(name="d", good="moon is full", target="10%"),
        ]
    )
    found = bounds(config)
    for quantile in ("latency_p99", "latency_p95", "latency_p50"):
        assert found[quantile] == Bound(250.0, False)
    assert found["error_rate"].limit == pytest.approx(0.001)
    assert found["precision"] == Bound(0.88, True, 0.02)
    assert set(found) == {"latency_p50", "latency_p95", "latency_p99", "error_rate", "precision"}
