"""What was measured: tables of counts, and series, as they were known at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cockpit.incident import chunk_log
from cockpit.incident import counts as tables
from cockpit.incident.cache import Cache
from cockpit.incident.chunk_log import REFERENCE, ChunkRow
from cockpit.incident.chunks import BLOCK, MOST_ROWS, Chunk, encode
from cockpit.incident.connection import damaged, shown
from cockpit.incident.schema import EARLIEST, IDENTITY, LATEST, ROLLING
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Counts, Window
from cockpit.tables import SERIES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from numpy.typing import NDArray

    from cockpit.incident.file import IncidentFile
    from cockpit.tables import Clock

    Series = tuple[NDArray[np.int64], NDArray[np.float64]]

# A series of a live recording: its times say before which all that happened has been told.
TOLD = "(told)"
EVERYTHING = Window(start=EARLIEST, end=LATEST)
_MOST_ROWS = 1 << 25  # of one table in one window: what it takes in memory has a bound
_MERGE_AT_ROWS = 1 << 21
_CACHE_BYTES = 96 << 20
_MOMENTS_BYTES = 32 << 20


def append(
    file: IncidentFile, table: str, observed_start: int, observed_end: int, counts: Counts
) -> None:
    """Write rows of a table that were observed in [observed_start, observed_end] (µs).

    `table` is a name in `tables.TABLES`, that name after REFERENCE, or SERIES. Rows of counts are
    summed by key and sorted, so the pieces they came in leave no trace. No rows make no chunk, more
    than one may hold make several. Raises ValueError for columns or times that are not the table's.
    """
    if set(counts.columns) != set(tables.columns_of(counts.table)):
        raise ValueError(f"{table}: columns {sorted(counts.columns)}")
    counts = _sorted_series(counts) if counts.table == SERIES else tables.merge([counts])
    for start in range(0, len(counts), MOST_ROWS):
        piece = tables.select(counts, slice(start, start + MOST_ROWS))
        observed, valid = piece.columns["observed"], piece.columns["valid"]
        if observed.min() < observed_start or observed.max() > observed_end:
            raise ValueError(f"{table}: rows observed outside [{observed_start}, {observed_end}]")
        row = ChunkRow(
            id=0,
            name=table,
            observed_start=observed_start,
            observed_end=int(observed.max()),  # not later: the file's span ends with its rows
            valid_min=int(valid.min()),
            valid_max=int(valid.max()),
            rows=len(piece),
        )
        chunk_log.add(file, row, encode(piece))


def _sorted_series(counts: Counts) -> Counts:
    counts = tables.concatenate([counts])  # sorts the names
    columns = counts.columns
    return tables.select(
        counts, np.lexsort((columns["observed"], columns["valid"], columns["name"]))
    )


def _by_name(rows: Counts) -> dict[str, Series]:
    """Rows of series, name by name, in the order of their times."""
    order = np.argsort(rows.columns["name"], kind="stable")
    names, valid, observed, x = (
        rows.columns[name][order] for name in ("name", "valid", "observed", "x")
    )
    words = rows.words["name"]
    ends = np.searchsorted(names, np.arange(len(words)), side="right").tolist()
    found = {}
    for name, start, end in zip(words, [0, *ends], ends, strict=False):
        if end > start:
            found[name] = _in_time(valid[start:end], observed[start:end], x[start:end])
    return found


def _in_time(
    valid: NDArray[np.int64], observed: NDArray[np.int64], x: NDArray[np.float64]
) -> Series:
    """One series ascending in time: of values for one time, the last observed."""
    if np.all(valid[1:] > valid[:-1]):  # as they were written
        return valid, x
    order = np.lexsort((observed, valid))
    valid, x = valid[order], x[order]
    last = np.ones(valid.size, dtype=bool)
    last[:-1] = valid[1:] != valid[:-1]
    return valid[last], x[last]


def _is_whole(row: ChunkRow, window: Window, as_of: int) -> bool:
    """Whether all rows of a chunk lie in the window and were observed by `as_of`."""
    inside = window.start <= row.valid_min and row.valid_max < window.end
    return inside and row.observed_end <= as_of


def _kept(cache: Cache, key: tuple[object, ...], add: Callable[[], Counts]) -> Counts:
    """A sum, made once; whoever asks again gets the same arrays, so they are made read-only."""

    def make() -> tuple[Counts, int]:
        counts = add()
        for column in counts.columns.values():
            column.flags.writeable = False
        return counts, sum(column.nbytes for column in counts.columns.values())

    return cache.get(key, make)


def _ids(rows: list[ChunkRow]) -> tuple[int, ...]:
    return tuple(row.id for row in rows)


class Telemetry:
    """The telemetry of one file. Decoded chunks are kept, within a bound of bytes."""

    def __init__(self, file: IncidentFile) -> None:
        self._file = file
        self._cache = Cache(_CACHE_BYTES)
        self._span: tuple[int, Window] | None = None  # as it was when that chunk was the last
        self._moments = Cache(_MOMENTS_BYTES)  # sums for one `as_of`: soon of no more use

    # --- time --------------------------------------------------------------------------------

    def span(self) -> Window:
        """From the first event bucket to the end of the last observed one."""
        last = chunk_log.last(self._file)
        if self._span is None or self._span[0] != last:
            self._span = last, self._file.span()
        return self._span[1]

    def as_of(self, clock: Clock, at: int) -> int:
        """End of the last bucket that was closed at `at`, µs: what may be seen then."""
        size = SECOND if clock == "fast" else self._file.bucket
        return at - at % size

    def told(self, at: int, look_back: int) -> int | None:
        """Before which time (µs) all requests had been told at `at`; None where nothing says so.

        An import has told everything; a live recording says how far its sources were, and is asked
        for the last time it did within `look_back` µs.
        """
        if self._file.meta(IDENTITY) or self._file.meta(ROLLING):
            seen = self.as_of("fast", at)
            for span in (min(5 * MINUTE, look_back), look_back):
                window = Window(start=seen - span, end=seen + SECOND)
                found = self.series({TOLD}, window, seen).get(TOLD)
                if found is not None:
                    return int(found[0][-1])
        return None

    # --- tables of counts --------------------------------------------------------------------

    def counts(self, table: str, window: Window | None, as_of: int) -> Counts:
        """Rows valid in `window` (None: always) and observed by `as_of`, summed over both clocks.

        Columns are the table's words, keys and cells; label moves are already made, so `label` is
        what was known and there is no `was`. Sorted by key, without zero rows.
        """
        return self._sum(table, table, window, as_of, ("observed", "valid"))

    def counts_by_valid(
        self, table: str, window: Window | None, as_of: int, without: tuple[str, ...] = ()
    ) -> Counts:
        """Like `counts`, with a row for each event bucket: `valid` (its start, µs) is a key.

        Columns named in `without` are left out, and summed over where they are keys.
        """
        return self._sum(table, table, window, as_of, ("observed", *without))

    def reference(self, table: str) -> Counts:
        """The reference's counts, in the form of `counts`."""
        return self._sum(REFERENCE + table, table, None, LATEST, ("observed", "valid"))

    def _sum(
        self, name: str, table: str, window: Window | None, as_of: int, dropped: tuple[str, ...]
    ) -> Counts:
        window = window or EVERYTHING
        rows = self._rows(name, window, as_of)
        whole = [row for row in rows if _is_whole(row, window, as_of)]
        partly = [row for row in rows if not _is_whole(row, window, as_of)]
        nothing = tables.merge([tables.expand_moves(tables.empty(table, dropped))])

        def of_hour(rows: list[ChunkRow]) -> Counts:
            key = (name, dropped, *_ids(rows))
            return _kept(self._cache, key, lambda: self._add(nothing, rows, window, as_of, dropped))

        def seen_whole() -> Counts:
            hours: dict[int, list[ChunkRow]] = {}  # a minute later, most of them are the same
            for row in whole:
                hours.setdefault(row.observed_start // HOUR, []).append(row)
            return tables.merge([nothing, *map(of_hour, hours.values())])

        def seen() -> Counts:
            total = _kept(self._cache, (name, dropped, "whole", *_ids(whole)), seen_whole)
            return self._add(total, partly, window, as_of, dropped)

        key = (name, dropped, window.start, window.end, as_of, *_ids(rows))
        return _kept(self._moments, key, seen)

    def _add(
        self,
        total: Counts,
        rows: list[ChunkRow],
        window: Window,
        as_of: int,
        dropped: tuple[str, ...],
    ) -> Counts:
        """`total` and what is visible in some chunks; `total` itself where nothing is."""
        parts, pending = [total], 0
        for row in rows:
            part = self._visible(row, window, as_of, dropped)
            if len(part) == 0:
                continue
            parts.append(tables.expand_moves(part))
            pending += len(parts[-1])
            if pending > _MERGE_AT_ROWS:
                parts, pending = [tables.merge(parts)], 0
        return tables.merge(parts) if len(parts) > 1 else parts[0]

    def _visible(
        self, row: ChunkRow, window: Window, as_of: int, dropped: tuple[str, ...]
    ) -> Counts:
        """The rows of one chunk that lie in the window and were observed by `as_of`."""
        chunk = self._chunk(row)
        part = Counts(
            table=chunk.table,
            columns={
                name: self._column(row, name)
                for name in tables.columns_of(chunk.table)
                if name not in dropped
            },
            words=chunk.words,
        )
        if _is_whole(row, window, as_of):
            return part
        valid, observed = self._column(row, "valid"), self._column(row, "observed")
        return tables.select(
            part, (valid >= window.start) & (valid < window.end) & (observed <= as_of)
        )

    # --- series ------------------------------------------------------------------------------

    def series(
        self, names: Collection[str] | None, window: Window | None, as_of: int
    ) -> dict[str, Series]:
        """Times (µs, ascending, int64) and values (float64) of each series that has any.

        `names` None means all that tell of the service. Of values observed later for one time,
        the last counts.
        """
        window = window or EVERYTHING
        wanted = None if names is None else set(names)
        rows = self._rows(SERIES, window, as_of)
        whole = [row for row in rows if _is_whole(row, window, as_of)]

        def read(rows: list[ChunkRow]) -> list[Counts]:
            return [p for row in rows for p in self._series_parts(row, wanted, window, as_of)]

        def seen_whole() -> Counts:
            return tables.concatenate([tables.empty(SERIES), *read(whole)])

        key = (SERIES, frozenset(wanted or ()), wanted is None, *_ids(whole))
        parts = read([row for row in rows if not _is_whole(row, window, as_of)])
        return _by_name(tables.concatenate([_kept(self._moments, key, seen_whole), *parts]))

    def _series_parts(
        self, row: ChunkRow, wanted: set[str] | None, window: Window, as_of: int
    ) -> Iterator[Counts]:
        """Rows of the wanted series in one chunk; blocks without any are not inflated."""
        words = self._chunk(row).words["name"]
        codes = self._column(row, "name")
        is_wanted = np.array(
            [word != TOLD if wanted is None else word in wanted for word in words], dtype=bool
        )
        rows = is_wanted[codes]
        for start in np.unique(np.flatnonzero(rows) // BLOCK) * BLOCK:
            here = slice(int(start), int(start) + BLOCK)
            columns = self._block(row, here)
            valid, observed = columns["valid"], columns["observed"]
            seen = rows[here] & (valid >= window.start) & (valid < window.end)
            seen &= observed <= as_of
            part = Counts(
                table=SERIES, columns={"name": codes[here], **columns}, words={"name": words}
            )
            yield part if seen.all() else tables.select(part, seen)

    def _block(self, row: ChunkRow, rows: slice) -> dict[str, NDArray[Any]]:
        """The columns valid, observed and x of one block of rows of a chunk of series."""

        def inflate() -> tuple[dict[str, NDArray[Any]], int]:
            stop = min(rows.stop, row.rows)
            columns = {
                name: self._chunk(row).column(name, rows.start, stop)
                for name in ("valid", "observed", "x")
            }
            for name, column in columns.items():
                check_times(self._file, row, name, column)
            return columns, sum(column.nbytes for column in columns.values())

        return self._cache.get((row.id, rows.start), inflate)

    # --- chunks ------------------------------------------------------------------------------

    def _rows(self, name: str, window: Window, as_of: int) -> list[ChunkRow]:
        rows = chunk_log.find(self._file, name, window.start, window.end, as_of)
        if sum(row.rows for row in rows) > _MOST_ROWS:
            raise BadInput(
                f"{shown(self._file.path)}: this window has more than {_MOST_ROWS:,} rows of"
                f" {name}; choose a shorter one"
            )
        return rows

    def _chunk(self, row: ChunkRow) -> Chunk:
        def read() -> tuple[Chunk, int]:
            chunk = open_chunk(self._file, row)
            return chunk, chunk.size

        return self._cache.get(row.id, read)

    def _column(self, row: ChunkRow, name: str) -> NDArray[Any]:
        def inflate() -> tuple[NDArray[Any], int]:
            column = self._chunk(row).column(name)
            check_times(self._file, row, name, column)
            return column, column.nbytes

        return self._cache.get((row.id, name), inflate)


def open_chunk(file: IncidentFile, row: ChunkRow) -> Chunk:
    """A chunk of a file. Raises BadInput, naming both, where its bytes are not what was written."""
    chunk = Chunk(chunk_log.data(file, row), f"{shown(file.path)}: {row.title()}")
    if (chunk.table, chunk.rows) != (row.name.removeprefix(REFERENCE), row.rows):
        raise damaged(file.path, f"{row.title()} holds another table")
    return chunk


def check_times(file: IncidentFile, row: ChunkRow, name: str, column: NDArray[Any]) -> None:
    """Raises BadInput where a column of times leaves the bounds the log gives for its chunk."""
    if name not in ("valid", "observed") or column.size == 0:
        return
    low, high = row.valid_min, row.valid_max
    if name == "observed":
        low, high = row.observed_start, row.observed_end
    if column.min() < low or column.max() > high:
        raise damaged(file.path, f"{row.title()} holds rows {name} at other times")
