"""Corrected p-values: scipy's, and the share of false findings they keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, norm

from cockpit.assess.false_discovery import corrected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_it_is_the_procedure_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    p = np.array(p_values)
    assert corrected(p) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_no_test_is_no_finding() -> None:
    assert corrected(np.zeros(0)).tolist() == []


@pytest.mark.parametrize("alike", [0.0, 0.7])
def test_false_findings_stay_within_their_share(alike: float) -> None:
    """Fifty tests, ten of them of something; the tests may depend on each other."""
    rng = np.random.default_rng(1)
    false, power = [], []
    for _ in range(800):
        noise = np.sqrt(1 - alike) * rng.normal(size=50) + np.sqrt(alike) * rng.normal()
        found = corrected(norm.sf(noise + np.where(np.arange(50) < 10, 4.0, 0.0))) <= 0.05
        false.append(found[10:].sum() / max(found.sum(), 1))
        power.append(found[:10].mean())
    assert np.mean(false) <= 0.05
    assert np.mean(power) > 0.7
