"""Gauges of a canary: three cases that others passed, and how often each word is said in noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.experiment.gauges import FEWEST, by_doublings, effective, judge

# (control, canary), as they were reported of judges that compare ranks alone: all of them passed.
PASSED_ELSEWHERE = {
    "a level that falls": ([1.0] * 10, [100.0] * 7 + [1.0] * 3),
    "a control that swings": (
        [1, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17],
        [10 + i / 10 for i in range(7)] + [17 + i / 10 for i in range(8)],
    ),
    "a control of nothing": ([0.0] * 6, [0, 1, 2, 1, 0, 0]),
}


@pytest.mark.parametrize("times", [1, 2, 3, 5, 10, 50])
@pytest.mark.parametrize("judged", [judge, by_doublings])
@pytest.mark.parametrize("case", PASSED_ELSEWHERE)
def test_cases_that_others_passed_do_not_pass_however_often_they_repeat(case, judged, times):
    control, canary = PASSED_ELSEWHERE[case]
    assert judged(control * times, canary * times).word != "pass"
    # a reading held for longer is no more readings
    assert judged(np.repeat(control, times), np.repeat(canary, times)).word != "pass"


@pytest.mark.parametrize("case", PASSED_ELSEWHERE)
def test_with_readings_enough_they_fail(case):
    control, canary = PASSED_ELSEWHERE[case]
    assert judge(control * 10, canary * 10).word == "fail"


def series(rng, n, phi=0.0, shift=0.0, scale=1.0):
    """Readings of which each resembles the one before: autocorrelation `phi`, skewed."""
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] = phi * noise[i - 1] + noise[i] * (1 - phi * phi) ** 0.5
    return np.exp(0.5 * (shift + scale * noise))


def words(seed, n, phi=0.0, trials=200, judged=judge, **canary):
    rng = np.random.default_rng(seed)
    said = [judged(series(rng, n, phi), series(rng, n, phi, **canary)).word for _ in range(trials)]
    return {word: said.count(word) / trials for word in ("pass", "fail", "not enough data")}


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.9])
def test_the_same_distribution_seldom_fails(phi):
    for n in (FEWEST, 60, 200):
        assert words(1, n, phi)["fail"] <= 0.05 + 2 * 0.016


def test_the_same_distribution_mostly_passes_with_readings_enough():
    assert words(2, 60)["pass"] >= 0.85
    assert words(3, 300, phi=0.6)["pass"] >= 0.85


def test_what_has_moved_fails_and_does_not_pass():
    for moved in ({"shift": 1.0}, {"scale": 3.0}):
        said = words(4, 100, **moved)
        assert said["fail"] >= 0.9
        assert said["pass"] <= 0.02


def test_few_readings_are_not_enough_data():
    assert words(5, FEWEST - 1)["not enough data"] == 1.0


def test_who_looks_again_and_again_is_wrong_no_more_often():
    rng = np.random.default_rng(6)
    failed = 0
    for _ in range(200):
        control, canary = series(rng, 320), series(rng, 320)
        failed += any(
            by_doublings(control[:n], canary[:n]).word == "fail" for n in (20, 40, 80, 160, 320)
        )
    assert failed / 200 <= 0.05 + 2 * 0.016


def test_a_few_readings_far_out_are_not_passed_over():
    rng = np.random.default_rng(7)
    control, canary = rng.normal(10, 1, (2, 200))
    canary[::20] = 1e6
    assert judge(control, canary).word == "fail"
    canary[::20] = 10.0
    canary[[50, 100, 150, 199]] = 1e6
    assert judge(control, canary).word == "not enough data"


def test_higher_may_be_better():
    rng = np.random.default_rng(8)
    control, canary = rng.normal(0, 1, 200), rng.normal(1, 1, 200)
    assert judge(control, canary).word == "fail"
    assert judge(control, canary, lower_is_better=False).word == "pass"


@given(st.lists(st.floats(), max_size=60), st.lists(st.floats(), max_size=60))
def test_any_readings_get_a_word_and_a_reason(control, canary):
    told = judge(control, canary)
    assert told.word in ("pass", "fail", "not enough data")
    assert told.reason
    assert "nan" not in told.reason


@given(st.integers(2, 200), st.integers(0, 50))
def test_readings_are_never_worth_more_than_they_are(n, seed):
    assert 0 < effective(np.random.default_rng(seed).normal(size=n)) <= n
