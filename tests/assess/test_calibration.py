"""Calibration against statsmodels and from the definitions, and how its intervals cover."""

from __future__ import annotations

import re

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats import proportion

from cockpit.assess import scores
from cockpit.assess.methods.measurement import Measurement
from cockpit.assess.quality import calibration, recalibration, reliability
from cockpit.assess.words import against_prediction
from tests.assess.building import score_table


def test_observed_over_expected_is_one_where_calibrated_and_its_interval_says_so():
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        p = rng.beta(1, 9, 800)
        y = (rng.uniform(size=800) < p).astype(int)
        found = calibration.observed_expected(scores.of(score_table(p, y, y)))
        covered += found.low <= 1 <= found.high
    assert covered / 300 >= 0.92


def test_calibration_error_is_not_biased_by_small_samples():
    rng = np.random.default_rng(8)
    values, covered = [], 0
    for _ in range(150):
        p = rng.beta(2, 3, 1000)
        y = (rng.uniform(size=1000) < p).astype(int)
        found = reliability.ece(scores.of(score_table(p, y, y)))
        values.append(found.value)
        covered += found.low <= 1e-9
    assert np.mean(values) < 0.006  # raw it would be .03
    assert covered / 150 >= 0.92


@pytest.mark.parametrize("shift", [0.04, 0.1])
def test_calibration_error_interval_covers_a_true_shift(shift):
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(150):
        p = rng.uniform(0.2, 0.8, 2000)
        y = (rng.uniform(size=2000) < p + shift).astype(int)
        found = reliability.ece(scores.of(score_table(p, y, y)))
        covered += found.low <= shift <= found.high
    assert covered / 150 >= 0.9


def test_calibration_error_raw_part_is_the_definition():
    rng = np.random.default_rng(10)
    p = rng.integers(0, 101, 4000) / 100
    y = (rng.uniform(size=4000) < p**2).astype(int)
    found = reliability.ece(scores.of(score_table(p, y, y)))
    group = np.minimum((p * 16).astype(int), 15)
    raw = sum(abs((y - p)[group == g].sum()) for g in range(16)) / 4000
    assert f"raw {raw:.4f},".replace("0.", ".") in found.note
    assert found.value < raw


def labelled(p: np.ndarray, y: np.ndarray) -> scores.Scores:
    return scores.of(score_table(p, (p >= 0.5).astype(int), y))


def drawn(n: int, slope: float, intercept: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and labels whose log odds are intercept + slope · those of the score."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 4, n)
    return p, (rng.uniform(size=n) < special.expit(intercept + slope * special.logit(p))).astype(
        int
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("decimals", "close"), [(2, 1e-6), (17, 2e-3)])
def test_slope_and_intercept_are_those_of_statsmodels(seed, decimals, close):
    # Two-decimal scores each have a bin of their own; others lie within a thousandth of its mean.
    p, y = drawn(3000, 0.6 + seed / 4, 0.3 * seed - 0.5, seed)
    p = np.clip(np.round(p, decimals), 0.01, 0.99)
    x = special.logit(p)
    binomial = sm.families.Binomial()
    both = sm.GLM(y, sm.add_constant(x), family=binomial).fit(tol=1e-12)
    alone = sm.GLM(y, np.ones(len(y)), family=binomial, offset=x).fit(tol=1e-12)
    for found, value, ends in (
        (recalibration.calibration_slope(labelled(p, y)), both.params[1], both.conf_int()[1]),
        (recalibration.calibration_intercept(labelled(p, y)), alone.params[0], alone.conf_int()[0]),
    ):
        assert found.interval == pytest.approx((value, *ends), abs=close)


def test_slope_and_intercept_cover_the_truth():
    covered = np.zeros(2)
    for seed in range(120):
        slope = recalibration.calibration_slope(labelled(*drawn(600, 0.7, 0.0, seed)))
        level = recalibration.calibration_intercept(labelled(*drawn(600, 1.0, -0.4, seed)))
        covered += slope.low <= 0.7 <= slope.high, level.low <= -0.4 <= level.high
    assert (covered / 120 >= 0.9).all(), covered / 120


def test_overconfident_scores_have_a_slope_below_one_even_at_zero_and_one():
    p, y = drawn(5000, 0.5, 0.0, 1)
    p[:200], p[200:260] = 0.0, 1.0
    found = recalibration.calibration_slope(labelled(p, y))
    assert 0 < found.high < 0.5
    assert recalibration.calibration_intercept(labelled(p, y)).value is not None


@pytest.mark.parametrize(
    ("p", "y", "reason"),
    [
        ([0.3] * 40, [0, 1] * 20, "every score is the same"),
        ([0.2] * 20 + [0.7] * 20, [0] * 20 + [1] * 20, "the scores separate the classes"),
        ([0.2] * 20 + [0.7] * 20, [1] * 20 + [0] * 20, "the scores separate the classes"),
        ([0.2] * 20 + [0.7] * 20, [0] * 10 + [1] * 30, "the scores separate the classes"),
        ([0.2, 0.7] * 20, [1] * 40, "one class only"),
        ([0.2, 0.7] * 20, [1] * 3 + [0] * 37, "too few: 3 of the rarer class"),
        ([0.2, 0.7] * 20, [-1] * 40, "no labels yet"),
    ],
)
def test_where_no_slope_can_be_fitted_it_says_why(p, y, reason):
    found = recalibration.calibration_slope(labelled(np.array(p), np.array(y)))
    assert (found.value, found.reason) == (None, reason)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=60),
    st.integers(1, 10**9),
)
def test_whatever_the_rows_a_slope_is_fitted_or_says_why_not(rows, times):
    given_scores = labelled(
        np.array([p for p, _ in rows]) / 100, np.array([int(y) for _, y in rows])
    )
    many = scores.Scores(
        given_scores.cells * times, given_scores.sum_p * times, given_scores.sum_p2 * times
    )
    for measure in (recalibration.calibration_slope, recalibration.calibration_intercept):
        found = measure(many)
        assert (found.value is None) == bool(found.reason)
        if found.value is not None:
            assert found.low <= found.value <= found.high
            assert np.isfinite(found.interval).all()


