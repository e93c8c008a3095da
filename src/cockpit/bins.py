"""Where a value falls: exact bins for scores, latencies and features, equal on every engine.

Score bins have edges that floating point represents exactly: floor(1024·p) in the middle, and
from 2⁻⁵ towards 0 (and, on 1 − p, towards 1) zones that halve, each with 32 bins, down to 2⁻²⁰: a
bin there is no wider than a thirty-second of its scores, so rare events are ranked as finely.
Latency bins are the leading bits of a float32: 64 to an octave, a relative width under 1.6 %.
Feature bins are frozen from a reference: quantile edges, a cell of its own for each value that
repeats, and bins for missing, infinite, unseen, below and above, by powers of ten.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SCORE_ZONES = 15
BINS_PER_ZONE = 32
FINEST_OCTAVE = -20  # the zones begin at 2⁻²⁰
MIDDLE_BINS = 1024  # equal ones, as many as there would be from 0 to 1
_SIDE = SCORE_ZONES * BINS_PER_ZONE + 1  # one more bin for [0, 2⁻²⁰)
_SMALLEST = 2.0**FINEST_OCTAVE
_MIDDLE_LOW = 2.0 ** (FINEST_OCTAVE + SCORE_ZONES)
_MIDDLE_FIRST = round(_MIDDLE_LOW * MIDDLE_BINS)  # equal bins that the zones replace, on each side
# Exponent and top five mantissa bits of 2⁻²⁰: where zone numbering starts.
_ZONE_ORIGIN = int(np.float64(_SMALLEST).view(np.int64) >> 47)

SCORE_BINS = 2 * _SIDE + MIDDLE_BINS - 2 * _MIDDLE_FIRST
SEGMENT_BINS = 64


def _side_bin(p: Floats) -> Ints:
    """Bin of p below the middle, counted from 0."""
    zone = (p.view(np.int64) >> 47) - _ZONE_ORIGIN + 1
    return np.where(p < _SMALLEST, 0, zone)


def score_bin(p: Floats) -> Ints:
    """Bin of each score in [0, 1], shape (n,) → (n,), ascending in p; the caller drops NaN."""
    p = np.ascontiguousarray(p, dtype=np.float64) + 0.0  # −0.0 becomes 0.0
    out = _SIDE - _MIDDLE_FIRST + np.floor(p * MIDDLE_BINS).astype(np.int64)
    low = p < _MIDDLE_LOW
    out[low] = _side_bin(p[low])
    q = 1.0 - p  # exact for p ≥ 1/2 (Sterbenz)
    high = q <= _MIDDLE_LOW
    # Where the middle ends the upper side begins: its mirror is the top bin of the zones.
    out[high] = SCORE_BINS - 1 - np.minimum(_side_bin(q[high]), _SIDE - 1)
    return out


def score_edges() -> Floats:
    """The SCORE_BINS + 1 ascending edges of `score_bin`."""
    steps = 1.0 + np.arange(BINS_PER_ZONE) / BINS_PER_ZONE
    side = np.concatenate([[0.0], *(_SMALLEST * 2.0**zone * steps for zone in range(SCORE_ZONES))])
    middle = np.arange(_MIDDLE_FIRST, MIDDLE_BINS - _MIDDLE_FIRST + 1) / MIDDLE_BINS
    return np.concatenate([side, middle, 1.0 - side[::-1]])


def segment_bin(p: Floats) -> Ints:
    """One of SEGMENT_BINS equal bins of each score in [0, 1]."""
    return np.minimum(np.floor(p * SEGMENT_BINS).astype(np.int64), SEGMENT_BINS - 1)


def segment_edges() -> Floats:
    """The SEGMENT_BINS + 1 edges of `segment_bin`."""
    return np.arange(SEGMENT_BINS + 1) / SEGMENT_BINS


def latency_bin(seconds: Floats) -> Ints:
    """Log bucket of each latency ≥ 0 s."""
    positive = np.asarray(seconds, dtype=np.float32) + np.float32(0.0)  # −0.0 becomes 0.0
    return (positive.view(np.int32) >> 17).astype(np.int64)


def latency_edge(bins: Ints) -> Floats:
    """Lower edge, in seconds, of each log bucket; b ends at the lower edge of b + 1."""
    return (np.asarray(bins, dtype=np.int32) << 17).view(np.float32).astype(np.float64)


class FeatureBins(msgspec.Struct, frozen=True, kw_only=True):
    """The frozen bins of one feature.

    Numeric: bins MISSING, MINUS_INF, PLUS_INF, then `below`, a cell for each [edge, next edge), and
    `above`. The reference lies between `smallest` and `largest`; edges outside them tell by how
    much a value does not. Categorical: MISSING, UNSEEN, RARE (the reference's rare categories,
    folded), then one bin for each category.
    """

    name: str
    kind: Literal["numeric", "categorical"]
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    smallest: float | None = None
    largest: float | None = None

    @property
    def size(self) -> int:
        """How many bins there are."""
        cells = len(self.edges) + 1 if self.kind == "numeric" else len(self.categories)
        return FIRST_CELL + cells

    def digitize(self, values: Sequence[Any] | NDArray[Any]) -> Ints:
        """Bin of each value: floats (NaN is missing) or strings (None is missing)."""
        if self.kind == "numeric":
            return _digitize_numeric(np.asarray(values, dtype=np.float64), np.array(self.edges))
        codes = {name: FIRST_CELL + i for i, name in enumerate(self.categories)}
        codes[RARE_CATEGORY] = RARE
        return np.fromiter(
            (MISSING if v is None else codes.get(v, UNSEEN) for v in values),
            dtype=np.int64,
            count=len(values),
        )

    @property
    def span(self) -> tuple[float, float] | None:
        """The reference's smallest and largest number; null where it had none.

        Bins frozen before these were kept end where the reference does.
        """
        if self.smallest is not None and self.largest is not None:
            return self.smallest, self.largest
        if len(self.edges) < 2:
            return None
        return self.edges[0], math.nextafter(self.edges[-1], -math.inf)

    def cell(self, number: float) -> int:
        """Bin of one finite number."""
        return FIRST_CELL + bisect_right(self.edges, number)

    def is_one_value(self, index: int) -> bool:
        """Whether bin `index` holds a single value: a category, or a number that repeats."""
        if self.kind == "categorical":
            return index >= FIRST_CELL
        cell = index - FIRST_CELL
        return 0 < cell < len(self.edges) and self.edges[cell] == math.nextafter(
            self.edges[cell - 1], math.inf
        )

    def histogram(self, values: Sequence[Any] | NDArray[Any]) -> Ints:
        """How many of the values fall into each bin, shape (size,); faster than `digitize`."""
        if self.kind == "numeric":
            return _histogram_numeric(np.asarray(values), np.array(self.edges))
        return np.bincount(self.digitize(values), minlength=self.size)

    def label(self, index: int) -> str:
        """What bin `index` holds, in words."""
        if index < FIRST_CELL:
            names = ("missing", "−∞", "+∞") if self.kind == "numeric" else _CATEGORY_NAMES
            return names[index]
        if self.kind == "categorical":
            return self.categories[index - FIRST_CELL]
        cell = index - FIRST_CELL
        if cell == 0:
            return f"below {self.edges[0]:g}"
        if cell == len(self.edges):
            return f"{self.edges[-1]:g} and above"
        low, high = self.edges[cell - 1], self.edges[cell]
        if self.is_one_value(index):
            return f"{low:g}"
        least = math.nextafter(0.0, math.inf)  # what follows a cell of zeros
        return f"{0.0 if low == least else low:g} to {high:g}"


MISSING, MINUS_INF, PLUS_INF = 0, 1, 2
UNSEEN, RARE = 1, 2
FIRST_CELL = 3
_CATEGORY_NAMES = ("missing", "unseen", "rare")
RARE_CATEGORY = "\x00rare"  # what a folded category is called while rows are counted
RARE_BELOW = 20  # a category with fewer reference rows could name a person: it is folded
MOST_CATEGORIES = 50
QUANTILE_BINS = 10
BEYOND = (10.0, 100.0, 1000.0)  # how many times outside the reference's numbers is told apart


def _digitize_numeric(x: Floats, edges: Floats) -> Ints:
    out = FIRST_CELL + np.searchsorted(edges, x, side="right").astype(np.int64)
    out[np.isnan(x)] = MISSING
    out[np.isneginf(x)] = MINUS_INF
    out[np.isposinf(x)] = PLUS_INF
    return out


_BLOCK = 1 << 15  # values compared at once: they stay in the cache while each edge passes


def _histogram_numeric(values: NDArray[Any], edges: Floats) -> Ints:
    """Like a count of `_digitize_numeric`, by comparing: a few edges cost less than a search."""
    counts = np.zeros(FIRST_CELL + len(edges) + 1, dtype=np.int64)
    reached = np.zeros(len(edges), dtype=np.int64)  # values at or above each edge
    mark = np.empty(_BLOCK, dtype=np.bool_)
    for start in range(0, len(values), _BLOCK):
        x = values[start : start + _BLOCK].astype(np.float64, copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            plain = np.isfinite(x.sum())  # where the sum overflows, that costs time alone
        if not plain:
            counts[MISSING] += np.count_nonzero(np.isnan(x))
            counts[MINUS_INF] += np.count_nonzero(np.isneginf(x))
            counts[PLUS_INF] += np.count_nonzero(np.isposinf(x))
            x = x[np.isfinite(x)]
        if x.size == 0:
            continue
        # From the middle outwards: beyond the values' own range every edge counts alike.
        for i in range(len(edges) // 2, len(edges)):
            many = np.count_nonzero(np.greater_equal(x, edges[i], out=mark[: x.size]))
            if many == 0:
                break
            reached[i] += many
        for i in range(len(edges) // 2 - 1, -1, -1):
            many = np.count_nonzero(np.greater_equal(x, edges[i], out=mark[: x.size]))
            if many == x.size:
                reached[: i + 1] += many
                break
            reached[i] += many
    finite = len(values) - int(counts[:FIRST_CELL].sum())
    counts[FIRST_CELL:] = np.append(finite, reached) - np.append(reached, 0)
    return counts


def freeze_numeric(name: str, values: Floats) -> FeatureBins:
    """Quantile edges of a reference column; a value with a tenth of the rows is its own cell."""
    finite = values[np.isfinite(values)]  # a copy, put in order only around the quantiles
    if finite.size == 0:
        return FeatureBins(name=name, kind="numeric", edges=(0.0,))
    place = np.linspace(0.0, 1.0, QUANTILE_BINS + 1) * (finite.size - 1)
    before = np.floor(place).astype(np.int64)
    after = np.minimum(before + 1, finite.size - 1)
    finite.partition(np.union1d(before, after))
    low, high, part = finite[before], finite[after], place - before
    # A run of a tenth of the rows cannot lie between two of these places.
    tenth = finite.size / QUANTILE_BINS
    atoms = [x for x in np.unique(low) if np.count_nonzero(finite == x) >= tenth]
    smallest, largest = float(low[0]), float(low[-1])
    with np.errstate(over="ignore", invalid="ignore"):  # from one end of the floats to the other
        quantiles = np.where(
            part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part)
        )
        ends = np.nextafter([*atoms, largest], np.inf)
    outside = _beyond(smallest, largest)
    every = np.unique(np.concatenate([quantiles[:-1], atoms, ends, outside])) + 0.0  # no −0.0
    return FeatureBins(
        name=name,
        kind="numeric",
        edges=tuple(every[np.isfinite(every)].tolist()),
        smallest=smallest,
        largest=largest,
    )


def _beyond(smallest: float, largest: float) -> list[float]:
    """Edges outside the reference's numbers: another unit, a sign or a zero it does not have."""
    edges = [factor * largest for factor in BEYOND if largest > 0.0]
    edges += [factor * smallest for factor in BEYOND if smallest < 0.0]
    if smallest > 0.0:
        edges += [smallest / factor for factor in BEYOND[:2]]
        edges += [0.0, math.nextafter(0.0, math.inf)]
    return edges


def freeze_categorical(name: str, counts: Mapping[str, int]) -> FeatureBins:
    """The most frequent categories, of {category: reference rows}; the others are folded."""
    common = [c for c in counts if counts[c] >= RARE_BELOW]
    common.sort(key=lambda c: (-counts[c], c))
    return FeatureBins(name=name, kind="categorical", categories=tuple(common[:MOST_CATEGORIES]))
