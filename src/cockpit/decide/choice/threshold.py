"""The act-if line: the probability of a real fault from which acting does less harm than observing.

With one option, costs known and a fault that lasts T it is p* = (g·T + C) ÷ ((g + h)·T), where g is
what the new version gains a minute, h the harm a minute of its fault, and C the cost of switching.
Here both sides come from the outcomes: the expected harm of every option if there is a fault and if
there is none, which is linear in that probability. A changed mix of traffic is real but no fault:
nothing of ours is broken that an option could take away, so it counts on the side of noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.decide.outcomes.outcome import Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

NO_FAULT = frozenset({"mix", "noise"})


@dataclass(frozen=True)
class ActIf:
    """Observing does the least harm while P(real fault) is within [low, high].

    From 0 to 1 it always does, and where `low` is above `high` it never does.
    """

    probability: float  # of a real fault, now
    low: float
    high: float
    sentence: str

    @property
    def acts(self) -> bool:
        """Whether acting does less harm than observing, as probable as a fault is now."""
        return not self.low <= self.probability <= self.high


def act_if(outcomes: Outcomes) -> ActIf:
    """Where observing and the best acting option break even in expected harm.

    The faults keep their proportions to each other, and so do mix and noise.
    """
    real = np.array([fault not in NO_FAULT for fault in outcomes.faults])
    means = outcomes.harm.mean(axis=2)
    beyond = means[outcomes.options.index("observe")] - means
    if_none = beyond @ _part(outcomes.posterior, ~real)
    if_fault = beyond @ _part(outcomes.posterior, real)
    low, high = 0.0, 1.0
    for start, end in zip(if_none, if_fault, strict=True):  # observing's harm beyond an option's
        if start > 0 and end > 0:
            low, high = 1.0, 0.0
        elif start <= 0 < end:
            high = min(high, float(-start / (end - start)))
        elif end <= 0 < start:
            low = max(low, float(start / (start - end)))
    probability = float(outcomes.posterior[real].sum())
    return ActIf(probability, low, high, _sentence(probability, low, high))


def _part(posterior: Floats, kept: Bools) -> Floats:
    """The posterior given one of some faults; as it is where none of them is possible."""
    part = np.where(kept, posterior, 0.0)
    whole = part.sum()
    return part / whole if whole > 0 else posterior


def _sentence(probability: float, low: float, high: float) -> str:
    """'P(real fault) 62 % > 12 %: act', or which is better whatever it is."""
    if low > high:
        return "acting does less harm than observing, whether a fault is real or not"
    if low == 0.0 and high == 1.0:
        return "observing does the least harm, whether a fault is real or not"
    if probability > high:
        return f"{_compared(probability, '>', high)}: act"
    if probability < low:
        return f"{_compared(probability, '<', low)}: act"
    if low == 0.0:
        return f"{_compared(probability, '<', high)}: observe"
    if high == 1.0:
        return f"{_compared(probability, '>', low)}: observe"
    return (
        f"P(real fault) {numbers.probability(probability)} is between {numbers.share(low)} "
        f"and {numbers.share(high)}: observe"
    )


def _compared(probability: float, sign: str, line: float) -> str:
    now, bar = numbers.probability(probability), numbers.share(line)
    return (
        f"P(real fault) {now}, at the line" if now == bar else f"P(real fault) {now} {sign} {bar}"
    )
