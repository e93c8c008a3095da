"""Intervals for single quantities: proportions, counts, means, quantile ranks. 95 % unless told."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import bdtr, bdtrik, expit, gammaincinv, ndtri, stdtrit

from cockpit.assess.methods.measurement import LEVEL, Measurement, Z, unmeasured

FEWEST_EQUAL = 30  # rows that, all alike, show a constant
_NOISE = 1e-12  # of Σx²: what a sum of floats may be off
_ROUNDED = 1e-3  # of (Σx)²/n: what sums in fixed point may be off


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile of a nominal coverage: 1.96 at 0.95."""
    return float(ndtri((1.0 + level) / 2.0))


def wilson(k: int, n: int, reason: str = "no rows", z: float = Z) -> Measurement:
    """k of n with the score interval (Wilson 1927, as in Brown, Cai & DasGupta 2001, eq. 4).

    None where a source counted otherwise than k of n.
    """
    if k < 0 or n < 0:
        return unmeasured("counts below zero")
    if n == 0:
        return unmeasured(reason)
    if k > n:
        return unmeasured("more hits than rows", n)
    low, high = score_interval(k / n, n, z)
    return Measurement(value=k / n, low=low, high=high, n=n, n_pos=k)


def score_interval(p: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's ends for a share p of n > 0 rows; n need not be whole."""
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(max(p * (1 - p), 0.0) / n + z * z / (4.0 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if p <= 0 else (centre - half) / scale
    high = 1.0 if p >= 1 else (centre + half) / scale
    return low, high


def poisson(
    k: int, exposure: float, reason: str = "no time", dispersion: float = 1.0
) -> Measurement:
    """k events over an exposure: the rate k / exposure, with Gamma(k + ½) ends (Jeffreys prior).

    `dispersion` is the variance of such counts over their mean: k events tell no more than
    k / dispersion independent ones (quasi-Poisson; McCullagh & Nelder 1989, ch. 6).
    """
    if exposure <= 0 or k < 0:
        return unmeasured(reason if exposure <= 0 else "counts below zero", n=max(k, 0))
    tail = (1.0 - LEVEL) / 2.0
    told, per = k / dispersion, dispersion / exposure
    low = 0.0 if k == 0 else float(gammaincinv(told + 0.5, tail))
    high = float(gammaincinv(told + 0.5, 1.0 - tail))
    return Measurement(value=k / exposure, low=low * per, high=high * per, n=k)


def logit_ends(value: float, standard_error: float) -> tuple[float, float]:
    """Ends of a quantity in (0, 1), its interval made on the logit scale (delta method)."""
    a = math.log(value / (1 - value))
    half = Z * standard_error / (value * (1 - value))
    return float(expit(a - half)), float(expit(a + half))


def logit(value: float, standard_error: float, n: int, n_pos: int | None = None) -> Measurement:
    """The same with its rows, as a measurement."""
    low, high = logit_ends(value, standard_error)
    return Measurement(value=value, low=low, high=high, n=n, n_pos=n_pos)


def mean(n: int, total: float, total_squares: float, reason: str = "no rows") -> Measurement:
    """A mean from Σx and Σx² with Student's interval (1908).

    None of a single row, and none where a few rows are all equal: they do not show how far another
    would lie. None either where Σx² is less than Σx allows: a sum has overflowed.
    """
    if n <= 0:
        return unmeasured(reason)
    value = total / n
    if n < 2:
        return Measurement(value=value, n=n, note="one row, no interval")
    spread = total_squares - n * value * value
    if spread < -_ROUNDED * n * value * value:
        return Measurement(value=value, n=n, note="the squares do not fit the sum, no interval")
    if spread <= _NOISE * total_squares:
        spread = 0.0
    if spread == 0.0 and n < FEWEST_EQUAL:
        return Measurement(value=value, n=n, note=f"{n} equal values, no interval")
    half = float(stdtrit(n - 1, (1.0 + LEVEL) / 2.0)) * math.sqrt(spread / (n - 1) / n)
    return Measurement(value=value, low=value - half, high=value + half, n=n)


def quantile_ranks(q: float, n: int) -> tuple[int, int]:
    """Ranks (1-based) of the order statistics that bound the q-quantile of n rows.

    l = F⁻¹(α/2) and u = F⁻¹(1 − α/2) + 1 of Binomial(n, q) (David & Nagaraja 2003, §7.1). l = 0 or
    u = n + 1 means that the sample gives no such bound: no upper one for p99 below n = 368.
    """
    tail = (1.0 - LEVEL) / 2.0
    return _binomial_quantile(tail, n, q), _binomial_quantile(1.0 - tail, n, q) + 1


def _binomial_quantile(probability: float, n: int, q: float) -> int:
    guess = float(bdtrik(probability, n, q))
    k = 0 if not np.isfinite(guess) else max(math.ceil(guess), 0)
    return k - 1 if k > 0 and bdtr(k - 1, n, q) >= probability else k
