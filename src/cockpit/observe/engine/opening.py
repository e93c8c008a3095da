"""Which rows an engine counts: tables that are named by URL, and Parquet files of typed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.config import Label
from cockpit.observe.engine.columns import FLAG, NAME, NUMBER, TIME, WORD, Kind
from cockpit.observe.engine.connect import DuckDB, check_url, connect
from cockpit.observe.engine.counting import EngineTables
from cockpit.observe.features import usable_features
from cockpit.records import BadInput, naming
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    import ibis.expr.types as ir

    from cockpit.observe.engine.connect import Engine
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import RowFile

_PATTERN = frozenset("*?[")  # in a path, DuckDB takes them for patterns of names


def named_tables(mapping: Mapping, opened: ExitStack) -> EngineTables:
    """The tables that the map names. Raises BadInput, and Unreachable where there is no answer."""
    settings = mapping.settings
    if not settings.table:
        raise BadInput(f"{mapping.place('ibis')}: table: missing; name the predictions' table")
    with naming(mapping.place("ibis")):
        check_url(settings.ibis)
        engine = opened.enter_context(connect(settings.ibis))
    return tables_of(engine, mapping)


def tables_of(engine: Engine, mapping: Mapping) -> EngineTables:
    """The map's tables in an engine."""
    settings = mapping.settings
    labels = settings.label.table if isinstance(settings.label, Label) else ""
    return EngineTables(
        engine=engine,
        name=inert(settings.table),
        predictions=engine.table(settings.table),
        reference=engine.table(settings.reference_table) if settings.reference_table else None,
        labels=engine.table(labels) if labels else None,
    )


def typed_files(
    mapping: Mapping,
    predictions: RowFile,
    reference: RowFile | None,
    labels: RowFile | None,
    opened: ExitStack,
) -> EngineTables | None:
    """Parquet files for DuckDB, if every column that is read is typed.

    Others are read row by row, which takes columns as people write them.
    """
    files = (predictions, reference, labels)
    if any(_PATTERN & set(str(file.path)) for file in files if file is not None):
        return None
    engine = opened.enter_context(DuckDB("duckdb"))
    tables = EngineTables(
        engine=engine,
        name=predictions.name,
        predictions=engine.file("predictions", predictions.path),
        reference=engine.file("reference", reference.path) if reference else None,
        labels=engine.file("labels", labels.path) if labels else None,
    )
    return None if any(unfit(mapping, tables, text_may_be_numbers=True)) else tables


def unfit(
    mapping: Mapping, tables: EngineTables, *, text_may_be_numbers: bool = False
) -> Iterator[str]:
    """What keeps an engine from counting these tables, one line each."""
    settings = mapping.settings
    if mapping.clock is not None:
        yield f"{mapping.place('time')}: time: rows of a table have no order; name a column"
    if tables.labels is not None and (
        settings.id is None
        or not {settings.id} <= {*tables.labels.columns} & {*tables.predictions.columns}
    ):
        yield f"{mapping.place('label')}: label: a table of labels needs an id in both tables"
    apart = {mapping.label, mapping.label_time} if tables.labels is not None else set()
    asked = [(c, kind) for c, kind in _kinds(mapping) if c not in apart]
    yield from _unfit(tables.predictions, tables.name, asked)
    if tables.labels is not None:
        of_labels = [(c, kind) for c, kind in _kinds(mapping) if c in {*apart, settings.id}]
        yield from _unfit(tables.labels, "labels", of_labels)
    if tables.reference is not None:
        unread = {mapping.time, mapping.label_time, settings.id, settings.user, settings.error}
        asked = [(c, kind) for c, kind in asked if c not in unread - mapping.counted_columns]
        yield from _unfit(tables.reference, "reference", asked)
    for rows in (tables.predictions, tables.reference):
        if rows is not None:
            columns = tables.reference.columns if tables.reference is not None else None
            wanted = usable_features(mapping, list(tables.predictions.columns), columns)
            yield from _unfit_features(rows, wanted, text_may_be_numbers)


def _kinds(mapping: Mapping) -> Iterator[tuple[str | None, Kind]]:
    """Every column that means something, features apart, and what it must be."""
    settings = mapping.settings
    yield mapping.time, TIME
    yield (settings.version if mapping.versions_in_column else None), NAME
    yield settings.score, NUMBER
    yield settings.prediction, FLAG
    yield (settings.shadow.score if settings.shadow else None), NUMBER
    yield mapping.label, FLAG
    yield mapping.label_time, TIME
    yield settings.id, NAME
    yield settings.user, NAME
    yield settings.latency, NUMBER
    yield settings.error, WORD
    for dimension in mapping.dimensions:
        yield dimension, WORD
    for rate in settings.rates:
        yield rate.column, FLAG
    for mean in settings.means:
        yield mean.column, NUMBER


def _unfit(rows: ir.Table, name: str, asked: list[tuple[str | None, Kind]]) -> Iterator[str]:
    for column, kind in asked:
        if column in rows.columns and not kind.holds(rows[column].type()):
            type_ = inert(rows[column].type(), 60)
            yield f"{name}: column '{inert(column)}' is {type_}; it must be {kind.words}"


def _unfit_features(
    rows: ir.Table, wanted: dict[str, str], text_may_be_numbers: bool
) -> Iterator[str]:
    for column, kind in wanted.items():
        type_ = rows[column].type()
        if kind == "auto":
            fit = NUMBER.holds(type_) or (type_.is_string() and not text_may_be_numbers)
        else:
            fit = (NUMBER if kind == "numeric" else WORD).holds(type_)
        if not fit:
            must = "text, an integer or yes or no" if kind == "categorical" else "a number"
            yield f"feature '{inert(column)}' is {inert(type_, 60)}; it must be {must}"
