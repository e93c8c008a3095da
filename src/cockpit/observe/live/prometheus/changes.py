"""Changes that a series tells of: another version among those that run, more or fewer replicas."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cockpit.observe.events_file import RecordedEvent
from cockpit.observe.live.prometheus.grid import GridSource, Reading, Stretch, grid_step
from cockpit.records import MINUTE
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cockpit.config import ChangeFeed, Prometheus
    from cockpit.observe.live.prometheus.answers import Matrix
    from cockpit.observe.live.prometheus.client import Client
    from cockpit.records import Window

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_GONE = 5 * MINUTE  # so long without a sample, a value of a label is gone: less is a restart
_SETTLED = MINUTE  # so long the same, a number has settled: what lies between is on its way
_LOOK_BACK = 10 * MINUTE  # in which the number before is looked for
_LONGEST = 60  # characters of a value
_MOST_VALUES = 5  # that are named


def changes_source(
    name: str, client: Client, settings: Prometheus, feeds: dict[str, ChangeFeed]
) -> GridSource:
    """The source of the series of one server that tell of changes; by what each is called."""
    step = grid_step(settings)
    parts = {part: _reading(feed, client, step) for part, feed in feeds.items()}
    return GridSource(name, client, settings, parts, counts=False)


def _reading(feed: ChangeFeed, client: Client, step: int) -> Reading:
    async def read(stretch: Window) -> Stretch:
        start = stretch.start + step - _LOOK_BACK // step * step
        matrix = await client.query_range(feed.series, start, stretch.end, step)
        times = np.arange(start, stretch.end + 1, step)
        told = _of_label(matrix, feed, times) if feed.label else _of_value(matrix, feed, times)
        events = [event for event in told if event.observed_at > stretch.start]
        warning = matrix.warning or ("" if matrix.series else "no such series")
        return Stretch(events=events, warning=warning)

    return read


def _of_label(matrix: Matrix, feed: ChangeFeed, times: Ints) -> Iterator[RecordedEvent]:
    """Values of a label that appear beside those of the last minutes, and that are gone.

    A series with the value 0 is there no more: so an operator takes a version out of a gauge.
    """
    step, back = int(times[1] - times[0]), _GONE // int(times[1] - times[0])
    seen: dict[str, NDArray[np.bool_]] = {}
    for series in matrix.series:
        value = inert(series.labels.get(feed.label, ""), _LONGEST)
        there = seen.setdefault(value, np.zeros(times.size, dtype=np.bool_))
        there[(series.at[series.x != 0] - times[0]) // step] = True
    for i in range(back, times.size):
        lately = {value for value, there in seen.items() if there[i - back : i].any()}
        now = {value for value, there in seen.items() if there[i - back + 1 : i + 1].any()}
        if not lately:  # it is the server that has begun to tell
            continue
        at = int(times[i])
        for value in sorted(now - lately):
            yield _event(feed, at, at, f"{feed.label} {value} beside {_list(lately)}", value)
        for value in sorted(lately - now):
            rest = f", {_list(now)} left" if now else ""
            yield _event(feed, at - _GONE + step, at, f"{feed.label} {value} gone{rest}", value)


def _of_value(matrix: Matrix, feed: ChangeFeed, times: Ints) -> Iterator[RecordedEvent]:
    """Numbers, summed over the series, that settle at another value than they had settled at."""
    step = int(times[1] - times[0])
    total = np.full(times.size, np.nan)
    for series in matrix.series:
        place = (series.at - times[0]) // step
        total[place] = np.nan_to_num(total[place]) + series.x
    settled = _runs(total, -(-_SETTLED // step))
    for (_, _, before), (start, known, after) in pairwise(settled):
        if before != after:
            text = f"{inert(feed.series, _LONGEST)}: {before:g} → {after:g}"
            yield _event(feed, int(times[start]), int(times[known]), text, "")


def _runs(total: Floats, least: int) -> list[tuple[int, int, float]]:
    """Runs of at least so many equal points more: where each starts, is known, and its value."""
    found, start = [], 0
    for i in range(1, total.size + 1):
        if i == total.size or total[i] != total[start]:
            if i - start > least:
                found.append((start, start + least, float(total[start])))
            start = i
    return found


def _event(feed: ChangeFeed, at: int, known: int, text: str, version: str) -> RecordedEvent:
    data = {"version": version} if version and feed.label == "version" else {}
    return RecordedEvent(at, known, feed.kind, text, data)


def _list(values: Sequence[str] | set[str]) -> str:
    """'v41, v42 and 3 more'."""
    named = sorted(values)
    more = len(named) - _MOST_VALUES
    return ", ".join(named[:_MOST_VALUES]) + (f" and {more} more" if more > 0 else "")
