"""Latency quantiles and how they are bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.service.buckets import Buckets
from cockpit.assess.service.latency import log_buckets, slower_than
from cockpit.bins import latency_bin
from tests.assess.building import table


def of(seconds: np.ndarray) -> Buckets:
    return log_buckets(table("latency", version="v1", bin=latency_bin(seconds)))


@given(st.lists(st.floats(1e-4, 100), min_size=1, max_size=400), st.sampled_from([0.5, 0.95, 0.99]))
def test_quantile_is_within_a_bucket_of_the_order_statistic(seconds, q):
    values = np.array(seconds)
    found = of(values).quantile(q)
    exact = np.quantile(values, q, method="inverted_cdf") * 1000
    assert found.value == pytest.approx(exact, rel=0.017)
    assert found.low <= found.value
    assert found.high is None or found.value <= found.high
    assert found.n == len(seconds)


@pytest.mark.parametrize(("n", "q"), [(100, 0.5), (400, 0.95), (2000, 0.99)])
def test_interval_covers(n, q):
    rng = np.random.default_rng(1)
    truth = 100 * np.exp(0.5 * {0.5: 0.0, 0.95: 1.6449, 0.99: 2.3263}[q])
    covered = 0
    for _ in range(400):
        found = of(rng.lognormal(np.log(0.1), 0.5, n)).quantile(q)
        covered += found.low <= truth <= found.high
    assert covered / 400 >= 0.92


def test_a_small_sample_bounds_no_higher_and_says_so():
    found = of(np.linspace(0.1, 0.2, 100)).quantile(0.99)
    assert found.high is None
    assert "bound no higher" in found.note


def test_no_requests_is_a_reason():
    assert log_buckets(None).quantile(0.99).reason == "no requests"


def test_slower_than_splits_at_the_bound():
    bins = latency_bin(np.array([0.2499, 0.2501, 0.3]))
    assert list(slower_than(bins, 250.0)) == [False, True, True]
