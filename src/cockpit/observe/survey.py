"""A first, narrow look at the predictions: the values of each segment, and when rows happened."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cockpit.observe.values import NO_TIME, coded, in_era, times
from cockpit.records import BadInput
from cockpit.tables import ABSENT, OTHER
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from cockpit.observe.mapping import Mapping as Map
    from cockpit.observe.rows import Progress, RowFile

    Ints = NDArray[np.int64]

TOP = 20  # values of a dimension that are told apart; the rest is OTHER
MOST_VALUES = 10_000
EARLY_SHARE = 0.2  # of the time span, for bins where there is no reference
_EARLY_ROWS = 500_000


class Survey:
    """How often each value of each dimension is met, and how many rows each bucket holds."""

    def __init__(self, mapping: Map) -> None:
        self._mapping = mapping
        self._values: dict[str, Counter[str]] = {d: Counter() for d in mapping.dimensions}
        self._rows: Counter[int] = Counter()

    def look(
        self,
        rows: RowFile,
        piece_rows: int,
        stage: str,
        progress: Progress | None,
        *,
        timed: bool,
    ) -> None:
        """Read the columns of the dimensions and, where `timed`, when the rows happened."""
        dimensions = [d for d in self._mapping.dimensions if d in rows.columns]
        time = self._mapping.time if timed else None
        columns = [*dimensions, *([time] if time else [])]
        if not columns and not timed:
            return
        first = 0
        for piece in rows.pieces(
            columns or rows.columns[:1], piece_rows, stage=stage, progress=progress
        ):
            for dimension in dimensions:
                self.met(dimension, piece[dimension])
            if timed:
                at = event_times(piece, self._mapping, first)
                bucket = self._mapping.bucket
                found, many = np.unique(at[at != NO_TIME] // bucket * bucket, return_counts=True)
                self.happened(dict(zip(found.tolist(), many.tolist(), strict=True)))
            first += piece.num_rows

    def happened(self, rows: Mapping[int, int]) -> None:
        """Take in {start of a bucket (µs): rows}."""
        self._rows.update(rows)

    def met(self, dimension: str, column: pa.Array, rows: pa.Array | None = None) -> None:
        """Take in values of a dimension, each met once, or in so many `rows`."""
        codes, words = coded(column)
        weights = None if rows is None else rows.to_numpy()
        many = np.bincount(codes + 1, weights, minlength=len(words) + 1).tolist()
        seen = self._values[dimension]
        seen.update({w: int(n) for w, n in zip([ABSENT, *words], many, strict=True) if n})
        if len(seen) > MOST_VALUES:
            raise BadInput(
                f"{self._mapping.place('segments')}: segments: column '{inert(dimension)}' holds "
                f"more than {MOST_VALUES:,} values, like an identifier; name a coarser column"
            )

    def top_values(self, dimension: str) -> frozenset[str]:
        """The most frequent values; equally frequent ones in the order of their names."""
        seen = self._values[dimension]
        return frozenset(sorted(seen, key=lambda value: (-seen[value], value))[:TOP])

    def early_end(self) -> int | None:
        """End (µs) of the early part of the predictions: a fifth of their span, or less."""
        if not self._rows:
            return None
        buckets = sorted(self._rows)
        last = buckets[0] + EARLY_SHARE * (buckets[-1] - buckets[0])
        size = self._mapping.bucket
        end, rows = buckets[0] + size, self._rows[buckets[0]]
        for bucket in buckets[1:]:
            rows += self._rows[bucket]
            if bucket > last or rows > _EARLY_ROWS:
                break
            end = bucket + size
        return end


def folded(words: Iterable[str], top: frozenset[str]) -> list[str]:
    """Words of a dimension, the infrequent ones as OTHER, and ABSENT for the code −1 at the end."""
    return [w if w in top else OTHER for w in (*words, ABSENT)]


def event_times(piece: pa.RecordBatch, mapping: Map, first: int) -> Ints:
    """When each row of a piece happened (µs or NO_TIME); the piece begins at row `first`."""
    if mapping.clock is None:
        return in_era(times(piece[mapping.time]))
    start, every = mapping.clock
    return in_era(start + np.arange(first, first + piece.num_rows, dtype=np.int64) * every)
