"""Many looks at once: which of them stand out when few of those named may be chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def adjusted(p_values: Floats) -> Floats:
    """Each p-value as the lowest false discovery rate at which it is named; shape (m,).

    Benjamini & Hochberg 1995, step-up: min over ranks j ≥ i of m·p₍ⱼ₎/j, at most 1. Valid where the
    tests are independent or positively dependent. A test that could not be made (NaN) stays NaN
    and is not among the m.
    """
    found = np.full(p_values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    scaled = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def e_bh(e_values: Floats, level: float) -> NDArray[np.bool_]:
    """Which of m e-values are named at a false discovery rate of `level`; shape (m,).

    Wang & Ramdas 2022: the k largest, for the largest k whose k-th e-value is at least m/(level·k).
    Valid under any dependence. A NaN is never named and not among the m.
    """
    named = np.zeros(e_values.shape, dtype=np.bool_)
    tested = np.flatnonzero(~np.isnan(e_values))
    order = tested[np.argsort(-e_values[tested], kind="stable")]
    m, ranks = len(order), np.arange(1, len(order) + 1)
    enough = np.flatnonzero(e_values[order] * ranks * level >= m)
    if enough.size:
        named[order[: enough[-1] + 1]] = True
    return named
