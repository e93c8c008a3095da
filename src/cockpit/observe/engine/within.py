"""Of tables, the rows that happened in a window of time: filtered where they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from cockpit.observe.engine.columns import TIME_UNITS, event_time
from cockpit.observe.engine.dialects import instant
from cockpit.observe.engine.exact import whole
from cockpit.observe.report import count
from cockpit.observe.within import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from cockpit.observe.engine.counting import EngineTables
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport
    from cockpit.records import Window


def tables_within(
    tables: EngineTables, mapping: Mapping, window: Window, report: ImportReport
) -> EngineTables:
    """The same tables with predictions of a window alone; `report` is told of the others."""
    engine, rows = tables.engine, tables.predictions
    inside = happened_within(rows, mapping.time or "", engine.dialect, window)
    outside = engine.count(rows) - engine.count(inside)
    report.rows += outside
    count(report.dropped, OUTSIDE, outside)
    return replace(tables, predictions=inside)


def happened_within(rows: ir.Table, time: str, dialect: str, window: Window) -> ir.Table:
    """Rows whose time lies in a window; an engine can leave out whole blocks of others."""
    column = rows[time]
    at = event_time(column, dialect)
    inside = (at >= whole(window.start)) & (at < whole(window.end))
    return rows.filter(ibis.or_(*_as_stored(column, dialect, window)), inside)


def _as_stored(column: ir.Column, dialect: str, window: Window) -> Iterator[ir.BooleanValue]:
    """What a time of the window may look like in the column; integers may be in any unit."""
    if column.type().is_timestamp():
        start, end = (instant(whole(at), column, dialect) for at in (window.start, window.end))
        yield (column >= start) & (column < end)
    else:
        for _, (many, parts) in TIME_UNITS:
            least, most = window.start * parts // many, -(-window.end * parts // many)
            yield (column >= whole(least)) & (column <= whole(most))
