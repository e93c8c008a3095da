"""A rolling window is the same as counting its newest steps anew, whatever came before."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.quality.rolling import Rolling, Rows
from cockpit.bins import freeze_categorical, freeze_numeric

BINS = [
    freeze_numeric("amount", np.random.default_rng(1).lognormal(3, 1, 2000)),
    freeze_categorical("kind", {"a": 100, "b": 50}),
]


def rows(seed: int) -> Rows:
    random = np.random.default_rng(seed)
    n = int(random.integers(0, 40))
    score = random.random(n) ** 4
    amount = random.lognormal(3, 2, n)
    amount[random.random(n) < 0.1] = np.nan
    amount[random.random(n) < 0.05] = np.inf
    kinds = np.array(["a", "b", "c", None], dtype=object)
    return Rows(
        score,
        random.integers(-1, 2, n),
        random.integers(-1, 2, n),
        {"amount": amount, "kind": kinds[random.integers(0, 4, n)]},
    )


@given(st.lists(st.integers(0, 1 << 30), max_size=12), st.integers(1, 5))
def test_a_rolling_window_equals_its_newest_steps_alone(seeds, steps):
    rolled, anew = Rolling(steps, BINS), Rolling(len(seeds) + 1, BINS)
    for seed in seeds:
        rolled.add(rows(seed))
    for seed in seeds[-steps:]:
        anew.add(rows(seed))
    assert np.array_equal(rolled.scores.cells, anew.scores.cells)
    assert np.array_equal(rolled.scores.sum_p, anew.scores.sum_p)
    assert np.array_equal(rolled.scores.sum_p2, anew.scores.sum_p2)
    for name, counts in rolled.features.items():
        assert np.array_equal(counts, anew.features[name])


def test_what_was_given_out_does_not_change_with_the_window():
    rolling = Rolling(2, BINS)
    rolling.add(rows(7))
    before = rolling.scores
    kept = before.cells.copy()
    rolling.add(rows(8))
    assert np.array_equal(before.cells, kept)
