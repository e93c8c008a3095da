"""How good the model is on the rows whose label is known: ranking, decisions, coverage."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess.methods.intervals import logit, logit_ends, wilson
from cockpit.assess.methods.measurement import LEVEL, Measurement, Z, unmeasured
from cockpit.assess.scores import why_unlabelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

    from cockpit.assess.scores import Scores

FEWEST = 10  # of the rarer class: below it a ranking figure says more about luck


def auc(scores: Scores) -> Measurement:
    """Area under the ROC curve of the binned scores, ties counted half.

    DeLong variance from the counts (DeLong et al. 1988; mid-ranks as in Sun & Xu 2014), interval on
    the logit scale. Where rarer·min(A, 1 − A) < 5 that is too narrow: the wider of it and Hanley &
    McNeil's (1982), as where every placement is the same. A perfect ranking has the exact bound
    (α/2)^(1/rarer) on one side. The note is how far at worst the binning has moved it.
    """
    few = too_few(scores)
    if few is not None:
        return few
    p, n = int(scores.positive.sum()), int(scores.negative.sum())
    area, variance = (float(x) for x in areas(scores.positive, scores.negative))
    low, high = _auc_ends(area, variance, p, n)
    note = f"binned, at worst {_rounded_up(binning_bound(scores))} off"
    return Measurement(value=area, low=low, high=high, n=p + n, n_pos=p, note=note)


def areas(positive: Ints, negative: Ints) -> tuple[Floats, Floats]:
    """AUC and its DeLong variance of many histograms at once, shape (…, bins) → (…).

    Each needs two rows of either class.
    """
    pos, neg = positive.astype(np.float64), negative.astype(np.float64)
    p, n = pos.sum(axis=-1), neg.sum(axis=-1)
    above = np.cumsum(neg, axis=-1) - neg / 2.0  # negatives below a bin, and half of those in it
    below = np.cumsum(pos, axis=-1) - pos / 2.0
    area = np.asarray(np.vecdot(pos, above) / (p * n))
    placed_pos = above / n[..., None] - area[..., None]
    placed_neg = 1.0 - below / p[..., None] - area[..., None]
    s10 = np.vecdot(pos, placed_pos**2) / (p - 1)
    s01 = np.vecdot(neg, placed_neg**2) / (n - 1)
    return area, np.asarray(s10 / p + s01 / n)


def _auc_ends(area: float, delong: float, p: int, n: int) -> tuple[float, float]:
    """Interval of an AUC from its DeLong variance and the class sizes."""
    rarer = min(p, n)
    if not 0.0 < area < 1.0:
        bound = ((1 - LEVEL) / 2) ** (1 / rarer)
        return (bound, 1.0) if area else (0.0, 1.0 - bound)
    low, high = logit_ends(area, math.sqrt(delong))
    if rarer * min(area, 1 - area) >= 5 and delong > 0:
        return low, high
    half = Z * math.sqrt(hanley_mcneil(area, p, n))
    return min(low, max(area - half, 0.0)), max(high, min(area + half, 1.0))


def binning_bound(scores: Scores) -> float:
    """½ Σ pos·neg / (P·N): the most by which binning can have moved an AUC.

    Reached only if every bin ranked its positives all above, or all below, its negatives.
    """
    pos, neg = scores.positive.astype(np.float64), scores.negative.astype(np.float64)
    return float(pos @ neg) / (2.0 * float(pos.sum()) * float(neg.sum()))


def _rounded_up(bound: float) -> str:
    """'.0004': four digits, never fewer than the bound."""
    return numbers.proportion(math.ceil(bound * 1e4) / 1e4, 4)


def hanley_mcneil(area: float, p: int, n: int) -> float:
    """Variance of an AUC from its value and the class sizes alone (Hanley & McNeil 1982, eq. 1)."""
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    ours = area * (1 - area)
    variance = (ours + (p - 1) * (q1 - area * area) + (n - 1) * (q2 - area * area)) / (p * n)
    return max(variance, 0.0)  # rounding, where the area is all but 0 or 1


def average_precision(scores: Scores) -> Measurement:
    """Σ (R_k − R_{k−1})·P_k, bins from the highest down; logit interval (Boyd et al. 2013).

    That takes it for a proportion of the positives, so a perfect one has the exact bound.
    """
    few = too_few(scores)
    if few is not None:
        return few
    pos, neg = scores.positive[::-1], scores.negative[::-1]
    p, rows = int(pos.sum()), scores.labelled
    seen = np.cumsum(pos + neg)
    precision: NDArray[np.float64] = np.cumsum(pos) / np.maximum(seen, 1)
    value = float(pos @ precision) / p
    if value >= 1.0:
        bound = ((1 - LEVEL) / 2) ** (1 / p)
        return Measurement(value=1.0, low=bound, high=1.0, n=rows, n_pos=p)
    # τ = (P·η(1 − η))^−½ on the logit scale, so η(1 − η)·τ on the scale of η.
    return logit(value, math.sqrt(value * (1 - value) / p), rows, p)


def too_few(scores: Scores) -> Measurement | None:
    """Why nothing can be fitted to the ranking of so few rows, null where something can."""
    p, n = int(scores.positive.sum()), int(scores.negative.sum())
    rows = p + n
    if rows == 0:
        return unmeasured(why_unlabelled(scores))
    if p == 0 or n == 0:
        return unmeasured("one class only", rows, p)
    if min(p, n) < FEWEST:
        return unmeasured(f"too few: {min(p, n)} of the rarer class", rows, p)
    return None


def precision(scores: Scores) -> Measurement:
    """Share of positive decisions that were right, Wilson interval."""
    tp, fp, _, _ = scores.confusion
    reason = "no positive decisions" if scores.labelled else why_unlabelled(scores)
    return wilson(tp, tp + fp, reason)


def recall(scores: Scores) -> Measurement:
    """Share of positive labels that were decided positive, Wilson interval."""
    tp, _, fn, _ = scores.confusion
    reason = "no positives" if scores.labelled else why_unlabelled(scores)
    return wilson(tp, tp + fn, reason)


def accuracy(scores: Scores) -> Measurement:
    """Share of decisions that were right, Wilson interval."""
    tp, fp, fn, tn = scores.confusion
    return wilson(tp + tn, tp + fp + fn + tn, _undecided(scores))


def wrong_rate(scores: Scores) -> Measurement:
    """Share of decisions that were wrong, false positives and false negatives, Wilson interval."""
    tp, fp, fn, tn = scores.confusion
    return wilson(fp + fn, tp + fp + fn + tn, _undecided(scores))


def false_positive_share(scores: Scores) -> Measurement:
    """False positives among all labelled decisions (not among negatives), Wilson interval."""
    return wilson(scores.confusion[1], sum(scores.confusion), _undecided(scores))


def false_negative_share(scores: Scores) -> Measurement:
    """False negatives among all labelled decisions (not among positives), Wilson interval."""
    return wilson(scores.confusion[2], sum(scores.confusion), _undecided(scores))


def _undecided(scores: Scores) -> str:
    return "no decisions" if scores.labelled else why_unlabelled(scores)


def f1(scores: Scores) -> Measurement:
    """F1 = 2g/(1 + g), monotone in the Jaccard index g = TP/(TP + FP + FN); Wilson on g."""
    tp, fp, fn, _ = scores.confusion
    reason = "no positives" if scores.labelled else why_unlabelled(scores)
    return f1_of(wilson(tp, tp + fp + fn, reason))


def f1_of(jaccard: Measurement) -> Measurement:
    """F1 and its interval from those of the Jaccard index."""
    value, low, high = (None if g is None else 2 * g / (1 + g) for g in jaccard.interval)
    return replace(jaccard, value=value, low=low, high=high)


def label_coverage(scores: Scores) -> Measurement:
    """Share of predictions whose label is known."""
    return coverage(scores.labelled, scores.rows)


def coverage(labelled: int, rows: int) -> Measurement:
    """Labelled of all predictions: an exact count, so without an interval."""
    if rows == 0:
        return unmeasured("no predictions")
    return Measurement(
        value=labelled / rows,
        n=rows,
        n_pos=labelled,
        note=f"{labelled:,} of {rows:,} labelled",
    )
