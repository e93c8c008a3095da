"""Adding tables of counts: in any order, from any pieces, the sum is the same table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cockpit.records import Counts
from cockpit.tables import NEW, SERIES, TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_CLOCKS = ("valid", "observed")


def columns_of(table: str) -> tuple[str, ...]:
    """Every column of a table as it is stored, words first, cells last."""
    if table == SERIES:
        return ("name", *_CLOCKS, "x")
    description = TABLES[table]
    label = ("label", "was") if description.labelled else ()
    return (*description.coded, *description.keys, *label, *_CLOCKS, *description.cells)


def coded_columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table that hold words."""
    return ("name",) if table == SERIES else TABLES[table].coded


def empty(table: str, without: Sequence[str] = ()) -> Counts:
    """A table with no rows."""
    return Counts(
        table=table,
        columns={
            name: np.zeros(0, dtype=np.float64 if name == "x" else np.int64)
            for name in columns_of(table)
            if name not in without
        },
        words={name: () for name in coded_columns_of(table) if name not in without},
    )


def select(counts: Counts, rows: NDArray[Any] | slice) -> Counts:
    """Some rows of a table, by a mask, by index or by a slice."""
    return Counts(
        table=counts.table,
        columns={name: column[rows] for name, column in counts.columns.items()},
        words=counts.words,
    )


def without(counts: Counts, *names: str) -> Counts:
    """A table less some of its columns; rows that now share a key are not yet summed."""
    return Counts(
        table=counts.table,
        columns={name: c for name, c in counts.columns.items() if name not in names},
        words={name: w for name, w in counts.words.items() if name not in names},
    )


def expand_moves(counts: Counts) -> Counts:
    """Label moves as what they add and what they take away; `was` is dropped.

    A row that was NEW only adds; any other adds its cells at `label` and takes them at `was`.
    """
    if "was" not in counts.columns:
        return counts
    moved = np.flatnonzero(counts.columns["was"] != NEW)
    cells = TABLES[counts.table].cells
    columns = {}
    for name, column in counts.columns.items():
        if name == "was":
            continue
        taken = counts.columns["was" if name == "label" else name][moved]
        columns[name] = np.concatenate([column, -taken if name in cells else taken])
    return Counts(table=counts.table, columns=columns, words=counts.words)


def merge(parts: Sequence[Counts]) -> Counts:
    """The sum of tables with the same columns, in the one form that equal tables share.

    Words are sorted and all in use, rows are sorted by key, no two rows share one, and no row has
    only zeros. Merging in any order and in any grouping gives equal results. At least one part.
    """
    table = parts[0].table
    names = [name for name in columns_of(table) if name in parts[0].columns]
    cells = [name for name in names if name in TABLES[table].cells]
    columns, words = _concatenate(parts, names)
    cell, example = group([columns[name] for name in names if name not in cells])
    summed = {}
    for name in names:
        if name in cells:
            summed[name] = np.zeros(example.size, dtype=np.int64)
            np.add.at(summed[name], cell, columns[name])
        else:
            summed[name] = columns[name][example]
    kept = np.zeros(example.size, dtype=bool)
    for name in cells:
        kept |= summed[name] != 0
    return _drop_unused_words(
        Counts(
            table=table,
            columns={name: column[kept] for name, column in summed.items()},
            words=words,
        )
    )


def concatenate(parts: Sequence[Counts]) -> Counts:
    """All rows of tables with the same columns, not summed, over one sorted list of words."""
    names = list(parts[0].columns)
    columns, words = _concatenate(parts, names)
    return Counts(table=parts[0].table, columns=columns, words=words)


def _concatenate(
    parts: Sequence[Counts], names: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], dict[str, tuple[str, ...]]]:
    columns: dict[str, NDArray[Any]] = {}
    words: dict[str, tuple[str, ...]] = {}
    for name in names:
        pieces = [part.columns[name] for part in parts]
        if name in parts[0].words:
            lists = {part.words[name] for part in parts}  # few: most parts share theirs
            words[name] = tuple(sorted(set().union(*lists)))
            code = {word: i for i, word in enumerate(words[name])}
            codes = {own: np.array([code[word] for word in own], np.int64) for own in lists}
            pieces = [
                piece if part.words[name] == words[name] else codes[part.words[name]][piece]
                for part, piece in zip(parts, pieces, strict=True)
            ]
        columns[name] = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    return columns, words


def group(keys: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Rows that share all keys: the cell of each row, ascending by key, and a row of each cell.

    Keys are read as digits of one number, so one comparison stands for all of them.
    """
    rows = keys[0].size
    if rows == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    code, size = np.zeros(rows, dtype=np.int64), 1
    for key in keys:
        digit, radix = _digits(key)
        if size * radix >= 1 << 62:
            code, size = _compact(code)
        code = code * radix + digit
        size *= radix
    if size > 8 * rows + (1 << 16):
        _, example, cell = np.unique(code, return_index=True, return_inverse=True)
        return cell, example
    # Few possible keys: a table of them all is faster than sorting the rows.
    row_of = np.full(size, -1, dtype=np.int64)
    row_of[code] = np.arange(rows)
    present = np.flatnonzero(row_of >= 0)
    example = row_of[present]
    row_of[present] = np.arange(present.size)
    return row_of[code], example


def _digits(key: Ints) -> tuple[Ints, int]:
    """A key as numbers from 0, in the same order, and how many there can be."""
    low, high = int(key.min()), int(key.max())
    if high - low >= 1 << 62:
        return _compact(key)
    digits = key - low
    few = 4 * key.size + (1 << 16)
    if high - low > few:  # times are far apart, but in steps of a bucket
        digits //= np.gcd.reduce(digits)
        if digits.max() > few:
            return _compact(key)
    return digits, int(digits.max()) + 1


def _compact(code: Ints) -> tuple[Ints, int]:
    distinct, rank = np.unique(code, return_inverse=True)
    return rank, distinct.size


def _drop_unused_words(counts: Counts) -> Counts:
    columns, words = dict(counts.columns), dict(counts.words)
    for name, every in counts.words.items():
        used = np.zeros(len(every), dtype=bool)
        used[columns[name]] = True
        if not used.all():
            columns[name] = (np.cumsum(used) - 1)[columns[name]]
            words[name] = tuple(w for w, is_used in zip(every, used, strict=True) if is_used)
    return Counts(table=counts.table, columns=columns, words=words)
