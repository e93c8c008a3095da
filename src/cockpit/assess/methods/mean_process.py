"""Is one arm's mean above the other's: evidence that may be looked at at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.anytime import log_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_FEWEST = 100  # rows of each arm before a normal approximation is trusted


@dataclass(frozen=True)
class Sums:
    """n, Σx and Σx² of one arm in each step, each of shape (steps,)."""

    n: Ints
    x: Floats
    x2: Floats

    def variance(self) -> Floats:
        """Of all rows up to each step; 0 below two."""
        n, x, x2 = np.cumsum(self.n), np.cumsum(self.x), np.cumsum(self.x2)
        spread: Floats = np.maximum(x2 - x * x / np.maximum(n, 1), 0.0) / np.maximum(n - 1, 1)
        return spread


def log_mean_process(canary: Sums, control: Sums, planned: int) -> Floats:
    """Log evidence after each step that the canary's mean is above the control's, shape (steps,).

    The arms are compared within each step and the differences added up, weighed by
    h = n₁·n₀/(n₁ + n₀) as Mantel and Haenszel do: a mean that moves with time, or a canary whose
    share grows, cannot pass for a difference. z is their sum over its standard error, and its
    evidence `anytime.log_evidence`, tuned to what the first `planned` steps hold. None until each
    arm has 100 rows.
    """
    weight = canary.n / np.maximum(canary.n + control.n, 1) * control.n  # no product of two counts
    seen = np.cumsum(weight)
    apart = np.cumsum(weight * (_means(canary) - _means(control)))
    # Var Σ h·(x̄₁ − x̄₀) = σ₁²·Σ h²/n₁ + σ₀²·Σ h²/n₀
    share = weight * weight
    variance = canary.variance() * np.cumsum(share / np.maximum(canary.n, 1))
    variance += control.variance() * np.cumsum(share / np.maximum(control.n, 1))
    together = weight > 0
    rows = np.minimum(np.cumsum(canary.n * together), np.cumsum(control.n * together))
    usable = (rows >= _FEWEST) & (variance > 0)
    found = np.zeros(seen.size)
    if usable.any():
        z = apart[usable] / np.sqrt(variance[usable])
        found[usable] = log_evidence(z, seen[usable] / _tuned(seen, planned))
    return found


def _means(sums: Sums) -> Floats:
    means: Floats = sums.x / np.maximum(sums.n, 1)
    return means


def _tuned(seen: Floats, planned: int) -> float:
    """What the first planned steps hold; of fewer, what they would hold at this pace."""
    first = np.flatnonzero(seen > 0)[0]
    collected = seen[first:]
    if collected.size >= planned:
        return float(collected[planned - 1])
    return float(collected[-1]) * planned / collected.size
