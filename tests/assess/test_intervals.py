"""Intervals of proportions, counts, means, quantiles and differences: coverage and edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion, rates

from cockpit.assess.methods import intervals
from cockpit.assess.methods.anytime import widening
from cockpit.assess.methods.differences import difference, ratio_of_rates, weighted_sum
from cockpit.assess.methods.measurement import Measurement, unmeasured


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(pair):
    k, n = pair
    found = intervals.wilson(k, n)
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)


@pytest.mark.parametrize(("n", "p"), [(30, 0.9), (100, 0.02), (1000, 0.002)])
def test_wilson_covers(n, p):
    covered = sum(
        stats.binom.pmf(k, n, p)
        for k in range(n + 1)
        if intervals.wilson(k, n).low <= p <= intervals.wilson(k, n).high
    )
    assert covered >= 0.92


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_statsmodels_too(pair):
    ends = proportion.proportion_confint(*pair, method="wilson")
    found = intervals.wilson(*pair)
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)


@given(st.integers(0, 10**7), st.floats(1e-3, 1e6))
def test_poisson_has_the_jeffreys_interval_of_statsmodels(k, exposure):
    found = intervals.poisson(k, exposure)
    low, high = rates.confint_poisson(k, exposure, method="jeff")
    assert found.high == pytest.approx(high, rel=1e-6)
    assert found.low == (0.0 if k == 0 else pytest.approx(low, rel=1e-6))


def test_poisson_covers_on_average_and_never_much_less():
    found = [intervals.poisson(k, 2.0) for k in range(200)]
    covered = [
        sum(stats.poisson.pmf(k, m) for k, x in enumerate(found) if x.low <= m / 2 <= x.high)
        for m in np.linspace(0.1, 60, 300)
    ]
    assert np.mean(covered) >= 0.94
    assert min(covered) >= 0.9


@given(st.integers(1, 4000), st.sampled_from([0.5, 0.95, 0.99]))
def test_quantile_ranks_are_binomial_quantiles(n, q):
    low, high = intervals.quantile_ranks(q, n)
    assert low == int(stats.binom.ppf(0.025, n, q))
    assert high == int(stats.binom.ppf(0.975, n, q)) + 1


def test_p99_has_no_upper_bound_below_368_rows():
    assert intervals.quantile_ranks(0.99, 367)[1] > 367
    assert intervals.quantile_ranks(0.99, 368)[1] <= 368


def test_mean_of_one_row_has_no_interval():
    assert intervals.mean(0, 0, 0).value is None
    assert intervals.mean(1, 3, 9).low is None
    found = intervals.mean(4, 10, 30)
    assert found.value == 2.5
    assert found.low == pytest.approx(2.5 - stats.t.ppf(0.975, 3) * math.sqrt(5 / 3 / 4))


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=50),
    st.sampled_from([1e-3, 1.0, 1e3]),
)
def test_mean_has_students_interval(values, scale):
    x = np.array(values) * scale
    found = intervals.mean(len(x), float(x.sum()), float((x * x).sum()))
    assert found.value == pytest.approx(x.mean(), rel=1e-9, abs=1e-9)
    if np.ptp(x) > 1e-3 * abs(x).max():
        ends = stats.t.interval(0.95, len(x) - 1, x.mean(), stats.sem(x))
        assert (found.low, found.high) == pytest.approx(ends, rel=1e-5, abs=1e-9)


def test_mean_of_equal_values_is_certain_only_where_there_are_many():
    few = intervals.mean(5, 5 * 0.7, 5 * 0.49)
    assert (few.low, few.high, few.note) == (None, None, "5 equal values, no interval")
    many = intervals.mean(1000, 3000.0, 9000.0)
    assert (many.low, many.high) == (3.0, 3.0)


def test_mean_of_sums_that_cannot_be_has_no_interval():
    found = intervals.mean(100, 1e9, -4e18)
    assert (found.value, found.low) == (1e7, None)
    assert "do not fit" in found.note


def test_difference_on_wilson_is_newcombes_published_example():
    # Newcombe 1998, table II, (a): 56/70 against 48/80, method 10.
    found = difference(intervals.wilson(56, 70).interval, intervals.wilson(48, 80).interval)
    assert found.low == pytest.approx(0.0524, abs=1e-4)
    assert found.high == pytest.approx(0.3339, abs=1e-4)


def test_difference_keeps_what_is_unbounded_unbounded():
    found = difference((400.0, 300.0, None), (200.0, 190.0, 210.0))
    assert found.value == 200.0
    assert found.high is None
    assert found.low is not None
    assert difference((None, None, None), (1.0, 0.9, 1.1)) is None


def test_ratio_covers():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(500):
        found = ratio_of_rates(rng.binomial(300, 0.1), 300, rng.binomial(3000, 0.04), 3000, 1.96)
        covered += found.low <= 2.5 <= found.high
    assert covered / 500 >= 0.92


def test_weighted_sum_needs_every_part():
    part = Measurement(value=0.1, low=0.05, high=0.2, n=10)
    assert weighted_sum([(1.0, part), (0.2, unmeasured("no labels yet"))]).reason == "no labels yet"
    found = weighted_sum([(1.0, part), (0.2, part)])
    assert found.value == pytest.approx(0.12)
    assert found.low < 0.12 < found.high


def test_widening_is_the_published_price_and_grows_away_from_the_plan():
    assert widening(1.0) == pytest.approx(1.55, abs=0.01)
    assert widening(0.05) > widening(0.3) > widening(1.0)


def test_looking_often_at_a_widened_interval_rarely_misleads():
    rng = np.random.default_rng(4)
    planned, runs = 400, 400
    looks = np.arange(20, planned + 1)
    fooled = peeked = 0
    for _ in range(runs):
        mean = np.cumsum(rng.normal(size=planned))[looks - 1] / looks
        half = 1.96 / np.sqrt(looks)
        wide = half * np.array([widening(t / planned) for t in looks])
        peeked += bool((abs(mean) > half).any())
        fooled += bool((abs(mean) > wide).any())
    assert peeked / runs > 0.2
    assert fooled / runs <= 0.05
