"""The p99 of a mixture lies between those of its parts and rises with the share of the slower."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.facts.tails import Tail, exponential_tail, mixture_quantile


@st.composite
def tails(draw: st.DrawFn) -> Tail:
    p50 = draw(st.floats(1, 500))
    p95 = p50 * draw(st.floats(1.05, 5))
    return Tail(((0.0, 1.0), (p50, 0.5), (p95, 0.05), (p95 * draw(st.floats(1.05, 5)), 0.01)))


@given(tails())
def test_a_tail_goes_through_its_quantiles_and_falls(tail: Tail) -> None:
    for ms, slower in tail.points:
        assert tail.slower(ms) == pytest.approx(slower)
    grid = [tail.slower(ms) for ms in np.linspace(0, tail.points[-1][0] * 3, 50)]
    assert all(left >= right for left, right in itertools.pairwise(grid))


@given(tails(), tails(), st.floats(0, 1), st.floats(0, 1))
def test_a_mixture_lies_between_its_parts_and_grows_with_the_slower(
    one: Tail, other: Tail, share: float, more: float
) -> None:
    fast, slow = sorted((one, other), key=lambda tail: tail.points[-1][0])
    low, high = sorted((share, more))
    ends = fast.points[-1][0], slow.points[-1][0]
    mixed = mixture_quantile([(1 - low, fast), (low, slow)])
    assert ends[0] * 0.999 <= mixed <= ends[1] * 1.001
    if slow.slower(ends[0]) >= 0.01:
        assert mixture_quantile([(1 - high, fast), (high, slow)]) >= mixed * 0.999


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_a_mixture_of_exponentials_agrees_with_simulation(share: float) -> None:
    rng = np.random.default_rng(1)
    slow = rng.random(400_000) < share
    ms = rng.exponential(np.where(slow, 90.0, 25.0))
    parts = [
        (1 - share, exponential_tail(25 * np.log(100))),
        (share, exponential_tail(90 * np.log(100))),
    ]
    assert mixture_quantile(parts) == pytest.approx(np.quantile(ms, 0.99), rel=0.02)


def test_what_answers_at_once_has_a_tail_too() -> None:
    at_once = exponential_tail(0.0)
    assert at_once.slower(250.0) == pytest.approx(0.0)
    assert mixture_quantile([(1.0, at_once)]) == pytest.approx(0.0, abs=0.01)
