"""`cockpit record … --from --to`: an outage that is over, made into one finished incident file."""

from __future__ import annotations

import asyncio
import heapq
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.config import Config, check
from cockpit.incident.schema import SEVERITY_POLICY
from cockpit.observe.events_file import in_order, read_events
from cockpit.observe.importer import require_free
from cockpit.observe.mapping import mapping_without_rows, read_mapping
from cockpit.observe.past.gathering import gather
from cockpit.observe.predictions import (
    RowRequest,
    check_given,
    count_given,
    documents_of,
    open_given,
)
from cockpit.observe.reading import Counted
from cockpit.observe.report import ImportReport
from cockpit.observe.writing import Recording, write
from cockpit.records import BadInput
from cockpit.tables import TABLES
from cockpit.units import iso
from cockpit.yamlfile import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cockpit.observe.events_file import RecordedEvent
    from cockpit.observe.live.source import Source
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.past.gathering import Gathered
    from cockpit.observe.rows import Progress
    from cockpit.observe.writing import BeforeFinish
    from cockpit.records import Window

_OF_SERVERS = ("traffic", "latency")  # tables that counters of a server may fill


@dataclass(frozen=True, kw_only=True)
class RecordRequest:
    """What of the past is recorded. `user_key` is random unless given, and is stored nowhere."""

    config: Path
    output: Path
    window: Window
    severity_policy: str = ""  # text of the team's own, checked; empty: that of cockpit
    force: bool = False
    user_key: bytes | None = None


def record_past(
    request: RecordRequest,
    sources: Sequence[Source],
    progress: Progress | None = None,
    before_finish: BeforeFinish | None = None,
) -> ImportReport:
    """Make `request.output` of what happened in the window, as if it had been seen at once.

    Predictions and labels are those of the configuration's files or tables; gauges, counters,
    alerts and changes are what `sources` still hold. Raises BadInput, and Unreachable where a
    server does not answer, and then leaves no file.
    """
    require_free(request.output, force=request.force)
    config = read(request.config).convert(Config, check)
    with_rows = config.sources.predictions is not None
    mapping = read_mapping(None, request.config) if with_rows else _of_metrics(request)
    mapping = replace(mapping, label_end=request.window.end)
    report = ImportReport(service=mapping.service)
    events = _events(request, config, report)
    gathered = asyncio.run(gather(sources, request.window, mapping.bucket))
    _tell(gathered, report)
    events = in_order([*events, *gathered.events])
    report.events = len(events)
    with ExitStack() as opened:
        columns: list[str] = []
        counted = Counted(chunks=[], reference=[], features=[], importance={})
        rows = RowRequest(
            predictions=_path(request, mapping), config=request.config, window=request.window
        )
        if with_rows:
            given = open_given(rows, mapping, opened)
            mapping = mapping.bound(given.predictions)
            check_given(mapping, given, report)
            user_key = request.user_key or secrets.token_bytes(32)
            counted = count_given(rows, mapping, given, report, progress, opened, user_key)
            columns = given.predictions.columns
        lacking = _OF_SERVERS if not with_rows else _lacking(mapping)
        of_servers = gathered.chunks(lacking, mapping.bucket)
        if not with_rows and not of_servers and not len(gathered.series.counts):
            raise BadInput(
                f"nothing was found from {iso(request.window.start)} to {iso(request.window.end)}"
            )
        together = heapq.merge(counted.chunks, of_servers, key=lambda chunk: chunk[:2])
        documents = documents_of(rows, mapping, columns)
        if request.severity_policy:
            documents[SEVERITY_POLICY] = request.severity_policy
        recording = Recording(
            mapping, replace(counted, chunks=together), gathered.series, events, documents, ""
        )
        write(recording, request.output, report, before_finish)
    return report


def _of_metrics(request: RecordRequest) -> Mapping:
    return mapping_without_rows(request.config)


def _path(request: RecordRequest, mapping: Mapping) -> Path | None:
    """The files of predictions, a relative path beginning beside the configuration."""
    path = mapping.settings.path
    return request.config.parent / path if path else None


def _lacking(mapping: Mapping) -> tuple[str, ...]:
    """The tables that servers fill because the prediction log cannot."""
    return () if mapping.settings.latency else ("latency",)


def _events(request: RecordRequest, config: Config, report: ImportReport) -> list[RecordedEvent]:
    """Changes and reports of files, those of the window."""
    feeds = (*config.sources.changes, *config.sources.reports)
    files = dict.fromkeys(request.config.parent / feed.file for feed in feeds if feed.file)
    every = [event for file in files for event in read_events(file, report)]
    window = request.window
    return [event for event in every if window.start <= event.at < window.end]


def _tell(gathered: Gathered, report: ImportReport) -> None:
    report.metric_values += len(gathered.series.counts)
    for part, why in gathered.failing.items():
        report.note(f"{part}: {why}")
