"""Rates by segment, each borrowing strength from the others: empirical Bayes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, betaln

from cockpit.assess.methods.measurement import LEVEL, Measurement, unmeasured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Prior strengths M (rows) and means μ to integrate over. The prior is even in M^−½ (Gelman et al.
# 2013, §5.3), so a grid even in log M weighs M^−½. A grid even in M^−½ itself has too few of the
# large M that two hundred like segments single out: their intervals would cover 81 %.
_STRENGTHS = np.geomspace(1.0, 512.0, 10)
_LOG_PRIOR = -0.5 * np.log(_STRENGTHS)
_MEANS = (np.arange(10) + 0.5) / 10


def shrink(k: Ints, n: Ints) -> list[list[Measurement]]:
    """Posterior of each segment's k/n: beta-binomial empirical Bayes. Shape (rates, segments).

    Each row is one rate over the segments of a dimension. θ_s ~ Beta(μM, (1 − μ)M); μ and M are not
    plugged in but weighed over a grid by the marginal likelihood of all segments (Kleinman 1973 for
    the model), and the mixture of Beta posteriors is read as the Beta with its mean and variance.
    The note says the raw count.
    """
    mean, variance = _mixture_moments(k.astype(np.float64), n.astype(np.float64))
    strength = mean * (1 - mean) / variance - 1
    a, b = mean * strength, (1 - mean) * strength
    tail = (1 - LEVEL) / 2
    lows, highs = betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)
    return [
        [
            Measurement(
                value=float(mean[row, i]),
                low=float(lows[row, i]),
                high=float(highs[row, i]),
                n=int(n[row, i]),
                n_pos=int(k[row, i]),
                note=f"{k[row, i]:,} of {n[row, i]:,}, drawn towards the other segments",
            )
            if n[row, i] > 0
            else unmeasured("no labels yet")
            for i in range(k.shape[1])
        ]
        for row in range(k.shape[0])
    ]


def _mixture_moments(k: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each segment's posterior over the grid; shape (rates, segments)."""
    means = _mean_grid(k, n)[:, :, None]
    a = (means * _STRENGTHS).reshape(len(k), -1, 1)  # (rates, grid, 1)
    b = ((1 - means) * _STRENGTHS).reshape(len(k), -1, 1)
    k, n = k[:, None, :], n[:, None, :]
    log_weight = (betaln(a + k, b + n - k) - betaln(a, b)).sum(axis=2)
    log_weight += np.tile(_LOG_PRIOR, len(_MEANS))
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight = (weight / weight.sum(axis=1, keepdims=True))[:, :, None]
    total = a + b + n
    centre = (a + k) / total
    spread = centre * (1 - centre) / (total + 1)
    first: Floats = (weight * centre).sum(axis=1)
    second: Floats = (weight * (spread + centre**2)).sum(axis=1)
    return first, second - first**2


def _mean_grid(k: Floats, n: Floats) -> Floats:
    """Candidates for μ: quantiles of a wide Beta around the pooled rate; shape (rates, means)."""
    pooled = ((k.sum(axis=1) + 0.5) / (n.sum(axis=1) + 1.0))[:, None]
    grid: Floats = betaincinv(4 * pooled + 0.25, 4 * (1 - pooled) + 0.25, _MEANS)
    return np.clip(grid, 1e-6, 1 - 1e-6)
