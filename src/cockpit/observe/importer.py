"""`cockpit import`: the files people have, made into one finished incident file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cockpit.config import Label
from cockpit.incident.schema import INPUT_SCHEMA
from cockpit.observe.events_file import read_events
from cockpit.observe.features import wanted_features
from cockpit.observe.mapping import read_mapping
from cockpit.observe.metrics_file import read_metrics
from cockpit.observe.reading import Counting, Sources
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import open_rows
from cockpit.observe.writing import Recording, write
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.yamlfile import read_text

if TYPE_CHECKING:
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Progress
    from cockpit.observe.writing import BeforeFinish


@dataclass(frozen=True)
class ImportRequest:
    """The files of one import. `user_key` is random unless given, and is stored nowhere."""

    predictions: Path
    output: Path
    map: Path | None = None
    config: Path | None = None
    reference: Path | None = None
    labels: Path | None = None
    metrics: Path | None = None
    events: Path | None = None
    title: str = ""
    force: bool = False
    piece_rows: int = 100_000
    user_key: bytes | None = None


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
    mapping = read_mapping(request.map, request.config)
    sources = _open(request, mapping)
    mapping = mapping.bound(sources.predictions)
    _require_columns(mapping, sources)
    report = ImportReport(service=mapping.service)
    _note_assumptions(mapping, sources, report)
    events = read_events(request.events, report) if request.events else []
    counted = Counting(mapping, sources, request.piece_rows, report, progress).run(
        request.user_key or secrets.token_bytes(32)
    )
    series = None
    if sources.metrics is not None:
        series = read_metrics(sources.metrics, mapping, request.piece_rows, report, progress)
    documents = {
        "config": read_text(request.config) if request.config else "",
        "map": mapping.text,
        "columns": msgspec.json.encode(sources.predictions.columns).decode(),
        **{
            f"{INPUT_SCHEMA}{version}": read_text(_folder(request) / path)
            for version, path in mapping.settings.schemas.items()
        },
    }
    recording = Recording(mapping, counted, series, events, documents, request.title)
    write(recording, request.output, report, before_finish)
    return report


def _note_assumptions(mapping: Mapping, sources: Sources, report: ImportReport) -> None:
    if not mapping.versions_in_column:
        report.note(f"every row is of version '{inert(mapping.settings.version)}'")
    if sources.reference is not None:
        for column in (mapping.label, *mapping.dimensions):
            if column is not None and column not in sources.reference.columns:
                report.note(f"{sources.reference.name} has no column '{inert(column)}'")


def _open(request: ImportRequest, mapping: Mapping) -> Sources:
    settings = mapping.settings
    folder = _folder(request)
    label = settings.label.path if isinstance(settings.label, Label) else ""
    reference = request.reference or (folder / settings.reference if settings.reference else None)
    labels = request.labels or (folder / label if label else None)
    if labels is not None and mapping.label is None:
        raise BadInput(f"{mapping.place()}: label: missing; name the labels file's column")
    return Sources(
        predictions=open_rows(request.predictions),
        reference=open_rows(reference) if reference else None,
        labels=open_rows(labels) if labels else None,
        metrics=open_rows(request.metrics) if request.metrics else None,
    )


def _folder(request: ImportRequest) -> Path:
    """Where relative paths in the map begin."""
    file = request.map or request.config
    return file.parent if file else Path()


def _require_columns(mapping: Mapping, sources: Sources) -> None:
    settings, rows = mapping.settings, sources.predictions
    plain = ("score", "prediction", "user", "latency", "error")
    mapping.require(rows, mapping.time, "time")
    for key in plain:
        mapping.require(rows, getattr(settings, key), key)
    if settings.shadow is not None:
        mapping.require(rows, settings.shadow.score, "shadow", "score")
    if sources.labels is None:
        mapping.require(rows, mapping.label, "label")
        mapping.require(rows, mapping.label_time, "label_time")
    elif settings.id is not None and settings.id in sources.labels.columns:
        mapping.require(rows, settings.id, "id")
    for dimension in mapping.dimensions:
        mapping.require(rows, dimension, "segments")
    for kind in ("rates", "means"):
        for i, metric in enumerate(getattr(settings, kind)):
            mapping.require(rows, metric.column, kind, i)
    for feature in wanted_features(settings.features, [], set()):
        mapping.require(rows, feature, "features")
        if sources.reference is not None:
            mapping.require(sources.reference, feature, "features")
    if sources.reference is not None:
        mapping.require(sources.reference, settings.score, "score")
