"""Warm workers under a load: what tells, what is refused, and that fewer are never faster."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import Capacity
from cockpit.decide.capacity.curve import latency_at
from cockpit.decide.capacity.warm import fleet
from tests.decide.capacity.curves import pair

MEASURED = pair(version="v41", workers=12.0)


def test_the_measured_curve_is_read_at_the_same_load_for_each_worker():
    found = fleet(60.0, 8, 250.0, curves=MEASURED, version="v41")
    assert found.source == "measured"
    assert found.p99.values == pytest.approx(latency_at(MEASURED[1], 90.0).values)
    assert found.utilisation == pytest.approx(90 / 120)
    assert found.warnings == []


@given(st.floats(1, 200), st.integers(0, 30), st.integers(0, 30))
def test_fewer_workers_are_never_faster(load, one, other):
    few, many = sorted((one, other))
    capacity = Capacity(warm_workers=1, needed=1, per_worker=10.0)
    slow, fast = (fleet(load, warm, 250.0, capacity=capacity) for warm in (few, many))
    assert slow.p99.middle >= fast.p99.middle * (1 - 1e-9)
    assert slow.slow.middle >= fast.slow.middle - 1e-12


def test_more_for_each_worker_than_was_seen_is_refused_and_warned_of():
    found = fleet(80.0, 8, 250.0, curves=MEASURED, version="v41")
    assert found.source == ""
    assert found.p99.chance_within(250.0) is None
    assert "no more than 8.33 were seen" in found.warnings[0]


def test_what_was_before_the_incident_tells_where_the_present_does_not():
    present = pair(version="v41", workers=12.0, greatest=20.0)
    before = pair(version="v41", workers=12.0, regime="before")
    found = fleet(60.0, 8, 250.0, curves=[*present, *before], version="v41")
    assert found.source == "measured"
    assert "before the incident" in found.warnings[0]


def test_a_curve_of_another_version_or_of_unknown_workers_is_not_used():
    unknown = pair(version="v41")
    for curves in (MEASURED, unknown, []):
        version = "v41" if curves is unknown else "v40"
        found = fleet(60.0, 8, 250.0, curves=curves, version=version)
        assert found.source == ""
        assert "neither measured nor configured" in found.p99.reason


@pytest.mark.parametrize(
    ("warm", "ms", "rho"), [(24, math.inf, 1.30), (32, 238, 0.98), (36, 146, 0.87)]
)
def test_a_configured_rate_makes_a_queue(warm, ms, rho):
    capacity = Capacity(warm_workers=warm, needed=36, per_worker=32.0)
    found = fleet(1000.0, warm, 250.0, capacity=capacity)
    assert found.source == "rate"
    assert found.p99.middle == pytest.approx(ms, abs=0.5)
    assert found.utilisation == pytest.approx(rho, abs=0.01)
    assert found.p99.chance_within(250.0) == (0.0 if math.isinf(ms) else 1.0)
    assert bool(found.warnings) is (rho > 0.9)


def test_a_configured_need_tells_only_whether_the_queue_has_an_end():
    capacity = Capacity(warm_workers=8, needed=12)
    over = fleet(60.0, 8, 250.0, capacity=capacity, total=60.0)
    assert over.p99.chance_within(250.0) == 0.0
    assert over.slow.middle == 1.0
    assert "8 warm workers for 60 requests a second" in over.warnings[0]
    half = fleet(30.0, 8, 250.0, capacity=capacity, total=60.0)
    assert half.utilisation == pytest.approx(0.75)
    assert half.p99.chance_within(250.0) is None
    assert half.warnings == []


def test_what_is_configured_stands_in_for_a_curve_that_does_not_reach_and_the_warning_stays():
    capacity = Capacity(warm_workers=8, needed=12, per_worker=15.0)
    found = fleet(80.0, 8, 250.0, curves=MEASURED, version="v41", capacity=capacity)
    assert found.source == "rate"
    assert "no more than 8.33 were seen" in found.warnings[0]


def test_without_a_warm_worker_nothing_meets_a_bound():
    found = fleet(60.0, 0, 250.0, curves=MEASURED, version="v41")
    assert found.p99.chance_within(1e9) == 0.0
    assert "0 warm workers" in found.warnings[0]
