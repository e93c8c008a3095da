"""Tables of counts from plain rows, the way the import counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cockpit import bins
from cockpit.records import Counts
from cockpit.tables import FIXED_POINT, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def table(name: str, /, **columns: Any) -> Counts:
    """Rows of a table: coded columns as words or one word for all; `n` defaults to 1 a row."""
    described = TABLES[name.removeprefix("reference/")]
    size = max(np.size(column) for column in columns.values())
    words: dict[str, tuple[str, ...]] = {}
    out: dict[str, NDArray[Any]] = {}
    for column, values in columns.items():
        full = np.broadcast_to(np.asarray(values), (size,))
        if column in described.coded:
            distinct, codes = np.unique(full, return_inverse=True)
            words[column], full = tuple(map(str, distinct)), codes
        out[column] = full.astype(np.int64)
    if "n" in described.cells and "n" not in out:
        out["n"] = np.ones(size, dtype=np.int64)
    return Counts(described.name, out, words)


def summed(counts: Counts) -> Counts:
    """Rows with equal keys added up."""
    described = TABLES[counts.table]
    keys = [c for c in counts.columns if c not in described.cells]
    stacked = np.stack([counts.columns[k] for k in keys])
    distinct, inverse = np.unique(stacked, axis=1, return_inverse=True)
    columns = dict(zip(keys, distinct, strict=True))
    for cell in described.cells:
        total = np.bincount(inverse, counts.columns[cell], distinct.shape[1])
        columns[cell] = np.rint(total).astype(np.int64)
    return Counts(counts.table, columns, counts.words)


def score_table(
    p: NDArray[np.float64],
    decision: NDArray[Any],
    label: NDArray[Any] | int,
    name: str = "score",
    **more: Any,
) -> Counts:
    """A `score` or `score_by_segment` table of predictions."""
    where = bins.score_bin(p) if name == "score" else bins.segment_bin(p)
    columns: Mapping[str, Any] = {"version": "v1", "role": "served", **more}
    return summed(
        table(
            name,
            **columns,
            decision=decision,
            label=label,
            bin=where,
            sum_p=np.floor(p * FIXED_POINT),
            sum_p2=np.floor(p * p * FIXED_POINT),
        )
    )
