"""Rows of a CSV (also .gz) or Parquet file, in pieces: memory does not grow with the file."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from csv import Error as CsvError
from csv import reader
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv, parquet

from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Progress = Callable[[str, int, int], None]

LONGEST_HEADER = 1 << 20  # bytes
BLOCK = 8 << 20  # bytes of CSV parsed at once; also the longest row there may be


@dataclass
class Rows:
    """A file or table of rows: how it is called, safe to show, and the names of its columns."""

    name: str
    columns: list[str]

    def require(self, column: str, asked_by: str) -> None:
        """Raises BadInput, saying what asked for the column, where the file lacks it."""
        if column in self.columns:
            return
        near = nearest(column, self.columns)
        shown = ", ".join(inert(c, 40) for c in self.columns[:30])
        raise BadInput(
            f"{self.name}: column '{inert(column)}' ({asked_by}) is not there; "
            f"columns are: {shown}{'; ' + near if near else ''}"
        )


@dataclass
class RowFile(Rows):
    """One file of rows."""

    path: Path
    malformed: int = 0  # rows with too many or too few fields in the newest reading

    def pieces(
        self,
        columns: Sequence[str],
        rows: int,
        *,
        strict: bool = False,
        stage: str = "",
        progress: Progress | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Batches of at most `rows` rows with just `columns`; CSV fields come as text.

        Malformed rows are left out and counted, or, where `strict` (rows are matched by their
        order), an error.
        """
        self.malformed = 0
        wanted = list(dict.fromkeys(columns))
        try:
            if is_parquet(self.path):
                yield from _parquet_pieces(self.path, wanted, rows, stage, progress)
            else:
                yield from self._csv_pieces(wanted, rows, strict, stage, progress)
        except (pa.ArrowException, OSError, UnicodeDecodeError, zlib.error) as error:
            raise BadInput(f"{self.name}: cannot be read: {inert(error)}") from None

    def _csv_pieces(
        self,
        columns: list[str],
        rows: int,
        strict: bool,
        stage: str,
        progress: Progress | None,
    ) -> Iterator[pa.RecordBatch]:
        def malformed(row: Any) -> str:
            if strict:
                return "error"
            self.malformed += 1
            return "skip"

        total = self.path.stat().st_size
        with self.path.open("rb") as raw:
            stream = pa.CompressedInputStream(raw, "gzip") if is_gzip(self.path) else raw
            for block in csv_blocks(stream, columns, malformed):
                for start in range(0, block.num_rows, rows):
                    yield block.slice(start, rows)
                if progress is not None:
                    progress(stage, raw.tell(), total)


def open_rows(path: Path) -> RowFile:
    """The file with the names of its columns. Raises BadInput where it cannot be read."""
    try:
        columns = _parquet_columns(path) if is_parquet(path) else _csv_columns(path)
    except FileNotFoundError:
        raise BadInput(f"{inert(path)}: no such file") from None
    except (pa.ArrowException, CsvError, OSError, UnicodeError, EOFError, zlib.error) as error:
        raise BadInput(f"{inert(path.name)}: cannot be read: {inert(error)}") from None
    require_distinct(columns, inert(path.name))
    return RowFile(inert(path.name), columns, path)


def require_distinct(columns: list[str], name: str) -> None:
    """Raises BadInput, naming the file, where two columns share a name."""
    repeated = {c for c in columns if columns.count(c) > 1}
    if repeated:
        raise BadInput(f"{name}: column '{inert(min(repeated))}' is there twice; rename one")


def csv_blocks(
    stream: Any, columns: list[str], malformed: Callable[[Any], str], names: Sequence[str] = ()
) -> csv.CSVStreamingReader:
    """Blocks of the rows of a CSV stream with just `columns`, as text, an empty field as null.

    The first row names all columns, unless `names` does. `malformed` says for each row with too
    many or too few fields whether it is to "skip" or an "error".
    """
    return csv.open_csv(
        stream,
        csv.ReadOptions(block_size=BLOCK, column_names=names or None),
        csv.ParseOptions(newlines_in_values=True, invalid_row_handler=malformed),
        csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def all_parquet(files: list[RowFile], least: int) -> bool:
    """Whether these are Parquet files, with at least so many rows together."""
    return all(is_parquet(file.path) for file in files) and least <= sum(
        parquet.read_metadata(file.path).num_rows for file in files
    )


def is_gzip(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def _csv_columns(path: Path) -> list[str]:
    opener = gzip.open if is_gzip(path) else open
    with opener(path, "rb") as file:
        head = file.read(LONGEST_HEADER)
    return header_columns(head, inert(path.name))


def header_columns(head: bytes, name: str) -> list[str]:
    """The names in the first row of a CSV. Raises BadInput, naming the file, where there is none.

    Also raises UnicodeError or csv.Error where it is no text, or no CSV.
    """
    text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)  # its end may be half a letter
    for names in reader(io.StringIO(text, newline=""), strict=True):  # a name may hold a line feed
        if names:
            return names
    raise BadInput(f"{name}: empty; its first line must name the columns")


def _parquet_columns(path: Path) -> list[str]:
    return list(parquet.read_schema(path).names)


def _parquet_pieces(
    path: Path, columns: list[str], rows: int, stage: str, progress: Progress | None
) -> Iterator[pa.RecordBatch]:
    with parquet.ParquetFile(path) as file:
        done, total = 0, file.metadata.num_rows
        for batch in file.iter_batches(batch_size=rows, columns=columns):
            yield batch.select(columns)
            done += batch.num_rows
            if progress is not None:
                progress(stage, done, total)
