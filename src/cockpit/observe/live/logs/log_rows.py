"""What rows of a log are read from, piece by piece: files that grow, or a table of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from cockpit.observe.live.logs.files import Seen
    from cockpit.observe.live.logs.mark import Positions
    from cockpit.observe.rows import Rows

    Wanted = Callable[[Rows], list[str]]  # which columns of a file are read; raises BadInput


class Piece(NamedTuple):
    """Some rows of one file."""

    file: Seen
    columns: list[str]  # of the file
    rows: pa.RecordBatch
    malformed: int  # rows that were left out
    at: int  # where they begin: a byte of text, a row of Parquet, or a time (µs) of a table
    was: str = ""  # what the file was called when it was read before, if otherwise


class Part(NamedTuple):
    """A part of a file, from one position to another."""

    file: Seen
    start: int
    stop: int


class LogRows(Protocol):
    """The rows of a log, each read once, in whatever cuts."""

    failing: dict[str, str]  # files that cannot be read, each with a few words
    columns: list[str]  # of the file that was opened last
    settled: int  # what happened so many µs ago is surely there

    @property
    def shown(self) -> str:
        """What people call the log."""
        ...

    def added(self, positions: Positions, wanted: Wanted, now: int) -> Iterator[Piece]:
        """Rows after `positions`, which move along with each piece. Raises SourceFailed."""
        ...

    def skip(self, positions: Positions, wanted: Wanted, since: int, now: int) -> list[Part]:
        """Move `positions` to the end; what is passed over, the newest first. Raises SourceFailed.

        What was written before `since` (µs) is neither passed over nor ever read.
        """
        ...

    def between(
        self, start: dict[str, int], stop: Positions, wanted: Wanted, now: int
    ) -> Iterator[Piece]:
        """Rows of some files between two positions each, read a second time. Raises SourceFailed.

        What is there no more is told in `failing`.
        """
        ...

    def of(self, part: Part, wanted: Wanted) -> Iterator[Piece]:
        """The rows of a part of a file."""
        ...

    def place(self, piece: Piece) -> str:
        """In words where the rows of a piece begin."""
        ...
