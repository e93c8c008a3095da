"""Which rows an engine counts: tables that are named by URL, and Parquet files of typed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cockpit.config import Label
from cockpit.observe.engine.columns import FLAG, NAME, NUMBER, TIME, WORD, Kind
from cockpit.observe.engine.connect import DuckDB, connect
from cockpit.observe.engine.counting import EngineTables
from cockpit.observe.features import usable_features
from cockpit.observe.rows import PATTERN, typed_alike
from cockpit.records import BadInput, naming
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    import ibis.expr.types as ir

    from cockpit.observe.engine.connect import Engine
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import RowFile


def named_tables(mapping: Mapping, opened: ExitStack) -> EngineTables:
    """The tables that the map names. Raises BadInput, and Unreachable where there is no answer."""
    settings = mapping.settings
    if not settings.table:
        raise BadInput(f"{mapping.place('ibis')}: table: missing; name the predictions' table")
    with naming(mapping.place("ibis")):
        engine = opened.enter_context(connect(settings.ibis))
    return tables_of(engine, mapping)


def tables_of(engine: Engine, mapping: Mapping) -> EngineTables:
    """The map's tables in an engine."""
    settings = mapping.settings
    labels = settings.label.table if isinstance(settings.label, Label) else ""

    def table(name: str, key: str) -> ir.Table:
        with naming(mapping.place(key)):
            return engine.table(name)

    return EngineTables(
        engine=engine,
        name=inert(settings.table),
        predictions=table(settings.table, "table"),
        reference=table(settings.reference_table, "reference_table")
        if settings.reference_table
        else None,
        labels=table(labels, "label") if labels else None,
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
    given = [file for file in files if file is not None]
    if any(PATTERN & set(str(path)) for file in given for path in file.paths):
        return None  # DuckDB takes such paths for patterns of names
    if not all(typed_alike(file.paths) for file in given):
        return None
    engine = opened.enter_context(DuckDB("duckdb"))
    tables = EngineTables(
        engine=engine,
        name=predictions.name,
        predictions=engine.file("predictions", *predictions.paths),
        reference=engine.file("reference", *reference.paths) if reference else None,
        labels=engine.file("labels", *labels.paths) if labels else None,
    )
    seen = [rows.columns if rows else None for rows in tables.names()]
    if seen != [file.columns if file else None for file in files]:
        return None  # DuckDB renames a column that differs from another in its case alone
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
    asked = [each for each in _asked(mapping) if each.column not in apart]
    yield from _unfit(tables.predictions, tables.name, asked)
    if tables.labels is not None:
        of_labels = [each for each in _asked(mapping) if each.column in {*apart, settings.id}]
        yield from _unfit(tables.labels, "labels", of_labels)
    if tables.reference is not None:
        unread = {mapping.time, mapping.label_time, settings.id, settings.user, settings.error}
        unread -= mapping.counted_columns
        asked = [each for each in asked if each.column not in unread]
        yield from _unfit(tables.reference, "reference", asked)
    for rows in (tables.predictions, tables.reference):
        if rows is not None:
            columns = tables.reference.columns if tables.reference is not None else None
            wanted = usable_features(mapping, list(tables.predictions.columns), columns)
            yield from _unfit_features(mapping, rows, wanted, text_may_be_numbers)


class _Asked(NamedTuple):
    """A column that means something: what it must be, and the place in the map that says so."""

    column: str | None
    kind: Kind
    place: str


def _asked(mapping: Mapping) -> Iterator[_Asked]:
    """Every column that means something, features apart."""
    settings = mapping.settings

    def asked(column: str | None, kind: Kind, *key: str | int) -> _Asked:
        return _Asked(column, kind, mapping.place(*key))

    yield asked(mapping.time, TIME, "time")
    yield asked(settings.version if mapping.versions_in_column else None, NAME, "version")
    yield asked(settings.score, NUMBER, "score")
    yield asked(settings.prediction, FLAG, "prediction")
    yield asked(settings.shadow.score if settings.shadow else None, NUMBER, "shadow", "score")
    yield asked(mapping.label, FLAG, "label")
    yield asked(mapping.label_time, TIME, "label_time" if settings.label_time else "label")
    yield asked(settings.id, NAME, "id")
    yield asked(settings.user, NAME, "user")
    yield asked(settings.latency, NUMBER, "latency")
    yield asked(settings.error, WORD, "error")
    for dimension in mapping.dimensions:
        key = "protected" if dimension in settings.protected else "segments"
        yield asked(dimension, WORD, key)
    for i, rate in enumerate(settings.rates):
        yield asked(rate.column, FLAG, "rates", i)
    for i, mean in enumerate(settings.means):
        yield asked(mean.column, NUMBER, "means", i)


def _unfit(rows: ir.Table, name: str, every: list[_Asked]) -> Iterator[str]:
    for column, kind, place in every:
        if column in rows.columns and not kind.holds(rows[column].type()):
            type_ = inert(rows[column].type(), 60)
            yield f"{name}: column '{inert(column)}' ({place}) is {type_}; it must be {kind.words}"


def _unfit_features(
    mapping: Mapping, rows: ir.Table, wanted: dict[str, str], text_may_be_numbers: bool
) -> Iterator[str]:
    for column, kind in wanted.items():
        type_ = rows[column].type()
        if kind == "auto":
            fit = NUMBER.holds(type_) or (type_.is_string() and not text_may_be_numbers)
        else:
            fit = (NUMBER if kind == "numeric" else WORD).holds(type_)
        if not fit:
            must = (WORD if kind == "categorical" else NUMBER).words
            place = mapping.place("features")
            yield f"{place}: feature '{inert(column)}' is {inert(type_, 60)}; it must be {must}"
