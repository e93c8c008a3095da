"""Load and latency in short steps of time: what the curve of one over the other is fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.history import within
from cockpit.assess.service.gauges import gauges, in_unit
from cockpit.assess.service.latency import MS, QUANTILES
from cockpit.assess.service.traffic import asked
from cockpit.bins import latency_edge
from cockpit.records import MINUTE, SECOND, Counts, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs, Series

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

STEP = 10 * SECOND  # long enough for a queue to settle, short enough to see a burst
_TOGETHER = (1, 2, 3, 6)  # steps taken as one where few requests come …
ENOUGH = 200  # … for with fewer in a step, chance alone would make loads look varied
_LOADS = ("requests", "requests_per_second")  # gauges of it


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps of `step` µs with `load` requests a second, shape (n,).

    `workers` were warm in every one of them, null where that is not known.
    """

    load: Floats
    step: int
    workers: float | None


@dataclass(frozen=True, eq=False)
class CountedSteps(Steps):
    """Also how many requests took each of `ms`, the middles of their buckets: `n` (steps, ms)."""

    n: Floats
    ms: Floats


@dataclass(frozen=True, eq=False)
class ReadSteps(Steps):
    """Also a latency quantile (ms) that a gauge showed in each step, shape (n,)."""

    latency: Floats


@dataclass(frozen=True, eq=False)
class Stretch:
    """What each version was asked and how long it took, in steps of STEP from `start`.

    `requests` has shape (every, steps), `latencies` (every, steps, bins): log buckets from
    `lowest` on. `every` names the versions of the whole history; `series` are the gauges.
    """

    start: int
    every: tuple[str, ...]
    requests: Ints
    latencies: Ints
    lowest: int
    series: Mapping[str, Series]

    @property
    def versions(self) -> list[str]:
        """Those that were asked anything, where there is more than one in the whole history."""
        asked = [v for v, n in zip(self.every, self.requests.sum(axis=1), strict=True) if n]
        return asked if len(self.every) > 1 else []

    def steps(self, version: str | None) -> CountedSteps:
        """Those in which a version, or the service, was asked; as short as its traffic allows.

        Only steps with as many warm workers as in the last one: with others the curve is another.
        """
        which = slice(None) if version is None else [self.every.index(version)]
        requests, latencies = self.requests[which].sum(axis=0), self.latencies[which].sum(axis=0)
        edges = self.start + STEP * np.arange(len(requests) + 1)
        workers, kept = _warm(self.series, version, edges)
        kept = kept & latencies.any(axis=1)
        in_one = requests[kept].mean() if kept.any() else 0.0
        together = next((k for k in _TOGETHER if k * in_one >= ENOUGH), _TOGETHER[-1])
        size, step = len(requests) // together, together * STEP
        width = latencies.shape[1]
        kept = kept[: size * together].reshape(size, together).all(axis=1)
        requests = requests[: size * together].reshape(size, together).sum(axis=1)
        latencies = latencies[: size * together].reshape(size, together, width).sum(axis=1)
        used = np.flatnonzero(latencies.any(axis=0))
        first, last = latency_edge(self.lowest + used), latency_edge(self.lowest + used + 1)
        return CountedSteps(
            load=requests[kept] * SECOND / step,
            step=step,
            workers=workers,
            n=latencies[kept][:, used].astype(np.float64),
            ms=(first + last) / 2.0 * MS,
        )


def _warm(
    series: Mapping[str, Series], version: str | None, edges: Ints
) -> tuple[float | None, Mask]:
    """A version's warm workers at the last edge, and between which edges there were as many.

    Where no gauge tells, null and everywhere.
    """
    at, values = series.get(f'warm_replicas{{version="{version}"}}', (edges[:0], np.zeros(0)))
    at, values = at[np.isfinite(values)], values[np.isfinite(values)]
    last = np.searchsorted(at, edges, side="right") - 1
    if last[-1] < 0:
        return None, np.ones(edges.size - 1, dtype=np.bool_)
    workers = values[last[-1]]
    same = (last >= 0) & (values[last] == workers)
    return float(workers), same[:-1] & same[1:]


