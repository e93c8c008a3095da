"""What live sources still hold of a window of time, stamped as a recorder would have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cockpit.incident.counts import concatenate, merge, select
from cockpit.observe.live.prometheus.grid import GridSource
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.past.seeing import Beats, as_live, seen_live, told
from cockpit.records import Unreachable
from cockpit.tables import SERIES
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cockpit.observe.events_file import RecordedEvent
    from cockpit.observe.live.source import Found, Source
    from cockpit.observe.rows import Progress
    from cockpit.records import Counts, Window

_COUNTED = ("requests", "errors")  # parts of a source: without all of them no time is told of


@dataclass
class Gathered:
    """What was found: by table its rows, and the events; and what was not."""

    counts: dict[str, list[Counts]] = field(default_factory=dict)
    events: list[RecordedEvent] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)  # "source/part": a few words
    empty: list[str] = field(default_factory=list)  # sources that told of nothing

    def tables(self) -> list[Counts]:
        """The rows of each table."""
        return [
            (concatenate if table == SERIES else merge)(parts)
            for table, parts in self.counts.items()
        ]

    def series(self) -> set[str]:
        """The names of all series, less their labels."""
        parts = self.counts.get(SERIES, [])
        return {word.partition("{")[0] for part in parts for word in part.words["name"]}

    def rows(self) -> int:
        """How many rows there are of all tables."""
        return sum(len(part) for parts in self.counts.values() for part in parts)

    def add(self, counts: Counts) -> None:
        """Add rows to their table."""
        if len(counts):
            self.counts.setdefault(counts.table, []).append(counts)


async def gather(
    sources: Sequence[Source], window: Window, progress: Progress | None = None
) -> Gathered:
    """Ask every source for its past, one after the other.

    Raises Unreachable, naming the one that does not answer.
    """
    gathered = Gathered()
    try:
        for source in sources:
            try:
                await _gather_from(source, window, gathered, progress)
            except SourceFailed as error:
                name, (server, *_) = inert(source.name, 60), source.name.replace("[", " ").split()
                mend = f"leave it out with --without {inert(server, 60)}"
                raise Unreachable(f"{name}: {inert(error)}; {mend}") from None
    finally:
        for source in sources:
            await source.close()
    return gathered


def beats_of(source: Source) -> Beats:
    """When a recorder asks a source."""
    settled = source.settled if isinstance(source, GridSource) else 0
    return Beats(source.every, source.after, settled)


async def _gather_from(
    source: Source, window: Window, gathered: Gathered, progress: Progress | None
) -> None:
    beats, found_so_far = beats_of(source), 0
    failing: dict[str, str] = {}
    async for found in source.earlier(window):
        found_so_far += _keep(found, window, beats, gathered)
        failing |= {f"{source.name}/{part}": why for part, why in found.failing.items()}
        if progress is not None:
            progress(inert(source.name, 60), found_so_far, 0)
    gathered.failing |= failing
    if found_so_far == 0 and not failing:
        gathered.empty.append(source.name)
    if source.counts and not failing.keys() & {f"{source.name}/{part}" for part in _COUNTED}:
        gathered.add(told(window, beats))


def _keep(found: Found, window: Window, beats: Beats, gathered: Gathered) -> int:
    """Keep what lies in the window; how many rows and events that is."""
    kept = 0
    for counts in found.counts:
        inside = as_live(select(counts, _inside(counts, window)), beats)
        gathered.add(inside)
        kept += len(inside)
    events = [event for event in found.events if window.start <= event.at < window.end]
    known = seen_live(np.array([event.observed_at for event in events], np.int64), beats).tolist()
    gathered.events += [
        event._replace(observed_at=seen) for event, seen in zip(events, known, strict=True)
    ]
    return kept + len(events)


def _inside(counts: Counts, window: Window) -> NDArray[np.bool_]:
    valid = counts.columns["valid"]
    inside: NDArray[np.bool_] = (valid >= window.start) & (valid < window.end)
    return inside
