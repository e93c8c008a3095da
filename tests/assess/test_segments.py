"""Rates by segment: shrinkage, coverage, and which segment is named as the worst."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.methods.measurement import Measurement
from cockpit.assess.segments.shrinkage import shrink


def one_rate(k, n) -> list[Measurement]:
    return shrink(np.array([k]), np.array([n]))[0]


def test_small_segments_borrow_and_large_ones_hardly():
    found = one_rate([0, 30, 3000], [5, 300, 30_000])
    assert 0.02 < found[0].value < 0.12
    assert found[2].value == pytest.approx(0.1, abs=0.002)
    assert found[0].high - found[0].low > found[2].high - found[2].low
    assert "0 of 5, drawn towards the other segments" in found[0].note


SPREAD = {"homogeneous": (4e6, 16e6), "alike": (180, 20), "spread": (18, 2), "rare": (2, 98)}


def simulated(rng, segments, spread):
    a, b = SPREAD[spread]
    n = rng.integers(5, 60, segments)
    theta = rng.beta(a, b, segments)
    return theta, rng.binomial(n, theta), n


@pytest.mark.parametrize("segments", [5, 20, 200])
@pytest.mark.parametrize("spread", SPREAD)
def test_intervals_cover_the_truth_however_many_segments_and_however_alike(segments, spread):
    rng = np.random.default_rng(1)
    covered = total = 0
    for _ in range(2000 // segments):
        theta, k, n = simulated(rng, segments, spread)
        for truth, found in zip(theta, one_rate(k, n), strict=True):
            covered += found.low <= truth <= found.high
            total += 1
    assert covered / total >= 0.9


@pytest.mark.parametrize("spread", SPREAD)
def test_shrunk_rates_are_nearer_the_truth_than_raw_ones(spread):
    rng = np.random.default_rng(1)
    raw = shrunk = 0.0
    for _ in range(60):
        theta, k, n = simulated(rng, 20, spread)
        values = np.array([found.value for found in one_rate(k, n)])
        shrunk += ((values - theta) ** 2).sum()
        raw += ((k / n - theta) ** 2).sum()
    assert shrunk < 0.6 * raw


def test_segments_without_labels_have_no_rate():
    assert [m.reason for m in one_rate([0, 0], [0, 0])] == ["no labels yet"] * 2
    found = one_rate([0, 5], [0, 50])
    assert found[0].value is None
    assert found[1].value is not None
