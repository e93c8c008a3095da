"""How much each feature tells of the score, counted while the reference is read."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from cockpit.tables import FIXED_POINT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.observe.decode import Batch

    Ints = NDArray[np.int64]


class Importance:
    """The mean score in each bin of each feature, from integer sums: the same in any pieces."""

    def __init__(self) -> None:
        # By the feature's code, then its bin: rows, and their summed scores in fixed point.
        self._rows: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._scores: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._squares = 0

    def add(self, batch: Batch) -> None:
        """Take in decoded rows; those without a score tell nothing."""
        if batch.served is None:
            return
        scored = ~np.isnan(batch.served.score)
        score = batch.served.score[scored]
        fixed = np.floor(score * FIXED_POINT).astype(np.int64)
        self.add_squares(int(np.floor(score * score * FIXED_POINT).astype(np.int64).sum()))
        for code, column in batch.features:
            bins = column[scored]
            rows = np.bincount(bins)
            sums = np.zeros(len(rows), dtype=np.int64)
            np.add.at(sums, bins, fixed)
            present = np.flatnonzero(rows)
            self.add_sums(code, present, rows[present], sums[present])

    def add_squares(self, total: int) -> None:
        """Take in a sum of squared scores in fixed point."""
        self._squares += total

    def add_sums(self, code: int, bins: Ints, rows: Ints, scores: Ints) -> None:
        """Take in rows, and their summed scores in fixed point, by bin of one feature."""
        for bin_, n, total in zip(bins.tolist(), rows.tolist(), scores.tolist(), strict=True):
            self._rows[code][bin_] += n
            self._scores[code][bin_] += total

    def shares(self) -> dict[int, float]:
        """Of the score's variance, the share that lies between a feature's bins, by its code.

        The correlation ratio of Pearson (1905) less what chance adds to it (ε²; Kelley 1935): 0
        where the score does not depend on the feature alone, 1 where nothing else matters.
        """
        return {code: self._share(code) for code in self._rows}

    def _share(self, code: int) -> float:
        rows, sums = self._rows[code], self._scores[code]
        n, total = sum(rows.values()), sum(sums.values()) / FIXED_POINT
        spread = self._squares / FIXED_POINT - total**2 / n
        between = sum((s / FIXED_POINT) ** 2 / rows[b] for b, s in sums.items()) - total**2 / n
        if spread <= 0 or n <= len(rows):
            return 0.0
        by_chance = (len(rows) - 1) * (spread - between) / (n - len(rows))
        return round(min(max((between - by_chance) / spread, 0.0), 1.0), 6)
