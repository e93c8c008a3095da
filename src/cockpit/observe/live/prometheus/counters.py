"""Counters that a server scrapes: requests and errors as counts with their times, and latency.

Between two readings requests are taken to come evenly. Latency is kept as the `le` buckets that
were scraped, so that the interval of a quantile holds how wide they are; finer bins would hide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.observe.live.prometheus.answers import Matrix, RawSeries
from cockpit.observe.live.prometheus.grid import GridSource, Reading, Stretch, grid_step
from cockpit.observe.live.prometheus.growth import growth, over_seconds
from cockpit.observe.live.prometheus.panels import series_rows
from cockpit.records import MINUTE, SECOND, Counts, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cockpit.config import Counter, Counters, Prometheus
    from cockpit.observe.live.prometheus.client import Client

    Ints = NDArray[np.int64]
    Word = Callable[[dict[str, str]], str]  # what the labels of a series say

LATENCY = "latency_bucket"  # what the series of `le` buckets are called in a recording
_LOOK_BACK = 10 * MINUTE  # how long a series may be away and still be the same counter
_ERROR = "error"  # the kind of an error that has no word of its own
_NO_SERIES = "no such series"


def counters_source(
    name: str, client: Client, settings: Prometheus, counters: Counters, version: str
) -> GridSource:
    """The source of the counters of one server; `version` is that of series that name none."""
    step = grid_step(settings)
    parts: dict[str, Reading] = {}
    if counters.requests is not None:
        parts["requests"] = _counting(counters.requests, client, step, version)
    elif counters.latency is not None:
        parts["requests"] = _counting(counters.latency, client, step, version, of_all=True)
    if counters.errors is not None:
        parts["errors"] = _counting_errors(counters.errors, client, step, version)
    if counters.latency is not None:
        parts["latency"] = _buckets(counters.latency, client, step)
    return GridSource(name, client, settings, parts, counts="requests" in parts)


def _counting(
    counter: Counter, client: Client, step: int, version: str, *, of_all: bool = False
) -> Reading:
    """Requests by version; of a histogram those `of_all` its buckets."""

    async def read(stretch: Window) -> Stretch:
        matrix = await _before_and_in(counter.series, client, stretch, step)
        if of_all:
            matrix = matrix._replace(series=[s for s in matrix.series if _is_last(s)])
        if not matrix.series:
            return Stretch(warning=matrix.warning or _NO_SERIES)
        return traffic(matrix, stretch, step, _label(counter.version, version), lambda _: "")

    return read


def _counting_errors(counter: Counter, client: Client, step: int, version: str) -> Reading:
    """Errors by version and kind; without a series there were none yet."""

    async def read(stretch: Window) -> Stretch:
        matrix = await _before_and_in(counter.series, client, stretch, step)
        of_version, of_kind = _label(counter.version, version), _label(counter.kind, _ERROR)
        return traffic(matrix, stretch, step, of_version, of_kind)

    return read


def _buckets(counter: Counter, client: Client, step: int) -> Reading:
    """The cumulative counts of each bucket, as they were scraped."""

    async def read(stretch: Window) -> Stretch:
        matrix = await client.query_range(counter.series, stretch.start + step, stretch.end, step)
        if not matrix.series:
            return Stretch(warning=matrix.warning or _NO_SERIES)
        series = [
            each._replace(labels=_with_version(each.labels, counter.version))
            for each in matrix.series
        ]
        return series_rows(LATENCY, matrix._replace(series=series))

    return read


async def _before_and_in(query: str, client: Client, stretch: Window, step: int) -> Matrix:
    """The points of a stretch, and of the time before it in which a counter is still the same."""
    start = stretch.start + step - _LOOK_BACK // step * step
    return await client.query_range(query, start, stretch.end, step)


def traffic(matrix: Matrix, stretch: Window, step: int, version: Word, kind: Word) -> Stretch:
    """By how much counters grew at the points after the start of a stretch, second by second.

    What grew since a reading before the stretch belongs to the seconds between, before its start.
    """
    first = stretch.start + step - _LOOK_BACK // step * step
    x = np.full((len(matrix.series), (stretch.end - first) // step + 1), np.nan)
    for row, read in zip(x, matrix.series, strict=True):
        row[(read.at - first) // step] = read.x
    grown = growth(x, _processes(matrix.series), _LOOK_BACK // step)
    inside = first + grown.point * step > stretch.start
    series, point, steps = (grown.series[inside], grown.point[inside], grown.steps[inside])
    which, second, n = over_seconds(grown.n[inside], steps * (step // SECOND))
    versions, version_of = _coded([version(each.labels) for each in matrix.series])
    kinds, kind_of = _coded([kind(each.labels) for each in matrix.series])
    valid = first + (point - steps)[which] * step + second * SECOND
    columns = {
        "version": version_of[series[which]],
        "kind": kind_of[series[which]],
        "valid": valid,
        "observed": valid,  # until the recorder says when
        "n": n,
    }
    words = {"version": versions, "kind": kinds}
    return Stretch([Counts("traffic", columns, words)], warning=matrix.warning)


def _processes(found: list[RawSeries]) -> Ints:
    """A number for each series, the same for those of one target, which begin at 0 together."""
    targets: dict[object, int] = {}
    numbers = []
    for i, series in enumerate(found):
        instance = series.labels.get("instance")
        target = i if instance is None else (series.labels.get("job"), instance)
        numbers.append(targets.setdefault(target, len(targets)))
    return np.array(numbers, dtype=np.int64)


def _coded(words: list[str]) -> tuple[tuple[str, ...], Ints]:
    """The words, each once, and where each of the list stands among them."""
    every = sorted(set(words))
    return tuple(every), np.array([every.index(word) for word in words], dtype=np.int64)


def _label(label: str, otherwise: str) -> Word:
    return lambda labels: labels.get(label) or otherwise


def _is_last(series: RawSeries) -> bool:
    """Whether it is the bucket without a bound, which counts every request."""
    try:
        return float(series.labels.get("le", "nan")) == np.inf
    except ValueError:
        return False


def _with_version(labels: dict[str, str], label: str) -> dict[str, str]:
    """The labels with that of the version under its own name."""
    if not label or label == "version" or label not in labels:
        return labels
    rest = {name: word for name, word in labels.items() if name not in (label, "version")}
    return {**rest, "version": labels[label]}
