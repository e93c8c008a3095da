"""What knowing more would be worth, in missed positives: everything, one thing, one sign.

All of it is risk neutral, in expected harm. The expected value of perfect information (EVPI) bounds
that of knowing one parameter (EVPPI), which bounds that of a sign which hints at it (EVSI).
Raiffa & Schlaifer (1961); EVPPI of a parameter by regression on the draws, Strong & Oakley (2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.outcomes.outcome import Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BINS = 20
PERMUTATIONS = 4  # of a parameter's draws: what it seems worth where it tells nothing
SEED = 1_961
LONGEST = 1_440.0  # minutes; a budget beyond that is none


def evpi(outcomes: Outcomes) -> float:
    """What knowing everything before choosing would spare."""
    least = outcomes.harm.min(axis=0).mean(axis=1) @ outcomes.posterior
    return max(_least_expected(outcomes) - float(least), 0.0)


def evppi_of_fault(outcomes: Outcomes) -> float:
    """What knowing for certain which fault it is would spare."""
    least = outcomes.harm.mean(axis=2).min(axis=0) @ outcomes.posterior
    return max(_least_expected(outcomes) - float(least), 0.0)


def evppi_of_parameters(outcomes: Outcomes) -> dict[str, float]:
    """What knowing each drawn parameter exactly would spare, by name.

    The regression is the mean of 20 bins of as many draws each. A parameter that tells nothing
    seems worth something too, for the best of several noisy means is below the mean of the best:
    the worth of its permuted draws is subtracted.
    """
    mixture = outcomes.mixture
    rng = np.random.default_rng(SEED)
    bound = evpi(outcomes)
    worth = {}
    for name, drawn in outcomes.parameters.items():
        bins = _bins(drawn)
        bias = [_told_by(mixture, rng.permutation(bins)) for _ in range(PERMUTATIONS)]
        unbiased = _told_by(mixture, bins) - float(np.mean(bias))
        worth[name] = min(max(unbiased, 0.0), bound)
    return worth


def evsi_of_sign(outcomes: Outcomes, seen: Floats) -> float:
    """What looking for a sign would spare, given the chance of seeing it under each fault: (H,).

    The posterior is weighed by each answer before it is known, and the best option taken then.
    """
    means = outcomes.harm.mean(axis=2)
    answers = (outcomes.posterior * seen, outcomes.posterior * (1.0 - seen))
    least = sum(float((means @ joint).min()) for joint in answers)
    return max(_least_expected(outcomes) - least, 0.0)


def harm_of_waiting(outcomes: Outcomes, minutes: float) -> float:
    """Harm a minute of observing beyond that of the best option, over `minutes` to be resolved."""
    expected = outcomes.harm.mean(axis=2) @ outcomes.posterior
    beyond = float(expected[outcomes.options.index("observe")] - expected.min())
    return beyond / minutes if minutes > 0 else 0.0


def diagnosis_budget(worth: float, harm_a_minute: float) -> float | None:
    """Minutes that looking for the cause may take: EVPI ÷ harm a minute.

    Null where waiting is as good as free: more than a day.
    """
    return worth / harm_a_minute if harm_a_minute * LONGEST > worth else None


def _least_expected(outcomes: Outcomes) -> float:
    return float((outcomes.harm.mean(axis=2) @ outcomes.posterior).min())


def _bins(drawn: Floats) -> Ints:
    """Which bin each draw falls in: as many in each, or one for each value where those are few."""
    values, which = np.unique(drawn, return_inverse=True)
    if values.size > BINS:
        edges = np.quantile(drawn, np.linspace(0.0, 1.0, BINS + 1)[1:-1])
        which = np.searchsorted(edges, drawn, side="left")
    bins: Ints = which
    return bins


def _told_by(mixture: Floats, bins: Ints) -> float:
    """Harm spared by the option that is best in each bin against the one that is best overall."""
    sums = np.array([np.bincount(bins, weights=harm, minlength=BINS) for harm in mixture])
    return float(sums.sum(axis=1).min() - sums.min(axis=0).sum()) / bins.size
