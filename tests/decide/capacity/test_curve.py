"""Latency at another load: what a curve tells, what it refuses, and shares from two quantiles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.capacity.curve import (
    curve_of,
    latencies,
    latency_at,
    slow_share,
    tail_share,
)
from cockpit.decide.facts.tails import Tail
from tests.decide.capacity.curves import curve, pair


@given(st.floats(0, 110), st.floats(0, 110))
def test_latency_rises_with_load_in_every_draw(one, other):
    low, high = sorted((one, other))
    assert np.all(latency_at(curve(), low).values <= latency_at(curve(), high).values)


def test_it_is_the_fitted_shape_draw_by_draw():
    at = latency_at(curve(), 60.0)
    assert at.values == pytest.approx([s + k for s, k, _ in curve().draws])  # ρ/(1 − ρ) = 1
    assert at.middle == pytest.approx(120.0, rel=0.01)
    low, high = at.interval
    assert 108 <= low < at.middle < high <= 132
    assert at.chance_within(107.9) == 0.0
    assert at.chance_within(132.1) == 1.0
    assert 0.4 <= at.chance_within(120.0) <= 0.6


def test_it_tells_nothing_far_beyond_the_greatest_load():
    assert latency_at(curve(), 109.9).reason == ""
    refused = latency_at(curve(), 110.1)
    assert "no more than 100 were seen" in refused.reason
    assert refused.middle is refused.chance_within(250.0) is None
    assert refused.interval == (None, None)


@pytest.mark.parametrize(
    ("given_curve", "reason"),
    [(None, "not measured"), (curve(draws=[], reason="load varied too little"), "too little")],
)
def test_without_a_curve_it_says_why(given_curve, reason):
    assert reason in latency_at(given_curve, 50.0).reason
    assert reason in slow_share(given_curve, given_curve, 50.0, 250.0).reason


def test_a_draw_at_its_capacity_never_ends_and_never_meets_a_bound():
    at = latency_at(curve(draws=[(100.0, 20.0, 90.0), (100.0, 20.0, 200.0)]), 95.0)
    assert at.values[0] == math.inf
    assert at.chance_within(1e9) == 0.5


def test_where_load_does_not_matter_no_load_is_too_much_for_a_draw():
    assert latency_at(curve(draws=[(80.0, 0.0, 100.0)]), 105.0).values == pytest.approx([80.0])


def test_a_load_below_all_that_was_seen_is_noted():
    assert "below 40" in latency_at(curve(), 10.0).note
    assert latency_at(curve(), 50.0).note == ""


def test_several_loads_at_once():
    together = latencies(curve(), np.array([[30.0, 60.0, 90.0]]))
    assert together.shape == (1, 3, 40)
    assert together[0, 1] == pytest.approx(latency_at(curve(), 60.0).values)


@given(st.floats(1, 500), st.floats(1.05, 5), st.floats(0, 3000))
def test_shares_are_those_of_a_tail_through_p95_and_p99(p95, times, bound):
    tail = Tail(((0.0, 1.0), (p95, 0.05), (p95 * times, 0.01)))
    found = float(tail_share(np.array(p95), np.array(p95 * times), bound))
    assert found == pytest.approx(tail.slower(bound), abs=1e-9)


@given(st.floats(1, 500), st.floats(0.2, 5), st.floats(0, 3000), st.floats(0, 3000))
def test_shares_fall_with_the_bound_even_where_the_curves_cross(p95, times, one, other):
    low, high = sorted((one, other))
    shares = [float(tail_share(np.array(p95), np.array(p95 * times), b)) for b in (low, high)]
    assert 1.0 >= shares[0] >= shares[1] >= 0.0


def test_a_queue_without_end_makes_every_request_slow():
    shares = tail_share(np.array([50.0, math.inf, 50.0]), np.array([60.0, 90.0, math.inf]), 1e6)
    assert list(shares[1:]) == [1.0, 1.0]
    assert shares[0] < 1e-9


def test_at_its_own_p99_one_in_a_hundred_is_slower():
    p95, p99 = pair(draws=[(100.0, 20.0, 120.0)])
    assert slow_share(p95, p99, 60.0, 120.0).values == pytest.approx([0.01])
    assert slow_share(p95, p99, 90.0, 120.0).values > 0.01


def test_a_curve_is_found_by_what_it_is_of():
    curves = [*pair(), *pair(version="v41", regime="before")]
    assert curve_of(curves, 0.99) is curves[1]
    assert curve_of(curves, 0.95, "v41", "before") is curves[2]
    assert curve_of(curves, 0.95, "v41") is None
