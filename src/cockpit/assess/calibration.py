"""Whether a score of 0.3 means three in ten: Brier, calibration error, observed/expected."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.intervals import poisson
from cockpit.assess.measurement import LEVEL, Measurement, Z, unmeasured
from cockpit.assess.scores import middles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.scores import Scores

    Floats = NDArray[np.float64]

RELIABILITY_BINS = 16  # of equal width; each score bin lies wholly inside one
_DRAWS, _SCALES = 500, 48
_SEED = 16


def brier(scores: Scores) -> Measurement:
    """Mean of (label − score)², exact from Σp and Σp².

    Its variance takes each row's score as the mean of its bin.
    """
    n = scores.labelled
    if n == 0:
        return _no_labels(scores)
    positives = int(scores.positive.sum())
    total = float(scores.sum_p2[1:].sum() - 2 * scores.sum_p[2].sum()) + positives
    value = min(max(total / n, 0.0), 1.0)
    if n < 2:
        return Measurement(value=value, n=n, n_pos=positives, note="one row, no interval")
    p = scores.mean_score
    squares = float(scores.positive @ (1 - p) ** 4 + scores.negative @ p**4)
    half = Z * math.sqrt(max(squares / n - value * value, 0.0) / n)
    return Measurement(
        value=value,
        low=max(value - half, 0.0),
        high=min(value + half, 1.0),
        n=n,
        n_pos=positives,
    )


def observed_expected(scores: Scores) -> Measurement:
    """Positives seen over positives predicted (Σ score) among labelled rows, Gamma interval."""
    if scores.labelled == 0:
        return _no_labels(scores)
    expected = float(scores.sum_p[1:].sum())
    observed = int(scores.positive.sum())
    if expected < 1.0:
        return unmeasured("under one positive expected", scores.labelled, observed)
    rate = poisson(observed, expected)
    return Measurement(
        value=rate.value,
        low=rate.low,
        high=rate.high,
        n=scores.labelled,
        n_pos=observed,
        note=f"{observed:,} positives, {expected:,.0f} predicted",
    )


def ece(scores: Scores) -> Measurement:
    """Expected calibration error on 16 bins, less what perfect calibration would show by chance.

    Raw Σ|pos − Σp|/n minus E₀ = Σ√(2V/π)/n, V = Σp(1 − p) (normal approximation of a mean absolute
    deviation). A bootstrap interval of this quantity undercovers badly, so the interval inverts a
    test: scale the observed gaps by λ, add their noise, and keep each true error λ·raw that makes
    the observed one unsurprising.
    """
    n = scores.labelled
    if n == 0:
        return _no_labels(scores)
    groups = _reliability_group(len(scores.positive))
    rows, positives, expected, squares = (
        np.bincount(groups, weights, RELIABILITY_BINS)
        for weights in (
            scores.positive + scores.negative,
            scores.positive,
            scores.sum_p[1:].sum(axis=0),
            scores.sum_p2[1:].sum(axis=0),
        )
    )
    used = rows > 0
    rows, gaps = rows[used], (positives - expected)[used]
    raw = float(np.abs(gaps).sum()) / n
    chance = float(np.sqrt(2 / np.pi * np.maximum(expected - squares, 0.0)[used]).sum()) / n
    share = (positives[used] + expected[used] / rows) / (rows + 1)
    low, high = _invert(np.abs(gaps), np.sqrt(rows * share * (1 - share)), raw, n)
    value = max(raw - chance, 0.0)
    return Measurement(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=n,
        n_pos=int(scores.positive.sum()),
        note=f"raw {raw:.4f}, {chance:.4f} of it by chance",
    )


def _invert(gaps: Floats, noise: Floats, raw: float, n: int) -> tuple[float, float]:
    """Ends of the true errors under which `raw` lies in the middle 95 % of what would be seen."""
    total, spread = max(float(gaps.sum()), 1e-9), float(np.sqrt((noise**2).sum()))
    bias = float(noise.sum()) * np.sqrt(2 / np.pi)
    farthest = 1.0 + 4.0 * spread / total
    steps = np.linspace(max(1.0 - (bias + 4.0 * spread) / total, 0.0), farthest, _SCALES)
    draws = _standard_normals()[:, : len(gaps)] * noise
    seen = np.empty((_SCALES, _DRAWS))
    for i, step in enumerate(steps):
        seen[i] = np.abs(step * gaps + draws).sum(axis=1)
    seen.sort(axis=1)
    tail = round((1 - LEVEL) / 2 * _DRAWS)
    inside = (seen[:, tail] <= raw * n) & (raw * n <= seen[:, -1 - tail])
    if not inside.any():
        return raw, raw
    kept = steps[inside] * float(gaps.sum()) / n
    return float(kept[0]), float(kept[-1])


@lru_cache(maxsize=1)
def _standard_normals() -> Floats:
    # A fixed seed: the same counts always give the same interval.
    return np.random.default_rng(_SEED).standard_normal((_DRAWS, RELIABILITY_BINS))


@lru_cache(maxsize=2)
def _reliability_group(size: int) -> NDArray[np.int64]:
    return np.floor(middles(size) * RELIABILITY_BINS).astype(np.int64)


def _no_labels(scores: Scores) -> Measurement:
    return unmeasured("no labels yet" if scores.rows else "no predictions")
