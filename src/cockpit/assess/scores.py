"""One slice of the score table as dense arrays over bins, with its four running sums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cockpit.bins import SCORE_BINS, SEGMENT_BINS, score_edges, segment_edges
from cockpit.tables import FIXED_POINT, NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LABELS = DECISIONS = 3  # codes −1, 0, 1, shifted by one to index arrays


@dataclass(frozen=True)
class Scores:
    """Rows of one version and role. `cells` has shape (label, decision, bin), codes shifted by one.

    `sum_p` and `sum_p2` have shape (label, bin): Σp and Σp² of the rows in each.
    """

    cells: Ints
    sum_p: Floats
    sum_p2: Floats

    @cached_property
    def by_label(self) -> Ints:
        """Rows of each label (unknown, 0, 1) and bin, shape (3, bins)."""
        rows: Ints = self.cells.sum(axis=1)
        return rows

    @property
    def positive(self) -> Ints:
        """Rows labelled 1 in each bin."""
        rows: Ints = self.by_label[POSITIVE + 1]
        return rows

    @property
    def negative(self) -> Ints:
        """Rows labelled 0 in each bin."""
        rows: Ints = self.by_label[NEGATIVE + 1]
        return rows

    @property
    def every(self) -> Ints:
        """All rows in each bin, labelled or not."""
        rows: Ints = self.by_label.sum(axis=0)
        return rows

    @property
    def rows(self) -> int:
        """All rows."""
        return int(self.cells.sum())

    @property
    def labelled(self) -> int:
        """Rows whose label is known."""
        return int(self.by_label[1:].sum())

    def decided(self, decision: int, label: int) -> int:
        """Rows with this decision and label."""
        return int(self.cells[label + 1, decision + 1].sum())

    @cached_property
    def confusion(self) -> tuple[int, int, int, int]:
        """True positives, false positives, false negatives, true negatives."""
        return (
            self.decided(POSITIVE, POSITIVE),
            self.decided(POSITIVE, NEGATIVE),
            self.decided(NEGATIVE, POSITIVE),
            self.decided(NEGATIVE, NEGATIVE),
        )

    @property
    def one_class(self) -> bool:
        """Whether no label is positive, or none negative."""
        return not self.positive.any() or not self.negative.any()

    @property
    def mean_score(self) -> Floats:
        """Mean score of the labelled rows in each bin; where there are none, its middle."""
        n = self.by_label[1:].sum(axis=0)
        return np.where(n > 0, self.sum_p[1:].sum(axis=0) / np.maximum(n, 1), middles(len(n)))


def why_unlabelled(scores: Scores) -> str:
    """Why nothing can be said where no label is known."""
    return "no labels yet" if scores.rows else "no predictions"


@lru_cache(maxsize=2)
def middles(size: int) -> Floats:
    """Middle of each score bin, or of each of the coarser bins segments use."""
    return (_edges(size)[1:] + _edges(size)[:-1]) / 2.0


@lru_cache(maxsize=2)
def _edges(size: int) -> Floats:
    return score_edges() if size == SCORE_BINS else segment_edges()


def size_of(table: str) -> int:
    """How many bins the table's scores fall into."""
    return SCORE_BINS if table == "score" else SEGMENT_BINS


def of(counts: Counts, mask: NDArray[np.bool_] | None = None) -> Scores:
    """The rows of `counts` (a `score` or `score_by_segment` table) where `mask` holds, added up.

    Rows outside the bins, and cells that labels have emptied beyond zero, count as nothing; a sum
    of scores is held to what so many rows of its bin can have, however a file came by it.
    """
    size = size_of(counts.table)
    c = {name: counts.columns[name] for name in ("decision", "label", "bin", *_SUMS)}
    usable = (
        (c["bin"] >= 0) & (c["bin"] < size) & (abs(c["label"]) <= 1) & (abs(c["decision"]) <= 1)
    )
    keep = usable if mask is None else usable & mask
    if not keep.all():
        c = {name: values[keep] for name, values in c.items()}
    by_label = (c["label"] + 1) * size + c["bin"]
    by_cell = ((c["label"] + 1) * DECISIONS + c["decision"] + 1) * size + c["bin"]
    cells = np.bincount(by_cell, c["n"], LABELS * DECISIONS * size)
    cells = np.clip(cells, 0.0, _MOST).astype(np.int64).reshape(LABELS, DECISIONS, size)
    sum_p, sum_p2 = (
        (np.bincount(by_label, c[s], LABELS * size) / FIXED_POINT).reshape(LABELS, size)
        for s in _SUMS[1:]
    )
    rows, edges = cells.sum(axis=1), _edges(size)
    return Scores(
        cells,
        np.clip(sum_p, rows * edges[:-1], rows * edges[1:]),
        np.clip(sum_p2, rows * edges[:-1] ** 2, rows * edges[1:] ** 2),
    )


_SUMS = ("n", "sum_p", "sum_p2")
_MOST = 2.0**47  # rows in one cell: no sum over cells can overflow
