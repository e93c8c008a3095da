"""Differences and ratios of two quantities that each have an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr

from cockpit.assess.methods.measurement import Measurement, Z
from cockpit.records import Difference

Ends = tuple[float | None, float | None, float | None]  # value, low, high


@dataclass(frozen=True)
class Contrast:
    """One thing measured twice, and how far the first is from the second: null where unknown."""

    now: Measurement
    base: Measurement
    difference: Difference | None


def difference(now: Ends, base: Ends, correlation: float = 0.0) -> Difference | None:
    """now − base, its interval recovered from the two (MOVER; Zou & Donner 2008, eq. 3–4).

    `correlation` is that of the two estimates, 0 where they come from different rows (Zou 2007). On
    Wilson intervals this is Newcombe's hybrid score interval (Newcombe 1998a, method 10; 1998b,
    method 10, on the same rows). An end that one of the two does not have is null.
    """
    (a, a_low, a_high), (b, b_low, b_high) = now, base
    if a is None or b is None:
        return None
    low = high = None
    if a_low is not None and b_high is not None:
        low = a - b - _joint(a - a_low, b_high - b, correlation)
    if a_high is not None and b_low is not None:
        high = a - b + _joint(a_high - a, b - b_low, correlation)
    return Difference(value=a - b, low=low, high=high)


def _joint(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(one * one + other * other - 2 * correlation * one * other, 0.0))


def chance_not_above(found: Difference | None) -> float:
    """One-sided p-value of "not above 0": the interval read as normal on its low side.

    1 where there is no difference or it has no low end.
    """
    if found is None or found.low is None or found.low >= found.value:
        return 1.0
    return float(ndtr(-Z * found.value / (found.value - found.low)))


def weighted_sum(parts: list[tuple[float, Measurement]]) -> Measurement:
    """Σ w·x over measured parts, w ≥ 0, by the same recovery of variances (Zou & Donner 2008)."""
    value = down = up = 0.0
    for weight, part in parts:
        if part.value is None or part.low is None or part.high is None:
            return Measurement(reason=part.reason or "no interval", n=part.n)
        value += weight * part.value
        down += (weight * (part.value - part.low)) ** 2
        up += (weight * (part.high - part.value)) ** 2
    low, high = value - math.sqrt(down), value + math.sqrt(up)
    return Measurement(value=value, low=low, high=high, n=parts[0][1].n)


def ratio_of_rates(k: int, n: int, k_rest: int, n_rest: int, z: float) -> Measurement:
    """(k/n) / (k_rest/n_rest) with the log interval of Katz et al. 1978, half a count added."""
    if n <= 0 or n_rest <= 0:
        return Measurement(reason="nothing to compare with", n=max(n, 0))
    here, there = (k + 0.5) / (n + 0.5), (k_rest + 0.5) / (n_rest + 0.5)
    variance = 1 / (k + 0.5) - 1 / (n + 0.5) + 1 / (k_rest + 0.5) - 1 / (n_rest + 0.5)
    half = math.exp(z * math.sqrt(max(variance, 0.0)))
    value = here / there
    return Measurement(value=value, low=value / half, high=value * half, n=n, n_pos=k)
