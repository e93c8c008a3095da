"""The robust choice: least worst regret when the posterior is somewhat wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit import numbers
from cockpit.decide.choice.loss import Scoring
from cockpit.decide.choice.posteriors import perturbed
from cockpit.decide.choice.traits import Traits
from cockpit.decide.outcomes.outcome import Outcomes


@dataclass(frozen=True)
class Robust:
    """An option, and how far from the best one it is where the posterior is least kind to it.

    `regret` is in missed positives.
    """

    option: str
    regret: float
    sentence: str


def robust(
    outcomes: Outcomes, scores: Scoring, traits: Sequence[Traits], recommended: str, unit: str
) -> Robust:
    """The option of least worst regret over posteriors with each fault .15 more or less likely.

    Regret is in the score that options are ranked by, `unit` the word for it. Of equals the
    recommended one is meant.
    """
    under = scores.under(perturbed(outcomes.posterior))
    worst = (under - under.min(axis=1, keepdims=True)).max(axis=0)
    chosen = outcomes.options.index(recommended)
    least = int(worst.argmin())
    if worst[chosen] <= worst[least]:
        least = chosen
    same = least == chosen
    if same:
        sentence = "robust: the same choice if any fault is 15 points more or less likely"
    else:
        sentence = (
            f"robust choice: {traits[least].label}; with a fault 15 points more or less likely it "
            f"costs at most {numbers.count(worst[least])} {unit} beyond the best option, "
            f"{traits[chosen].label} {numbers.count(worst[chosen])}"
        )
    return Robust(
        option=outcomes.options[least],
        regret=float(worst[least]),
        sentence=sentence,
    )
