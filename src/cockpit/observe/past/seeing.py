"""When a recorder, had it run then, would have shown what is now read from the past."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.incident.telemetry import TOLD
from cockpit.observe.counting import chunks
from cockpit.observe.live.commit import MARGIN
from cockpit.records import SECOND, Counts
from cockpit.tables import SERIES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from cockpit.records import Window

    Ints = NDArray[np.int64]
    Chunk = tuple[int, str, Counts]  # end of the bucket of observation, table, rows


class Beats(NamedTuple):
    """The times at which a source is asked: `after` each whole multiple of `every`, µs.

    What happened at t is in the answers from t + `settled` on.
    """

    every: int
    after: int
    settled: int = 0


def seen_live(known: Ints, beats: Beats) -> Ints:
    """When rows that could be known at `known` (µs), shape (n,), would have been shown, µs.

    It is the first beat by which they were settled, and the time that writing takes, rounded up
    to the second: as `live.commit` stamps them where the answer comes within half a second.
    """
    settled = known + beats.settled
    asked = -((beats.after - settled) // beats.every) * beats.every + beats.after
    seen: Ints = (asked + MARGIN) // SECOND * SECOND + SECOND
    return seen


def as_live(counts: Counts, beats: Beats) -> Counts:
    """Rows whose `observed` says when they could be known, with that at which they were shown."""
    columns = {**counts.columns, "observed": seen_live(counts.columns["observed"], beats)}
    return Counts(counts.table, columns, counts.words)


def told(window: Window, beats: Beats) -> Counts:
    """What a recorder notes at each beat of a window: before which time all requests are told."""
    first = -((beats.after - window.start) // beats.every) * beats.every + beats.after
    asked = np.arange(first, window.end, beats.every, dtype=np.int64)
    until = asked - beats.settled
    columns = {
        "name": np.zeros(asked.size, np.int64),
        "valid": until,
        "observed": seen_live(until, beats),
        "x": np.zeros(asked.size),
    }
    return Counts(SERIES, columns, {"name": (TOLD,)})


def chunks_as_live(counted: Iterable[Chunk], bucket: int, beats: Beats) -> Iterator[Chunk]:
    """Chunks of an import, in order, with the rows of fast tables shown at the next beat.

    Those of slow tables are shown when the slow bucket is over in which they have settled.
    """
    waiting: list[tuple[int, str, int, Counts]] = []  # by the end of their bucket
    number = count()
    wait = -(-beats.settled // bucket) * bucket
    for end, table, rows in counted:
        while waiting and waiting[0][:2] < (end, table):
            yield _without_number(heappop(waiting))
        if TABLES[table].clock == "slow":
            columns = {**rows.columns, "observed": rows.columns["observed"] + wait}
            parts = [(end + wait, table, Counts(table, columns, rows.words))]
        else:
            parts = chunks([as_live(rows, beats)], bucket)
        for later, _, part in parts:
            heappush(waiting, (later, table, next(number), part))
    while waiting:
        yield _without_number(heappop(waiting))


def _without_number(waited: tuple[int, str, int, Counts]) -> Chunk:
    end, table, _, rows = waited
    return end, table, rows
