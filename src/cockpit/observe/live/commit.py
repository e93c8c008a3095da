"""What a source found, written to the rolling recording: rows, events and mark, all or nothing.

Everything written together is stamped with one time from which on it may be seen, a little later
than now: whoever looks at T, live or in a replay, sees what was stamped by T, and by T it is there.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.incident.counts import concatenate, merge
from cockpit.incident.health import SOURCE
from cockpit.incident.journal import Journal
from cockpit.incident.state import RECORDING
from cockpit.incident.telemetry import TOLD, append
from cockpit.records import SECOND, Counts
from cockpit.tables import SERIES, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cockpit.incident.file import IncidentFile
    from cockpit.observe.live.source import Found

MARK = "mark/"  # before a source's name: the meta with its mark
MARGIN = SECOND  # how long writing may take at least before it shows
_ROWS_A_SECOND = 200_000  # that are encoded and written, here and into an open incident
_SLOWER = 3  # times what writing took of late: a busy machine may take longer still
_FORGETS = 0.9  # from one write to the next
_TRIES = 3


def now() -> int:
    """The wall clock, µs UTC."""
    return time.time_ns() // 1_000


class _TooLate(Exception):
    """Writing took longer than was thought."""


class _Writing(NamedTuple):
    """What is written together."""

    source: str
    found: Found
    health: Mapping[str, str]
    by_table: Mapping[str, list[Counts]]
    rows: int
    keep_mark: bool


class Committer:
    """The one writer of a rolling recording; its stamps never go back, whatever the clock does."""

    def __init__(self, file: IncidentFile, clock: Callable[[], int] = now) -> None:
        self.file = file
        self._clock = clock
        self._journal = Journal(file, RECORDING)
        self._last = file.span().end
        self._took = 0.0  # µs, of the slowest write of late

    def took(self, micros: float) -> None:
        """Learn how long writing took, copying into an open incident included."""
        self._took = max(micros, _FORGETS * self._took)

    def mark(self, source: str) -> str:
        """Where a source goes on; "" where it was never asked."""
        return self.file.meta(MARK + source)

    def commit(
        self,
        source: str,
        found: Found,
        health: Mapping[str, str],
        *,
        told: int | None = None,
        keep_mark: bool = True,
    ) -> int:
        """Write what was found, and `health`: what changed in how the source and its parts do.

        `told` is the time (µs) before which all requests have been told. Returns the stamp, µs.
        """
        by_table: dict[str, list[Counts]] = {}
        for counts in (*found.counts, *([_told(told)] if told is not None else [])):
            if len(counts):
                by_table.setdefault(counts.table, []).append(counts)
        rows = sum(len(counts) for parts in by_table.values() for counts in parts)
        writing = _Writing(source, found, health, by_table, rows, keep_mark)
        for _ in range(_TRIES - 1):
            began = self._clock()
            with suppress(_TooLate):
                return self._write(writing, late=False)
            self.took(self._clock() - began)
        return self._write(writing, late=True)

    def _write(self, writing: _Writing, *, late: bool) -> int:
        """Write all of it with one stamp. Raises _TooLate where that has passed, unless `late`.

        Somebody may have looked at that time already: then all of it is written again, later.
        """
        with self.file.transaction():
            stamp = self._stamp(writing.rows)
            for table, parts in writing.by_table.items():
                self._append(table, parts, stamp)
            for event in writing.found.events:
                at = min(event.at, stamp)
                self._journal.append(event.kind, at, event.text, event.data, observed_at=stamp)
            for name, cause in writing.health.items():
                text = f"{name}: {cause or 'well again'}"
                data = {"source": name, "cause": cause}
                self._journal.append(SOURCE, self._clock(), text, data, observed_at=stamp)
            if writing.keep_mark and writing.found.mark != self.mark(writing.source):
                self.file.put_meta(MARK + writing.source, writing.found.mark)
            if self._clock() >= stamp and not late:
                raise _TooLate
        return stamp

    def _stamp(self, rows: int) -> int:
        writing = max(rows * SECOND // _ROWS_A_SECOND, round(_SLOWER * self._took))
        shown = self._clock() + MARGIN + writing
        self._last = max(-(-shown // SECOND) * SECOND, self._last)
        return self._last

    def _append(self, table: str, parts: list[Counts], stamp: int) -> None:
        counts = concatenate(parts) if table == SERIES else merge(parts)
        valid = counts.columns["valid"]
        # Rows of a clock that is ahead of ours are seen when their own bucket is over.
        bucket = self.file.bucket if table != SERIES and TABLES[table].clock == "slow" else SECOND
        counts.columns["observed"] = np.maximum(stamp, (valid // bucket + 1) * bucket)
        append(self.file, table, stamp, int(counts.columns["observed"].max()), counts)


def _told(until: int) -> Counts:
    columns = {
        "name": np.zeros(1, np.int64),
        "valid": np.array([until], np.int64),
        "observed": np.zeros(1, np.int64),
        "x": np.zeros(1),
    }
    return Counts(table=SERIES, columns=columns, words={"name": (TOLD,)})
