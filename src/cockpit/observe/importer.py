"""`cockpit import`: what people have, files or tables, made into one finished incident file."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cockpit.config import Label
from cockpit.incident.schema import INPUT_SCHEMA, SEVERITY_POLICY
from cockpit.observe.events_file import read_events
from cockpit.observe.features import wanted_features
from cockpit.observe.mapping import read_mapping
from cockpit.observe.metrics_file import read_metrics
from cockpit.observe.reading import Counting, Sources
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import Rows, all_parquet, open_rows
from cockpit.observe.writing import Recording, write
from cockpit.records import BadInput
from cockpit.services import load_service
from cockpit.text import inert
from cockpit.yamlfile import read_text

if TYPE_CHECKING:
    from cockpit.observe.engine.counting import EngineCounting, EngineTables
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress
    from cockpit.observe.writing import BeforeFinish


@dataclass(frozen=True)
class ImportRequest:
    """The files of one import. `user_key` is random unless given, and is stored nowhere.

    Without `predictions` the map names a table. Typed Parquet files of `engine_rows` rows or more
    are counted by DuckDB, `slice_rows` at a time; other files row by row, `piece_rows` at a time.
    """

    output: Path
    predictions: Path | None = None
    map: Path | None = None
    config: Path | None = None
    service: str = ""  # which one of the configuration's, where it has several
    reference: Path | None = None
    labels: Path | None = None
    metrics: Path | None = None
    events: Path | None = None
    severity_policy: str = ""  # text of the team's own, checked; empty: that of cockpit
    title: str = ""
    force: bool = False
    piece_rows: int = 100_000
    slice_rows: int = 1_000_000
    engine_rows: int = 1_000_000
    user_key: bytes | None = None


class Given(NamedTuple):
    """The rows of an import: what they are called, their columns, and the files or tables."""

    predictions: Rows
    reference: Rows | None
    labels: Rows | None
    files: Sources | None = None
    tables: EngineTables | None = None


def import_incident(
    request: ImportRequest,
    progress: Progress | None = None,
    before_finish: BeforeFinish | None = None,
) -> ImportReport:
    """Make `request.output`. Raises BadInput, and then leaves no file.

    `progress` is called with a stage ("predictions"), and how much of how much is done;
    `before_finish` with the whole file, to add to it before it is sealed.
    """
    if request.output.exists() and not request.force:
        raise BadInput(f"{inert(request.output)} exists already; --force writes over it")
    if not request.output.parent.is_dir():
        raise BadInput(f"{inert(request.output)}: there is no such folder")
    if not os.access(request.output.parent, os.W_OK | os.X_OK):
        raise BadInput(f"{inert(request.output)}: nothing can be written in that folder")
    service = load_service(request.config, request.service) if request.config else None
    mapping = read_mapping(request.map, service)
    report = ImportReport(service=mapping.service)
    with ExitStack() as opened:
        given = _open(request, mapping, opened)
        metrics = open_rows(request.metrics) if request.metrics else None
        mapping = mapping.bound(given.predictions)
        _require_columns(mapping, given)
        _note_assumptions(mapping, given, report)
        events = read_events(request.events, report) if request.events else []
        counting = _counting(request, mapping, given, report, progress, opened)
        counted = counting.run(request.user_key or secrets.token_bytes(32))
        series = None
        if metrics is not None:
            series = read_metrics(metrics, mapping, request.piece_rows, report, progress)
        documents = {
            "config": service.text if service else "",
            "map": mapping.text,
            "columns": msgspec.json.encode(given.predictions.columns).decode(),
            **{
                f"{INPUT_SCHEMA}{version}": read_text(_folder(request) / path)
                for version, path in mapping.settings.schemas.items()
            },
        }
        if request.severity_policy:
            documents[SEVERITY_POLICY] = request.severity_policy
        recording = Recording(mapping, counted, series, events, documents, request.title)
        write(recording, request.output, report, before_finish)
    return report


def _counting(
    request: ImportRequest,
    mapping: Mapping,
    given: Given,
    report: ImportReport,
    progress: Progress | None,
    opened: ExitStack,
) -> Counting | EngineCounting:
    """Who counts: the engine that has the tables, DuckDB for typed files, else row by row."""
    tables = given.tables
    if given.files is not None:
        tables = _typed_files(mapping, given.files, request.engine_rows, opened)
        if tables is None:
            return Counting(mapping, given.files, request.piece_rows, report, progress)
    else:
        _require_fit(mapping, tables)
    assert tables is not None  # rows are in files or in tables
    from cockpit.observe.engine.counting import EngineCounting

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


def _open(request: ImportRequest, mapping: Mapping, opened: ExitStack) -> Given:
    settings = mapping.settings
    folder = _folder(request)
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


def _note_assumptions(mapping: Mapping, given: Given, report: ImportReport) -> None:
    if not mapping.versions_in_column:
        report.note(f"every row is of version '{inert(mapping.settings.version)}'")
    if given.reference is not None:
        for column in (mapping.label, *mapping.dimensions):
            if column is not None and column not in given.reference.columns:
                report.note(f"{given.reference.name} has no column '{inert(column)}'")


def _folder(request: ImportRequest) -> Path:
    """Where relative paths in the map begin."""
    file = request.map or request.config
    return file.parent if file else Path()


def _require_columns(mapping: Mapping, given: Given) -> None:
    settings, rows = mapping.settings, given.predictions
    plain = ("score", "prediction", "user", "latency", "error")
    mapping.require(rows, mapping.time, "time")
    for key in plain:
        mapping.require(rows, getattr(settings, key), key)
    if settings.shadow is not None:
        mapping.require(rows, settings.shadow.score, "shadow", "score")
    if given.labels is None:
        mapping.require(rows, mapping.label, "label")
        mapping.require(rows, mapping.label_time, "label_time")
    else:
        mapping.require(given.labels, mapping.label, "label")
        mapping.require(given.labels, mapping.label_time, "label_time")
        if settings.id is not None and settings.id in given.labels.columns:
            mapping.require(rows, settings.id, "id")
    for dimension in mapping.dimensions:
        mapping.require(rows, dimension, "segments")
    for kind in ("rates", "means"):
        for i, metric in enumerate(getattr(settings, kind)):
            mapping.require(rows, metric.column, kind, i)
    for feature in wanted_features(settings.features, [], set()):
        mapping.require(rows, feature, "features")
        if given.reference is not None:
            mapping.require(given.reference, feature, "features")
    if given.reference is not None:
        mapping.require(given.reference, settings.score, "score")
