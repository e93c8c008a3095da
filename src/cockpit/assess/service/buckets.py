"""Quantiles and shares of counts in buckets, and the bucket counts of cumulative counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.assess.methods.intervals import quantile_ranks
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Series = tuple[Ints, Floats]


class Beyond(NamedTuple):
    """How many rows lie beyond a bound: surely, as a straight line in its bucket has it, at most.

    The three are one number where the bound is an edge of a bucket.
    """

    least: int
    likely: float
    most: int


@dataclass(frozen=True, eq=False)
class Buckets:
    """How many rows, `n` (int64), lie in each bucket from `lower` to `upper` (ms), ascending.

    The last `upper` may be +∞. Where the rows could not be counted, `reason` says why.
    """

    lower: Floats
    upper: Floats
    n: Ints
    reason: str = ""

    @property
    def rows(self) -> int:
        """All of them."""
        return int(self.n.sum())

    def quantile(self, q: float) -> Measurement:
        """The q-quantile, linear inside its bucket: the row of rank q·n (Prometheus' rule).

        The interval runs from the lower edge of the bucket of the lower order statistic to the
        upper edge of the bucket of the upper one, so it holds sampling and the width of the buckets
        at once. Where the sample or the last bucket gives no upper end, `high` is null.
        """
        if self.reason:
            return unmeasured(self.reason)
        if self.rows == 0:
            return unmeasured("no requests")
        cumulative = np.cumsum(self.n)
        rank = q * self.rows
        at = int(np.searchsorted(cumulative, rank))
        start, end = float(self.lower[at]), float(self.upper[at])
        inside = float((rank - (cumulative[at] - self.n[at])) / self.n[at])
        value = start if np.isinf(end) else start + (end - start) * inside
        first, last = quantile_ranks(q, self.rows)
        low = float(self.lower[np.searchsorted(cumulative, first)]) if first >= 1 else 0.0
        high = float(self.upper[np.searchsorted(cumulative, last)]) if last <= self.rows else None
        note = "" if high is not None else f"at least: {self.rows:,} requests bound no higher"
        if high is not None and np.isinf(high):
            high, note = None, f"at least: the last bucket is open from {_named(self.lower[-1])}"
        return Measurement(value=value, low=low, high=high, n=self.rows, note=note)

    def beyond(self, bound: float) -> Beyond:
        """How many rows lie above a bound in ms."""
        above = self.lower >= bound
        least = int(self.n[above].sum())
        astride = ~above & (self.upper > bound)
        unsure = int(self.n[astride].sum())
        if unsure == 0:
            return Beyond(least, least, least)
        start, end = float(self.lower[astride][0]), float(self.upper[astride][0])
        part = (end - bound) / (end - start) if np.isfinite(end) else 1.0
        return Beyond(least, least + part * unsure, least + unsure)

    def astride(self, bound: float) -> str:
        """Where a bound in ms lies inside a bucket, what that bucket spans, in words; else ""."""
        inside = np.flatnonzero((self.lower < bound) & (self.upper > bound))
        if inside.size == 0:
            return ""
        edges = (f"{_named(end[inside[0]])}" for end in (self.lower, self.upper))
        return f"{_named(bound)} lies between the bucket bounds {' and '.join(edges)}"


def uncounted(reason: str) -> Buckets:
    """No counts, and why."""
    return Buckets(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), reason)


def from_cumulative(bounds: Sequence[float], cumulative: Sequence[int] | Ints) -> Buckets:
    """Buckets of cumulative counts: how many rows are at most each bound (ms), +∞ among them.

    Bounds may come in any order. A bound at or below zero opens a bucket of no width.
    """
    order = np.argsort(bounds, kind="stable")
    upper = np.asarray(bounds, dtype=np.float64)[order]
    up_to = np.asarray(cumulative, dtype=np.int64)[order]
    if upper.size == 0 or not np.isposinf(upper[-1]):
        return uncounted("no bucket +Inf: the slowest requests are not counted")
    if upper.size == 1:
        return uncounted("no bucket but +Inf")
    n = np.diff(up_to, prepend=0)
    if (n < 0).any():
        wrong = int(np.flatnonzero(n < 0)[0])
        return uncounted(f"fewer requests up to {_named(upper[wrong])} than up to a lower bound")
    return Buckets(np.append(min(0.0, upper[0]), upper[:-1]), upper, n)


def increases(counters: Sequence[Series], start: int, end: int) -> Ints | None:
    """By how much each of several counters of one process grew in [start, end), µs.

    Only times at which every counter has a finite value are used; null where fewer than two are.
    They are reset together: where one of them fell, each has counted from zero again.
    """
    inside = [_within(counter, start, end) for counter in counters]
    times = inside[0][0]
    if not all(np.array_equal(times, other) for other, _ in inside[1:]):
        for other, _ in inside[1:]:
            times = np.intersect1d(times, other)
        inside = [(times, values[np.searchsorted(at, times)]) for at, values in inside]
    if times.size < 2:
        return None
    values = np.stack([values for _, values in inside])
    grown = np.diff(values, axis=1)
    reset = (grown < 0).any(axis=0)
    grown[:, reset] = values[:, 1:][:, reset]
    total: Ints = np.rint(grown.sum(axis=1)).astype(np.int64)
    return total


def _within(counter: Series, start: int, end: int) -> Series:
    """The finite values of the time asked about, each time once, ascending."""
    times, values = counter
    usable = np.isfinite(values) & (values >= 0)
    if not usable.all():
        times, values = times[usable], values[usable]
    if (times[1:] <= times[:-1]).any():
        times, first = np.unique(times, return_index=True)
        values = values[first]
    inside = slice(*np.searchsorted(times, (start, end)))
    return times[inside], values[inside]


def _named(bound: float) -> str:
    return "+Inf" if np.isposinf(bound) else number(float(bound), "ms")
