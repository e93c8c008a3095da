"""Latency quantiles from log buckets; their intervals hold sampling and bucket width at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.intervals import quantile_ranks
from cockpit.assess.measurement import Measurement, unmeasured
from cockpit.bins import latency_bin, latency_edge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

QUANTILES = {"latency_p50": 0.50, "latency_p95": 0.95, "latency_p99": 0.99}
MS = 1000.0


class Latencies:
    """Latency buckets that hold rows, ascending, and how many each holds."""

    def __init__(self, counts: Counts | None, mask: NDArray[np.bool_] | None = None) -> None:
        if counts is None or len(counts) == 0:
            self.bins, self.n = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        else:
            bins, n = counts.columns["bin"], counts.columns["n"]
            if mask is not None:
                bins, n = bins[mask], n[mask]
            self.bins, inverse = np.unique(bins, return_inverse=True)
            self.n = np.bincount(inverse, n, len(self.bins)).astype(np.int64)
            kept = self.n > 0
            self.bins, self.n = self.bins[kept], self.n[kept]
        self.rows = int(self.n.sum())

    def quantile(self, q: float) -> Measurement:
        """The q-quantile in ms, linear inside its bucket.

        The interval runs from the lower edge of the bucket of the lower order statistic to the
        upper edge of the bucket of the upper one. A sample too small to bound it above has `high`
        null: the value is then at least `low`.
        """
        if self.rows == 0:
            return unmeasured("no requests")
        cumulative = np.cumsum(self.n)
        rank = q * self.rows
        at = int(np.searchsorted(cumulative, rank))
        low_edge, high_edge = self._edges(at)
        inside = (rank - (cumulative[at] - self.n[at])) / self.n[at]
        value = low_edge + (high_edge - low_edge) * float(inside)
        lower, upper = quantile_ranks(q, self.rows)
        low = self._edges(int(np.searchsorted(cumulative, lower)))[0] if lower >= 1 else None
        high = (
            self._edges(int(np.searchsorted(cumulative, upper)))[1] if upper <= self.rows else None
        )
        return Measurement(
            value=value,
            low=low if low is not None else 0.0,
            high=high,
            n=self.rows,
            note="" if high is not None else f"at least: {self.rows:,} requests bound no higher",
        )

    def _edges(self, index: int) -> tuple[float, float]:
        pair = latency_edge(self.bins[index] + np.arange(2)) * MS
        return float(pair[0]), float(pair[1])


def slower_than(bins: Ints, bound_ms: float) -> NDArray[np.bool_]:
    """Which buckets lie wholly above a bound in ms."""
    first = latency_bin(np.array([bound_ms / MS]))
    first += latency_edge(first) * MS < bound_ms
    mask: NDArray[np.bool_] = bins >= first
    return mask
