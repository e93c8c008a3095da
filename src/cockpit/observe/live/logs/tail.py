"""What was added to the files of a log: their rows in pieces, from where each was left."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from cockpit.observe.live.logs.csv_rows import CsvRows
from cockpit.observe.live.logs.json_rows import JSON, JsonRows
from cockpit.observe.live.logs.log_rows import Part, Piece
from cockpit.observe.live.logs.mark import Position
from cockpit.observe.live.logs.parquet_rows import ParquetRows
from cockpit.observe.rows import is_parquet
from cockpit.records import MINUTE, BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cockpit.observe.live.logs.files import LogFiles, Seen
    from cockpit.observe.live.logs.log_rows import Wanted
    from cockpit.observe.live.logs.mark import Positions

    Reader = CsvRows | JsonRows | ParquetRows

_HEAD = 1 << 10  # bytes after the header by which a file is known again
_STEP = 16 << 20  # bytes in which lines are counted at once
_UNFINISHED_FOR = MINUTE  # since a file was written; before, it may be half of one
_GONE = "it is gone, with rows that are not all counted"


class Tail:
    """Reads a log's files (`log_rows.LogRows`)."""

    settled = 0  # a row is there once it is written

    def __init__(self, files: LogFiles) -> None:
        self._files = files
        self.failing: dict[str, str] = {}  # files that cannot be read, each with a few words
        self.columns: list[str] = []  # of the file that was opened last

    @property
    def shown(self) -> str:
        """What people call the log."""
        return self._files.shown

    def added(self, positions: Positions, wanted: Wanted, now: int) -> Iterator[Piece]:
        """Rows after `positions`, which move along with each piece. Raises SourceFailed."""
        self.failing = {}
        before = dict(positions.files)
        for seen in self._files.look():
            with self._told(seen, now):
                yield from self._added_to(seen, positions, before, wanted)
        positions.forget()

    def skip(self, positions: Positions, wanted: Wanted, since: int, now: int) -> list[Part]:
        """Move `positions` to the end; what is passed over, the newest first. Raises SourceFailed.

        Files last written before `since` (µs) are neither passed over nor ever read.
        """
        self.failing = {}
        passed: list[Part] = []
        for seen in self._files.look():
            if seen.beside:
                continue
            if seen.modified < since:
                positions.forgotten = max(positions.forgotten, seen.modified)
                continue
            with self._told(seen, now), opened(seen) as reader:
                header = reader.header()
                if header is None:
                    continue
                wanted(header)
                self.columns = header.columns
                ends = reader.boundaries()
                positions.files[seen.name] = _position(seen, reader, ends[-1], Position(), True)
                parts = [Part(seen, *ends[i : i + 2]) for i in range(len(ends) - 1)]
                passed += parts if reader.backwards else [Part(seen, ends[0], ends[-1])]
        return passed[::-1]

    def between(
        self, start: dict[str, int], stop: Positions, wanted: Wanted, now: int
    ) -> Iterator[Piece]:
        """Rows of some files between two positions each, read a second time. Raises SourceFailed.

        Where a file is there no more, or another under its name, it is told in `failing`.
        """
        seen_now = {seen.name: seen for seen in self._files.look()}
        for name, at in start.items():
            end = stop.files.get(name, Position())
            seen = seen_now.get(name)
            if seen is None:
                self.failing[inert(name, 80)] = _GONE
                continue
            with self._told(seen, now):
                if _is_same(end, seen):
                    yield from self.of(Part(seen, at, end.at), wanted)
                else:
                    self.failing[seen.shown] = _GONE

    def of(self, part: Part, wanted: Wanted) -> Iterator[Piece]:
        """The rows of a part of a file."""
        with self._told(part.file), opened(part.file) as reader:
            header = reader.header()
            at = max(part.start, reader.start)
            while header is not None and at < part.stop:
                read = reader.read(at, wanted(header), part.stop)
                if read is None:
                    break
                yield Piece(part.file, header.columns, read.rows, read.malformed, at)
                at = read.at

    def place(self, piece: Piece) -> str:
        """In words where the rows of a piece begin: after which line, or row of Parquet."""
        with opened(piece.file) as reader:
            if not reader.grows:
                return f"after row {piece.at:,}"
            lines = 0
            for start in range(0, piece.at, _STEP):
                lines += reader.text(start, min(_STEP, piece.at - start)).count(b"\n")
        return f"after line {lines:,}"

    def _added_to(
        self, seen: Seen, positions: Positions, before: dict[str, Position], wanted: Wanted
    ) -> Iterator[Piece]:
        position = before.get(seen.name)
        if position is None and seen.modified <= _oldest_news(seen, positions, before):
            return
        if position and (position.ended, position.modified) == (seen.size, seen.modified):
            return
        with opened(seen) as reader:
            header = reader.header()
            if header is None:
                return
            was = ""
            if position is None or not _continues(position, reader, seen):
                was, position = _taken_over(before, reader)
                if seen.beside and not was:
                    return
            columns, at = wanted(header), max(position.at, reader.start)
            while (read := reader.read(at, columns)) is not None:
                position = _position(seen, reader, read.at, position)
                positions.files[seen.name] = position
                yield Piece(seen, header.columns, read.rows, read.malformed, at, was)
                at = read.at
                if not read.more:
                    break
            positions.files[seen.name] = _position(seen, reader, at, position, ended=True)

    @contextmanager
    def _told(self, seen: Seen, now: int | None = None) -> Iterator[None]:
        """What is wrong with a file is told; at `now`, if it was not written to for a while."""
        try:
            yield
        except FileNotFoundError:
            pass  # rotated away meanwhile
        except (BadInput, OSError, pa.ArrowException, zlib.error, UnicodeError) as error:
            written = now is not None and seen.modified > now - _UNFINISHED_FOR
            if isinstance(error, BadInput) or not written:
                self.failing[seen.shown] = inert(error, 200)


