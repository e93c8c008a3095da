"""A table that grows in an engine, read by its times as a log file is read by its bytes.

The position is a time: rows are read once they are older than `lag`, from where the last reading
ended. A row that is written later than that is not counted; the lag is to be chosen so.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.observe.engine.connect import connect
from cockpit.observe.engine.within import happened_within
from cockpit.observe.live.logs.files import Seen
from cockpit.observe.live.logs.log_rows import Part, Piece
from cockpit.observe.live.logs.mark import Position
from cockpit.observe.rows import RowFile, Rows
from cockpit.records import DAY, HOUR, MINUTE, SECOND, BadInput, Window
from cockpit.text import inert
from cockpit.units import iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import ibis.expr.types as ir
    import pyarrow as pa

    from cockpit.observe.engine.connect import Engine
    from cockpit.observe.live.logs.log_rows import Wanted
    from cockpit.observe.live.logs.mark import Positions
    from cockpit.observe.rows import Progress

_MOST_ROWS = 200_000  # that are fetched at once
_STRIDE = 10 * MINUTE  # of time, at first; longer where there are few rows
_LONGEST_STRIDE = DAY
_PART = HOUR  # that is read at once of what was there before the first question


class TableRows:
    """The rows of one table (`logs.log_rows.LogRows`); connected to for each question alone.

    So a file of DuckDB is held only while it is read, and who writes it can.
    """

    def __init__(self, url: str, table: str, time: str, lag: int) -> None:
        """`time` is the column whose times order the rows, `lag` in µs."""
        self.failing: dict[str, str] = {}
        self.columns: list[str] = []
        self.settled = lag
        self._url = url
        self._table = table
        self._time = time
        self._stride = _STRIDE

    @property
    def shown(self) -> str:
        """What people call the log."""
        return inert(self._table, 80)

    def added(self, positions: Positions, wanted: Wanted, now: int) -> Iterator[Piece]:
        """Rows after `positions`, which move along with each piece. Raises BadInput."""
        position = positions.files.get(self._table) or Position(at=positions.forgotten)
        yield from self._read(position.at, self._end(now), wanted, positions)

    def skip(self, positions: Positions, wanted: Wanted, since: int, now: int) -> list[Part]:
        """Move `positions` to the end; what is passed over, the newest first. Raises BadInput."""
        with self._opened() as (_, rows):
            wanted(Rows(self.shown, list(rows.columns)))
        end = self._end(now)
        positions.files[self._table] = Position(at=end, modified=end)
        starts = range(since // _PART * _PART, end, _PART)
        parts = [Part(self._seen(), max(start, since), min(start + _PART, end)) for start in starts]
        return parts[::-1]

    def between(
        self, start: dict[str, int], stop: Positions, wanted: Wanted, now: int
    ) -> Iterator[Piece]:
        """Rows between two positions, read a second time. Raises BadInput."""
        for name, at in start.items():
            yield from self._read(at, stop.files.get(name, Position()).at, wanted)

    def of(self, part: Part, wanted: Wanted) -> Iterator[Piece]:
        """The rows of a stretch of time."""
        yield from self._read(part.start, part.stop, wanted)

    def place(self, piece: Piece) -> str:
        """In words when the rows of a piece begin."""
        return f"from {iso(piece.at)} on"

    def _read(
        self, start: int, end: int, wanted: Wanted, positions: Positions | None = None
    ) -> Iterator[Piece]:
        if start >= end:
            return
        with self._opened() as (engine, rows):
            columns = wanted(Rows(self.shown, self.columns))
            while start < end:
                window = self._next(engine, rows, start, end)
                found = engine.ask(self._within(engine, rows, window).select(columns))
                if positions is not None:
                    moved = Position(at=window.end, modified=window.end)
                    positions.files[self._table] = moved
                if found.num_rows:  # all in one piece: whoever stops here has what was moved over
                    (batch,) = found.combine_chunks().to_batches()
                    yield Piece(self._seen(), self.columns, batch, 0, window.start)
                start = window.end

    def _next(self, engine: Engine, rows: ir.Table, start: int, end: int) -> Window:
        """From `start` on as much time as does not have too many rows, one second at least."""
        while True:
            window = Window(start=start, end=min(end, start + self._stride))
            many = engine.count(self._within(engine, rows, window))
            if many <= _MOST_ROWS or self._stride <= SECOND:
                self._stride = min(4 * self._stride, _LONGEST_STRIDE)
                return window
            self._stride = max(SECOND, min(self._stride, window.end - start) // 4)

    def _within(self, engine: Engine, rows: ir.Table, window: Window) -> ir.Table:
        return happened_within(rows, self._time, engine.dialect, window)

    def _end(self, now: int) -> int:
        return now - self.settled

    def _seen(self) -> Seen:
        return Seen(Path(), self._table, 0, 0)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Engine, ir.Table]]:
        """The engine and the table, which may have other columns than the last time."""
        with connect(self._url) as engine:
            rows = engine.table(self._table)
            self.columns = list(rows.columns)
            if self._time not in self.columns:
                raise BadInput(f"{self.shown}: column '{inert(self._time)}' is not there")
            yield engine, rows


class WholeTable(RowFile):
    """A table that does not grow, such as a reference, as a file of rows."""

    def __init__(self, url: str, table: str) -> None:
        """Raises BadInput, and Unreachable."""
        self._url = url
        self._table = table
        with connect(url) as engine:
            super().__init__(inert(table, 80), list(engine.table(table).columns), ())

    def pieces(
        self,
        columns: Sequence[str],
        rows: int,
        *,
        strict: bool = False,
        stage: str = "",
        progress: Progress | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Batches of at most `rows` rows with just `columns`; their order is not defined."""
        wanted = list(dict.fromkeys(columns))
        with connect(self._url) as engine:
            found = engine.ask(engine.table(self._table).select(wanted))
        yield from found.to_batches(max_chunksize=rows)
