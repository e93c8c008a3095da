"""How the scores would have to be stretched and shifted to agree with the labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit
from scipy.special import logit as log_odds

from cockpit.assess.methods.measurement import Measurement, Z, unmeasured
from cockpit.assess.quality.ranking import too_few

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.scores import Scores

    Floats = NDArray[np.float64]

_OUTERMOST = 2.0**-21  # the middle of the outermost bin: a score of 0 or 1 counts as this near it
_MOST_STEPS = 100
_SETTLED = 1e-9  # of a step, on the scale of the coefficients
_WORST_CONDITION = 1e12  # of the information: beyond it the inverse is noise


def calibration_slope(scores: Scores) -> Measurement:
    """b of logit P(label) = a + b·logit(score): 1 is right, below 1 the scores are too extreme.

    Logistic recalibration (Cox 1958) by maximum likelihood, each row's score taken as the mean of
    its bin; interval from the information matrix.
    """
    few = too_few(scores) or _not_fitted(scores)
    if few is not None:
        return few
    x, positive, rows = _odds(scores)
    centre = float(rows @ x) / float(rows.sum())  # about its mean, slope and intercept hardly touch
    fitted = _fit(np.stack([np.ones_like(x), x - centre]), np.zeros_like(x), positive, rows)
    return _measured(scores, fitted, 1)


def calibration_intercept(scores: Scores) -> Measurement:
    """a of logit P(label) = a + logit(score): 0 is right, above 0 the scores are too low.

    Calibration in the large (Cox 1958, with the slope held at 1), fitted as `calibration_slope` is.
    """
    few = too_few(scores)
    if few is not None:
        return few
    x, positive, rows = _odds(scores)
    return _measured(scores, _fit(np.ones((1, len(x))), x, positive, rows), 0)


def _odds(scores: Scores) -> tuple[Floats, Floats, Floats]:
    """Log odds of each bin's mean score, its positives, its labelled rows; shape (bins used,)."""
    rows = scores.positive + scores.negative
    used = rows > 0
    p = np.clip(scores.mean_score[used], _OUTERMOST, 1.0 - _OUTERMOST)
    x: Floats = log_odds(p)
    return x, scores.positive[used].astype(np.float64), rows[used].astype(np.float64)


def _not_fitted(scores: Scores) -> Measurement | None:
    """Why there is no slope: one needs two different scores, and classes that overlap."""
    x, positive, rows = _odds(scores)
    n, n_pos = scores.labelled, int(positive.sum())
    if x.min() == x.max():
        return unmeasured("every score is the same", n, n_pos)
    of_positives, of_negatives = x[positive > 0], x[rows > positive]
    if of_positives.min() >= of_negatives.max() or of_negatives.min() >= of_positives.max():
        return unmeasured("the scores separate the classes", n, n_pos)
    return None


def _fit(
    design: Floats, offset: Floats, positive: Floats, rows: Floats
) -> tuple[Floats, Floats] | None:
    """Coefficients and their covariance, by Newton's method with halved steps; null if it fails.

    `design` has shape (coefficients, bins). The likelihood is concave: a step that lowers it is
    too long, never in the wrong direction.
    """
    given = np.zeros(len(design))
    best = _likelihood(offset, positive, rows)
    for _ in range(_MOST_STEPS):
        p = expit(offset + given @ design)
        information = (design * (rows * p * (1.0 - p))) @ design.T
        if not np.linalg.cond(information) < _WORST_CONDITION:
            return None
        covariance = np.linalg.inv(information).astype(np.float64)
        step = covariance @ design @ (positive - rows * p)
        found = _likelihood(offset + (given + step) @ design, positive, rows)
        while not found >= best and np.abs(step).max() >= _SETTLED:  # nor where it overflowed
            step = step / 2.0
            found = _likelihood(offset + (given + step) @ design, positive, rows)
        if np.abs(step).max() < _SETTLED:
            return given, covariance
        given, best = given + step, found
    return None


def _likelihood(x: Floats, positive: Floats, rows: Floats) -> float:
    """Log likelihood of the labels where the log odds are x."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(positive @ x - rows @ np.logaddexp(0.0, x))


def _measured(scores: Scores, fitted: tuple[Floats, Floats] | None, which: int) -> Measurement:
    n, n_pos = scores.labelled, int(scores.positive.sum())
    if fitted is None:
        return unmeasured("the fit does not settle", n, n_pos)
    coefficients, covariance = fitted
    value, half = float(coefficients[which]), Z * math.sqrt(float(covariance[which, which]))
    return Measurement(value=value, low=value - half, high=value + half, n=n, n_pos=n_pos)