@contextmanager
def opened(seen: Seen) -> Iterator[Reader]:
    """The reader for a file's kind, as its name tells it."""
    reader = reader_of(seen.path, seen.shown)
    try:
        yield reader
    finally:
        reader.close()


def reader_of(path: Path, named: str) -> Reader:
    """What reads a file, by how its name ends; errors call it `named`."""
    if is_parquet(path):
        return ParquetRows(path, named)
    if any(ending in JSON for ending in path.suffixes):  # log.jsonl.1.gz is too
        return JsonRows(path, named)
    return CsvRows(path, named)


def _position(
    seen: Seen, reader: Reader, at: int, before: Position, ended: bool = False
) -> Position:
    """Where a file is left; `before` is where it was left last, to be known by the same bytes."""
    length = min(at, reader.start + _HEAD) if reader.grows else _HEAD
    same = length == before.length
    return Position(
        at=at,
        ended=seen.size if ended else 0,
        head=before.head if same else _fingerprint(reader.text(0, length)),
        length=length,
        modified=seen.modified,
    )


def _oldest_news(seen: Seen, positions: Positions, before: dict[str, Position]) -> int:
    """A file that is new to us, written then or before (µs), holds nothing new."""
    if not seen.beside:
        return positions.forgotten
    return max((position.modified for position in before.values()), default=0) - 1


def _fingerprint(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _knows(position: Position, reader: Reader) -> bool:
    return _fingerprint(reader.text(0, position.length)) == position.head


def _is_same(position: Position, seen: Seen) -> bool:
    with opened(seen) as reader:
        return _knows(position, reader)


def _continues(position: Position, reader: Reader, seen: Seen) -> bool:
    """Whether a file still holds what was read of it, and was not begun anew under its name."""
    if not reader.grows:
        return reader.boundaries()[-1] >= position.at
    return _knows(position, reader) and (not reader.backwards or position.at <= seen.size)


def _taken_over(before: dict[str, Position], reader: Reader) -> tuple[str, Position]:
    """The name and position of a file that was moved away or copied; of a new one, its start."""
    heads: dict[int, str] = {}
    for name, position in before.items():
        if position.at <= reader.start:
            continue  # of a header alone no file is known again
        if position.length not in heads:
            heads[position.length] = _fingerprint(reader.text(0, position.length))
        if heads[position.length] == position.head:
            return name, position
    return "", Position()