def stretch(inputs: Inputs, window: Window) -> Stretch | None:
    """What was counted in the window, but for steps that it does not hold whole; null if nothing.

    The first step is the first whole one after the first request.
    """
    traffic, latency = (
        _inside(inputs.history.get(name), window) for name in ("traffic", "latency")
    )
    if traffic is None or latency is None:
        return None
    first = max(window.start, int(traffic.columns["valid"].min()))
    start = -(-first // STEP) * STEP
    size = max((window.end - start) // STEP, 0)
    versions = sorted({*traffic.words["version"], *latency.words["version"]})
    bins = latency.columns["bin"]
    lowest, width = int(bins.min()), int(np.ptp(bins)) + 1
    requests = _counted(traffic, versions, start, size, np.zeros(len(traffic), dtype=np.int64), 1)
    return Stretch(
        start=start,
        every=tuple(versions),
        requests=requests[:, :, 0],
        latencies=_counted(latency, versions, start, size, bins - lowest, width),
        lowest=lowest,
        series=inputs.series,
    )


def _inside(counts: Counts | None, window: Window) -> Counts | None:
    """The rows of the window that count requests; null where there are none."""
    if counts is None or len(counts) == 0:
        return None
    kept = within(counts, window)
    if counts.table == "traffic":
        kept &= asked(counts)
    if not kept.any():
        return None
    columns = {name: column[kept] for name, column in counts.columns.items()}
    return Counts(counts.table, columns, counts.words)


def _counted(
    counts: Counts, versions: list[str], start: int, size: int, cell: Ints, width: int
) -> Ints:
    """Rows of each version in each step and cell, shape (versions, steps, width)."""
    code = np.array([versions.index(word) for word in counts.words["version"]], dtype=np.int64)
    step = (counts.columns["valid"] - start) // STEP
    kept = (step >= 0) & (step < size)
    at = ((code[counts.columns["version"]] * size + step) * width + cell)[kept]
    total = np.bincount(at, counts.columns["n"][kept], len(versions) * size * width)
    return np.maximum(total, 0.0).astype(np.int64).reshape(len(versions), size, width)


def read_versions(inputs: Inputs) -> list[str]:
    """The versions whose latency a gauge shows, where more than one has one."""
    shown = {g.version for g in gauges(inputs.series, ()) if g.name in QUANTILES and g.version}
    return sorted(shown) if len(shown) > 1 else []


def read_steps(
    inputs: Inputs, window: Window, version: str | None, latency: str
) -> ReadSteps | None:
    """From gauges alone: the means of each minute, for gauges are often taken over one."""
    named = {
        g.name: g.series
        for g in gauges(inputs.series, ())
        if g.version == version and not g.dimension
    }
    load = next((named[name] for name in _LOADS if name in named), None)
    if load is None or latency not in named:
        return None
    edges = np.arange(-(-window.start // MINUTE) * MINUTE, window.end + 1, MINUTE)
    if edges.size < 2:
        return None
    loads, latencies = (_means(in_unit(each, inputs), edges) for each in (load, named[latency]))
    workers, kept = _warm(inputs.series, version, edges)
    kept = kept & (loads > 0) & (latencies > 0)  # NaN is neither
    return ReadSteps(load=loads[kept], step=MINUTE, workers=workers, latency=latencies[kept])


def _means(series: Series, edges: Ints) -> Floats:
    """Mean of the finite readings from each edge to the next; NaN where there are none."""
    at, values = series
    kept = (at >= edges[0]) & (at < edges[-1]) & np.isfinite(values)
    step = np.searchsorted(edges, at[kept], side="right") - 1
    total, n = (np.bincount(step, w, edges.size - 1) for w in (values[kept], None))
    mean: Floats = np.divide(total, n, out=np.full(edges.size - 1, np.nan), where=n > 0)
    return mean
