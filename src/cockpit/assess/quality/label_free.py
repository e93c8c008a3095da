"""How good decisions on rows without labels likely are: performance told from their scores alone.

Confidence-based performance estimation: where scores mean what they meant in a labelled baseline,
each row is a positive with the chance that its score had there, and every figure of quality has an
expected value. What no score shows, a changed meaning of the scores, it cannot see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.intervals import logit
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.quality.ranking import FEWEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Calibration:
    """The chance of a positive in each score bin, never falling with the score.

    `block` numbers the bins that were pooled; `variance` is that of each block's chance. `seen`
    marks the bins from the lowest to the highest that had a label.
    """

    chance: Floats
    block: Ints
    variance: Floats
    seen: NDArray[np.bool_]

    def noise(self, weight: Floats) -> float:
        """Variance of Σ weight·chance over the bins that comes from the calibration itself."""
        return float(np.bincount(self.block, weight, len(self.variance)) ** 2 @ self.variance)


def calibrate(positive: Ints, negative: Ints) -> Calibration | None:
    """Isotonic regression of label on score bin by pooling adjacent violators (Ayer et al. 1955).

    Bins without labels belong to the block below them. null with under ten of the rarer class. A
    block's variance is binomial, half a count added so that none of its chances is certain.
    """
    if min(int(positive.sum()), int(negative.sum())) < FEWEST:
        return None
    rows = positive + negative
    used = np.flatnonzero(rows)
    starts, k, n = _pooled(positive[used].tolist(), rows[used].tolist())
    block = np.searchsorted(used[starts], np.arange(len(rows)), side="right") - 1
    block = np.maximum(block, 0)
    share = (k + 0.5) / (n + 1.0)
    bins = np.arange(len(rows))
    return Calibration(
        chance=(k / n)[block],
        block=block,
        variance=share * (1 - share) / n,
        seen=(bins >= used[0]) & (bins <= used[-1]),
    )


def _pooled(positive: list[int], rows: list[int]) -> tuple[Ints, Floats, Floats]:
    """First index, positives and rows of each block, so that positives/rows ascend."""
    starts: list[int] = []
    ks: list[int] = []
    ns: list[int] = []
    for i, (k, n) in enumerate(zip(positive, rows, strict=True)):
        start = i
        while ns and ks[-1] * n >= k * ns[-1]:
            start, k, n = starts.pop(), k + ks.pop(), n + ns.pop()
        starts.append(start)
        ks.append(k)
        ns.append(n)
    return np.array(starts), np.array(ks, dtype=np.float64), np.array(ns, dtype=np.float64)


@dataclass(frozen=True)
class Expected:
    """Rows without labels, `rows` of shape (decision none, 0, 1; bin), and what they may become.

    Each figure is a function of the expected positives in each cell; its interval is a prediction
    of the figure that the labels will show. By the delta method its variance is that of the labels,
    each Bernoulli with its chance, and that of the calibration; on the logit scale.
    """

    rows: Floats
    calibration: Calibration

    @cached_property
    def positive(self) -> Floats:
        """Expected positives of each decision and bin."""
        found: Floats = self.rows * self.calibration.chance
        return found

    @cached_property
    def confusion(self) -> tuple[float, float, float, float]:
        """Expected true positives, false positives, false negatives, true negatives."""
        _, fn, tp = (float(x) for x in self.positive.sum(axis=1))
        _, negative, positive = (float(x) for x in self.rows.sum(axis=1))
        return tp, positive - tp, fn, negative - fn

    def _figure(self, value: float, slope: Floats) -> Measurement:
        """A figure and by how much one more positive in a cell moves it; broadcast to `rows`."""
        slope = np.broadcast_to(slope, self.rows.shape)
        chance = self.calibration.chance
        labels = float((self.rows * slope**2).sum(axis=0) @ (chance * (1 - chance)))
        variance = labels + self.calibration.noise((self.rows * slope).sum(axis=0))
        n = round(float(self.rows.sum()))
        if not 0.0 < value < 1.0 or variance <= 0.0:
            return unmeasured("scores leave nothing to estimate from", n)
        return logit(value, math.sqrt(variance), n)

    def precision(self) -> Measurement:
        """Expected share of positive decisions that are right."""
        tp, fp, _, _ = self.confusion
        if tp + fp <= 0:
            return unmeasured("no positive decisions")
        return self._figure(tp / (tp + fp), _by_decision(0.0, 1 / (tp + fp)))

    def recall(self) -> Measurement:
        """Expected share of positives that are decided positive."""
        tp, _, fn, _ = self.confusion
        if tp + fn <= 0:
            return unmeasured("no positives expected")
        value = tp / (tp + fn)
        return self._figure(value, _by_decision(-value, 1 - value) / (tp + fn))

    def f1(self) -> Measurement:
        """Expected 2·TP/(2·TP + FP + FN)."""
        tp, fp, fn, _ = self.confusion
        total = 2 * tp + fp + fn
        if total <= 0:
            return unmeasured("no positives expected")
        value = 2 * tp / total
        return self._figure(value, _by_decision(-value, 2 - value) / total)

    def accuracy(self) -> Measurement:
        """Expected share of decisions that are right."""
        tp, fp, fn, tn = self.confusion
        total = tp + fp + fn + tn
        if total <= 0:
            return unmeasured("no decisions")
        return self._figure((tp + tn) / total, _by_decision(-1 / total, 1 / total))

    def wrong_rate(self) -> Measurement:
        """Expected share of decisions that are wrong: what accuracy leaves to 1."""
        right = self.accuracy()
        if right.value is None or right.low is None or right.high is None:
            return right
        return Measurement(value=1 - right.value, low=1 - right.high, high=1 - right.low, n=right.n)

    def auc(self) -> Measurement:
        """Expected area under the ROC curve, ties in a bin counted half; of every row."""
        pos = self.positive.sum(axis=0)
        neg = self.rows.sum(axis=0) - pos
        p, n = float(pos.sum()), float(neg.sum())
        if min(p, n) < FEWEST:
            return unmeasured(f"too few: {min(p, n):.0f} expected of the rarer class")
        below, above = np.cumsum(neg) - neg / 2, p - np.cumsum(pos) + pos / 2
        area = float(pos @ below) / (p * n)
        return self._figure(area, (below - above) / (p * n) - area / p + area / n)


FIGURES: dict[str, Callable[[Expected], Measurement]] = {
    "auc": Expected.auc,
    "precision": Expected.precision,
    "recall": Expected.recall,
    "f1": Expected.f1,
    "accuracy": Expected.accuracy,
    "wrong_rate": Expected.wrong_rate,
}


def _by_decision(negative: float, positive: float) -> Floats:
    """Slopes of rows with these decisions, for every bin alike; rows without one move nothing."""
    return np.array([[0.0], [negative], [positive]])


def disagreement(labelled: tuple[Ints, Ints], calibration: Calibration) -> tuple[float, float]:
    """Positives seen over positives expected among labelled rows, and the z-score of their gap.

    `labelled` are the positives and negatives of each bin. NaN where none is expected.
    """
    positive, negative = labelled
    rows = (positive + negative).astype(np.float64)
    chance = calibration.chance
    observed, expected = float(positive.sum()), float(rows @ chance)
    variance = float(rows @ (chance * (1 - chance))) + calibration.noise(rows)
    if expected <= 0 or variance <= 0:
        return math.nan, math.nan
    return observed / expected, (observed - expected) / math.sqrt(variance)
