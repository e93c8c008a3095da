"""What each option loses: its mean, its tail and its spread, under any posterior of the faults.

The tail is CVaR 90, the mean of the worst tenth. Rockafellar & Uryasev (2000): it is the least of
c + E[(L − c)⁺] ÷ .1 over thresholds c. That expectation is linear in the posterior, so one table of
it over thresholds gives the tail under every other posterior too, without a new draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import Decisions
from cockpit.decide.outcomes.outcome import Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TAIL = 0.1  # the worst tenth
THRESHOLDS = 128  # with them CVaR is within 1 % of that of the draws


@dataclass(frozen=True, eq=False)
class Scoring:
    """Scores options under posteriors of shape (…, H): results have shape (…, A)."""

    means: Floats  # (A, H), mean harm under each fault
    thresholds: Floats  # (A, K)
    excess: Floats  # (A, H, K), mean of what harm exceeds each threshold by
    tail_weight: float  # how much the tail counts beside the mean

    def expected(self, posterior: Floats) -> Floats:
        """Expected harm."""
        return posterior @ self.means.T

    def tail(self, posterior: Floats) -> Floats:
        """Mean of the worst tenth."""
        beyond = np.tensordot(posterior, self.excess, axes=(-1, 1)) / TAIL
        least: Floats = (self.thresholds + beyond).min(axis=-1)
        return least

    def under(self, posterior: Floats) -> Floats:
        """What options are ranked by: the mean, and of the tail as much as the severity asks."""
        expected = self.expected(posterior)
        if self.tail_weight == 0:
            return expected
        return expected + self.tail_weight * (self.tail(posterior) - expected)


@dataclass(frozen=True, eq=False)
class Losses:
    """Harm of each option under the posterior of the outcomes: every field has shape (A,)."""

    expected: Floats
    tail: Floats  # CVaR 90
    low: Floats  # 5 %
    median: Floats
    high: Floats  # 95 %
    best: Floats  # chance that no other does less harm; ties share it
    regret: Floats  # mean harm beyond the best option of each draw
    score: Floats


def tail_weight(level: str, decisions: Decisions) -> float:
    """How much the tail counts at a severity; SEV0 as SEV1, a missing level by the default."""
    level = "SEV1" if level == "SEV0" else level
    return decisions.tail.get(level, Decisions().tail.get(level, 0.0))


def scoring(outcomes: Outcomes, weight: float) -> Scoring:
    """What scores these options under any posterior, with `weight` on the tail."""
    harm = outcomes.harm
    kept = min(int((1.0 - TAIL) * harm.shape[2]), harm.shape[2] - 1)
    value_at_risk = np.partition(harm, kept, axis=2)[:, :, kept]
    # That of a mixture lies between those of its parts; near the least one step is most of it.
    least, most = value_at_risk.min(axis=1), value_at_risk.max(axis=1)
    thresholds = least[:, None] + np.outer(most - least, np.linspace(0.0, 1.0, THRESHOLDS) ** 2)
    excess = [
        [_excess(draws, levels) for draws in option]
        for option, levels in zip(harm, thresholds, strict=True)
    ]
    return Scoring(harm.mean(axis=2), thresholds, np.array(excess), weight)


def score_of(outcomes: Outcomes, weight: float) -> Floats:
    """Mean plus `weight` times what the tail exceeds it by, under the outcomes' own posterior."""
    expected: Floats = outcomes.harm.mean(axis=2) @ outcomes.posterior
    return expected if weight == 0.0 else expected + weight * (_worst(outcomes) - expected)


def _worst(outcomes: Outcomes) -> Floats:
    """Mean of the worst tenth of the draws, each under its own fault, (A,)."""
    mixture = outcomes.mixture
    kept = int((1.0 - TAIL) * mixture.shape[1])
    worst: Floats = np.partition(mixture, kept, axis=1)[:, kept:].mean(axis=1)
    return worst


def losses(outcomes: Outcomes, scores: Scoring) -> Losses:
    """Mean, tail, spread, chance of being best and regret under the outcomes' own posterior."""
    mixture, posterior = outcomes.mixture, outcomes.posterior
    low, median, high = np.quantile(mixture, (0.05, 0.5, 0.95), axis=1)
    least = mixture == mixture.min(axis=0)
    expected = scores.expected(posterior)
    return Losses(
        expected=expected,
        tail=_worst(outcomes),
        low=low,
        median=median,
        high=high,
        best=(least / least.sum(axis=0)).mean(axis=1),
        regret=expected - outcomes.harm.min(axis=0).mean(axis=1) @ posterior,
        score=score_of(outcomes, scores.tail_weight),
    )


def _excess(draws: Floats, levels: Floats) -> Floats:
    """Mean of (draw − level)⁺ at each level; levels ascend."""
    above = np.sort(draws[draws > levels[0]])
    sums = np.append(np.cumsum(above[::-1])[::-1], 0.0)
    first = np.searchsorted(above, levels, side="right")
    excess: Floats = (sums[first] - (above.size - first) * levels) / draws.size
    return excess
