"""The design effect: how much farther apart healthy stretches are than independent rows would be.

Rows near each other in time resemble each other (the same users, the same hour), so m of them tell
less than m independent ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from cockpit.assess import history
from cockpit.assess.drift.divergence import divergence
from cockpit.records import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs
    from cockpit.assess.onset.changes import Onset

    Ints = NDArray[np.int64]

STRETCHES = 8  # that are looked for before the onset, at least
_FEWEST = 4  # with enough rows, to compare each with the next
_LEAST_ROWS = 300  # of a stretch: from here on PSI by chance is what its formula says


def design_effect(stretches: Ints) -> float:
    """How many times what chance does PSI moves between healthy stretches, shape (K, B) → ≥ 1.

    Each stretch is compared with the next, and the ratio of PSI to its null median is taken in the
    middle of them: a stretch that something happened in spoils two comparisons, not the whole. 1
    where too few stretches have rows.
    """
    kept = stretches[stretches.sum(axis=1) >= _LEAST_ROWS]
    if len(kept) < _FEWEST:
        return 1.0
    one, other = kept[:-1], kept[1:]
    freedom = ((one + other) > 0).sum(axis=1) - 1
    independent = chdtri(np.maximum(freedom, 1), 0.5) * (
        1 / one.sum(axis=1) + 1 / other.sum(axis=1)
    )
    return max(float(np.median(divergence(one, other).psi / independent)), 1.0)


def healthy_stretches(inputs: Inputs, begun: Onset | None) -> history.Steps | None:
    """Stretches of the history before the onset, else before the present window; whole buckets.

    Each as long as that window, or as short as it takes for STRETCHES of them; null where there is
    less than a bucket for each.
    """
    now, bucket = inputs.quality_window, inputs.slow_bucket
    end = now.start if begun is None else min(begun.low, now.end)
    end -= end % bucket
    before = end - inputs.history_window.start
    length = min(now.end - now.start, before // STRETCHES)
    length -= length % bucket
    if length <= 0:
        return None
    size = before // length
    start = end - size * length
    return history.Steps(start, length, size, Window(start=start, end=end))
