"""Rows of a Parquet file, from any row on. It has no footer, and so no rows, until it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyarrow import parquet

from cockpit.observe.live.logs.csv_rows import Read
from cockpit.observe.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

_PIECE_ROWS = 100_000


class ParquetRows:
    """One Parquet file. A position is the number of a row."""

    start = 0

    def __init__(self, path: Path, named: str) -> None:
        self._path = path
        self._named = named

    def header(self) -> Rows:
        """The columns. Raises ArrowInvalid while the file is not whole, or OSError."""
        return Rows(self._named, list(parquet.read_schema(self._path).names))

    def size(self) -> int:
        """How many rows there are. Raises ArrowInvalid or OSError."""
        return int(parquet.read_metadata(self._path).num_rows)

    def read(self, at: int, columns: list[str], stop: int | None = None) -> Read | None:
        """Some rows from row `at` on, of those before `stop`; None where there are none."""
        with parquet.ParquetFile(self._path) as file:
            group, first = self._group(file, at)
            if group is None:
                return None
            for batch in file.iter_batches(_PIECE_ROWS, row_groups=[group], columns=columns):
                if at < first + batch.num_rows:
                    end = min(first + batch.num_rows, stop or first + batch.num_rows)
                    rows = batch.slice(at - first, end - at).select(columns)
                    return Read(rows, 0, end, more=end < file.metadata.num_rows)
                first += batch.num_rows
        return None

    def close(self) -> None:
        """Nothing is kept open."""

    def _group(self, file: parquet.ParquetFile, at: int) -> tuple[int | None, int]:
        """The row group that holds row `at`, and the number of its first row."""
        first = 0
        for group in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if at < first + rows:
                return group, first
            first += rows
        return None, first
