"""Calibration against statsmodels and from the definitions, and how its intervals cover."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess import calibration, reliability, scores
from tests.assess.building import score_table


def test_observed_over_expected_is_one_where_calibrated_and_its_interval_says_so():
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(300):
        p = rng.beta(1, 9, 800)
        y = (rng.uniform(size=800) < p).astype(int)
        found = calibration.observed_expected(scores.of(score_table(p, y, y)))
        covered += found.low <= 1 <= found.high
    assert covered / 300 >= 0.92


def test_calibration_error_is_not_biased_by_small_samples():
    rng = np.random.default_rng(8)
    values, covered = [], 0
    for _ in range(150):
        p = rng.beta(2, 3, 1000)
        y = (rng.uniform(size=1000) < p).astype(int)
        found = reliability.ece(scores.of(score_table(p, y, y)))
        values.append(found.value)
        covered += found.low <= 1e-9
    assert np.mean(values) < 0.006  # raw it would be .03
    assert covered / 150 >= 0.92


@pytest.mark.parametrize("shift", [0.04, 0.1])
def test_calibration_error_interval_covers_a_true_shift(shift):
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(150):
        p = rng.uniform(0.2, 0.8, 2000)
        y = (rng.uniform(size=2000) < p + shift).astype(int)
        found = reliability.ece(scores.of(score_table(p, y, y)))
        covered += found.low <= shift <= found.high
    assert covered / 150 >= 0.9


def test_calibration_error_raw_part_is_the_definition():
    rng = np.random.default_rng(10)
    p = rng.integers(0, 101, 4000) / 100
    y = (rng.uniform(size=4000) < p**2).astype(int)
    found = reliability.ece(scores.of(score_table(p, y, y)))
    group = np.minimum((p * 16).astype(int), 15)
    raw = sum(abs((y - p)[group == g].sum()) for g in range(16)) / 4000
    assert f"raw {raw:.4f}" in found.note
    assert found.value < raw
