"""For people who look more than once: intervals and evidence that hold at every look."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtri

from cockpit.assess.methods.measurement import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST_FRACTION = 1e-3


@lru_cache(maxsize=64)
def widening(fraction: float, level: float = LEVEL) -> float:
    """By how much a fixed-time interval must grow to hold at every look (≥ 1, 1.55 at fraction 1).

    Half-width of the asymptotic confidence sequence, se·√((1 + 1/(Vρ²))·ln((1 + Vρ²)/α²)), over the
    fixed-time z·se (Waudby-Smith et al. 2021, eq. 8; ρ² = −2 ln α + ln(1 − 2 ln α), Howard et al.
    2021, eq. 3.4). `fraction` is V, the share of the planned rows seen: narrowest at 1. It protects
    against looking early and often at a window that grows; a window that rolls on for days needs
    a monitor with a stated run length instead. `level` is the nominal coverage of both.
    """
    alpha = 1.0 - level
    v = max(fraction, _LEAST_FRACTION) * _rho(alpha)
    half = math.sqrt((1.0 + 1.0 / v) * math.log((1.0 + v) / alpha**2))
    return half / float(ndtri(1.0 - alpha / 2.0))


def _rho(alpha: float) -> float:
    """ρ² of the normal mixture: narrowest where the fraction is 1 (Howard et al. 2021, eq. 3.4)."""
    return -2.0 * math.log(alpha) + math.log(1.0 - 2.0 * math.log(alpha))


def log_evidence(z: Floats, fraction: Floats) -> Floats:
    """Log evidence that an effect is above zero, from its z at fractions V of the planned rows.

    The other face of `widening`: E = 2Φ(x)·(1 + Vρ²)^−½·exp(x²/2) with x = z·√(Vρ²/(1 + Vρ²)),
    Robbins' (1970) normal mixture over effects above zero alone (Howard et al. 2021, prop. 6).
    Where there is none, E reaches 1/α with a chance of at most α, asymptotically in the rows. For
    a z well above zero E is twice the two-sided mixture's, and that one's 1/α is where the widened
    interval leaves zero out.
    """
    v = np.maximum(fraction, _LEAST_FRACTION) * _rho(1.0 - LEVEL)
    x = z * np.sqrt(v / (1.0 + v))
    found: Floats = math.log(2.0) + log_ndtr(x) - 0.5 * np.log1p(v) + 0.5 * x * x
    return found
