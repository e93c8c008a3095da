"""Rows of a CSV file that may grow while it is read."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pyarrow as pa

from cockpit.observe.live.logs.text_rows import TextRows, nothing
from cockpit.observe.rows import LONGEST_HEADER, Rows, csv_blocks, header_columns, require_distinct

# A field is quoted from its first character on, or not at all (RFC 4180); pyarrow reads it so too.
_FIELD = rb'(?:"(?:[^"]++|"")*+"[^,\n]*+|(?!")[^,\n]*+)'
_ROW = re.compile(rb"(?:" + _FIELD + rb",)*+" + _FIELD + rb"\n")
_ROWS = re.compile(rb"(?:(?:" + _FIELD + rb",)*+" + _FIELD + rb"\n)*+")


class CsvRows(TextRows):
    """One CSV file, plain or gzip; its first row names the columns."""

    _names: list[str] | None = None

    def header(self) -> Rows | None:
        """The columns; None while the first line is not whole. Raises BadInput or OSError."""
        if self._names is None:
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

    def _end(self, data: bytes) -> int:
        return whole_rows(data)

    def _parse(self, data: bytes, columns: list[str]) -> tuple[pa.RecordBatch, int]:
        return parse(data, self._names or [], columns)


def whole_rows(data: bytes) -> int:
    """Where the last whole row of some bytes ends; 0 where none does."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    match = _ROWS.match(data)
    return match.end() if match else 0


def parse(data: bytes, names: list[str], columns: list[str]) -> tuple[pa.RecordBatch, int]:
    """Whole rows as a batch of text, and how many were malformed. Nothing in them is an error."""
    for text in (data, data.decode("utf-8", "replace").encode()):
        try:
            return _parse(text, names, columns)
        except pa.ArrowInvalid:  # bytes that are no text: read again, as marks that say so
            continue
    return nothing(columns), data.count(b"\n")


def _parse(data: bytes, names: list[str], columns: list[str]) -> tuple[pa.RecordBatch, int]:
    malformed = 0

    def skip(_: Any) -> str:
        nonlocal malformed
        malformed += 1
        return "skip"

    if not data.strip():
        return nothing(columns), 0
    blocks = list(csv_blocks(BytesIO(data), columns, skip, names))
    return pa.concat_batches(blocks) if blocks else nothing(columns), malformed
