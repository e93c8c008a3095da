"""Many tests at once: p-values corrected so that a known share of what is found is by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def corrected(p_values: Floats) -> Floats:
    """The false discovery rate at which each test would just be a finding, shape (k,) → (k,).

    Step-up procedure of Benjamini & Hochberg (1995), valid also for tests that depend on each
    other positively (Benjamini & Yekutieli 2001).
    """
    k = len(p_values)
    order = np.argsort(p_values)
    rates = p_values[order] * k / np.arange(1, k + 1)
    found = np.empty(k)
    found[order] = np.minimum(np.minimum.accumulate(rates[::-1])[::-1], 1.0)
    return found
