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

CLOSE = 0.05  # of the harm of the best


def close(scores: Floats, slack: Floats | None = None) -> Bools:
    """Which options the scores, shape (…, A), cannot tell from the best one.

    `slack` (A, A) is by how much more than 5 % one option may exceed another that is best.
    """
    best = scores.min(axis=-1, keepdims=True)
    margin = CLOSE * np.abs(best)
    if slack is not None:
        margin = margin + slack[scores.argmin(axis=-1)]
    near: Bools = scores <= best + margin
    return near


def recommended(scores: Floats, traits: Sequence[Traits], slack: Floats | None = None) -> Ints:
    """Index of the option to take for scores of shape (…, A): result has shape (…).

    Of those within 5 % of the best the one that breaks fewest promises, then the most reversible;
    of equals the one with the least score.
    """
    steps = sorted({option.effort for option in traits})
    effort = np.array([steps.index(option.effort) for option in traits])
    within = np.where(close(scores, slack), effort, len(steps))
    easiest = within == within.min(axis=-1, keepdims=True)
    index: Ints = np.where(easiest, scores, np.inf).argmin(axis=-1)
    return index


def ranked(scores: Floats, traits: Sequence[Traits], slack: Floats | None = None) -> list[int]:
    """Indices, best first: group after group of close calls. The first is the recommended one."""
    waiting = np.argsort(scores, kind="stable")
    order: list[int] = []
    while waiting.size:
        among = None if slack is None else slack[np.ix_(waiting, waiting)]
        near = close(scores[waiting], among)
        group = [int(option) for option in waiting[near]]
        order += sorted(group, key=lambda option: (traits[option].effort, scores[option]))
        waiting = waiting[~near]
    return order


def easier(one: Traits, other: Traits) -> str:
    """Why the one comes before the other where harm cannot tell them apart."""
    if one.broken < other.broken:
        return "keeps more promises"
    if one.irreversible < other.irreversible:
        return "can be undone"
    if one.undo < other.undo:
        return "is undone sooner"
    return "works sooner" if one.minutes < other.minutes else "does no more harm"


def close_call(scores: Floats, traits: Sequence[Traits], slack: Floats | None = None) -> str:
    """'close call with rollback to v41 and 1 more; it is undone sooner', or ""."""
    near = close(scores, slack)
    first, *others = (traits[option] for option in ranked(scores, traits, slack) if near[option])
    if not others:
        return ""
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"close call with {others[0].label}{more}; it {easier(first, others[0])}"
