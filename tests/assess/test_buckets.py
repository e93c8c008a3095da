"""Counts in buckets: Prometheus' rule, intervals that hold the truth, and counters as they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.service.buckets import from_cumulative, increases
from cockpit.records import SECOND

# The bounds of Prometheus' clients, in ms.
DEFAULT = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, np.inf]


def counted(ms: np.ndarray, bounds: list[float] = DEFAULT):
    return from_cumulative(bounds, [int((ms <= bound).sum()) for bound in bounds])


def histogram_quantile(q: float, bounds: list[float], cumulative: list[int]) -> float:
    """Prometheus' own algorithm for classic histograms, step by step (promql/quantile.go)."""
    rank = q * cumulative[-1]
    b = next(i for i in range(len(bounds)) if i == len(bounds) - 1 or cumulative[i] >= rank)
    if b == len(bounds) - 1:
        return bounds[-2]
    if b == 0 and bounds[0] <= 0:
        return bounds[0]
    start, count = 0.0, cumulative[b]
    if b > 0:
        start = bounds[b - 1]
        count -= cumulative[b - 1]
        rank -= cumulative[b - 1]
    return start + (bounds[b] - start) * (rank / count)


@given(
    st.lists(st.integers(0, 500), min_size=len(DEFAULT), max_size=len(DEFAULT)),
    st.sampled_from([0.5, 0.95, 0.99]),
)
def test_value_is_that_of_histogram_quantile(n, q):
    cumulative = np.cumsum(n).tolist()
    found = from_cumulative(DEFAULT, cumulative).quantile(q)
    if cumulative[-1] == 0:
        assert found.reason == "no requests"
        return
    assert found.value == pytest.approx(histogram_quantile(q, DEFAULT, cumulative))
    assert found.low <= found.value
    assert found.high is None or found.value <= found.high
    assert found.n == cumulative[-1]


@pytest.mark.parametrize("median", [30.0, 100.0, 300.0])
@pytest.mark.parametrize(("q", "z"), [(0.5, 0.0), (0.95, 1.644854), (0.99, 2.326348)])
def test_interval_of_a_lognormal_holds_the_truth(median, q, z):
    rng = np.random.default_rng(7)
    truth, held = median * np.exp(0.6 * z), 0
    for _ in range(200):
        found = counted(rng.lognormal(np.log(median), 0.6, 500)).quantile(q)
        held += found.low <= truth and (found.high is None or truth <= found.high)
    assert held / 200 >= 0.95


def test_the_open_bucket_answers_with_its_lower_bound_and_says_so():
    found = counted(np.full(1000, 20_000.0)).quantile(0.99)
    assert (found.value, found.low, found.high) == (10_000.0, 10_000.0, None)
    assert found.note == "at least: the last bucket is open from 10,000 ms"


@given(st.lists(st.floats(0.1, 20_000), min_size=1, max_size=300), st.floats(1, 15_000))
def test_rows_beyond_a_bound_are_bracketed(ms, bound):
    values = np.array(ms)
    found = counted(values).beyond(bound)
    assert found.least <= (values > bound).sum() <= found.most
    assert found.least <= found.likely <= found.most
    exact = counted(values).beyond(250.0)
    assert exact.least == exact.likely == exact.most == (values > 250.0).sum()


def test_a_bound_inside_a_bucket_is_said():
    buckets = counted(np.array([300.0]))
    assert buckets.astride(250.0) == ""
    assert buckets.astride(300.0) == "300 ms lies between the bucket bounds 250 ms and 500 ms"
    assert buckets.astride(20_000.0).endswith("10,000 ms and +Inf")


def test_bounds_come_in_any_order():
    found = from_cumulative([np.inf, 100, 50], [10, 8, 5])
    assert (found.lower.tolist(), found.n.tolist()) == ([0.0, 50.0, 100.0], [5, 3, 2])


@pytest.mark.parametrize(
    ("bounds", "cumulative", "reason"),
    [
        ([50, 100], [5, 8], "no bucket +Inf"),
        ([], [], "no bucket +Inf"),
        ([np.inf], [8], "no bucket but +Inf"),
        ([50, 100, np.inf], [5, 4, 8], "fewer requests up to 100 ms than up to a lower bound"),
        ([50, 100, np.inf], [5, 6, 4], "fewer requests up to +Inf"),
        ([50, 100, np.inf], [0, 0, 0], "no requests"),
    ],
)
def test_what_is_no_histogram_is_null_with_its_reason(bounds, cumulative, reason):
    found = from_cumulative(bounds, cumulative).quantile(0.5)
    assert found.value is None
    assert found.reason.startswith(reason)


def series(seconds, values):
    return np.array(seconds, dtype=np.int64) * SECOND, np.array(values, dtype=np.float64)


@given(
    st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=2, max_size=30),
    st.sets(st.integers(1, 29)),
)
def test_increase_is_what_was_counted_through_resets(each, resets):
    """A process that starts anew loses nothing but what it counted before its first reading."""
    grown = np.array(each)
    counters = np.zeros_like(grown)
    for i, row in enumerate(grown):
        counters[i] = row if i == 0 or i in resets else counters[i - 1] + row
    cumulative = counters.cumsum(axis=1)  # of buckets
    told = [
        i for i in range(1, len(grown)) if i in resets and (cumulative[i] < cumulative[i - 1]).any()
    ]
    silent = [i for i in range(1, len(grown)) if i in resets and i not in told]
    found = increases(
        [series(range(len(grown)), column) for column in cumulative.T], 0, 1000 * SECOND
    )
    lost = sum(cumulative[i - 1] for i in silent)  # grown past its old value: cannot be told
    assert (found == grown[1:].cumsum(axis=1).sum(axis=0) - lost).all()


def test_buckets_are_reset_together_though_some_have_caught_up():
    found = increases([series([0, 1], [5, 7]), series([0, 1], [1000, 800])], 0, 10 * SECOND)
    assert found.tolist() == [7, 800]


def test_readings_out_of_order_twice_missing_or_nan_do_not_count():
    tidy = increases([series([0, 5, 9], [1, 2, 4]), series([0, 5, 9], [2, 4, 8])], 0, 10 * SECOND)
    untidy = increases(
        [
            series([9, 0, 5, 5, 7], [4, 1, 2, 2, np.nan]),
            series([9, 3, 5, 0, 11], [8, np.inf, 4, 2, 99]),
        ],
        0,
        10 * SECOND,
    )
    assert tidy.tolist() == untidy.tolist() == [3, 6]


@pytest.mark.parametrize("seconds", [[], [3], [30, 40]])
def test_fewer_than_two_readings_are_no_increase(seconds):
    assert increases([series(seconds, [1.0] * len(seconds))], 0, 10 * SECOND) is None
