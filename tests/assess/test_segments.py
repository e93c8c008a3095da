"""Rates by segment: shrinkage, coverage, and which segment is named as the worst."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.measurement import Measurement
from cockpit.assess.segments import SegmentRate, shrink, worst


def one_rate(k, n) -> list[Measurement]:
    return shrink(np.array([k]), np.array([n]))[0]


def test_small_segments_borrow_and_large_ones_hardly():
    found = one_rate([0, 30, 3000], [5, 300, 30_000])
    assert 0.02 < found[0].value < 0.12
    assert found[2].value == pytest.approx(0.1, abs=0.002)
    assert found[0].high - found[0].low > found[2].high - found[2].low
    assert "0 of 5, borrowed from other segments" in found[0].note


@pytest.mark.parametrize(("a", "b"), [(18, 2), (180, 20), (2, 98)])
def test_shrunk_rates_are_nearer_the_truth_and_their_intervals_cover_it(a, b):
    rng = np.random.default_rng(1)
    covered = raw = shrunk = total = 0.0
    for _ in range(60):
        theta = rng.beta(a, b, 20)
        n = rng.integers(5, 60, 20)
        k = rng.binomial(n, theta)
        for truth, found, rate in zip(theta, one_rate(k, n), k / n, strict=True):
            covered += found.low <= truth <= found.high
            shrunk += (found.value - truth) ** 2
            raw += (rate - truth) ** 2
            total += 1
    assert covered / total >= 0.92
    assert shrunk < 0.6 * raw


def test_segments_without_labels_have_no_rate():
    assert [m.reason for m in one_rate([0, 0], [0, 0])] == ["no labels yet"] * 2
    found = one_rate([0, 5], [0, 50])
    assert found[0].value is None
    assert found[1].value is not None


def rate(segment, k, n, base=None, pair=False):
    spread = 1.96 * (k / n * (1 - k / n) / n) ** 0.5
    now = Measurement(value=k / n, low=k / n - spread, high=k / n + spread, n=n)
    before = None if base is None else Measurement(value=base, low=base - 0.01, high=base + 0.01)
    return SegmentRate(segment, k, n, now, before, pair)


def test_the_worst_segment_is_the_one_surely_worse_not_the_one_with_the_greatest_rate():
    found = worst(
        [
            rate("region BR", 150, 1000, base=0.05),
            rate("region XX", 2, 8, base=0.05),  # 25 %, of eight
            rate("region DE", 100, 2000, base=0.05),
        ],
        252,
        3008,
    )
    assert found is not None
    assert found.segment == "region BR"
    assert found.ratio.low > 1
    assert "2.9× the wrong decisions of the rest" in found.sentence


def test_a_segment_that_always_was_worse_is_not_the_worst():
    rates = [rate("region BR", 150, 1000, base=0.15), rate("region DE", 130, 2000, base=0.04)]
    found = worst(rates, 280, 3000)
    assert found is None or found.segment != "region BR"


def test_a_pair_is_named_only_when_it_explains_more_than_any_single_segment():
    single = rate("region BR", 150, 1000, base=0.05)
    assert worst([single, rate("a × b BR × ios", 40, 250, 0.05, pair=True)], 200, 4000).segment == (
        "region BR"
    )
    assert worst(
        [single, rate("a × b BR × ios", 130, 300, 0.05, pair=True)], 200, 4000
    ).segment == ("a × b BR × ios")


def test_alike_segments_have_no_worst():
    rng = np.random.default_rng(2)
    named = 0
    for _ in range(100):
        n = np.full(8, 400)
        k = rng.binomial(n, 0.08)
        rates = [rate(f"region {i}", max(int(a), 1), 400) for i, a in enumerate(k)]
        named += worst(rates, int(k.sum()), 3200) is not None
    assert named <= 10
