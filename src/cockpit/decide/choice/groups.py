"""The order of options, and the close calls in it: there the more reversible comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.choice.traits import Traits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

CLOSE = 0.05  # of the best score


def close(scores: Floats) -> Bools:
    """Which options the scores, shape (…, A), cannot tell from the best one."""
    best = scores.min(axis=-1, keepdims=True)
    near: Bools = scores <= best + CLOSE * np.abs(best)
    return near


def recommended(scores: Floats, traits: Sequence[Traits]) -> Ints:
    """Index of the option to take for scores of shape (…, A): result has shape (…).

    The most reversible of those within 5 % of the best; of equals the one with the least score.
    """
    steps = sorted({option.effort for option in traits})
    effort = np.array([steps.index(option.effort) for option in traits])
    within = np.where(close(scores), effort, len(steps))
    easiest = within == within.min(axis=-1, keepdims=True)
    index: Ints = np.where(easiest, scores, np.inf).argmin(axis=-1)
    return index


def ranked(scores: Floats, traits: Sequence[Traits]) -> list[int]:
    """Indices, best first: group after group of close calls. The first is the recommended one."""
    waiting = np.argsort(scores, kind="stable")
    order: list[int] = []
    while waiting.size:
        near = close(scores[waiting])
        group = [int(option) for option in waiting[near]]
        order += sorted(group, key=lambda option: (traits[option].effort, scores[option]))
        waiting = waiting[~near]
    return order


def close_call(scores: Floats, traits: Sequence[Traits]) -> str:
    """'close call between canary v42 10 % and rollback to v41: take the more reversible', or ""."""
    order = ranked(scores, traits)
    near = close(scores)
    labels = [traits[option].label for option in order if near[option]]
    if len(labels) < 2:
        return ""
    listed = ", ".join(labels[:-1]) + f" and {labels[-1]}"
    return f"close call between {listed}: take the more reversible, {labels[0]}"
