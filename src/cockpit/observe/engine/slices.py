"""Slices of observation time, in order: few enough rows each that memory has a bound.

The query of a slice is compiled once, with marks where its bounds go; the bounds are put in later.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from cockpit.observe.engine.columns import TIME_UNITS
from cockpit.observe.engine.dialects import instant
from cockpit.observe.engine.exact import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis.expr.types as ir

_MARK_BITS = 61


class Slice(NamedTuple):
    """What is observed in [start, end) (µs), and about how many rows that is."""

    start: int
    end: int
    rows: int


def plan(rows: Mapping[int, int], bucket: int, most: int) -> list[Slice]:
    """Slices of whole buckets, of {start of a bucket: rows observed}, each with `most` or one."""
    slices: list[Slice] = []
    for start in sorted(rows):
        if slices and slices[-1].rows + rows[start] <= most:
            last = slices.pop()
            slices.append(Slice(last.start, start + bucket, last.rows + rows[start]))
        else:
            slices.append(Slice(start, start + bucket, rows[start]))
    return slices


class Marks:
    """Numbers that stand in a query for something that follows from a slice's start and end."""

    def __init__(self) -> None:
        self._of: dict[str, Callable[[Slice], int]] = {}
        # 19 digits that nobody guesses, so that no name and no value in the query has them
        self._first = (1 << _MARK_BITS) + secrets.randbits(_MARK_BITS)
        self.start = self.mark(lambda part: part.start)
        self.end = self.mark(lambda part: part.end)

    def mark(self, of: Callable[[Slice], int]) -> ir.IntegerScalar:
        """A constant whose value is found for each slice."""
        number = self._first + len(self._of)
        self._of[str(number)] = of
        return whole(number)

    def filled(self, sql: str, part: Slice) -> str:
        """The query of one slice."""
        for number, of in self._of.items():
            sql = sql.replace(number, str(of(part)))
        return sql


class Bounded(NamedTuple):
    """A column of times as it is stored, so that an engine can leave out whole blocks of rows.

    `unit`: µs of one step of an integer column, as a fraction; None where its values mix units.
    """

    column: str
    dialect: str
    marks: Marks
    unit: tuple[int, int] | None = None

    def since(self, rows: ir.Table, at: Callable[[Slice], int]) -> ir.Table:
        """Rows that may not be earlier than `at` (µs) of a slice."""
        column = rows[self.column]
        if column.type().is_timestamp():
            return rows.filter(column >= instant(self.marks.mark(at), column, self.dialect))
        if self.unit is None:
            return rows
        many, parts = self.unit
        return rows.filter(column >= self.marks.mark(lambda part: at(part) * parts // many))

    def before(self, rows: ir.Table, at: Callable[[Slice], int]) -> ir.Table:
        """Rows that may be earlier than `at` (µs) of a slice."""
        column = rows[self.column]
        if column.type().is_timestamp():
            return rows.filter(column < instant(self.marks.mark(at), column, self.dialect))
        if self.unit is None:
            return rows
        many, parts = self.unit
        return rows.filter(column <= self.marks.mark(lambda part: -(-at(part) * parts // many)))


def unit_of(least: float, most: float) -> tuple[int, int] | None:
    """The unit that all of an integer column's times share, if they do."""
    units = [
        next(unit for below, unit in TIME_UNITS if abs(value) < below) for value in (least, most)
    ]
    same_sign = least >= 0 or most <= 0
    return units[0] if same_sign and units[0] == units[1] else None
