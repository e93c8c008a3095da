"""Every value lies between the edges of its bin, and bins ascend with values."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.bins import (
    MISSING,
    MOST_CATEGORIES,
    RARE,
    RARE_BELOW,
    RARE_CATEGORY,
    SCORE_BINS,
    UNSEEN,
    FeatureBins,
    freeze_categorical,
    freeze_numeric,
    latency_bin,
    latency_edge,
    score_bin,
    score_edges,
    segment_bin,
    segment_edges,
)

EDGES = score_edges()
FLOATS = np.finfo(np.float64)
# Where binning could go wrong: the edges themselves and their neighbours in floating point.
HARD = np.unique(
    np.clip(np.concatenate([EDGES, np.nextafter(EDGES, 2), np.nextafter(EDGES, -1)]), 0, 1)
)
scores = st.one_of(
    st.floats(0, 1),
    st.sampled_from(HARD.tolist()),
    st.integers(0, 2_000).map(lambda k: 2.0 ** -(k / 50)),
    st.integers(0, 2_000).map(lambda k: 1.0 - 2.0 ** -(k / 50)),
)


def test_edges_ascend_and_span_the_scores() -> None:
    assert len(EDGES) == SCORE_BINS + 1
    assert (np.diff(EDGES) > 0).all()
    assert (EDGES[0], EDGES[-1]) == (0.0, 1.0)


@given(st.lists(scores, min_size=1, max_size=50))
def test_a_score_lies_in_its_bin(given_scores: list[float]) -> None:
    p = np.array(given_scores)
    bins = score_bin(p)
    assert (bins >= 0).all()
    assert (bins < SCORE_BINS).all()
    assert (EDGES[bins] <= p).all()
    assert (p <= EDGES[bins + 1]).all()


def test_hard_scores_ascend_and_reach_every_bin() -> None:
    bins = score_bin(HARD)
    assert (np.diff(bins) >= 0).all()
    assert (EDGES[bins] <= HARD).all()
    assert (EDGES[bins + 1] >= HARD).all()
    assert set(bins.tolist()) == set(range(SCORE_BINS))


def test_zero_has_one_bin_whatever_its_sign() -> None:
    assert score_bin(np.array([0.0, -0.0])).tolist() == [0, 0]
    assert score_bin(np.array([1.0])).tolist() == [SCORE_BINS - 1]


@given(st.lists(scores, min_size=1, max_size=50))
def test_a_score_lies_in_its_segment_bin(given_scores: list[float]) -> None:
    p, edges = np.array(given_scores), segment_edges()
    bins = segment_bin(p)
    assert (edges[bins] <= p).all()
    assert (p <= edges[bins + 1]).all()


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=50))
def test_a_latency_lies_in_a_bin_less_than_two_percent_wide(seconds: list[float]) -> None:
    x = np.sort(np.array(seconds))
    bins = latency_bin(x)
    low, high = latency_edge(bins), latency_edge(bins + 1)
    single = x.astype(np.float32).astype(np.float64)
    assert (low <= single).all()
    assert (single < high).all()
    assert (high / low <= 1 + 1 / 64).all()
    assert (np.diff(bins) >= 0).all()


numbers = st.lists(
    st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 1.0, 7.0])),
    max_size=80,
)


@given(numbers, numbers)
def test_every_number_has_a_bin_and_the_reference_none_outside(
    reference: list[float], values: list[float]
) -> None:
    frozen = freeze_numeric("x", np.array(reference, dtype=np.float64))
    assert list(frozen.edges) == sorted(set(frozen.edges))
    inside = frozen.digitize(np.array([v for v in reference if math.isfinite(v)]))
    assert (inside > 3).all()
    # Nothing lies above the largest float, so what is there needs no edge below it.
    assert ((inside < frozen.size - 1) | (frozen.largest == FLOATS.max)).all()
    bins = frozen.digitize(np.array(values, dtype=np.float64))
    assert ((bins >= 0) & (bins < frozen.size)).all()
    for value, bin_ in zip(values, bins.tolist(), strict=True):
        assert (bin_ == MISSING) == math.isnan(value)
        assert frozen.label(bin_)


def test_a_value_that_repeats_has_a_cell_of_its_own() -> None:
    values = np.concatenate([np.zeros(500), np.linspace(1, 2, 500)])
    frozen = freeze_numeric("x", values)
    of_zero = frozen.digitize(np.array([0.0]))[0]
    assert (frozen.digitize(np.array([1e-300, -1e-300, 1.0])) != of_zero).all()


def by_sorting(values: np.ndarray) -> np.ndarray:
    """The edges inside the reference, as they are defined: from every value and its count."""
    distinct, counts = np.unique(values, return_counts=True)
    atoms = distinct[counts * 10 >= len(values)]
    quantiles = np.quantile(values, np.linspace(0.0, 1.0, 11)[:-1])
    ends = np.nextafter([*atoms, distinct[-1]], np.inf)
    return np.unique(np.concatenate([quantiles, atoms, ends]))


@given(
    st.lists(
        st.one_of(
            st.floats(-1e300, 1e300), st.sampled_from([0.0, -0.0, 1.0, 7.0]), st.integers(0, 30)
        ),
        min_size=1,
        max_size=120,
    )
)
def test_edges_are_the_quantiles_and_the_values_that_repeat(reference: list[float]) -> None:
    values = np.array(reference, dtype=np.float64)
    frozen = freeze_numeric("x", values)
    edges = np.array(frozen.edges)
    inside = (edges >= values.min()) & (edges <= np.nextafter(values.max(), np.inf))
    assert edges[inside].tolist() == by_sorting(values).tolist()
    assert frozen.span == (values.min(), values.max())
    assert freeze_numeric("x", values[::-1]) == frozen


def test_freezing_leaves_the_reference_as_it_is() -> None:
    values = np.array([3.0, 1.0, 2.0])
    freeze_numeric("x", values)
    assert values.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("values", "outside"),
    [
        ([1.0, 5.0], [0.0, 5e-324, 0.01, 0.1, 50.0, 500.0, 5000.0]),
        ([0.0, 5.0], [50.0, 500.0, 5000.0]),
        ([-2.0, 5.0], [-2000.0, -200.0, -20.0, 50.0, 500.0, 5000.0]),
        ([-2.0, -1.0], [-2000.0, -200.0, -20.0]),
        ([1e306, 1e307], [0.0, 5e-324, 1e304, 1e305, 1e308]),
        ([0.0, 0.0], []),
    ],
)
def test_cells_beyond_the_reference_tell_by_how_much(
    values: list[float], outside: list[float]
) -> None:
    frozen = freeze_numeric("x", np.array(values))
    last = math.nextafter(max(values), math.inf)
    beyond = [e for e in frozen.edges if not min(values) <= e <= last]
    assert beyond == pytest.approx(outside, rel=1e-15)


def test_labels_of_the_cells_beyond() -> None:
    frozen = freeze_numeric("x", np.array([1.0, 2.0, 5.0]))
    given_values = [-1.0, 0.0, 0.001, 0.05, 0.5, 6.0, 60.0, 600.0, 6000.0]
    bins = frozen.digitize(np.array(given_values))
    assert [frozen.cell(x) for x in given_values] == bins.tolist()
    assert [frozen.label(b) for b in bins.tolist()] == [
        "below 0", "0", "0 to 0.01", "0.01 to 0.1", "0.1 to 1",
        "5 to 50", "50 to 500", "500 to 5000", "5000 and above",
    ]  # fmt: skip


def test_bins_of_an_older_file_end_where_their_reference_does() -> None:
    older = FeatureBins(name="x", kind="numeric", edges=(1.0, 2.0, math.nextafter(5.0, 9.0)))
    assert older.span == (1.0, 5.0)
    assert FeatureBins(name="x", kind="numeric", edges=(0.0,)).span is None


@pytest.mark.parametrize("outlier", [1e6, -1e12])
def test_one_outlier_leaves_the_other_bins_as_they_are(outlier: float) -> None:
    values = np.random.default_rng(1).normal(size=5_000)
    plain, with_outlier = (
        freeze_numeric("x", values),
        freeze_numeric("x", np.append(values, outlier)),
    )
    shares = [
        np.bincount(bins.digitize(values), minlength=bins.size).max() / len(values)
        for bins in (plain, with_outlier)
    ]
    assert max(shares) < 0.11


def test_rare_categories_are_folded_and_new_ones_are_unseen() -> None:
    counts = {"a": 100, "b": RARE_BELOW, "c": RARE_BELOW - 1}
    frozen = freeze_categorical("x", counts)
    assert frozen.categories == ("a", "b")
    bins = frozen.digitize(["a", "b", RARE_CATEGORY, "z", None])
    assert bins.tolist() == [3, 4, RARE, UNSEEN, MISSING]
    assert [frozen.label(b) for b in bins.tolist()] == ["a", "b", "rare", "unseen", "missing"]


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 60), max_size=80))
def test_categories_do_not_depend_on_the_order_they_came_in(counts: dict[str, int]) -> None:
    frozen = freeze_categorical("x", counts)
    turned = freeze_categorical("x", dict(reversed(counts.items())))
    assert frozen == turned
    assert len(frozen.categories) <= MOST_CATEGORIES
    assert all(counts[c] >= RARE_BELOW for c in frozen.categories)


@given(numbers)
def test_bins_are_plain_data(reference: list[float]) -> None:
    frozen = freeze_numeric("x", np.array(reference, dtype=np.float64))
    assert msgspec.json.decode(msgspec.json.encode(frozen), type=FeatureBins) == frozen


@given(
    st.lists(st.floats(width=64) | st.sampled_from([0.0, -0.0, 1.0, 5.0, 5e-324]), max_size=60),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30),
)
def test_a_histogram_is_the_count_of_the_bins(values, reference):
    bins = freeze_numeric("x", np.array(reference))
    found = bins.histogram(np.array(values, dtype=np.float64))
    assert np.array_equal(found, np.bincount(bins.digitize(values), minlength=bins.size))


def test_a_histogram_of_many_blocks_and_of_short_floats_is_exact():
    random = np.random.default_rng(3)
    bins = freeze_numeric("x", random.normal(size=4000))
    values = random.normal(size=100_001).astype(np.float32)
    values[::1000] = np.nan
    found = bins.histogram(values)
    assert np.array_equal(found, np.bincount(bins.digitize(values), minlength=bins.size))
