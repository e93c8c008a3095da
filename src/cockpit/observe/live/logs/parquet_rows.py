"""Rows of a Parquet file, from any row on. It has no footer, and so no rows, until it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyarrow import parquet

from cockpit.observe.live.logs.text_rows import Read
from cockpit.observe.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

_PIECE_ROWS = 100_000


class ParquetRows:
    """One Parquet file. A position is the number of a row."""

    start = 0
    grows = False  # whoever adds rows to one writes it anew
    backwards = True

    def __init__(self, path: Path, named: str) -> None:
        self._path = path
        self._named = named

    def header(self) -> Rows:
        """The columns. Raises ArrowInvalid while the file is not whole, or OSError."""
        return Rows(self._named, list(parquet.read_schema(self._path).names))

    def boundaries(self) -> list[int]:
        """Where pieces of rows begin, and how many there are. Raises ArrowInvalid or OSError."""
        rows = int(parquet.read_metadata(self._path).num_rows)
        return [*range(0, rows, _PIECE_ROWS), rows]

    def near_end(self) -> int:
        """The number of a row no further than a piece from the last. Raises as `boundaries`."""
        return max(self.boundaries()[-1] - _PIECE_ROWS, 0)

    def read(self, at: int, columns: list[str], stop: int | None = None) -> Read | None:
        """Some rows from row `at` on, of those before `stop`; None where there are none."""
        with parquet.ParquetFile(self._path) as file:
            total = int(file.metadata.num_rows)
            last = total if stop is None else min(stop, total)
            group, first = _group(file, at)
            if group is None or at >= last:
                return None
            for batch in file.iter_batches(_PIECE_ROWS, row_groups=[group], columns=columns):
                if at < first + batch.num_rows:
                    end = min(first + batch.num_rows, last)
                    rows = batch.slice(at - first, end - at).select(columns)
                    return Read(rows, 0, end, more=end < last)
                first += batch.num_rows
        return None

    def text(self, at: int, size: int) -> bytes:
        """Up to `size` bytes of the file itself from byte `at` on. Raises OSError."""
        with self._path.open("rb") as file:
            file.seek(at)
            return file.read(size)

    def close(self) -> None:
        """Nothing is kept open."""


def _group(file: parquet.ParquetFile, at: int) -> tuple[int | None, int]:
    """The row group that holds row `at`, and the number of its first row."""
    first = 0
    for group in range(file.metadata.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if at < first + rows:
            return group, first
        first += rows
    return None, first
