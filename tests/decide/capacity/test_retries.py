"""Callers who try again: fixed points, and when an overload outlives its cause."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.decide.capacity.retries import (
    attempts,
    failing_in_queue,
    failing_over,
    retrying,
)


def test_three_retries_keep_an_overload_alive():
    found = retrying(1000, 3, failing_in_queue(60, 20, 0.5))
    assert found.calm == pytest.approx(1000, rel=0.001)
    assert found.upset == pytest.approx(4000, rel=0.001)
    assert found.upset_failing == pytest.approx(1.0)
    assert found.metastable
    assert "callers retry 3 times: once overloaded it stays overloaded" in found.sentence
    assert "shed first" in found.sentence


def test_without_retries_an_overload_ends_with_its_cause():
    found = retrying(1000, 0, failing_in_queue(60, 20, 0.5))
    assert found.calm == found.upset == 1000
    assert not found.metastable
    assert found.sentence == ""


def test_shedding_enough_leaves_one_way_to_be():
    """With a quarter of the load, four attempts for each request are no overload."""
    assert not retrying(240, 3, failing_in_queue(60, 20, 0.5)).metastable


@pytest.mark.parametrize(("load", "kept_alive"), [(1000, True), (290, False), (1300, False)])
def test_a_measured_capacity_tells_it_too(load, kept_alive):
    """Below a quarter nothing lasts; above the capacity it is overloaded from the start."""
    assert retrying(load, 3, failing_over(1200)).metastable is kept_alive


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 20))
def test_attempts_grow_with_failing_from_one_each_to_all(one, other, times):
    low, high = sorted((one, other))
    assert 10 <= attempts(10, low, times) <= attempts(10, high, times) <= 10 * (times + 1) + 1e-9
    assert attempts(10, 1.0, times) == pytest.approx(10 * (times + 1))


@settings(max_examples=40)
@given(st.floats(1, 2000), st.integers(0, 6), st.integers(1, 40), st.floats(0.05, 2.0))
def test_both_are_fixed_points_and_a_calm_start_has_fewer_attempts(load, times, servers, timeout):
    failing = failing_in_queue(servers, 20.0, timeout)
    found = retrying(load, times, failing)
    assert load <= found.calm <= found.upset * (1 + 1e-6)
    for settled, share in ((found.calm, found.calm_failing), (found.upset, found.upset_failing)):
        assert settled == pytest.approx(attempts(load, share, times))
        assert failing(settled) == pytest.approx(share, abs=0.01)
