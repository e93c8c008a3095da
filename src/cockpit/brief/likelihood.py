"""How sure: a likelihood word with its number, only where a probability can be computed.

The words are those of Intelligence Community Directive 203 (2015), one to each band of probability.
"""

from __future__ import annotations

from statistics import NormalDist

from cockpit import numbers
from cockpit.records import Estimate

_BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)
WORDS = tuple(word for _, word in _BANDS)


def word(probability: float) -> str:
    """The ICD 203 word for a probability in [0, 1]."""
    return next(name for upper, name in _BANDS if probability <= upper)


def statement(probability: float, what: str) -> str:
    """'It is very likely (93 %) that …'; never 0 or 100 %, which no data can give."""
    shown = (
        "under 1 %"
        if probability < 0.01
        else "over 99 %"
        if probability > 0.99
        else numbers.share(round(probability, 2))
    )
    name = word(probability)
    start = "There is" if name.endswith("chance") else "It is"
    article = " a" if name.startswith("roughly") else ""
    return f"{start}{article} {name} ({shown}) that {what}."


def probability_worse(estimate: Estimate, compared: int = 1) -> float | None:
    """P(worse than its baseline), from the interval of the difference; None where there is none.

    The interval is read as a confidence distribution (Xie & Singh 2013): normal, with the half
    width on the side of zero as its scale. `compared` is how many segments were looked at before
    this one was picked; 1 − P is multiplied by it (Bonferroni), and a P that this leaves below one
    half is no evidence and is not returned. An interval that holds at any time of looking is
    wider than that distribution, so it gives no probability either.
    """
    difference = estimate.difference
    if (
        difference is None
        or difference.low is None
        or difference.high is None
        or estimate.interval != "fixed"
        or estimate.direction not in ("higher_is_better", "lower_is_better")
    ):
        return None
    harm = difference.value if estimate.direction == "lower_is_better" else -difference.value
    toward_zero = (
        difference.value - difference.low
        if difference.value > 0
        else difference.high - difference.value
    )
    if toward_zero <= 0.0:
        return None
    scale = toward_zero / NormalDist().inv_cdf(0.5 + estimate.level / 2.0)
    probability = NormalDist().cdf(harm / scale)
    if compared > 1:
        probability = 1.0 - compared * (1.0 - probability)
        return probability if probability >= 0.5 else None
    return probability
