"""The least share to shed: that it suffices, that less does not, and when none does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.capacity.curve import latency_at
from cockpit.decide.capacity.queueing import response_quantile
from cockpit.decide.capacity.shedding import SURE, shedding, shedding_in_queue
from tests.decide.capacity.curves import curve


@given(st.floats(40, 110), st.floats(130, 400))
def test_the_share_suffices_and_a_percent_less_does_not(load, bound):
    found = shedding(curve(), load, bound)
    if found.share is None:
        return
    assert latency_at(curve(), load * (1 - found.share)).chance_within(bound) == found.chance
    assert found.chance >= SURE
    if found.share > 0:
        less = latency_at(curve(), load * (1.01 - found.share))
        assert (less.chance_within(bound) or 0.0) < SURE


def test_nothing_is_shed_where_it_is_fast_enough():
    found = shedding(curve(), 50.0, 400.0)
    assert found.share == 0.0
    assert "without shedding" in found.sentence


def test_where_service_alone_is_over_the_bound_it_says_so():
    found = shedding(curve(), 90.0, 85.0)
    assert found.share is found.chance is None
    assert found.sentence == "shedding cannot reach 85 ms: service time alone is over it"


def test_a_load_that_was_never_seen_is_not_promised():
    """20 requests a second might do, but none below 40 were seen."""
    found = shedding(curve(), 90.0, 112.0)
    assert found.share is None
    assert "no load below 40 requests a second was seen" in found.sentence


def test_an_overload_beyond_what_was_seen_is_shed_down_to_it():
    found = shedding(curve(), 300.0, 200.0)
    assert found.share is not None
    assert 300.0 * (1 - found.share) <= 110.0


@pytest.mark.parametrize("nothing", [None, curve(draws=[], reason="too few steps", greatest=None)])
def test_without_a_curve_it_is_not_known(nothing):
    found = shedding(nothing, 90.0, 250.0)
    assert found.share is None
    assert "not known" in found.sentence


def test_by_formula_shedding_buys_nothing_below_the_service_time():
    assert "cannot reach 250 ms" in shedding_in_queue(1000, 60, 15, 250).sentence
    found = shedding_in_queue(1000, 60, 15, 320)
    assert found.share is not None
    assert response_quantile(0.99, 1000 * (1 - found.share), 60, 15) <= 0.320
    assert response_quantile(0.99, 1000 * (1.01 - found.share), 60, 15) > 0.320


def test_by_formula_an_overload_beyond_help_is_not_blamed_on_service():
    assert "no share up to 99 %" in shedding_in_queue(1e6, 1, 15, 1000).sentence
