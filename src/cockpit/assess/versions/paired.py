"""A shadow against the version that served, on the same rows: ranking, decisions, agreement."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr

from cockpit.assess.methods.differences import Contrast, difference
from cockpit.assess.methods.intervals import wilson
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.quality import ranking
from cockpit.assess.scores import DECISIONS, LABELS, Scores
from cockpit.bins import SEGMENT_BINS
from cockpit.tables import NEGATIVE, POSITIVE, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_COARSE = 0.05  # AUC that ties within bins may hide, from which the bins are too wide to tell


@dataclass(frozen=True)
class Pairs:
    """Rows that both scored. Codes −1, 0, 1 are shifted by one to index arrays.

    `scores` has shape (label, served bin, shadow bin), `decisions` (label, served, shadow).
    """

    scores: Ints
    decisions: Ints

    @property
    def judged(self) -> Ints:
        """Labelled rows that both decided, shape (right or wrong served, the same of the shadow).

        Index 0 is right, 1 is wrong.
        """
        negative, positive = self.decisions[1:, 1:, 1:]
        both: Ints = negative + positive[::-1, ::-1]
        return both


def of(counts: Counts, rows: Ints) -> Pairs:
    """Some rows of a `pair` table, by index, added up; rows outside the bins count as nothing."""
    c = {name: column[rows] for name, column in counts.columns.items()}
    codes = [c[name] for name in ("label", "decision", "shadow_decision")]
    bins = [c["bin"], c["shadow_bin"]]
    usable = np.all([abs(code) <= 1 for code in codes], axis=0)
    usable &= np.all([(b >= 0) & (b < SEGMENT_BINS) for b in bins], axis=0)
    label, served, shadow = (code[usable] + 1 for code in codes)
    one, other = (b[usable] for b in bins)
    n = c["n"][usable]
    return Pairs(
        scores=_table((label, one, other), n, (LABELS, SEGMENT_BINS, SEGMENT_BINS)),
        decisions=_table((label, served, shadow), n, (LABELS, DECISIONS, DECISIONS)),
    )


def _table(keys: tuple[Ints, ...], n: Ints, shape: tuple[int, ...]) -> Ints:
    total = np.bincount(np.ravel_multi_index(keys, shape), n, math.prod(shape))
    return np.maximum(total, 0.0).astype(np.int64).reshape(shape)


def auc(pairs: Pairs) -> Contrast:
    """AUC of the shadow against that of what served; the rows are the same, so they correlate.

    Each has its own interval; that of the difference follows from both and DeLong's correlation.
    """
    now, base = (ranking.auc(_alone(pairs.scores, axis)) for axis in (2, 1))
    if now.value is None or base.value is None:
        return Contrast(now, base, None)
    positive, negative = pairs.scores[POSITIVE + 1], pairs.scores[NEGATIVE + 1]
    hidden = max(tied(positive.sum(axis), negative.sum(axis)) for axis in (0, 1))
    if hidden > _COARSE:
        few = unmeasured(f"scores too close together for {SEGMENT_BINS} bins", now.n, now.n_pos)
        return Contrast(few, base, None)
    _, covariance = delong(positive, negative)
    spread = math.sqrt(covariance[0, 0] * covariance[1, 1])
    correlation = float(covariance[0, 1]) / spread if spread > 0 else 0.0
    note = f"in {SEGMENT_BINS} bins, each AUC within {hidden:.3f} at worst"
    found = difference(now.interval, base.interval, correlation)
    return Contrast(replace(now, note=note), base, found)


def _alone(scores: Ints, axis: int) -> Scores:
    """The scores of one of the two, by its axis, without its decisions."""
    cells = np.zeros((LABELS, DECISIONS, SEGMENT_BINS), dtype=np.int64)
    cells[:, UNKNOWN + 1] = scores.sum(axis=3 - axis)
    return Scores(cells, *np.zeros((2, LABELS, SEGMENT_BINS)))


def tied(positive: Ints, negative: Ints) -> float:
    """By how much binning may have moved an AUC at worst: half the pairs that share a bin."""
    pairs = float(positive.sum()) * float(negative.sum())
    return 0.5 * float(positive @ negative) / pairs


def delong(positive: Ints, negative: Ints) -> tuple[Floats, Floats]:
    """Areas (served, shadow) and their covariance, shape (2, 2), from two tables of binned scores.

    `positive` and `negative` count the rows of each class by (served bin, shadow bin), at least two
    of each. DeLong et al. 1988, eq. 4–6; a placement depends on the bin alone, so that products of
    placements are summed over the cells of a table rather than over rows.
    """
    sides = [_placements(positive.sum(axis), negative.sum(axis)) for axis in (1, 0)]
    areas, above, below = zip(*sides, strict=True)
    return np.array(areas), _covariance(positive, *above) + _covariance(negative, *below)


def _placements(positive: Ints, negative: Ints) -> tuple[float, Floats, Floats]:
    """The area, and how far a positive and a negative in each bin are placed from it."""
    p, n = positive.sum(), negative.sum()
    above = (np.cumsum(negative) - negative / 2.0) / n
    below = 1.0 - (np.cumsum(positive) - positive / 2.0) / p
    area = float(positive @ above) / float(p)
    return area, above - area, below - area


def _covariance(rows: Ints, one: Floats, other: Floats) -> Floats:
    """Covariance of the two means over `rows`, from what a row is worth by either of its bins."""
    n, joint = rows.sum(), one @ rows @ other
    products = np.array([[rows.sum(1) @ one**2, joint], [joint, rows.sum(0) @ other**2]])
    covariance: Floats = products / (n * (n - 1))
    return covariance


def accuracy(pairs: Pairs) -> Contrast:
    """Share of right decisions of the shadow against that of what served."""
    return _compared(pairs, pairs.judged)


def wrong_rate(pairs: Pairs) -> Contrast:
    """Share of wrong decisions of the shadow against that of what served."""
    return _compared(pairs, pairs.judged[::-1, ::-1])


def _compared(pairs: Pairs, table: Ints) -> Contrast:
    """The shares in the first row and column, their difference, and McNemar's test of it.

    The interval is Newcombe's for paired proportions (1998b, method 10).
    """
    (both, served_only), (shadow_only, _) = table.tolist()
    n = int(table.sum())
    reason = "no decisions" if pairs.decisions[1:].any() else "no labels yet"
    now, base = (wilson(both + k, n, reason) for k in (shadow_only, served_only))
    if n == 0:
        return Contrast(now, base, None)
    note = (
        f"shadow alone in {shadow_only:,} rows, served alone in {served_only:,}, "
        f"exact McNemar p {mcnemar(shadow_only, served_only):.2g}"
    )
    found = difference(now.interval, base.interval, correlation(table))
    return Contrast(replace(now, note=note), base, found)


def correlation(table: Ints) -> float:
    """φ of a 2×2 table, drawn towards 0 by half a row as Newcombe (1998b, method 10) does."""
    (e, f), (g, h) = table.tolist()
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    if margins == 0:
        return 0.0
    product = e * h - f * g
    if product > 0:
        product = max(product - (e + f + g + h) / 2, 0.0)
    return float(product / math.sqrt(margins))


def mcnemar(one: int, other: int) -> float:
    """Two-sided exact p of two discordant counts being equally likely (McNemar 1947)."""
    n = one + other
    return 1.0 if n == 0 else min(2.0 * float(bdtr(min(one, other), n, 0.5)), 1.0)


def agreement(pairs: Pairs) -> Measurement:
    """Share of rows, labelled or not, that both decided alike, Wilson interval."""
    decided = pairs.decisions[:, 1:, 1:].sum(axis=0)
    return wilson(int(np.trace(decided)), int(decided.sum()), "no decisions")
