"""Where a value falls: exact bins for scores, latencies and features, equal on every engine.

Score bins have edges that floating point represents exactly: floor(1024·p) in the middle, and
towards 0 (and, on 1 − p, towards 1) ten zones that halve, each with 32 bins, down to 2⁻²⁰.
Latency bins are the leading bits of a float32: 64 to an octave, a relative width under 1.6 %.
Feature bins are frozen from a reference: quantile edges, a cell of its own for each value that
repeats, and bins for missing, infinite, unseen, below and above.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_ZONES = 10
_PER_ZONE = 32
_SIDE = _ZONES * _PER_ZONE + 1  # one more bin for [0, 2⁻²⁰)
_MIDDLE_LOW = 2.0**-10
_SMALLEST = 2.0**-20
# Exponent and top five mantissa bits of 2⁻²⁰: where zone numbering starts.
_ZONE_ORIGIN = int(np.float64(_SMALLEST).view(np.int64) >> 47)

SCORE_BINS = 2 * _SIDE + 1022
SEGMENT_BINS = 64


def _side_bin(p: Floats) -> Ints:
    """Bin 0…320 of p in [0, 2⁻¹⁰), counted from 0."""
    zone = (p.view(np.int64) >> 47) - _ZONE_ORIGIN + 1
    return np.where(p < _SMALLEST, 0, zone)


def score_bin(p: Floats) -> Ints:
    """Bin of each score in [0, 1], shape (n,) → (n,), ascending in p; the caller drops NaN."""
    p = np.ascontiguousarray(p, dtype=np.float64) + 0.0  # −0.0 becomes 0.0
    out = _SIDE - 1 + np.floor(p * 1024.0).astype(np.int64)
    low = p < _MIDDLE_LOW
    out[low] = _side_bin(p[low])
    q = 1.0 - p  # exact for p ≥ 1/2 (Sterbenz)
    high = q <= _MIDDLE_LOW
    # q = 2⁻¹⁰ itself starts the upper side: its mirror is the top bin of the zones.
    out[high] = SCORE_BINS - 1 - np.minimum(_side_bin(q[high]), _SIDE - 1)
    return out


def score_edges() -> Floats:
    """The SCORE_BINS + 1 ascending edges of `score_bin`."""
    zones = [_SMALLEST * 2.0**z * (1.0 + np.arange(_PER_ZONE) / _PER_ZONE) for z in range(_ZONES)]
    side = np.concatenate([[0.0], *zones])
    middle = np.arange(1, 1024) / 1024.0
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
    `above`. Categorical: MISSING, UNSEEN, RARE (the reference's rare categories, folded), then one
    bin for each category.
    """

    name: str
    kind: Literal["numeric", "categorical"]
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()

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
        if high == math.nextafter(low, math.inf):
            return f"{low:g}"  # an atom
        return f"{low:g} to {high:g}"


MISSING, MINUS_INF, PLUS_INF = 0, 1, 2
UNSEEN, RARE = 1, 2
FIRST_CELL = 3
_CATEGORY_NAMES = ("missing", "unseen", "rare")
RARE_CATEGORY = "\x00rare"  # what a folded category is called while rows are counted
RARE_BELOW = 20  # a category with fewer reference rows could name a person: it is folded
MOST_CATEGORIES = 50
QUANTILE_BINS = 10


def _digitize_numeric(x: Floats, edges: Floats) -> Ints:
    out = FIRST_CELL + np.searchsorted(edges, x, side="right").astype(np.int64)
    out[np.isnan(x)] = MISSING
    out[np.isneginf(x)] = MINUS_INF
    out[np.isposinf(x)] = PLUS_INF
    return out


def freeze_numeric(name: str, values: Floats) -> FeatureBins:
    """Quantile edges of a reference column; a value with a tenth of the rows is its own cell."""
    finite = np.sort(values[np.isfinite(values)])
    if finite.size == 0:
        return FeatureBins(name=name, kind="numeric", edges=(0.0,))
    distinct, counts = np.unique(finite, return_counts=True)
    atoms = distinct[counts * QUANTILE_BINS >= finite.size]
    edges = np.unique(np.quantile(finite, np.linspace(0.0, 1.0, QUANTILE_BINS + 1)[:-1]))
    with np.errstate(over="ignore"):  # the largest float has nothing after it but infinity
        ends = np.concatenate(
            [atoms, np.nextafter(atoms, np.inf), np.nextafter(distinct[-1:], np.inf)]
        )
    every = np.unique(np.concatenate([edges, ends]))
    return FeatureBins(name=name, kind="numeric", edges=tuple(every.tolist()))


def freeze_categorical(name: str, counts: Mapping[str, int]) -> FeatureBins:
    """The most frequent categories, of {category: reference rows}; the others are folded."""
    common = [c for c in counts if counts[c] >= RARE_BELOW]
    common.sort(key=lambda c: (-counts[c], c))
    return FeatureBins(name=name, kind="categorical", categories=tuple(common[:MOST_CATEGORIES]))
