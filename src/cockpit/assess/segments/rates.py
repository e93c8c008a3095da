"""Rates of each segment from its labelled decisions, each borrowing strength from the others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.differences import weighted_sum
from cockpit.assess.segments.shrinkage import shrink
from cockpit.assess.slices import groups
from cockpit.tables import NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.methods.measurement import Measurement
    from cockpit.config import Harm
    from cockpit.records import Counts

    Key = tuple[str, ...]  # dimension, value
    Rates = dict[str, dict[Key, Measurement]]  # by metric, then segment


@dataclass(frozen=True)
class Decisions:
    """Predictions of one segment, and its labelled decisions by what they should have been."""

    rows: int
    labelled: int
    negative: int  # decided so, labelled or not
    positive: int
    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def judged(self) -> int:
        """Decisions whose label is known."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def wrong(self) -> int:
        """Those that were wrong."""
        return self.fp + self.fn

    def k_of_n(self, name: str) -> tuple[int, int]:
        """Numerator and denominator of a rate."""
        return {
            "wrong_rate": (self.wrong, self.judged),
            "false_positive_share": (self.fp, self.judged),
            "false_negative_share": (self.fn, self.judged),
            "precision": (self.tp, self.tp + self.fp),
            "recall": (self.tp, self.tp + self.fn),
        }[name]


RATES = ("wrong_rate", "false_positive_share", "false_negative_share", "precision", "recall")


def decisions(counts: Counts, mask: NDArray[np.bool_]) -> dict[Key, Decisions]:
    """The decisions of each segment in a `score_by_segment` table, over the rows of `mask`."""
    found: dict[Key, Decisions] = {}
    label, decision, n = (counts.columns[c] for c in ("label", "decision", "n"))
    usable = mask & (abs(label) <= 1) & (abs(decision) <= 1)
    for key, rows in groups(counts, ("dimension", "value"), usable):
        cell = (label[rows] + 1) * 3 + decision[rows] + 1
        total = np.maximum(np.bincount(cell, n[rows], 9), 0.0)
        table = total.astype(np.int64).reshape(3, 3)  # codes −1, 0, 1, shifted by one
        found[key] = Decisions(
            rows=int(table.sum()),
            labelled=int(table[1:].sum()),
            negative=int(table[:, NEGATIVE + 1].sum()),
            positive=int(table[:, POSITIVE + 1].sum()),
            tp=int(table[POSITIVE + 1, POSITIVE + 1]),
            fp=int(table[NEGATIVE + 1, POSITIVE + 1]),
            fn=int(table[POSITIVE + 1, NEGATIVE + 1]),
            tn=int(table[NEGATIVE + 1, NEGATIVE + 1]),
        )
    return found


def rates(by_segment: dict[Key, Decisions], harm: Harm) -> Rates:
    """Each rate of each segment, shrunk towards the other values of its dimension, and its harm."""
    dimensions: dict[str, list[Key]] = defaultdict(list)
    for key in by_segment:
        dimensions[key[0]].append(key)
    found: Rates = {name: {} for name in RATES}
    for keys in dimensions.values():
        pairs = [[by_segment[key].k_of_n(name) for key in keys] for name in RATES]
        k, n = np.moveaxis(np.array(pairs, dtype=np.int64), 2, 0)
        for name, shrunk in zip(RATES, shrink(k, n), strict=True):
            found[name].update(zip(keys, shrunk, strict=True))
    missed, raised = found["false_negative_share"], found["false_positive_share"]
    found["harm_rate"] = {
        key: weighted_sum([(harm.false_negative, missed[key]), (harm.false_positive, raised[key])])
        for key in by_segment
    }
    return found
