"""Sample sizes: the figures people quote, an independent formula, and power as it turns out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from cockpit.decide.experiment.power import (
    auc_non_inferiority,
    discordance,
    hanley_mcneil,
    non_inferiority,
    one_sample,
    paired,
    probes,
    two_proportions,
)

shares = st.floats(0.001, 0.5)


@pytest.mark.parametrize(
    ("base", "other", "part", "rows"),
    [
        (0.01, 0.02, 0.5, 2_319),
        (0.01, 0.02, 0.01, 993),
        (0.01, 0.02, 0.05, 1_053),
        (0.01, 0.02, 0.1, 1_133),
        (0.01, 0.013, 0.5, 19_827),
        (0.01, 0.013, 0.01, 9_474),
        (0.001, 0.002, 0.5, 23_511),
        (0.90, 0.88, 0.5, 3_841),
        (0.02, 0.022, 0.05, 41_736),
        (0.02, 0.03, 0.05, 1_858),
    ],
)
def test_rows_that_are_quoted(base, other, part, rows):
    assert abs(two_proportions(base, other, ratio=part / (1 - part)) - rows) <= 1


@pytest.mark.parametrize(("other", "minutes"), [(0.022, 70), (0.03, 3.1)])
def test_minutes_to_power_at_200_requests_a_second_and_a_canary_of_5_percent(other, minutes):
    rows = two_proportions(0.02, other, ratio=0.05 / 0.95)
    assert rows / (200 * 0.05) / 60 == pytest.approx(minutes, rel=0.01)


@given(base=shares, other=shares)
def test_equal_arms_are_the_textbook_formula(base, other):
    if abs(base - other) < 1e-3:
        return
    mean = (base + other) / 2
    z, z_power = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    spread = z * math.sqrt(2 * mean * (1 - mean))
    spread += z_power * math.sqrt(base * (1 - base) + other * (1 - other))
    assert two_proportions(base, other) == pytest.approx((spread / (base - other)) ** 2, abs=1.01)


def test_near_the_arcsine_formula_of_statsmodels():
    effect = proportion_effectsize(0.2, 0.25)
    theirs = NormalIndPower().solve_power(effect, alpha=0.05, power=0.8, ratio=4.0)
    assert two_proportions(0.25, 0.2, ratio=0.25) == pytest.approx(theirs, rel=0.03)


@given(base=shares, margin=st.floats(0.005, 0.2), ratio=st.floats(0.01, 1.0))
def test_a_wider_margin_and_a_larger_control_take_fewer_rows(base, margin, ratio):
    rows = non_inferiority(base, margin, ratio=ratio)
    assert non_inferiority(base, margin * 1.5, ratio=ratio) <= rows
    assert non_inferiority(base, margin, ratio=ratio / 2) <= rows
    assert non_inferiority(base, margin, ratio=ratio, power=0.9) >= rows


def test_a_gap_of_nothing_is_refused():
    with pytest.raises(ValueError, match="not above nothing"):
        non_inferiority(0.02, 0.0)


def test_the_rows_of_non_inferiority_have_their_power():
    base, margin, part = 0.03, 0.012, 0.1
    n = non_inferiority(base, margin, ratio=part / (1 - part))
    m = round(n * (1 - part) / part)
    rng = np.random.default_rng(3)
    p, q = rng.binomial(n, base, 20_000) / n, rng.binomial(m, base, 20_000) / m
    spread = np.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    passed = (p - q - margin) / spread < stats.norm.ppf(0.05)
    assert passed.mean() == pytest.approx(0.8, abs=0.05)


def test_the_rows_of_two_proportions_have_their_power():
    n = two_proportions(0.01, 0.02, ratio=1 / 9)
    rng = np.random.default_rng(4)
    p, q = rng.binomial(n, 0.02, 20_000) / n, rng.binomial(9 * n, 0.01, 20_000) / (9 * n)
    mean = (p + 9 * q) / 10
    z = (p - q) / np.sqrt(mean * (1 - mean) * (1 / n + 1 / (9 * n)))
    assert (z > stats.norm.ppf(0.975)).mean() == pytest.approx(0.8, abs=0.03)


def test_the_rows_of_a_shadow_have_their_power():
    alone, margin = 0.04, 0.01
    n = paired(alone, margin)
    rng = np.random.default_rng(5)
    worse, better, _ = rng.multinomial(n, [alone / 2, alone / 2, 1 - alone], 20_000).T
    apart = (worse - better) / n
    spread = np.sqrt(((worse + better) / n - apart**2) / n)
    passed = (apart - margin) / spread < stats.norm.ppf(0.05)
    assert passed.mean() == pytest.approx(0.8, abs=0.03)
    assert n < non_inferiority(0.04, margin)  # pairs take fewer rows than arms of one size


def test_the_rows_of_one_arm_have_their_power():
    base, margin = 0.03, 0.01
    n, limit = one_sample(base, margin), base + margin
    most = stats.binom.ppf(0.05, n, limit) - 1  # so many bad rows are surely below the limit
    assert stats.binom.cdf(most, n, base) == pytest.approx(0.8, abs=0.03)
    assert n < non_inferiority(base, margin)


@pytest.mark.parametrize(
    ("auc", "prevalence", "rows"), [(0.75, 0.2, 4_300), (0.9, 0.2, 2_100), (0.75, 0.02, 39_000)]
)
def test_the_variance_of_an_auc_gives_the_quoted_half_width(auc, prevalence, rows):
    half = 1.96 * hanley_mcneil(auc, prevalence * rows, (1 - prevalence) * rows) ** 0.5
    assert half == pytest.approx(0.02, rel=0.03)


def test_rows_of_an_auc_have_their_power_on_binormal_scores():
    auc, margin, prevalence = 0.8, 0.05, 0.3
    n = auc_non_inferiority(auc, margin, prevalence)
    rng, shift = np.random.default_rng(6), math.sqrt(2) * stats.norm.ppf(auc)
    n_pos = round(n * prevalence)

    def measured() -> float:
        ranks = stats.rankdata(np.r_[rng.normal(shift, 1, n_pos), rng.normal(0, 1, n - n_pos)])
        return (ranks[:n_pos].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * (n - n_pos))

    apart = np.array([measured() - measured() for _ in range(1_500)])
    spread = math.sqrt(2 * hanley_mcneil(auc, n_pos, n - n_pos))
    passed = (apart + margin) / spread > stats.norm.ppf(0.95)
    assert passed.mean() > 0.77  # their variance is on the safe side


@given(rate=st.floats(1e-4, 0.9))
def test_probes_exclude_the_rate_and_one_fewer_does_not(rate):
    n = probes(rate)
    assert (1 - rate) ** n <= 0.05 * (1 + 1e-9)
    assert n == 1 or (1 - rate) ** (n - 1) > 0.05


def test_probes_are_the_rule_of_three():
    assert [probes(0.01), probes(0.001), probes(1.0)] == [299, 2_995, 1]


@given(base=shares, margin=st.floats(0.001, 0.3))
def test_unrelated_errors_fall_on_different_rows(base, margin):
    assert margin <= discordance(base, margin) <= max(0.5, margin)
