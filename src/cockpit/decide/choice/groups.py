"""The order of options, and the close calls in it.

There what keeps the promises of the service comes first, then what is more reversible.
"""

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

CLOSE = 0.05  # of the harm of the best, with what a healthy service does meanwhile


def close(scores: Floats, ordinary: float = 0.0) -> Bools:
    """Which options the scores, shape (…, A), cannot tell from the best one.

    `ordinary` is the harm of a healthy service, which scores leave out: beside it the excess may be
    next to nothing.
    """
    best = scores.min(axis=-1, keepdims=True)
    near: Bools = scores <= best + CLOSE * np.abs(best + ordinary)
    return near


def recommended(scores: Floats, traits: Sequence[Traits], ordinary: float = 0.0) -> Ints:
    """Index of the option to take for scores of shape (…, A): result has shape (…).

    Of those within 5 % of the best the one that breaks fewest promises, then the most reversible;
    of equals the one with the least score.
    """
    steps = sorted({option.effort for option in traits})
    effort = np.array([steps.index(option.effort) for option in traits])
    within = np.where(close(scores, ordinary), effort, len(steps))
    easiest = within == within.min(axis=-1, keepdims=True)
    index: Ints = np.where(easiest, scores, np.inf).argmin(axis=-1)
    return index


def ranked(scores: Floats, traits: Sequence[Traits], ordinary: float = 0.0) -> list[int]:
    """Indices, best first: group after group of close calls. The first is the recommended one."""
    waiting = np.argsort(scores, kind="stable")
    order: list[int] = []
    while waiting.size:
        near = close(scores[waiting], ordinary)
        group = [int(option) for option in waiting[near]]
        order += sorted(group, key=lambda option: (traits[option].effort, scores[option]))
        waiting = waiting[~near]
    return order


def close_call(scores: Floats, traits: Sequence[Traits], ordinary: float = 0.0) -> str:
    """'close call between canary v42 10 % and rollback to v41: take the more reversible', or ""."""
    order = ranked(scores, traits, ordinary)
    near = close(scores, ordinary)
    group = [traits[option] for option in order if near[option]]
    if len(group) < 2:
        return ""
    labels = [option.label for option in group]
    listed = ", ".join(labels[:-1]) + f" and {labels[-1]}"
    fewest = group[0].broken < max(option.broken for option in group)
    how = "that keeps more promises" if fewest else "more reversible"
    return f"close call between {listed}: take the one {how}, {labels[0]}"
