"""The queries of a slice: rows that the engine holds for it, and a table of counts from each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cockpit.observe.engine.expressions import table_expressions
from cockpit.observe.engine.pieces import piece
from cockpit.observe.engine.results import counts_of
from cockpit.observe.report import count
from cockpit.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir
    import pyarrow as pa

    from cockpit.observe.counting import Words
    from cockpit.observe.engine.connect import Engine
    from cockpit.observe.engine.decoding import Told
    from cockpit.observe.engine.pieces import Source
    from cockpit.observe.engine.slices import Slice
    from cockpit.observe.report import ImportReport
    from cockpit.records import Counts


class Query:
    """The queries of a slice, compiled once: its piece, which the engine holds, and its tables."""

    def __init__(self, engine: Engine, source: Source, name: str) -> None:
        self._engine = engine
        self._source = source
        self._name = name
        rows, self._told = piece(source)
        self._piece = engine.sql(rows)
        self.held = ibis.table(rows.schema(), name=name)
        expressions = table_expressions(self.held, source.decoding)
        self._tables = {table: (engine.sql(e), e) for table, e in expressions.items()}
        sums = sums_of(self.held, self._told)
        self._sums = engine.sql(sums), sums

    def counts(self, part: Slice, words: Words, report: ImportReport) -> Iterator[Counts]:
        """The tables of one slice; `report` is told what it holds."""
        engine, marks = self._engine, self._source.marks
        engine.store(self._name, marks.filled(self._piece, part))
        sql, expression = self._sums
        tell(engine.fetch(sql, expression), self._told, report)
        for table, (sql, expression) in self._tables.items():
            found = engine.fetch(sql, expression)
            yield counts_of(found, TABLES[table], self._source.decoding, words)


def sums_of(rows: ir.Table, told: list[Told]) -> ir.Table:
    """One row: how many rows each 0/1 column counts, and how many there are, `new`."""
    sums = {t.column: rows[t.column].sum().coalesce(0).cast("int64") for t in told}
    return rows.aggregate(new=rows.count(), **sums)


def tell(sums: pa.Table, told: list[Told], report: ImportReport) -> None:
    """Add the sums of a query of `sums_of` to the report's lists and totals."""
    for where, reason, column in told:
        n = sums[column][0].as_py()
        if reason:
            count(getattr(report, where), reason, n)
        else:
            setattr(report, where, getattr(report, where) + n)
