"""The design effect: rows that resemble their neighbours tell less, and which rows are asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import norm

from cockpit.assess.drift.design_effect import design_effect, healthy_stretches
from cockpit.assess.drift.divergence import divergence
from cockpit.records import MINUTE, Window
from tests.assess.rollout import DEPLOYED, END, START, rollout

EDGES = norm.ppf(np.linspace(0.1, 0.9, 9))


def stretches(rng, resemblance, k=8, rows=1000):
    """k stretches of one long series whose rows resemble the row before them."""
    noise = rng.normal(size=k * rows + 500) * np.sqrt(1 - resemblance**2)
    x = lfilter([1.0], [1.0, -resemblance], noise)[500:]
    return np.stack(
        [np.bincount(np.searchsorted(EDGES, s), minlength=10) for s in x.reshape(k, rows)]
    )


@pytest.mark.parametrize(("resemblance", "inflation"), [(0.0, 1.0), (0.6, 1.42), (0.9, 4.2)])
def test_it_is_how_much_farther_apart_healthy_stretches_are(resemblance, inflation):
    rng = np.random.default_rng(1)
    found = [design_effect(stretches(rng, resemblance)) for _ in range(60)]
    assert min(found) >= 1.0
    assert np.median(found) == pytest.approx(inflation, rel=0.2)


def test_with_it_chance_is_hardly_taken_for_drift():
    rng = np.random.default_rng(2)
    reference = rng.multinomial(100_000, np.full(10, 0.1))
    plain, widened = [], []
    for _ in range(100):
        series = stretches(rng, 0.9, k=10)
        effect = design_effect(series[:8])
        plain.extend(divergence(reference, series[8:]).low > 0)
        widened.extend(divergence(reference, series[8:], effect).low > 0)
    assert np.mean(plain) > 0.3
    assert np.mean(widened) < 0.08


def test_one_stretch_that_something_happened_in_spoils_it_not():
    rng = np.random.default_rng(3)
    even = rng.multinomial(2000, np.full(10, 0.1), 8)
    even[4] = [2000] + [0] * 9
    assert design_effect(even) < 2.0


@pytest.mark.parametrize("rows", [0, 20, 299])
def test_too_few_rows_tell_nothing(rows):
    assert design_effect(np.full((8, 1), rows)) == 1.0
    assert design_effect(np.full((3, 10), 1000)) == 1.0
    assert design_effect(np.zeros((0, 10), dtype=np.int64)) == 1.0


def test_a_constant_has_none():
    assert design_effect(np.tile([0, 500, 0], (8, 1))) == 1.0


def test_healthy_stretches_end_before_the_window_or_the_onset():
    inputs = rollout(2_000)
    late = replace(inputs, quality_window=Window(start=DEPLOYED, end=END))
    steps = healthy_stretches(late, None)
    assert (steps.start, steps.step, steps.size) == (START, MINUTE, 10)
    assert steps.window == Window(start=START, end=DEPLOYED)
    longer = replace(late, history_window=Window(start=START - 90 * MINUTE, end=END))
    steps = healthy_stretches(longer, None)
    assert (steps.step, steps.size) == (10 * MINUTE, 10)
    assert steps.window.end == DEPLOYED


def test_where_nothing_was_before_there_are_no_stretches():
    assert healthy_stretches(rollout(2_000), None) is None
