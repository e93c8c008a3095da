"""Predictions with their labels and reference: opened, checked against the map, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cockpit.config import Label
from cockpit.incident.schema import INPUT_SCHEMA
from cockpit.observe.reading import Counted, Counting, Sources
from cockpit.observe.required import require_columns
from cockpit.observe.rows import Rows, all_parquet, open_rows
from cockpit.observe.within import rows_within
from cockpit.records import BadInput
from cockpit.services import load_service
from cockpit.text import inert
from cockpit.yamlfile import read_text

if TYPE_CHECKING:
    from contextlib import ExitStack

    from cockpit.observe.engine.counting import EngineCounting, EngineTables
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport
    from cockpit.observe.rows import Progress
    from cockpit.records import Window


@dataclass(frozen=True, kw_only=True)
class RowRequest:
    """Where rows are, and how many are read at once.

    Without `predictions` the map names a table. Typed Parquet files of `engine_rows` rows or more
    are counted by DuckDB, `slice_rows` at a time; other files row by row, `piece_rows` at a time.
    """

    predictions: Path | None = None  # a file, a folder or a pattern of files
    reference: Path | None = None
    labels: Path | None = None
    map: Path | None = None
    config: Path | None = None
    service: str = ""  # which one of the configuration's, where it has several
    window: Window | None = None  # only what happened in it is counted
    piece_rows: int = 100_000
    slice_rows: int = 1_000_000
    engine_rows: int = 1_000_000

    @property
    def folder(self) -> Path:
        """Where relative paths in the map begin."""
        file = self.map or self.config
        return file.parent if file else Path()


class Given(NamedTuple):
    """The rows of an import: what they are called, their columns, and the files or tables."""

    predictions: Rows
    reference: Rows | None
    labels: Rows | None
    files: Sources | None = None
    tables: EngineTables | None = None


def open_given(request: RowRequest, mapping: Mapping, opened: ExitStack) -> Given:
    """The files of a request or the tables of its map. Raises BadInput, and Unreachable."""
    settings = mapping.settings
    folder = request.folder
    label = settings.label.path if isinstance(settings.label, Label) else ""
    reference = request.reference or (folder / settings.reference if settings.reference else None)
    labels = request.labels or (folder / label if label else None)
    if labels is not None and mapping.label is None:
        raise BadInput(f"{mapping.place()}: label: missing; name the labels file's column")
    if request.predictions is None:
        if reference is not None or labels is not None:
            beside = inert((reference or labels or folder).name)
            raise BadInput(f"{beside}: a file beside tables; name a table of the engine instead")
        return _open_tables(mapping, opened)
    files = Sources(
        predictions=open_rows(request.predictions),
        reference=open_rows(reference) if reference else None,
        labels=open_rows(labels) if labels else None,
    )
    return Given(*files, files=files)


def _open_tables(mapping: Mapping, opened: ExitStack) -> Given:
    if not mapping.settings.ibis:
        raise BadInput("no predictions: give --predictions FILE, or ibis and table in the map")
    from cockpit.observe.engine.opening import named_tables

    tables = named_tables(mapping, opened)
    return Given(*tables.names(), tables=tables)


def check_given(mapping: Mapping, given: Given, report: ImportReport) -> None:
    """Raises BadInput where a column that the map names is not there; notes what is assumed."""
    require_columns(mapping, given.predictions, given.reference, given.labels)
    if not mapping.versions_in_column:
        report.note(f"every row is of version '{inert(mapping.settings.version)}'")
    if given.reference is not None:
        for column in (mapping.label, *mapping.dimensions):
            if column is not None and column not in given.reference.columns:
                report.note(f"{given.reference.name} has no column '{inert(column)}'")


def count_given(
    request: RowRequest,
    mapping: Mapping,
    given: Given,
    report: ImportReport,
    progress: Progress | None,
    opened: ExitStack,
    user_key: bytes,
) -> Counted:
    """Everything that is counted of the rows that are wanted.

    Chunks may be counted only when they are asked for, so `opened` must stay open until then.
    """
    counting = _counting(request, mapping, given, report, progress, opened)
    return counting.run(user_key)


def _counting(
    request: RowRequest,
    mapping: Mapping,
    given: Given,
    report: ImportReport,
    progress: Progress | None,
    opened: ExitStack,
) -> Counting | EngineCounting:
    """Who counts: the engine that has the tables, DuckDB for typed files, else row by row."""
    tables, window = given.tables, request.window
    if given.files is not None:
        tables = _typed_files(mapping, given.files, request.engine_rows, opened)
        if tables is None:
            files = given.files
            if window is not None:
                within = rows_within(files.predictions, mapping, window)
                files = files._replace(predictions=within)
            return Counting(mapping, files, request.piece_rows, report, progress)
    else:
        _require_fit(mapping, tables)
    assert tables is not None  # rows are in files or in tables
    from cockpit.observe.engine.counting import EngineCounting
    from cockpit.observe.engine.within import tables_within

    if window is not None:
        tables = tables_within(tables, mapping, window, report)
    return EngineCounting(mapping, tables, report, progress, request.slice_rows)


def _require_fit(mapping: Mapping, tables: EngineTables | None) -> None:
    from cockpit.observe.engine.opening import unfit

    for reason in unfit(mapping, tables) if tables else ():
        raise BadInput(reason)


def _typed_files(
    mapping: Mapping, files: Sources, least: int, opened: ExitStack
) -> EngineTables | None:
    if not all_parquet([file for file in files if file is not None], least):
        return None
    from cockpit.observe.engine.opening import typed_files

    return typed_files(mapping, *files, opened)


def documents_of(request: RowRequest, mapping: Mapping, columns: list[str]) -> dict[str, str]:
    """What an incident file keeps as it is, by name: configuration, map, columns, input schemas."""
    schemas = {
        f"{INPUT_SCHEMA}{version}": read_text(request.folder / path)
        for version, path in mapping.settings.schemas.items()
    }
    return {
        "config": load_service(request.config, request.service).text if request.config else "",
        "map": mapping.text,
        "columns": msgspec.json.encode(columns).decode(),
        **schemas,
    }
