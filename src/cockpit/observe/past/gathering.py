"""What live sources still hold of a window of time, in the form that an import gives it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cockpit.incident.counts import merge, select
from cockpit.observe.counting import Words, chunks
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.metrics_file import Samples, Series
from cockpit.records import SECOND, Unreachable
from cockpit.tables import SERIES, TABLES
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cockpit.observe.events_file import RecordedEvent
    from cockpit.observe.live.source import Source
    from cockpit.records import Counts, Window


@dataclass
class Gathered:
    """Counts and gauges of a window, seen as soon as they could be; events; and what failed."""

    series: Series
    counts: list[Counts] = field(default_factory=list)  # one of each table
    events: list[RecordedEvent] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)  # "source/part": a few words

    def chunks(self, tables: Iterable[str], bucket: int) -> list[tuple[int, str, Counts]]:
        """(end of the slow bucket of observation, table, rows) of some tables, in order."""
        wanted = set(tables)
        return chunks((counts for counts in self.counts if counts.table in wanted), bucket)


async def gather(sources: Sequence[Source], window: Window, bucket: int) -> Gathered:
    """Ask every source for its past. Raises Unreachable, naming the one that does not answer.

    Nobody watched then, so a row counts as seen when its own bucket ended.
    """
    parts: dict[str, list[Counts]] = {}
    events: list[RecordedEvent] = []
    failing: dict[str, str] = {}
    try:
        for source in sources:
            async for found in source.earlier(window):
                for counts in found.counts:
                    seen = _seen_at_once(select(counts, _inside(counts, window)), bucket)
                    parts.setdefault(counts.table, []).append(seen)
                events += [event for event in found.events if event.at < window.end]
                failing |= {f"{source.name}/{part}": why for part, why in found.failing.items()}
    except SourceFailed as error:
        raise Unreachable(f"{inert(source.name, 60)}: {inert(error, 200)}") from None
    finally:
        for source in sources:
            await source.close()
    series = _series(parts.pop(SERIES, []))
    counted = [merge(each) for each in parts.values()]
    events = [event._replace(observed_at=event.at) for event in events]
    return Gathered(series, counted, events, failing)


def _inside(counts: Counts, window: Window) -> NDArray[np.bool_]:
    valid = counts.columns["valid"]
    inside: NDArray[np.bool_] = (valid >= window.start) & (valid < window.end)
    return inside


def _seen_at_once(counts: Counts, bucket: int) -> Counts:
    fast = counts.table == SERIES or TABLES[counts.table].clock == "fast"
    tick = SECOND if fast else bucket
    observed = (counts.columns["valid"] // tick + 1) * tick
    return replace(counts, columns={**counts.columns, "observed": observed})


def _series(parts: Sequence[Counts]) -> Series:
    words = Words()
    samples = [
        Samples(
            words.codes(part.words["name"])[part.columns["name"]],
            part.columns["valid"],
            part.columns["x"],
        )
        for part in parts
    ]
    return Series(samples, words)
