"""Evidence that may be looked at at any time: never too much where arms are alike, soon if not."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import binom, hypergeom

from cockpit.assess.methods.anytime import log_evidence, widening
from cockpit.assess.methods.e_process import (
    THRESHOLD,
    first_crossing,
    log_average,
    log_e_process,
    log_ratio,
    value_of,
)
from cockpit.assess.methods.mean_process import Sums, log_mean_process
from cockpit.assess.methods.measurement import Z

odds = st.sampled_from([1.3, 2.0, 4.0, 8.0])


@given(st.integers(1, 60), st.integers(1, 60), st.data(), odds)
def test_of_two_arms_alike_a_step_is_no_evidence(ours, theirs, data, ratio):
    k = data.draw(st.integers(0, ours + theirs))
    c = np.arange(k + 1)
    chance = hypergeom.pmf(c, ours + theirs, ours, k)
    evidence = np.exp(log_ratio(c, np.full(k + 1, k), ours / (ours + theirs), ratio))
    assert chance @ evidence <= 1 + 1e-9


@given(st.integers(0, 200), st.floats(0.01, 0.99), odds)
def test_it_is_a_likelihood_ratio(n, p, ratio):
    tilted = p * ratio / (1 - p + p * ratio)
    k = np.arange(n + 1)
    expected = binom.logpmf(k, n, tilted) - binom.logpmf(k, n, p)
    assert log_ratio(k, np.full(n + 1, n), p, ratio) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def arms(runs, shares, rates, seed, requests=1000):
    """Errors of the canary, of both, and its share of the requests, (runs, seconds) each."""
    rng = np.random.default_rng(seed)
    ours, theirs = (rng.poisson(requests * s, (runs, shares.size)) for s in (shares, 1 - shares))
    bad = rng.binomial(ours, rates[0])
    return bad, bad + rng.binomial(theirs, rates[1]), ours / (ours + theirs)


def alarmed(path):
    return (path >= math.log(THRESHOLD)).any(axis=-1)


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.2])
@pytest.mark.parametrize("shares", [(0.05,), (0.01, 0.10, 0.50), (0.5, 0.02)])
def test_arms_alike_seldom_alarm_though_watched_each_second(rate, shares):
    planned = np.repeat(shares, 1800 // len(shares))
    path = log_e_process(*arms(200, planned, (rate, rate), seed=1))
    assert alarmed(path).mean() <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 200)


def test_a_rate_that_moves_in_both_arms_is_no_difference():
    rates = 0.01 * (1 + 5 * np.sin(np.arange(1800) / 200) ** 2)
    path = log_e_process(*arms(200, np.repeat([0.01, 0.5], 900), (rates, rates), seed=2))
    assert alarmed(path).mean() <= 0.08


def test_a_better_canary_never_alarms():
    assert not alarmed(log_e_process(*arms(50, np.full(900, 0.1), (0.005, 0.02), seed=3))).any()


def test_twice_the_errors_are_found_in_under_forty_seconds():
    path = log_e_process(*arms(300, np.full(600, 0.05), (0.02, 0.01), seed=4))
    over = path >= math.log(THRESHOLD)
    assert over.any(axis=1).all()
    assert np.median(over.argmax(axis=1) + 1) < 40


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_a_step_in_which_one_arm_alone_was_asked_adds_nothing(steps):
    bad = np.array([c for c, _ in steps])
    alone = np.ones(len(steps))
    assert log_e_process(bad, bad, alone) == pytest.approx(0.0, abs=1e-9)
    assert log_e_process(0 * bad, bad, 0 * alone) == pytest.approx(0.0, abs=1e-9)


def test_events_that_come_to_light_late_count_as_if_they_had_been_known():
    rng = np.random.default_rng(5)
    share = rng.uniform(0.01, 0.9, 40)
    both = rng.poisson(8, 40)
    bad = rng.binomial(both, share)
    minute = np.repeat(np.arange(40), both)
    of_canary = np.concatenate([np.arange(k) < c for c, k in zip(bad, both, strict=True)])
    order = rng.permutation(minute.size)
    one_by_one = log_e_process(
        of_canary[order].astype(int), np.ones(minute.size, dtype=int), share[minute[order]]
    )
    assert log_e_process(bad, both, share)[-1] == pytest.approx(one_by_one[-1])


def test_nothing_is_no_evidence():
    none = np.zeros(0, dtype=int)
    assert log_e_process(none, none, np.zeros(0)).size == 0
    assert value_of(np.zeros(0)) == 1.0
    assert first_crossing(np.zeros(0), 20) is None


def test_a_number_stays_one():
    assert math.isfinite(value_of(np.array([1e6])))
    assert first_crossing(np.array([0.0, 2.0, 4.0, 1.0]), math.exp(2)) == 1


@given(st.lists(st.floats(-40, 1e5), min_size=1, max_size=6))
def test_an_average_of_logs_is_the_log_of_the_average(values):
    found = log_average([np.array([value]) for value in values])
    expected = logsumexp(values) - math.log(len(values))
    assert found[0] == pytest.approx(expected, abs=1e-9)


# --- means and differences ----------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.01, 0.3, 1.0, 12.0])
def test_evidence_alarms_where_the_widened_interval_leaves_zero_out(fraction):
    z = np.array([widening(fraction) * Z])
    # One-sided evidence is twice the two-sided, less what speaks for the other side.
    assert value_of(log_evidence(z, np.array([fraction]))) == pytest.approx(2 * THRESHOLD, rel=0.02)


def test_evidence_grows_with_z_and_favours_no_side_by_chance():
    z = np.linspace(-35, 35, 5001)
    path = log_evidence(z, np.ones(z.size))
    assert all(b >= a for a, b in pairwise(path))
    chance = np.exp(-z * z / 2)
    assert (chance @ np.exp(path)) / chance.sum() == pytest.approx(1.0, rel=1e-3)


def sums(rng, n, mean):
    step = np.repeat(np.arange(n.size), n)
    x = rng.exponential(size=step.size) + mean[step]
    return Sums(n, np.bincount(step, x, n.size), np.bincount(step, x * x, n.size))


def means(rng, apart, minutes=60, shares=(0.02, 0.1, 0.5)):
    share = np.repeat(shares, minutes // len(shares))
    moving = np.linspace(0, 3, minutes)
    return (
        sums(rng, rng.poisson(400 * share), moving + apart),
        sums(rng, rng.poisson(400 * (1 - share)), moving),
    )


def test_means_alike_seldom_alarm_though_they_move_while_the_canary_grows():
    rng = np.random.default_rng(7)
    found = [alarmed(log_mean_process(*means(rng, 0.0), 5)) for _ in range(200)]
    assert np.mean(found) <= 0.08


def test_a_higher_mean_is_found_and_a_lower_one_is_not():
    rng = np.random.default_rng(8)
    assert all(alarmed(log_mean_process(*means(rng, 0.3), 5)) for _ in range(20))
    assert not any(alarmed(log_mean_process(*means(rng, -0.3), 5)) for _ in range(20))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 300)), min_size=0, max_size=12))
def test_means_of_few_rows_or_of_a_constant_say_nothing(rows):
    ours, theirs = (np.array([r[i] for r in rows], dtype=int) for i in (0, 1))
    rng = np.random.default_rng(9)
    few = log_mean_process(*(sums(rng, n, np.zeros(n.size)) for n in (ours, theirs)), 5)
    constant = log_mean_process(*(Sums(n * 99, 99.0 * n, 99.0 * n) for n in (ours, theirs)), 5)
    assert (few == 0).all()
    assert (constant == 0).all()
