"""Rows of CSV (also .gz) or Parquet files, in pieces: memory does not grow with the files."""

from __future__ import annotations

import codecs
import glob
import gzip
import io
import zlib
from contextlib import contextmanager
from csv import Error as CsvError
from csv import reader
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv, parquet

from cockpit.observe.report import count
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Progress = Callable[[str, int, int], None]

LONGEST_HEADER = 1 << 20  # bytes
BLOCK = 8 << 20  # bytes of CSV parsed at once; also the longest row there may be
ENDINGS = (".csv", ".csv.gz", ".parquet", ".pq")
PATTERN = frozenset("*?[")  # in a path: it names several files
_HIDDEN = (".", "_")  # how files begin that stand beside the rows of a folder: _SUCCESS


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
    """One file of rows, or several with the same columns, read one after the other."""

    paths: tuple[Path, ...]
    left_out: dict[str, int] = field(default_factory=dict)  # rows of the newest reading, by reason

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
        order), an error; so are several files, whose rows have no order.
        """
        if strict and len(self.paths) > 1:
            raise BadInput(
                f"{self.name}: rows of several files have no order to match labels or times by; "
                "name the columns of times and of ids, or give one file"
            )
        self.left_out = {}
        wanted = list(dict.fromkeys(columns))
        for path, own in zip(self.paths, _shares(progress, self.paths), strict=True):
            with _readable(path):
                if is_parquet(path):
                    yield from _parquet_pieces(path, wanted, rows, stage, own)
                else:
                    yield from self._csv_pieces(path, wanted, rows, strict, stage, own)

    def _csv_pieces(
        self,
        path: Path,
        columns: list[str],
        rows: int,
        strict: bool,
        stage: str,
        progress: Progress | None,
    ) -> Iterator[pa.RecordBatch]:
        def malformed(row: Any) -> str:
            if strict:
                return "error"
            count(self.left_out, "malformed row", 1)
            return "skip"

        total = path.stat().st_size
        with path.open("rb") as raw:
            stream = pa.CompressedInputStream(raw, "gzip") if is_gzip(path) else raw
            for block in csv_blocks(stream, columns, malformed):
                for start in range(0, block.num_rows, rows):
                    yield block.slice(start, rows)
                if progress is not None:
                    progress(stage, raw.tell(), total)


def open_rows(path: Path) -> RowFile:
    """A file, a folder of files, or those of a pattern (`logs/*.parquet`), in order of name.

    Raises BadInput where one cannot be read, or has other columns than the first.
    """
    paths = files_of(path)
    columns = _columns(paths[0])
    for other in paths[1:]:
        differ = set(columns) ^ set(_columns(other))
        if differ:
            raise BadInput(
                f"{inert(other)}: its columns are not those of {inert(paths[0].name)}: "
                f"'{inert(min(differ))}' is in one of them alone"
            )
    return RowFile(inert(path.name), columns, paths)


def files_of(path: Path) -> tuple[Path, ...]:
    """The files of rows that a path, a folder or a pattern names, at least one, in order of name.

    Raises BadInput where there is none.
    """
    if path.is_dir():
        inside = sorted(path.iterdir())
        found = [file for file in inside if _is_rows(file)]
        if not found:
            raise BadInput(f"{inert(path)}: no file in this folder ends in {', '.join(ENDINGS)}")
        return tuple(found)
    if PATTERN & set(str(path)) and not path.exists():
        found = [Path(name) for name in sorted(glob.glob(str(path))) if Path(name).is_file()]
        if not found:
            raise BadInput(f"{inert(path)}: no file has such a name")
        return tuple(found)
    return (path,)


def all_parquet(files: list[RowFile], least: int) -> bool:
    """Whether these are Parquet files, with at least so many rows together."""
    paths = [path for file in files for path in file.paths]
    return all(map(is_parquet, paths)) and least <= sum(map(_size, paths))


def typed_alike(paths: Sequence[Path]) -> bool:
    """Whether Parquet files have the same columns of the same types, in the same order."""
    first, *others = (parquet.read_schema(path) for path in paths)
    return all(first.equals(other) for other in others)


def _is_rows(path: Path) -> bool:
    name = path.name.lower()
    return path.is_file() and name.endswith(ENDINGS) and not name.startswith(_HIDDEN)


def _size(path: Path) -> int:
    """Rows of a Parquet file, bytes of another: what its progress is counted in."""
    if is_parquet(path):
        return int(parquet.read_metadata(path).num_rows)
    return path.stat().st_size


def _shares(progress: Progress | None, paths: Sequence[Path]) -> list[Progress | None]:
    """The progress of each file, told as that of all."""
    if progress is None:
        return [None] * len(paths)
    sizes = [_size(path) for path in paths]
    return [_share(progress, sum(sizes[:i]), sum(sizes)) for i in range(len(paths))]


def _share(progress: Progress, before: int, total: int) -> Progress:
    return lambda stage, done, _: progress(stage, before + done, total)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BadInput(f"{inert(path)}: no such file") from None
    except (
        pa.ArrowException,
        CsvError,
        OSError,
        UnicodeError,
        EOFError,
        zlib.error,
    ) as error:
        raise BadInput(f"{inert(path.name)}: cannot be read: {inert(error)}") from None


def _columns(path: Path) -> list[str]:
    with _readable(path):
        columns = _parquet_columns(path) if is_parquet(path) else _csv_columns(path)
    require_distinct(columns, inert(path.name))
    return columns


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
