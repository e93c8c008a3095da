"""Two versions compared minute by minute, so that no trend and no ramp passes for a difference.

While a canary ramps, its rows are younger than the control's: they fall into later minutes and
fewer of them are labelled. Within one minute both have the same age and saw the same traffic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.history import within
from cockpit.assess.methods.differences import Contrast, difference, weighted_sum
from cockpit.assess.methods.intervals import score_interval
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.quality.ranking import f1_of
from cockpit.assess.slices import is_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cockpit.config import Harm
    from cockpit.records import Counts, Window

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Both = tuple[Measurement, Measurement]  # one version, and the other


@dataclass(frozen=True)
class SideBySide:
    """Rows of two versions in a table: `arm` 0 or 1 of each, and which of `size` buckets."""

    counts: Counts
    rows: Ints
    arm: Ints
    bucket: Ints
    size: int

    def sum(self, where: Mask, column: str = "n") -> Ints:
        """Σ column over the table's rows where a mask holds, shape (2, size)."""
        kept = where[self.rows]
        cell = (self.arm * self.size + self.bucket)[kept]
        total = np.bincount(cell, self.counts.columns[column][self.rows][kept], 2 * self.size)
        return total.astype(np.int64).reshape(2, self.size)


def side_by_side(counts: Counts, window: Window, pair: tuple[str, str]) -> SideBySide:
    """The rows of two versions in a window of a table; all in one bucket where it has no times."""
    one, other = (is_word(counts, "version", version) for version in pair)
    if "valid" not in counts.columns:
        rows = np.flatnonzero(one | other)
        return SideBySide(counts, rows, other[rows].astype(np.int64), np.zeros_like(rows), 1)
    rows = np.flatnonzero((one | other) & within(counts, window))
    times, bucket = np.unique(counts.columns["valid"][rows], return_inverse=True)
    return SideBySide(counts, rows, other[rows].astype(np.int64), bucket, times.size)


def standardized(k: Ints, n: Ints) -> Both:
    """Rate k / n of both arms over the buckets they share; `k` and `n` of shape (2, buckets).

    Buckets weigh w = n₁n₂/(n₁ + n₂) (Mantel & Haenszel), so the difference of the two rates is
    their risk difference (Greenland & Robins 1985). Each rate has Wilson's interval on the rows
    that it is worth, (Σw)²/Σ(w²/n); of those MOVER makes a stratified Newcombe interval, like Yan &
    Su's (2010), which for one bucket is Newcombe's own. Unlike variances summed over sparse buckets
    it does not shrink to nothing where nothing failed.
    """
    shared = (n > 0).all(axis=0)
    n = n[:, shared]
    k = np.clip(k[:, shared], 0, n)
    if n.size == 0:
        nothing = unmeasured("no minute has such rows of both")
        return nothing, nothing
    weight = n[0] * n[1] / n.sum(axis=0)
    weight /= weight.sum()
    return _arm(k[0], n[0], weight), _arm(k[1], n[1], weight)


def _arm(k: Ints, n: Ints, weight: NDArray[np.float64]) -> Measurement:
    value = min(float(weight @ (k / n)), 1.0)
    low, high = score_interval(value, 1.0 / float((weight * weight / n).sum()))
    return Measurement(value=value, low=low, high=high, n=int(n.sum()), n_pos=int(k.sum()))


def decisions(tp: Ints, fp: Ints, fn: Ints, tn: Ints, harm: Harm) -> dict[str, Both]:
    """What labelled decisions tell of both arms, from counts of shape (2, buckets)."""
    judged = tp + fp + fn + tn
    missed, raised = standardized(fn, judged), standardized(fp, judged)
    costs = [
        weighted_sum([(harm.false_negative, missed[arm]), (harm.false_positive, raised[arm])])
        for arm in (0, 1)
    ]
    return {
        "precision": standardized(tp, tp + fp),
        "recall": standardized(tp, tp + fn),
        "f1": _each(f1_of, standardized(tp, tp + fp + fn)),
        "accuracy": standardized(tp + tn, judged),
        "wrong_rate": standardized(fp + fn, judged),
        "harm_rate": (costs[0], costs[1]),
    }


def _each(change: Callable[[Measurement], Measurement], arms: Both) -> Both:
    return change(arms[0]), change(arms[1])


def anchored(now: Measurement, arms: Both, most: float = 1.0) -> Contrast:
    """The figure `now`, and what the other version would have shown in its place.

    The difference is that of the standardized `arms`; the baseline is `now` less it, so that the
    three agree, with an interval as wide as the other arm's; neither leaves [0, `most`].
    """
    one, other = arms
    found = difference(one.interval, other.interval)
    if now.value is None or one.value is None or found is None:
        return Contrast(now, other, found)
    shift = now.value - one.value
    value, low, high = (
        None if x is None else min(max(x + shift, 0.0), most) for x in other.interval
    )
    return Contrast(now, replace(other, value=value, low=low, high=high), found)
