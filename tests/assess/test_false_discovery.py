"""Which of many tests are named: against scipy, and the share of false names in simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from cockpit.assess.methods.false_discovery import adjusted, e_bh

P_VALUES = arrays.arrays(np.float64, st.integers(1, 40), elements=st.floats(0.0, 1.0))


@given(P_VALUES)
def test_adjusted_agrees_with_scipy(p: NDArray[np.float64]) -> None:
    assert adjusted(p) == pytest.approx(false_discovery_control(p), abs=1e-12)


@given(P_VALUES, st.integers(1, 5))
def test_what_could_not_be_tested_changes_nothing(p: NDArray[np.float64], gaps: int) -> None:
    padded = np.append(p, np.full(gaps, np.nan))
    found = adjusted(padded)
    assert found[: len(p)] == pytest.approx(adjusted(p))
    assert np.isnan(found[len(p) :]).all()


def test_nothing_tested_names_nothing() -> None:
    assert len(adjusted(np.array([]))) == 0
    assert not e_bh(np.array([np.nan, np.nan]), 0.1).any()


@given(arrays.arrays(np.float64, st.integers(1, 40), elements=st.floats(1e-3, 1e4)))
def test_e_values_are_named_as_their_reciprocal_p_values(e: NDArray[np.float64]) -> None:
    p = np.minimum(1 / e, 1.0)
    ranked = np.sort(p) * len(e) / np.arange(1, len(e) + 1)
    if np.abs(ranked - 0.1).min() > 1e-9:  # away from a tie between rounding errors
        assert (e_bh(e, 0.1) == (adjusted(p) <= 0.1)).all()


def test_few_of_those_named_are_false() -> None:
    rng = np.random.default_rng(7)
    null, shares_p, shares_e = np.arange(50) < 40, [], []
    for _ in range(400):
        z = rng.standard_normal(50) + np.where(null, 0.0, 3.5)
        named = e_bh(np.exp(3.5 * z - 3.5**2 / 2), 0.1)  # likelihood ratios are e-values
        shares_e.append((named & null).sum() / max(named.sum(), 1))
        uniform = np.where(null, rng.random(50), rng.random(50) * 1e-3)
        named = adjusted(uniform) <= 0.1
        shares_p.append((named & null).sum() / max(named.sum(), 1))
    assert np.mean(shares_p) <= 0.1
    assert np.mean(shares_e) <= 0.1
