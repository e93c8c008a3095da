"""Is it wrong now: the run length is kept whatever is tolerated, and what is wrong is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from cockpit.assess.methods.e_detector import RUN_LENGTH, log_e_detector, threshold_of
from cockpit.assess.methods.e_process import first_crossing
from cockpit.records import DAY, MINUTE, SECOND

counts = st.lists(
    st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=30
)


@given(counts, st.floats(0.001, 0.9))
def test_it_is_the_recursion_written_out(steps, tolerated):
    expected, evidence = [], np.ones(3)
    for k, n in steps:
        odds = np.array([1.5, 2.0, 4.0])
        wrong = tolerated * odds / (1 - tolerated + tolerated * odds)
        ratio = binom.pmf(k, n, wrong) / binom.pmf(k, n, tolerated)
        evidence = np.maximum(evidence, 1.0) * ratio
        expected.append(math.log(evidence.mean()))
    bad, n = (np.array([s[i] for s in steps], dtype=int) for i in (0, 1))
    assert log_e_detector(bad, n, tolerated) == pytest.approx(expected, abs=1e-6)


@given(st.integers(0, 60), st.floats(0.01, 0.9), st.floats(0.001, 1))
def test_whatever_is_tolerated_a_step_is_no_evidence(n, tolerated, part):
    k = np.arange(n + 1)
    chance = binom.pmf(k, n, tolerated * part)
    evidence = np.exp([log_e_detector(np.array([i]), np.array([n]), tolerated)[0] for i in k])
    assert chance @ evidence <= 1 + 1e-9


@pytest.mark.parametrize("threshold", [50, 300])
def test_without_cause_it_runs_at_least_as_long_as_stated(threshold):
    rng = np.random.default_rng(1)
    n = rng.poisson(50, (150, 10 * threshold))
    path = log_e_detector(rng.binomial(n, 0.02), n, 0.02)
    over = path >= math.log(threshold)
    first = np.where(over.any(axis=1), over.argmax(axis=1) + 1, path.shape[1])
    assert first.mean() >= threshold


def test_twice_what_is_tolerated_is_found_soon_after_long_quiet():
    rng = np.random.default_rng(2)
    rates = np.repeat([0.005, 0.02], [3600, 300])
    bad = rng.binomial(50, rates, (100, rates.size))
    path = log_e_detector(bad, np.full(bad.shape, 50), 0.01)
    over = path >= math.log(threshold_of(SECOND))
    assert not over[:, :3600].any()
    assert np.median(over.argmax(axis=1) - 3600) < 90


@given(counts, st.data())
def test_steps_in_which_nothing_was_asked_change_nothing(steps, data):
    bad, n = (np.array([s[i] for s in steps], dtype=int) for i in (0, 1))
    where = data.draw(st.integers(0, len(steps)))
    gapped = log_e_detector(np.insert(bad, where, 0), np.insert(n, where, 0), 0.1)
    plain = log_e_detector(bad, n, 0.1)
    assert np.maximum(np.delete(gapped, where), 0) == pytest.approx(np.maximum(plain, 0), abs=1e-9)


@pytest.mark.parametrize("tolerated", [0.0, 1.0, 1.7])
def test_where_nothing_or_everything_is_tolerated_there_is_no_evidence(tolerated):
    assert not log_e_detector(np.array([3, 3]), np.array([3, 3]), tolerated).any()


def test_one_false_alarm_a_week_however_long_a_step():
    assert RUN_LENGTH == 7 * DAY
    assert threshold_of(SECOND) == 604_800
    assert threshold_of(MINUTE) == 10_080
    assert threshold_of(30 * DAY) == 2
    assert first_crossing(log_e_detector(np.array([], int), np.array([], int), 0.1), 2) is None
