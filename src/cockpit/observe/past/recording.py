"""`cockpit record … --from --to`: an outage that is over, made into one finished incident file."""

from __future__ import annotations

import asyncio
import heapq
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cockpit.incident.health import SOURCE
from cockpit.incident.schema import ROLLING
from cockpit.observe.counting import chunks
from cockpit.observe.events_file import RecordedEvent, in_order
from cockpit.observe.importer import require_free
from cockpit.observe.live.logs.source import beats_of_log
from cockpit.observe.mapping import mapping_in, mapping_without_rows
from cockpit.observe.past.gathering import gather
from cockpit.observe.past.seeing import Beats, chunks_as_live, told
from cockpit.observe.past.sources import PREDICTIONS, check_left_out, past_sources
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
from cockpit.text import inert
from cockpit.units import iso, parse_duration

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.incident.file import IncidentFile
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.past.gathering import Gathered
    from cockpit.observe.rows import Progress
    from cockpit.observe.writing import BeforeFinish
    from cockpit.records import Window
    from cockpit.services import ServiceConfig

_NO_PAST = "alerts: an Alertmanager keeps no past; taken are those of Prometheus' own rules"


@dataclass(frozen=True, kw_only=True)
class PastRequest:
    """What of the past is recorded. `user_key` is random unless given, and is stored nowhere."""

    service: ServiceConfig
    window: Window
    output: Path
    state_folder: Path  # where what was posted to us is kept
    without: frozenset[str] = frozenset()  # sources that are not asked
    documents: dict[str, str]  # kept in the file beside the map, by name
    force: bool = False
    user_key: bytes | None = None

    @property
    def with_rows(self) -> bool:
        """Whether predictions are counted."""
        settings = self.service.config.sources.predictions
        named = settings is not None and bool(settings.path or settings.ibis)
        return named and PREDICTIONS not in self.without


def record_past(
    request: PastRequest,
    progress: Progress | None = None,
    before_finish: BeforeFinish | None = None,
) -> ImportReport:
    """Make `request.output` of what happened in the window, as a recorder would have shown it.

    Predictions and labels are counted as an import counts them; gauges, counters, alerts and
    changes are read as a recorder reads its past. Raises BadInput, and Unreachable where a server
    does not answer, and then leaves no file.
    """
    service, window = request.service, request.window
    require_free(request.output, force=request.force)
    check_left_out(service.config, request.without)
    report = ImportReport(service=service.name)
    mapping = _mapping(request)
    sources = past_sources(service, request.state_folder, request.without)
    gathered = asyncio.run(gather(sources, window, progress))
    with ExitStack() as opened:
        counted, mapping, documents = _count(request, mapping, report, progress, opened)
        if not request.with_rows and not gathered.counts:
            failing = ", ".join(f"{name}: {why}" for name, why in gathered.failing.items())
            raise BadInput(
                f"nothing was found from {iso(window.start)} to {iso(window.end)}"
                + (f" ({inert(failing)})" if failing else "")
            )
        _tell(request, gathered, report)
        of_servers = chunks(gathered.tables(), mapping.bucket)
        every = heapq.merge(counted.chunks, of_servers, key=lambda chunk: chunk[:2])
        write(
            Recording(
                mapping=mapping,
                counted=replace(counted, chunks=every),
                series=None,
                events=in_order([*gathered.events, *_failures(gathered, window)]),
                documents={**documents, **request.documents},
                title="",
            ),
            request.output,
            report,
            lambda file: _finish(file, before_finish),
        )
    return report


def _mapping(request: PastRequest) -> Mapping:
    service = request.service
    if not request.with_rows:
        return mapping_without_rows(service.name, service.config, service.document)
    return replace(mapping_in(service.config, service.document), label_end=request.window.end)


def _count(
    request: PastRequest,
    mapping: Mapping,
    report: ImportReport,
    progress: Progress | None,
    opened: ExitStack,
) -> tuple[Counted, Mapping, dict[str, str]]:
    """What is counted of predictions, the map bound to their columns, and their documents."""
    if not request.with_rows:
        return Counted(chunks=[], reference=[], features=[], importance={}), mapping, {}
    service, path = request.service, mapping.settings.path
    rows = RowRequest(
        predictions=service.folder / path if path else None,
        config=service.path,
        service=service.name,
        window=request.window,
    )
    given = open_given(rows, mapping, opened)
    mapping = mapping.bound(given.predictions)
    check_given(mapping, given, report)
    user_key = request.user_key or secrets.token_bytes(32)
    counted = count_given(rows, mapping, given, report, progress, opened, user_key)
    lag = parse_duration(mapping.settings.lag) if mapping.settings.ibis else 0
    beats = Beats(*beats_of_log(service.config.incident), lag)
    seen = chunks_as_live(counted.chunks, mapping.bucket, beats)
    said = chunks([told(request.window, beats)], mapping.bucket)
    every = heapq.merge(seen, said, key=lambda chunk: chunk[:2])
    return (
        replace(counted, chunks=every),
        mapping,
        documents_of(rows, mapping, given.predictions.columns),
    )


def _tell(request: PastRequest, gathered: Gathered, report: ImportReport) -> None:
    """Say in the report what was found, and what could not be had."""
    report.metric_values = gathered.rows()
    report.events = len(gathered.events)
    for name in sorted(request.without):
        report.note(f"{inert(name, 60)}: left out, as asked")
    if request.service.config.sources.alerts is not None:
        report.note(_NO_PAST)
    for part, why in gathered.failing.items():
        report.note(f"{inert(part, 80)}: {inert(why)}")
    for name in gathered.empty:
        report.note(f"{inert(name, 60)}: nothing from that time")
    failing = {part.rpartition("/")[2] for part in gathered.failing}
    lacking = set(request.service.config.panels) - gathered.series() - failing
    for panel in sorted(lacking):
        report.note(f"panel {inert(panel, 60)}: no values from that time")


def _failures(gathered: Gathered, window: Window) -> list[RecordedEvent]:
    """What a recorder journals of sources that fail, so that the screen says so too."""
    return [
        RecordedEvent(
            window.start,
            window.start,
            SOURCE,
            f"{inert(part, 80)}: {inert(why)}",
            {"source": inert(part, 80), "cause": inert(why)},
        )
        for part, why in gathered.failing.items()
    ]


def _finish(file: IncidentFile, before_finish: BeforeFinish | None) -> None:
    file.put_meta(ROLLING, secrets.token_hex(16))  # it says how far sources were, as a recorder's
    if before_finish is not None:
        before_finish(file)
