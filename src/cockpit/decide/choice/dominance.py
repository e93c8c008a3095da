"""Options that another one beats on every count, or nearly always does less harm than."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cockpit.decide.choice.loss import Losses
from cockpit.decide.choice.traits import Traits
from cockpit.decide.outcomes.outcome import Outcomes

SURE = 0.95  # of draws in which the other option does no more harm


def dominated(outcomes: Outcomes, losses: Losses, traits: Sequence[Traits]) -> list[str]:
    """For each option the label of the one that dominates it, "nearly, by …", or "".

    To dominate is to be no worse in expected harm, tail, exposure, minutes to effect, minutes to
    undo and irreversibility, and better in one. Nearly is to do no more harm in 95 % of the draws,
    the same draws for both. Options that do the same harm in every draw, as shadow and observe do,
    differ in what is learnt alone, and neither dominates. Of several the least score is named.
    """
    exposed = np.array([np.nan if t.exposed is None else t.exposed for t in traits])
    unknown = np.isnan(exposed)
    efforts = np.array([t.effort for t in traits], dtype=np.float64).T
    criteria = np.vstack([losses.expected, losses.tail, efforts])
    # Index [b, a]: b against a. An exposure that is known of one alone cannot be compared.
    no_worse = (criteria[:, :, None] <= criteria[:, None, :]).all(axis=0)
    no_worse &= (exposed[:, None] <= exposed) | (unknown[:, None] & unknown)
    better = (criteria[:, :, None] < criteria[:, None, :]).any(axis=0)
    better |= exposed[:, None] < exposed
    mixture = outcomes.mixture
    at_most = np.array([(row <= mixture).mean(axis=1) for row in mixture])
    apart = (at_most < 1.0) | (at_most.T < 1.0)
    fully = no_worse & better & apart
    nearly = (at_most >= SURE) & (losses.expected[:, None] < losses.expected) & apart
    by_score = np.argsort(losses.score, kind="stable")

    def said(option: int) -> str:
        for others, words in ((fully, ""), (nearly, "nearly, by ")):
            found = by_score[others[by_score, option]]
            if found.size:
                return words + traits[int(found[0])].label
        return ""

    return [said(option) for option in range(len(traits))]
