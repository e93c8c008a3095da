"""What was predicted and what came true, in bins of the score: reliability, calibration error."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import chdtrc

from cockpit import numbers
from cockpit.assess.methods.intervals import score_interval
from cockpit.assess.methods.measurement import LEVEL, Measurement, unmeasured
from cockpit.assess.scores import middles, why_unlabelled
from cockpit.records import ReliabilityBin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.scores import Scores

    Floats = NDArray[np.float64]

BINS = 16  # of equal width; each score bin lies wholly inside one
FEWEST = 10  # labelled rows: below it a calibration error says more about luck
_DRAWS, _SCALES = 500, 48
_SEED = 16


class _Groups(NamedTuple):
    """Labelled rows, their positives, Σp and Σp² in each bin, shape (BINS,)."""

    rows: Floats
    positives: Floats
    expected: Floats
    squares: Floats


def reliability_bins(scores: Scores) -> list[ReliabilityBin]:
    """Mean score and share of positives (Wilson interval) of each bin that has labelled rows."""
    groups = _groups(scores)
    found = []
    for i in np.flatnonzero(groups.rows):
        n, positives = int(groups.rows[i]), int(groups.positives[i])
        low, high = score_interval(positives / n, n)
        found.append(
            ReliabilityBin(
                start=float(i) / BINS,
                end=float(i + 1) / BINS,
                n=n,
                predicted=float(groups.expected[i]) / n,
                observed=positives / n,
                low=low,
                high=high,
            )
        )
    return found


def ece(scores: Scores) -> Measurement:
    """Expected calibration error on 16 bins, less what perfect calibration would show by chance.

    Raw Σ|pos − Σp|/n minus E₀ = Σ√(2V/π)/n, V = Σp(1 − p) (normal approximation of a mean absolute
    deviation); the note says both, and the p-value of perfect calibration. A bootstrap interval of
    this quantity undercovers badly, so the interval inverts a test: scale the observed gaps by λ,
    add their noise, and keep each true error λ·raw that makes the observed one unsurprising. That
    costs about 2 ms, as much as all other figures of quality together.
    """
    n = scores.labelled
    if n < FEWEST:
        few = "one labelled row" if n == 1 else f"{n} labelled rows"
        return unmeasured(f"too few: {few}" if n else why_unlabelled(scores), n)
    groups = _groups(scores)
    used = groups.rows > 0
    rows, positives, expected, squares = (each[used] for each in groups)
    off, variance = positives - expected, np.maximum(expected - squares, 0.0)
    gaps = np.abs(off)
    surprises = np.where(expected < rows / 2, off, -off)
    raw = float(gaps.sum()) / n
    chance = float(np.sqrt(2 / np.pi * variance).sum()) / n
    share = (positives + expected / rows) / (rows + 1)
    low, high = _invert(gaps, np.sqrt(rows * share * (1 - share)), raw, n)
    value = max(raw - chance, 0.0)
    return Measurement(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=n,
        n_pos=int(positives.sum()),
        note=_told(raw, chance, _p_value(surprises, variance)),
    )


def _p_value(surprises: Floats, variance: Floats) -> float:
    """How often perfectly calibrated scores would be as far off: Σ off²/V against χ² (B d.o.f.).

    Hosmer & Lemeshow 1980, with known probabilities. `surprises` are how many more of the less
    expected label there are than predicted: bins that hardly vary (V < 1) are too skew for the
    test one by one and are taken as one, in which those of both ends add up.
    """
    little = variance < 1.0
    off = np.append(surprises[~little], surprises[little].sum())
    variance = np.append(variance[~little], variance[little].sum())
    if variance[-1] == 0.0 and abs(off[-1]) > 0.5:
        return 0.0  # surely positive or surely negative, and one was not
    varies = variance > 0.0
    if not varies.any():
        return 1.0
    return float(chdtrc(int(varies.sum()), float((off[varies] ** 2 / variance[varies]).sum())))


def _told(raw: float, chance: float, p_value: float) -> str:
    raw_, by_chance = (numbers.proportion(value, 4) for value in (raw, chance))
    p = "<.001" if p_value < 0.001 else numbers.proportion(p_value)
    return f"raw {raw_}, chance alone gives {by_chance}, p {p}"


def _groups(scores: Scores) -> _Groups:
    group = _group_of(len(scores.positive))
    rows, positives, expected, squares = (
        np.bincount(group, weights, BINS).astype(np.float64)
        for weights in (
            scores.positive + scores.negative,
            scores.positive,
            scores.sum_p[1:].sum(axis=0),
            scores.sum_p2[1:].sum(axis=0),
        )
    )
    return _Groups(rows, positives, expected, squares)


def _invert(gaps: Floats, noise: Floats, raw: float, n: int) -> tuple[float, float]:
    """Ends of the true errors under which `raw` lies in the middle 95 % of what would be seen.

    Better agreement than chance allows is luck: for the upper end it counts as chance would be.
    """
    gaps = gaps + 1e-6 * noise  # a direction to scale in where there happens to be no gap
    total, spread = float(gaps.sum()), float(np.sqrt((noise**2).sum()))
    if total == 0.0:  # all surely positive or surely negative, and so they were: as `auc` bounds it
        return raw, 1.0 - ((1 - LEVEL) / 2) ** (1 / n)
    bias = float(noise.sum()) * np.sqrt(2 / np.pi)
    lucky = max(raw * n, bias)
    farthest = (lucky + 4.0 * spread) / total
    steps = np.linspace(max(1.0 - (bias + 4.0 * spread) / total, 0.0), farthest, _SCALES)
    draws = _standard_normals()[:, : len(gaps)] * noise
    seen = np.empty((_SCALES, _DRAWS))
    for i, step in enumerate(steps):
        seen[i] = np.abs(step * gaps + draws).sum(axis=1)
    seen.sort(axis=1)
    tail = round((1 - LEVEL) / 2 * _DRAWS)
    inside = (seen[:, tail] <= lucky) & (raw * n <= seen[:, -1 - tail])
    if not inside.any():
        return raw, raw
    kept = steps[inside] * total / n
    return float(kept[0]), float(kept[-1])


@lru_cache(maxsize=1)
def _standard_normals() -> Floats:
    # A fixed seed: the same counts always give the same interval.
    return np.random.default_rng(_SEED).standard_normal((_DRAWS, BINS))


@lru_cache(maxsize=2)
def _group_of(size: int) -> NDArray[np.int64]:
    return np.floor(middles(size) * BINS).astype(np.int64)
