"""How often a version is truly wrong: two normal classes of scores, and what a fault does to them.

The log-odds of a prediction are normal in each class, ±d²/2 around nought with variance d²: scores
that are calibrated, and whose AUC is Φ(d/√2). A fault hits a share of the requests: it draws the
classes together and moves both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

Floats = NDArray[np.float64]

LEVELS = np.linspace(-6.0, 7.0, 27)  # the log-odds that scores can have, beyond the base rate
_EDGES = np.concatenate([[-np.inf], (LEVELS[1:] + LEVELS[:-1]) / 2, [np.inf]])


@dataclass(frozen=True, eq=False)
class Scores:
    """`apart` is d; `base` the share of positives in each segment, shape (segments,)."""

    apart: float
    base: Floats
    threshold: int  # decided positive from this level on

    def cells(self, together: float = 0.0, moved: float = 0.0) -> Floats:
        """Chance of each level and class, shape (segments, levels, 2).

        The classes are drawn `together` by that share of their distance, and moved by `moved`.
        """
        half = (1.0 - together) * self.apart**2 / 2.0
        chances = [np.diff(ndtr((_EDGES - moved - m) / self.apart)) for m in (-half, half)]
        negative, positive = np.outer(1.0 - self.base, chances[0]), np.outer(self.base, chances[1])
        return np.stack([negative, positive], axis=-1)

    def wrong(self, cells: Floats) -> Floats:
        """False alarms and missed positives a request: (…, levels, 2) → (…, 2)."""
        alarms = cells[..., self.threshold :, 0].sum(axis=-1)
        missed = cells[..., : self.threshold, 1].sum(axis=-1)
        return np.stack([alarms, missed], axis=-1)

    def probabilities(self) -> Floats:
        """The score at each level, shape (levels,)."""
        return np.asarray(expit(LEVELS + logit(self.base.mean())))


def threshold_for(apart: float, base: Floats, flagged: float) -> int:
    """The level from which on about that share of requests is decided positive."""
    cells = Scores(apart, base, 0).cells().mean(axis=0).sum(axis=-1)
    above = cells[::-1].cumsum()[::-1]
    return int(np.argmin(np.abs(np.log(above + 1e-12) - np.log(flagged))))


def share_hit(healthy: Floats, hit: Floats, times: Floats | float) -> Floats:
    """Which share must be hit for so many times the healthy wrong decisions; at most .97.

    `healthy` and `hit` are wrong decisions a request of a segment, hit by nothing and all hit.
    """
    share = (times - 1.0) * healthy / np.maximum(hit - healthy, 1e-9)
    return np.clip(share, 0.0, 0.97)
