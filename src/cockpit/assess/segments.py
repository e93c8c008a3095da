"""Which part of the users is hurt: rates by segment, each borrowing strength from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, betaln

from cockpit.assess.differences import difference, ratio_of_rates
from cockpit.assess.intervals import normal_quantile
from cockpit.assess.measurement import LEVEL, Measurement, unmeasured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Prior strengths M (rows) and means μ to integrate over; even in M^−½ (Gelman et al. 2013, §5.3),
# which keeps 92 % coverage where a grid even in log M falls to 89 %.
_STRENGTHS = ((np.arange(8) + 0.5) / 8) ** -2.0
_MEANS = (np.arange(12) + 0.5) / 12


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
                note=f"{k[row, i]:,} of {n[row, i]:,}, borrowed from other segments",
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


@dataclass(frozen=True)
class SegmentRate:
    """Wrong decisions of one segment now, and in the baseline if there is one."""

    segment: str  # "region BR"
    k: int
    n: int
    now: Measurement
    base: Measurement | None
    pair: bool  # a pair of dimensions rather than one


@dataclass(frozen=True)
class Worst:
    """The segment that stands out: how many times the wrong decisions of the rest."""

    segment: str
    ratio: Measurement
    sentence: str


def worst(rates: list[SegmentRate], k_all: int, n_all: int) -> Worst | None:
    """The segment most surely worse: than its own baseline where there is one, else than the rest.

    Ranked by the low end of the difference; none where that is not above 0, at a level corrected
    for the number of segments (Bonferroni). A pair of dimensions is named only where even its low
    end is above the high end of the best single one.
    """
    candidates = [rate for rate in rates if 0 < rate.n < n_all]
    if not candidates:
        return None
    z = normal_quantile(1 - (1 - LEVEL) / len(candidates))
    ratios = {
        rate.segment: ratio_of_rates(rate.k, rate.n, k_all - rate.k, n_all - rate.n, z)
        for rate in candidates
    }
    scored = []
    for rate in candidates:
        ends = _excess(rate, z)
        ratio = ratios[rate.segment]
        if ends is not None and ends[0] > 0 and ratio.low is not None and ratio.low > 1:
            scored.append((ends, rate))
    singles = sorted((s for s in scored if not s[1].pair), key=lambda s: -s[0][0])
    bar = singles[0][0][1] if singles else 0.0
    pairs = sorted((s for s in scored if s[1].pair and s[0][0] > bar), key=lambda s: -s[0][0])
    if not (pairs or singles):
        return None
    segment = (pairs or singles)[0][1].segment
    ratio = ratios[segment]
    return Worst(
        segment,
        ratio,
        f"{segment}: {ratio.value:.1f}× the wrong decisions of the rest "
        f"[{ratio.low:.1f}, {ratio.high:.1f}]",
    )


def _excess(rate: SegmentRate, z: float) -> tuple[float, float] | None:
    """Low and high end of now − baseline (0 where there is no baseline: the ratio decides)."""
    if rate.base is None or rate.base.value is None:
        if rate.now.value is None or rate.now.low is None or rate.now.high is None:
            return None
        return rate.now.low, rate.now.high
    found = difference(rate.now.interval, rate.base.interval)
    if found is None or found.low is None or found.high is None:
        return None
    widen = z / normal_quantile(LEVEL)
    return (
        found.value - widen * (found.value - found.low),
        found.value + widen * (found.high - found.value),
    )
