"""How many different users, from a bitmap of hashed ids: linear counting (Whang et al. 1990)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.measurement import Measurement, Z, unmeasured
from cockpit.tables import USER_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts


def users(counts: Counts | None, mask: NDArray[np.bool_] | None = None) -> Measurement:
    """Distinct users: −m·ln(V), V the share of m bits not set; its standard error is eq. 10 there.

    null where no user was ever seen, or where every bit is set.
    """
    if counts is None or len(counts) == 0:
        return unmeasured("users are not counted")
    bits, n = counts.columns["bit"], counts.columns["n"]
    if mask is not None:
        bits, n = bits[mask], n[mask]
    inside = (bits >= 0) & (bits < USER_BITS)
    tally = np.bincount(bits[inside], n[inside], USER_BITS)
    taken = int((tally > 0).sum())
    if taken == USER_BITS:
        return unmeasured("too many to count")
    load = -math.log1p(-taken / USER_BITS)  # users per bit
    value = USER_BITS * load
    # Half a user more: the truth is whole, and with few users no two share a bit at all.
    half = Z * math.sqrt(USER_BITS * max(math.expm1(load) - load, 0.0)) + 0.5
    # At least as many users as bits set.
    return Measurement(value=value, low=max(value - half, taken), high=value + half, n=taken)
