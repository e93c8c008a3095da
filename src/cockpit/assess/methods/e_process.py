"""Does one arm go wrong more often than the other: evidence that may be looked at at any time."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ERROR = 0.05  # chance that a watch of nothing ever alarms
THRESHOLD = 1.0 / ERROR
# How many times as likely the canary is to go wrong, each believed in as much as the others: more
# of them find nothing sooner. A ratio under 1.15 is not found: few would call it worse.
_ODDS = (1.3, 2.0, 4.0, 8.0)
_MOST_LOG = 690.0  # exp of more is no number
_NOTHING = 60.0  # exp of minus this is lost beside one


def log_e_process(bad: Ints, of_both: Ints, share: Floats) -> Floats:
    """Log evidence after each step that the canary goes wrong more often, shape (…, steps).

    `of_both` bad events happened in each step, `bad` of them to the canary, which had `share` of
    the requests. E = Σ_j π_j Π_t θ_j^c_t / (1 − w_t + w_t·θ_j)^k_t: a mixture over a grid of ratios
    (Robbins 1970), each compared within the step, so that neither a rate that changes with time nor
    a canary whose share grows can pass for a difference. Where the canary is no worse, E reaches
    1/α with a chance of at most α (Ville 1939): given how many requests were bad, those of the
    canary are hypergeometric, and E[θ^c] is then at most the binomial's (Hoeffding 1963, thm 4).
    A step in which one arm, or nothing, was asked adds nothing. Bad events that come in clumps, as
    retries do, weigh more than they should.
    """
    ratios = (log_ratio(bad, of_both, share, odds) for odds in _ODDS)
    return log_average([np.cumsum(ratio, axis=-1) for ratio in ratios])


def log_ratio(k: Ints, n: Ints, p: Floats | float, odds: float) -> Floats:
    """log θ^k / (1 − p + p·θ)^n: k of n at odds θ times those of p, against p itself."""
    ratio: Floats = k * np.log(odds) - n * np.log1p(p * (odds - 1.0))
    return ratio


def log_average(paths: Sequence[Floats]) -> Floats:
    """Log of the mean of e-processes given as logs: an e-process, however they hang together.

    Vovk & Wang 2021, prop. 3.1.
    """
    most = reduce(np.maximum, paths)
    # Where exp underflows it is slow, and too small to matter.
    total = sum(np.exp(np.maximum(path - most, -_NOTHING)) for path in paths)
    found: Floats = most + np.log(total) - np.log(len(paths))
    return found


def first_crossing(log_path: Floats, threshold: float) -> int | None:
    """The first step after which the evidence is at least `threshold`; null where it never is."""
    over = log_path >= np.log(threshold)
    return int(np.argmax(over)) if over.any() else None


def value_of(log_path: Floats) -> float:
    """The evidence after the last step as a plain number, cut where one no longer holds it."""
    return float(np.exp(np.minimum(log_path[-1], _MOST_LOG))) if log_path.size else 1.0
