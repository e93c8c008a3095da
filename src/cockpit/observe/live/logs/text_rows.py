"""Rows of a text file that may grow while it is read: only whole ones, from any byte on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from cockpit.observe.live.logs.inflate import Inflated
from cockpit.observe.rows import BLOCK, Rows, is_gzip

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 4 << 20  # bytes read at once


class Read(NamedTuple):
    """Rows that were read, and where the next ones begin."""

    rows: pa.RecordBatch
    malformed: int  # left out: too many or too few fields, or no row at all
    at: int
    more: bool  # whether there is surely more now


class TextRows(ABC):
    """One file, plain or gzip. A position is a byte of its text, at which a row begins."""

    grows = True  # what stands before a position stays as it is

    def __init__(self, path: Path, named: str) -> None:
        self._path = path
        self._named = named
        self._inflated = Inflated(path) if is_gzip(path) else None
        self.start = 0  # where the first row begins

    @property
    def backwards(self) -> bool:
        """Whether rows near the end are reached without reading those before them."""
        return self._inflated is None

    @abstractmethod
    def header(self) -> Rows | None:
        """The columns; None while they cannot be told yet. Raises BadInput or OSError."""

    @abstractmethod
    def _end(self, data: bytes) -> int:
        """Where the last whole row of some bytes ends; 0 where none does."""

    @abstractmethod
    def _parse(self, data: bytes, columns: list[str]) -> tuple[pa.RecordBatch, int]:
        """Whole rows as a batch of text, and how many were malformed."""

    def read(self, at: int, columns: list[str], stop: int | None = None) -> Read | None:
        """Some whole rows from `at` on, of those before `stop`; None where there are none yet."""
        at = max(at, self.start)
        data, end, full = self._piece(at, stop)
        if end == 0:
            if not full:
                return None
            line = data.find(b"\n") + 1 or len(data)  # a quote that is never closed
            return Read(nothing(columns), 1, at + line, more=True)
        rows, malformed = self._parse(data[:end], columns)
        return Read(rows, malformed, at + end, more=full)

    def boundaries(self) -> list[int]:
        """Where pieces of rows begin, and where the last whole row ends."""
        found = [self.start]
        while True:
            data, end, full = self._piece(found[-1], None)
            if end == 0 and full:
                end = data.find(b"\n") + 1 or len(data)
            if end:
                found.append(found[-1] + end)
            if not full:
                return found

    def near_end(self) -> int:
        """A byte at which a row begins, no further than a piece from the end of a plain file."""
        size = 0 if self._inflated is not None else self._path.stat().st_size
        if size - PIECE <= self.start:
            return self.start
        at = size - PIECE
        return at + self.text(at, PIECE).find(b"\n") + 1

    def _piece(self, at: int, stop: int | None) -> tuple[bytes, int, bool]:
        """Bytes from `at` on, where the last whole row of them ends, and whether more follow."""
        size = PIECE if stop is None else min(PIECE, stop - at)
        data = self.text(at, size)
        end = self._end(data)
        if end == 0 and len(data) == PIECE:
            size = BLOCK
            data = self.text(at, size)
            end = self._end(data)
        if self._inflated is not None and self._inflated.whole:
            end = len(data)  # nothing will follow: the last row is whole without its line feed
        return data, end, 0 < size <= len(data)

    def text(self, at: int, size: int) -> bytes:
        """Up to `size` bytes from byte `at` on. Raises OSError or zlib.error."""
        if self._inflated is not None:
            return self._inflated.read(at, size)
        with self._path.open("rb") as file:
            file.seek(at)
            return file.read(size)

    def close(self) -> None:
        """Let go of the file."""
        if self._inflated is not None:
            self._inflated.close()


def nothing(columns: list[str]) -> pa.RecordBatch:
    """No rows with these columns of text."""
    schema = pa.schema([(column, pa.string()) for column in columns])
    return pa.RecordBatch.from_pylist([], schema=schema)
