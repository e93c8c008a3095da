"""`cockpit import`: what people have, files or tables, made into one finished incident file."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.incident.schema import SEVERITY_POLICY
from cockpit.observe.events_file import read_events
from cockpit.observe.mapping import read_mapping
from cockpit.observe.metrics_file import read_metrics
from cockpit.observe.predictions import (
    RowRequest,
    check_given,
    count_given,
    documents_of,
    open_given,
)
from cockpit.observe.report import ImportReport
from cockpit.observe.rows import open_rows
from cockpit.observe.writing import Recording, write
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.observe.rows import Progress
    from cockpit.observe.writing import BeforeFinish


@dataclass(frozen=True, kw_only=True)
class ImportRequest(RowRequest):
    """The files of one import. `user_key` is random unless given, and is stored nowhere."""

    output: Path
    metrics: Path | None = None
    events: Path | None = None
    severity_policy: str = ""  # text of the team's own, checked; empty: that of cockpit
    title: str = ""
    force: bool = False
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
    require_free(request.output, force=request.force)
    mapping = read_mapping(request.map, request.config, request.service)
    report = ImportReport(service=mapping.service)
    with ExitStack() as opened:
        given = open_given(request, mapping, opened)
        metrics = open_rows(request.metrics) if request.metrics else None
        mapping = mapping.bound(given.predictions)
        check_given(mapping, given, report)
        events = read_events(request.events, report) if request.events else []
        user_key = request.user_key or secrets.token_bytes(32)
        counted = count_given(request, mapping, given, report, progress, opened, user_key)
        series = None
        if metrics is not None:
            series = read_metrics(metrics, mapping, request.piece_rows, report, progress)
        documents = documents_of(request, mapping, given.predictions.columns)
        if request.severity_policy:
            documents[SEVERITY_POLICY] = request.severity_policy
        recording = Recording(mapping, counted, series, events, documents, request.title)
        write(recording, request.output, report, before_finish)
    return report


def require_free(output: Path, *, force: bool) -> None:
    """Raises BadInput where no new file can be written, or one is there (unless `force`)."""
    if output.exists() and not force:
        raise BadInput(f"{inert(output)} exists already; --force writes over it")
    if not output.parent.is_dir():
        raise BadInput(f"{inert(output)}: there is no such folder")
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise BadInput(f"{inert(output)}: nothing can be written in that folder")
