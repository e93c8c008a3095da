"""Widening for people who look more than once: from a fixed-time to an anytime-valid interval."""

from __future__ import annotations

import math
from functools import lru_cache

from scipy.special import ndtri

from cockpit.assess.measurement import LEVEL


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
    rho = -2.0 * math.log(alpha) + math.log(1.0 - 2.0 * math.log(alpha))
    v = max(fraction, 1e-3) * rho
    half = math.sqrt((1.0 + 1.0 / v) * math.log((1.0 + v) / alpha**2))
    return half / float(ndtri(1.0 - alpha / 2.0))
