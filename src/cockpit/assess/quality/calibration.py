"""Whether a score of 0.3 means three in ten, in one number each: Brier, observed/expected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.assess.methods.intervals import mean, poisson
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.scores import why_unlabelled
from cockpit.assess.words import against_prediction

if TYPE_CHECKING:
    from cockpit.assess.scores import Scores


def brier(scores: Scores) -> Measurement:
    """Mean of (label − score)², exact from Σp and Σp².

    Its interval is that of a mean; for its variance each row's score is the mean of its bin.
    """
    n = scores.labelled
    if n == 0:
        return unmeasured(why_unlabelled(scores))
    positives = int(scores.positive.sum())
    total = float(scores.sum_p2[1:].sum() - 2 * scores.sum_p[2].sum()) + positives
    p = scores.mean_score
    squares = float(scores.positive @ (1 - p) ** 4 + scores.negative @ p**4)
    total = min(max(total, 0.0), float(n))
    found = mean(n, total, max(squares, total * total / n))
    low, high = (None if x is None else min(max(x, 0.0), 1.0) for x in (found.low, found.high))
    return replace(found, low=low, high=high, n_pos=positives)


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
