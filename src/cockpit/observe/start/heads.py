"""The first rows of a prediction log: what its columns hold, seen in no more than its head."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from cockpit.observe.live.logs.files import LogFiles
from cockpit.observe.live.logs.tail import reader_of
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.values import NO_TIME, coded, flags, numbers, times
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROWS = 5_000  # that are looked at
_MOST_COLUMNS = 1_000


class Column(NamedTuple):
    """What a column holds in the rows that were looked at; shares are of those with a value."""

    name: str
    filled: float  # share of rows that have a value
    distinct: int  # different values
    rows: int  # that have a value
    text: bool  # whether most values are words, neither numbers nor times
    whole: bool  # whether all are whole numbers
    times: float  # share that are times, of which epoch numbers are some
    flags: float  # share that are yes or no, 1 or 0
    low: float  # the least number; NaN where there are none
    high: float  # the greatest
    middle: float  # the median


class Head(NamedTuple):
    """The columns of a log, and of which file its rows were looked at."""

    file: str
    rows: int
    columns: list[Column]


def read_head(path: Path) -> Head:
    """The head of a log: of a file, or of the newest in a folder or pattern. Raises BadInput."""
    try:
        files = [each for each in LogFiles(str(path.absolute())).look() if not each.beside]
    except SourceFailed as failed:
        raise BadInput(str(failed)) from None
    newest = files[-1]
    reader = reader_of(newest.path, newest.shown)
    try:
        header = reader.header()
        if header is None:
            raise BadInput(f"{newest.shown}: no whole row yet")
        names = header.columns[:_MOST_COLUMNS]
        read = reader.read(reader.start, names)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{newest.shown}: cannot be read: {inert(error)}") from None
    finally:
        reader.close()
    if read is None or not read.rows.num_rows:
        raise BadInput(f"{newest.shown}: no row yet")
    rows = read.rows.slice(0, _ROWS)
    return Head(newest.shown, rows.num_rows, columns_of(rows))


def columns_of(rows: pa.RecordBatch) -> list[Column]:
    """What each column of some rows holds."""
    return [_column(name, rows.column(i)) for i, name in enumerate(rows.schema.names)]


def _column(name: str, values: pa.Array) -> Column:
    filled = compute.is_valid(values).to_numpy(zero_copy_only=False)
    codes, _ = coded(values)
    filled &= codes >= 0
    n = int(filled.sum())
    x, _ = numbers(values)
    is_number = np.isfinite(x)
    said, _ = flags(values)
    is_time = times(values) != NO_TIME
    read = x[is_number]
    return Column(
        name=name,
        filled=n / max(len(values), 1),
        distinct=len(set(codes[filled].tolist())),
        rows=n,
        text=n > 0 and _share(is_number | is_time, n) < 0.5,
        whole=bool(read.size) and bool((read == np.floor(read)).all()),
        times=_share(is_time, n),
        flags=_share(said >= 0, n),
        low=float(read.min()) if read.size else float("nan"),
        high=float(read.max()) if read.size else float("nan"),
        middle=float(np.median(read)) if read.size else float("nan"),
    )


def _share(is_one: Sequence[bool] | np.ndarray, n: int) -> float:
    return float(np.sum(is_one)) / n if n else 0.0
