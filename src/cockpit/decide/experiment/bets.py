"""Evidence from counts that may be looked at at any time: bets on each row, fair at the margin.

Every row has an excess: how far it speaks above the margin. A bettor who stakes λ against it has
after each row 1 − λ·excess times what he had. Where the mean excess is not below zero he cannot
expect to win, so his wealth reaches 1/α with a chance of at most α, whenever one looks (Ville
1939; Waudby-Smith & Ramdas 2024). What he has is a product, so neither the order in which labels
come nor how often it is read matters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.e_process import log_average

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Stakes as multiples of the one that grows fastest at the planned rate: at twice that stake wealth
# stands still, so these three still win where a rate is twice, or half, of what was written.
_STAKES = (0.5, 1.0, 2.0)
_MOST = 0.5  # of the stake that one row could ruin


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows by what they say: `excess` over the margin and `n` of each kind, (kinds, steps).

    `variance` is that of one row's excess at the planned rates, (steps,).
    """

    excess: Floats
    n: Ints
    variance: Floats


def against_control(bad: Ints, judged: Ints, share: Floats, base: float, margin: float) -> Rows:
    """Two arms of shape (2, steps), the fix first, which has `share` of the requests of each step.

    A row of the fix weighs 1/w and one of the control 1/(1 − w), each taken about the planned rate
    of its arm: the mean excess of a step is then (p₁ − p₀) − margin whatever the rates, the labels
    and the plan are, as long as a label comes as soon in one arm as in the other (augmented inverse
    propensity weighting; Waudby-Smith et al. 2022). Steps in which one arm had none add nothing.
    """
    both = (share > 0) & (share < 1)
    w = np.where(both, share, 0.5)
    limit = min(base + margin, 1.0)
    fix = np.array([[1.0], [0.0]]) - limit
    control = base - np.array([[1.0], [0.0]])
    excess = np.concatenate([fix / w, control / (1.0 - w)])
    n = np.stack([bad[0], judged[0] - bad[0], bad[1], judged[1] - bad[1]]) * both
    spread = (_variance(base, margin) + _variance(limit, margin)) / 2.0
    return Rows(excess, n, spread * (1.0 / w + 1.0 / (1.0 - w)))


def against_fixed(bad: Ints, judged: Ints, base: float, margin: float) -> Rows:
    """One arm of shape (steps,) against a share that was known before: base + margin."""
    limit = min(base + margin, 1.0)
    size = bad.size
    excess = np.repeat([[1.0 - limit], [-limit]], size, axis=1)
    return Rows(excess, np.stack([bad, judged - bad]), np.full(size, _variance(limit, margin)))


def against_served(
    worse: Ints, better: Ints, judged: Ints, discordance: float, margin: float
) -> Rows:
    """A shadow on the rows that were served: `worse` where it alone is wrong, (steps,)."""
    excess = np.repeat([[1.0 - margin], [-1.0 - margin], [-margin]], judged.size, axis=1)
    n = np.stack([worse, better, judged - worse - better])
    return Rows(excess, n, np.full(judged.size, max(discordance, margin)))


def _variance(share: float, margin: float) -> float:
    """Of one row; never so small that a bet on the margin would know no bound."""
    return max(share * (1.0 - share), margin * margin, 1e-9)


def log_evidence_below(rows: Rows, gap: float) -> Floats:
    """Log evidence after each step that the mean excess is below zero; tuned to −`gap`, > 0."""
    return log_average([_log_wealth(rows, stake * gap / rows.variance) for stake in _STAKES])


def log_evidence_above(rows: Rows, gap: float) -> Floats:
    """Log evidence after each step that the mean excess is above zero; tuned to `gap`, > 0."""
    return log_evidence_below(Rows(-rows.excess, rows.n, rows.variance), gap)


def _log_wealth(rows: Rows, stake: Floats) -> Floats:
    """Σ log(1 − λ·excess) over the rows so far; a stake no row can ruin, (steps,)."""
    worst = rows.excess.max(axis=0)
    safe = np.where(worst > 0, np.minimum(stake, _MOST / np.maximum(worst, math.ulp(1.0))), stake)
    grown: Floats = np.cumsum((rows.n * np.log1p(-safe * rows.excess)).sum(axis=0))
    return grown
