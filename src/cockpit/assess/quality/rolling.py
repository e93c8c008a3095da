"""A window that rolls on: counts that new rows join and old rows leave, ready at any moment.

The cost of a step is that of its own rows; what the window holds does not matter.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.scores import DECISIONS, LABELS, Scores
from cockpit.bins import SCORE_BINS, score_bin
from cockpit.tables import FIXED_POINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cockpit.bins import FeatureBins

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Some predictions: score, label and decision (codes of `tables`), each of shape (n,).

    `features` holds n values of each feature by its name.
    """

    score: Floats
    label: Ints
    decision: Ints
    features: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class _Step:
    """What one step added: distinct score cells and their sums, and each feature's histogram."""

    cells: Ints
    sums: Ints  # shape (3, cells): n, Σp, Σp² in fixed point
    features: list[Ints]


class Rolling:
    """The newest `steps` steps of rows, added up."""

    def __init__(self, steps: int, bins: Sequence[FeatureBins]) -> None:
        self._bins = bins
        self._steps: deque[_Step] = deque()
        self._longest = steps
        self._sums = np.zeros((3, LABELS * DECISIONS * SCORE_BINS), dtype=np.int64)
        self._features = [np.zeros(each.size, dtype=np.int64) for each in bins]

    def add(self, rows: Rows) -> None:
        """Take in the rows of one step; those of the step that leaves the window are taken out."""
        if len(self._steps) == self._longest:
            self._move(self._steps.popleft(), -1)
        step = self._counted(rows)
        self._steps.append(step)
        self._move(step, 1)

    @property
    def scores(self) -> Scores:
        """The scores in the window, of every version together."""
        n, sum_p, sum_p2 = self._sums.reshape(3, LABELS, DECISIONS, SCORE_BINS)
        return Scores(n.copy(), sum_p.sum(axis=1) / FIXED_POINT, sum_p2.sum(axis=1) / FIXED_POINT)

    @property
    def features(self) -> dict[str, Ints]:
        """The histogram of each feature on its frozen bins."""
        return {
            each.name: counts.copy()
            for each, counts in zip(self._bins, self._features, strict=True)
        }

    def _counted(self, rows: Rows) -> _Step:
        cell = ((rows.label + 1) * DECISIONS + rows.decision + 1) * SCORE_BINS
        cells, place = np.unique(cell + score_bin(rows.score), return_inverse=True)
        sums = np.zeros((3, len(cells)), dtype=np.int64)
        sums[0] = np.bincount(place, minlength=len(cells))
        for row, power in ((1, rows.score), (2, rows.score * rows.score)):
            np.add.at(sums[row], place, np.floor(power * FIXED_POINT).astype(np.int64))
        return _Step(cells, sums, [each.histogram(rows.features[each.name]) for each in self._bins])

    def _move(self, step: _Step, sign: int) -> None:
        self._sums[:, step.cells] += sign * step.sums
        for total, counts in zip(self._features, step.features, strict=True):
            total += sign * counts
