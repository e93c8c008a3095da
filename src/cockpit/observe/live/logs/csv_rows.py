"""Rows of a CSV file that may grow while it is read: only whole ones, from any byte on."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from cockpit.observe.live.logs.inflate import Inflated
from cockpit.observe.rows import (
    BLOCK,
    LONGEST_HEADER,
    Rows,
    csv_blocks,
    header_columns,
    is_gzip,
    require_distinct,
)

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 4 << 20  # bytes read at once

# A field is quoted from its first character on, or not at all (RFC 4180); pyarrow reads it so too.
_FIELD = rb'(?:"(?:[^"]++|"")*+"[^,\n]*+|(?!")[^,\n]*+)'
_ROW = re.compile(rb"(?:" + _FIELD + rb",)*+" + _FIELD + rb"\n")
_ROWS = re.compile(rb"(?:(?:" + _FIELD + rb",)*+" + _FIELD + rb"\n)*+")


class Read(NamedTuple):
    """Rows that were read, and where the next ones begin."""

    rows: pa.RecordBatch
    malformed: int  # left out: too many or too few fields
    at: int
    more: bool  # whether there is surely more now


def whole_rows(data: bytes) -> int:
    """Where the last whole row of some bytes ends; 0 where none does."""
    match = _ROWS.match(data)
    return match.end() if match else 0


def parse(data: bytes, names: list[str], columns: list[str]) -> tuple[pa.RecordBatch, int]:
    """Whole rows as a batch of text, and how many were malformed. Nothing in them is an error."""
    for text in (data, data.decode("utf-8", "replace").encode()):
        try:
            return _parse(text, names, columns)
        except pa.ArrowInvalid:  # bytes that are no text: read again, as marks that say so
            continue
    return _none(columns), data.count(b"\n")


def _parse(data: bytes, names: list[str], columns: list[str]) -> tuple[pa.RecordBatch, int]:
    malformed = 0

    def skip(_: Any) -> str:
        nonlocal malformed
        malformed += 1
        return "skip"

    if not data.strip():
        return _none(columns), 0
    blocks = list(csv_blocks(BytesIO(data), columns, skip, names))
    return pa.concat_batches(blocks) if blocks else _none(columns), malformed


def _none(columns: list[str]) -> pa.RecordBatch:
    schema = pa.schema([(column, pa.string()) for column in columns])
    return pa.RecordBatch.from_pylist([], schema=schema)


class CsvRows:
    """One CSV file, plain or gzip. A position is a byte of its text, at which a row begins."""

    def __init__(self, path: Path, named: str) -> None:
        self._path = path
        self._named = named
        self._names: list[str] = []
        self._inflated = Inflated(path) if is_gzip(path) else None
        self.start = 0  # where the rows after the header begin

    def header(self) -> Rows | None:
        """The columns; None while the first line is not whole. Raises BadInput or OSError."""
        if not self._names:
            head = self.text(0, LONGEST_HEADER)
            end = 0
            while not head[:end].strip(b"\xef\xbb\xbf\r\n"):  # lines before it may be empty
                line = _ROW.match(head, end)
                if line is None:
                    return None
                end = line.end()
            names = header_columns(head[:end], self._named)
            require_distinct(names, self._named)
            self._names, self.start = names, end
        return Rows(self._named, self._names)

    def read(self, at: int, columns: list[str], stop: int | None = None) -> Read | None:
        """Some whole rows from `at` on, of those before `stop`; None where there are none yet."""
        at = max(at, self.start)
        size = PIECE if stop is None else min(PIECE, stop - at)
        data = self.text(at, size)
        end = whole_rows(data)
        if end == 0 and len(data) == PIECE:
            data = self.text(at, BLOCK)
            end = whole_rows(data)
            if end == 0 and len(data) == BLOCK:  # a quote that is never closed
                line = data.find(b"\n") + 1 or len(data)
                return Read(_none(columns), 1, at + line, more=True)
        if self._inflated is not None and self._inflated.whole:
            end = len(data)  # nothing will follow: the last row is whole without its line feed
        if end == 0:
            return None
        rows, malformed = parse(data[:end], self._names, columns)
        return Read(rows, malformed, at + end, more=len(data) >= size)

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
