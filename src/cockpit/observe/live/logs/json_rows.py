"""Rows of a file of JSON lines that may grow while it is read: one object a line."""

from __future__ import annotations

from typing import Any

import msgspec
import pyarrow as pa

from cockpit.observe.live.logs.text_rows import TextRows
from cockpit.observe.rows import LONGEST_HEADER, Rows

JSON = (".jsonl", ".ndjson", ".json")  # how the names of such files end
_DECODER = msgspec.json.Decoder(dict[str, Any])


class JsonRows(TextRows):
    """One file of JSON lines, plain or gzip; its first lines tell which columns there are."""

    def header(self) -> Rows | None:
        """The keys met in the first lines; None while there is no whole one. Raises OSError."""
        head = self.text(0, LONGEST_HEADER)
        lines = _objects(head[: self._end(head)])
        names = list(dict.fromkeys(name for line in lines if line for name in line))
        return Rows(self._named, names) if names else None

    def _end(self, data: bytes) -> int:
        return data.rfind(b"\n") + 1

    def _parse(self, data: bytes, columns: list[str]) -> tuple[pa.RecordBatch, int]:
        lines = _objects(data)
        rows = [line for line in lines if line is not None]
        texts = [
            pa.array([_text(row.get(column)) for row in rows], pa.string()) for column in columns
        ]
        return pa.RecordBatch.from_arrays(texts, columns), len(lines) - len(rows)


def _objects(data: bytes) -> list[dict[str, Any] | None]:
    """The object of each line that is not empty; None where it is none."""
    found: list[dict[str, Any] | None] = []
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            found.append(_DECODER.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found.append(None)
    return found


def _text(value: Any) -> str | None:
    """A value as CSV would have it; what holds others is no value."""
    if value is None or isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else str(value)
