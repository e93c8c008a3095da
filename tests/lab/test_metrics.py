"""What the service counts can be read back, and the figures of the last minute follow from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counts import BUCKET_BOUNDS, Counts, Replicas
from scrape import Dashboard, histogram_quantile, parse_exposition

requests = st.lists(
    st.tuples(
        st.sampled_from(["v41", "v42"]),
        st.sampled_from(["US", "BR"]),
        st.floats(0.0, 2.0),
        st.sampled_from([0, 1, None]),
    ),
    max_size=40,
)


def count_all(counts, finished):
    for version, region, seconds, review in finished:
        counts.add(version, region, seconds, review, "timeout" if review is None else "")


def scrape(counts):
    replicas = {version: Replicas(4) for version in ("v41", "v42")}
    return parse_exposition(counts.exposition(replicas))


@given(requests)
def test_what_is_counted_is_read_back(finished):
    counts = Counts()
    count_all(counts, finished)
    sample = scrape(counts)
    for version in ("v41", "v42"):
        mine = [entry for entry in finished if entry[0] == version]
        key = frozenset({("version", version)})
        assert sample.get(("fraud_request_seconds_count", key), 0) == len(mine)
        for bound in BUCKET_BOUNDS:
            bucket = key | {("le", str(bound))}
            expected = sum(seconds <= bound for _, _, seconds, _ in mine)
            assert sample.get(("fraud_request_seconds_bucket", bucket), 0) == expected
    failed = sum(v for (name, _), v in sample.items() if name == "fraud_errors_total")
    assert failed == sum(review is None for *_, review in finished)


@given(before=requests, after=requests)
def test_the_dashboard_shows_only_what_the_window_added(before, after):
    counts, dashboard = Counts(), Dashboard()
    count_all(counts, before)
    dashboard.add(100.0, scrape(counts))
    count_all(counts, after)
    rows = {(r.name, r.version, r.region): r.value for r in dashboard.add(101.0, scrape(counts))}
    assert rows["requests_per_second", "", ""] == pytest.approx(len(after))
    decided = [review for *_, review in after if review is not None]
    if decided:
        assert rows["manual_review_rate", "", ""] == pytest.approx(np.mean(decided))
    if after:
        errors = (len(after) - len(decided)) / len(after)
        assert rows["error_rate", "", ""] == pytest.approx(errors)


def test_scrapes_older_than_a_minute_are_forgotten():
    counts, dashboard = Counts(), Dashboard()
    counts.add("v41", "US", 0.9, 0, "")
    dashboard.add(0.0, scrape(Counts()))
    for second in range(1, 63):
        rows = dashboard.add(float(second), scrape(counts))
    assert "latency_p99" not in {row.name for row in rows}


@given(
    st.lists(st.floats(0.001, 1.2), min_size=1, max_size=200),
    st.floats(0.01, 0.99),
)
def test_a_quantile_is_right_to_within_its_bucket(seconds, quantile):
    buckets = {bound: float(sum(s <= bound for s in seconds)) for bound in BUCKET_BOUNDS}
    buckets[float("inf")] = float(len(seconds))
    found = histogram_quantile(quantile, buckets)
    exact = float(np.quantile(seconds, quantile, method="inverted_cdf"))
    upper = min(bound for bound in buckets if exact <= bound)
    lower = max((bound for bound in BUCKET_BOUNDS if bound < exact), default=0.0)
    assert lower - 1e-9 <= found <= upper + 1e-9


def test_a_quantile_of_nothing_is_none():
    assert histogram_quantile(0.99, {}) is None
    assert histogram_quantile(0.99, {0.1: 0.0, float("inf"): 0.0}) is None
