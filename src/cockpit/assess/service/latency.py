"""Latency in buckets: the log buckets that requests are counted in, and the quantiles asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.service.buckets import Buckets
from cockpit.bins import latency_bin, latency_edge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts

    Ints = NDArray[np.int64]

QUANTILES = {"latency_p50": 0.50, "latency_p95": 0.95, "latency_p99": 0.99}
MS = 1000.0


def log_buckets(counts: Counts | None, mask: NDArray[np.bool_] | None = None) -> Buckets:
    """The buckets of a `latency` table that hold rows; `mask` says which rows of it count."""
    if counts is None or len(counts) == 0:
        bins, n = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    else:
        bins, n = counts.columns["bin"], counts.columns["n"]
        if mask is not None:
            bins, n = bins[mask], n[mask]
        total = np.bincount(bins, n).astype(np.int64)
        bins = np.flatnonzero(total > 0)
        n = total[bins]
    return Buckets(latency_edge(bins) * MS, latency_edge(bins + 1) * MS, n)


def slower_than(bins: Ints, bound_ms: float) -> NDArray[np.bool_]:
    """Which buckets lie wholly above a bound in ms."""
    first = latency_bin(np.array([bound_ms / MS]))
    first += latency_edge(first) * MS < bound_ms
    mask: NDArray[np.bool_] = bins >= first
    return mask
