"""Rows into counts: words as codes, rows summed by key, and tallies that grow piece by piece.

Integer sums do not depend on the order of their terms, and the store sorts what it writes, so a
table is the same however its rows came in pieces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.incident.counts import group, select
from cockpit.records import SECOND, Counts
from cockpit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cockpit.tables import Table

    Ints = NDArray[np.int64]

_MERGE_AT = 1 << 18  # rows waiting before a tally is summed again


class Words:
    """One code for each word, in order of appearance, shared by all tables of an import."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        """The word's code."""
        return self._codes.setdefault(word, len(self._codes))

    def codes(self, words: Iterable[str]) -> Ints:
        """The code of each word, shape (n,)."""
        return np.array([self.code(word) for word in words], dtype=np.int64)

    def all(self) -> tuple[str, ...]:
        """Every word, by code."""
        return tuple(self._codes)


def sum_by_key(keys: Sequence[Ints], cells: Sequence[Ints]) -> tuple[list[Ints], list[Ints]]:
    """Distinct rows of `keys` (each shape (n,)) and the sums of `cells` over each of them.

    Without `cells` the one sum is the number of rows.
    """
    place, example = group(keys)
    sums = [np.zeros(len(example), dtype=np.int64) for _ in cells]
    for total, cell in zip(sums, cells, strict=True):
        np.add.at(total, place, cell)
    if not cells:
        sums = [np.bincount(place, minlength=len(example))]
    return [key[example] for key in keys], sums


def key_columns(table: Table) -> tuple[str, ...]:
    """The columns that name a cell of a table, the two times first."""
    moves = ("label", "was") if table.labelled else ()
    return ("valid", "observed", *table.coded, *table.keys, *moves)


class Tally:
    """A table under construction: rows are added in any order and summed by key."""

    def __init__(self, table: Table, bucket: int) -> None:
        self.table = table
        self.tick = SECOND if table.clock == "fast" else bucket
        self._keys = key_columns(table)
        self._parts: list[tuple[list[Ints], list[Ints]]] = []
        self._waiting = 0
        self._settled = 0

    def add(
        self, columns: Mapping[str, Ints | int], cells: Mapping[str, Ints] | None = None
    ) -> None:
        """Add rows: `columns` hold times in µs, codes and keys; a scalar stands for every row.

        `valid` is any instant in the event bucket; `observed`, if given, any instant in the bucket
        in which the row could be known. Without `cells` each row counts 1 in `n`.
        """
        valid = np.asarray(columns["valid"])
        event = valid // self.tick
        known = np.asarray(columns.get("observed", valid)) // self.tick + 1
        shape = np.broadcast_shapes(*(np.shape(c) for c in columns.values()))
        given = {**columns, "valid": event, "observed": known}
        keys = [np.broadcast_to(np.asarray(given[k], dtype=np.int64), shape) for k in self._keys]
        values = [cells[c] for c in self.table.cells] if cells else []
        self._append(sum_by_key(keys, values))

    def _append(self, part: tuple[list[Ints], list[Ints]]) -> None:
        rows = len(part[1][0])
        if rows == 0:
            return
        self._parts.append(part)
        self._waiting += rows
        if self._waiting > max(_MERGE_AT, self._settled):
            self._settle()

    def _settle(self) -> None:
        empty = np.zeros(0, dtype=np.int64)
        keys = [
            np.concatenate([empty, *(p[0][i] for p in self._parts)]) for i in range(len(self._keys))
        ]
        cells = [
            np.concatenate([empty, *(p[1][i] for p in self._parts)])
            for i in range(len(self.table.cells))
        ]
        self._parts = [sum_by_key(keys, cells)]
        self._settled = len(self._parts[0][1][0])
        self._waiting = 0

    def counts(self, words: Words) -> Counts:
        """All rows, times in µs."""
        self._settle()
        keys, cells = self._parts[0]
        columns = dict(zip((*self._keys, *self.table.cells), (*keys, *cells), strict=True))
        columns["valid"] = columns["valid"] * self.tick
        columns["observed"] = columns["observed"] * self.tick
        every = words.all()
        return Counts(self.table.name, columns, dict.fromkeys(self.table.coded, every))


def chunks(every: Iterable[Counts], bucket: int) -> list[tuple[int, str, Counts]]:
    """(end of the slow bucket of observation, table, rows), in the order they are written in."""
    parts = []
    for counts in every:
        ends = -(-counts.columns["observed"] // bucket) * bucket
        order = np.argsort(ends, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(ends[order])) + 1):
            if len(rows):
                parts.append((int(ends[rows[0]]), counts.table, select(counts, rows)))
    return sorted(parts, key=lambda part: part[:2])


def tallies(bucket: int) -> dict[str, Tally]:
    """An empty tally for every table."""
    return {name: Tally(table, bucket) for name, table in TABLES.items()}
