"""Whether a score of 0.3 means three in ten, in one number each: Brier, observed/expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cockpit.assess.methods.intervals import poisson
from cockpit.assess.methods.measurement import Measurement, Z, unmeasured
from cockpit.assess.quality.scores import why_unlabelled
from cockpit.assess.words import against_prediction

if TYPE_CHECKING:
    from cockpit.assess.quality.scores import Scores


def brier(scores: Scores) -> Measurement:
    """Mean of (label − score)², exact from Σp and Σp².

    Its variance takes each row's score as the mean of its bin.
    """
    n = scores.labelled
    if n == 0:
        return unmeasured(why_unlabelled(scores))
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


def observed_expected(scores: Scores, positive: str = "positive") -> Measurement:
    """Positives seen over positives predicted (Σ score) among labelled rows, Gamma interval.

    `positive` is what one is called. Labels of one class alone are a class that matures first more
    often than a model that is wrong about every row: they give none.
    """
    if scores.labelled == 0:
        return unmeasured(why_unlabelled(scores))
    expected = float(scores.sum_p[1:].sum())
    observed = int(scores.positive.sum())
    if expected < 1.0:
        return unmeasured("under one positive expected", scores.labelled, observed)
    if scores.one_class:
        return unmeasured("one class only", scores.labelled, observed)
    rate = poisson(observed, expected)
    assert rate.value is not None
    return Measurement(
        value=rate.value,
        low=rate.low,
        high=rate.high,
        n=scores.labelled,
        n_pos=observed,
        note=f"{against_prediction(rate.value, positive)} ({observed:,} of {expected:,.0f})",
    )