def test_observed_over_expected_is_said_in_words():
    rng = np.random.default_rng(2)
    p = rng.beta(1, 9, 8000)
    u = rng.uniform(size=8000)
    more = calibration.observed_expected(labelled(p, (u < 1.31 * p).astype(int)), "fraud")
    fewer = calibration.observed_expected(labelled(p, (u < 0.76 * p).astype(int)), "fraud")
    assert re.match(r"3\d % more fraud than predicted \(1,0\d\d of \d{3}\)", more.note)
    assert re.match(r"2\d % less fraud than predicted", fewer.note)
    assert against_prediction(1.004, "spam") == "as much spam as predicted"


@pytest.mark.parametrize("only", [0, 1])
def test_labels_of_one_class_alone_give_no_observed_over_expected(only):
    found = calibration.observed_expected(labelled(np.full(500, 0.3), np.full(500, only)))
    assert (found.value, found.reason) == (None, "one class only")


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([-1, 0, 1])), max_size=200))
def test_reliability_bins_are_counts_of_rows(rows):
    p, y = np.array([p for p, _ in rows]), np.array([y for _, y in rows], dtype=int)
    found = reliability.reliability_bins(labelled(p, y)) if rows else []
    p, y = p[y >= 0], y[y >= 0]
    group = np.minimum((p * 16).astype(int), 15)
    assert [round(b.start * 16) for b in found] == sorted(set(group.tolist()))
    for b in found:
        inside = group == round(b.start * 16)
        assert b.end - b.start == 1 / 16
        assert b.n == inside.sum()
        assert b.observed == pytest.approx(y[inside].mean())
        assert b.predicted == pytest.approx(p[inside].mean(), abs=1e-8)
        ends = proportion.proportion_confint(y[inside].sum(), b.n, method="wilson")
        assert (b.low, b.high) == pytest.approx(ends, abs=1e-9)


def p_value(found: Measurement) -> float:
    return float("0" + found.note.split("p ")[1].removeprefix("<"))


def test_the_test_of_calibration_is_hosmer_and_lemeshows():
    p, y = drawn(2000, 1.0, -0.1, 5)
    group = np.minimum((p * 16).astype(int), 15)
    off, variance = np.bincount(group, y - p), np.bincount(group, p * (1 - p))
    assert (variance >= 1).sum() == 13
    sums = [(off[:13], variance[:13]), (off[13:].sum(), variance[13:].sum())]
    z2 = sum(float(np.sum(o**2 / v)) for o, v in sums)
    found = reliability.ece(labelled(p, y))
    assert p_value(found) == pytest.approx(stats.chi2.sf(z2, 14), abs=6e-4)


@pytest.mark.parametrize("mean", [0.4, 0.01])
def test_perfect_calibration_is_rejected_as_often_as_the_p_value_says(mean):
    rng = np.random.default_rng(11)
    ps = []
    for _ in range(120):
        p = rng.beta(2 * mean, 2 * (1 - mean), 2000)
        y = (rng.uniform(size=2000) < p).astype(int)
        ps.append(p_value(reliability.ece(labelled(p, y))))
    assert np.mean(np.array(ps) < 0.05) < 0.1
    assert 0.35 < np.mean(ps) < 0.65


def test_no_gap_at_all_is_still_uncertain():
    found = reliability.ece(labelled(np.full(100, 0.5), np.repeat([0, 1], 50)))
    assert found.value == 0.0
    assert 1.96 * 0.05 < found.high < 3 * 0.05


def test_brier_is_the_definition_and_its_interval_covers():
    rng = np.random.default_rng(12)
    truth = 1 / 6  # of p(1 − p) over uniform scores
    covered = 0
    for _ in range(200):
        p = rng.uniform(size=500)
        y = (rng.uniform(size=500) < p).astype(int)
        found = calibration.brier(labelled(p, y))
        assert found.value == pytest.approx(np.mean((y - p) ** 2), abs=1e-8)
        covered += found.low <= truth <= found.high
    assert covered / 200 >= 0.92
