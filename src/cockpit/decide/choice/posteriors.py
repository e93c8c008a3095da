"""Other posteriors than the one held: one fault made more or less likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHIFT = 0.15  # by which each fault's probability may be wrong


def with_probability(posterior: Floats, fault: int, probability: Floats) -> Floats:
    """Posteriors (T, H) in which a fault has each `probability` (T,), the others in proportion.

    Where the others had none, they share what is left alike.
    """
    others = np.delete(posterior, fault)
    left = others.sum()
    parts = others / left if left > 0 else np.ones_like(others) / others.size
    return np.insert(np.outer(1.0 - probability, parts), fault, probability, axis=1)


def perturbed(posterior: Floats) -> Floats:
    """The posterior itself, and with each fault .15 more and less likely: shape (1 + 2H, H)."""
    moved = [
        with_probability(posterior, fault, np.clip(now + np.array([-SHIFT, SHIFT]), 0.0, 1.0))
        for fault, now in enumerate(posterior)
    ]
    return np.vstack([posterior, *moved])
