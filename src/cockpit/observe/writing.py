"""The writing half of an import: what was counted, as one finished incident file."""

from __future__ import annotations

import os
import secrets
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cockpit.incident.chunk_log import REFERENCE
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal
from cockpit.incident.schema import EARLIEST, LATEST
from cockpit.incident.state import RECORDING
from cockpit.incident.telemetry import append
from cockpit.records import MINUTE, SECOND, BadInput
from cockpit.tables import SERIES
from cockpit.text import inert
from cockpit.units import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cockpit.observe.events_file import RecordedEvent
    from cockpit.observe.features import FrozenFeature
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.metrics_file import Series
    from cockpit.observe.reading import Counted
    from cockpit.observe.report import ImportReport
    from cockpit.records import Counts

    BeforeFinish = Callable[[IncidentFile], None]

_BEFORE_PAGE = 90 * SECOND  # how long before the page a replay opens
_AFTER_START = 15 * MINUTE  # where nothing was paged or alerted


class Recording(NamedTuple):
    """Everything that goes into the file; `documents` are kept as they are, by name."""

    mapping: Mapping
    counted: Counted
    series: Series | None
    events: list[RecordedEvent]
    documents: dict[str, str]
    title: str


def write(
    recording: Recording,
    output: Path,
    report: ImportReport,
    before_finish: BeforeFinish | None = None,
) -> None:
    """Write the file and put it in place whole; one that is there already is replaced."""
    mapping, counted = recording.mapping, recording.counted
    beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        with IncidentFile.create(beside, service=mapping.service, bucket=mapping.bucket) as file:
            append_reference(file, counted.reference)
            start, last = LATEST, EARLIEST
            for end, table, counts in _chunks(recording):
                append(file, table, end - mapping.bucket, end, counts)
                start, last = min(start, int(counts.columns["valid"].min())), max(last, end)
            file.put_meta("title", recording.title or f"{mapping.service}, {day(start)}")
            file.put_meta("opens_at", str(_opens_at(recording.events, start, last)))
            documents = {
                **recording.documents,
                **settled_documents(mapping, counted.features, counted.importance),
                "report": _json(report),  # complete only now
            }
            for name, text in documents.items():
                file.put_document(name, text)
            journal = Journal(file, RECORDING)
            for event in recording.events:
                journal.append(
                    event.kind, event.at, event.text, event.data, observed_at=event.observed_at
                )
            if before_finish is not None:
                before_finish(file)
            file.finish()
        os.replace(beside, output)
    except OSError as error:
        raise BadInput(f"{inert(output)}: {error.strerror or error}") from None
    finally:
        beside.unlink(missing_ok=True)


def append_reference(file: IncidentFile, reference: list[Counts]) -> None:
    """Write the counts of a reference, which is of no time."""
    for counts in reference:
        counts.columns["valid"][:] = counts.columns["observed"][:] = 0
        append(file, REFERENCE + counts.table, 0, 0, counts)


def settled_documents(
    mapping: Mapping, features: list[FrozenFeature], importance: dict[str, float]
) -> dict[str, str]:
    """The documents, by name, that say by what rules rows are counted and figures written."""
    return {
        "bins": _json([feature.bins for feature in features]),
        "importance": _json(importance),
        "units": _json({m.name: m.unit for m in mapping.settings.metrics if m.unit}),
    }


def _chunks(recording: Recording) -> Iterator[tuple[int, str, Counts]]:
    """(end of the bucket of observation, table, rows), in the order in which they are written."""
    series = [] if recording.series is None else recording.series.chunks(recording.mapping.bucket)
    gauges = sorted(((end, SERIES, counts) for end, counts in series), key=lambda chunk: chunk[0])
    return merge(recording.counted.chunks, gauges, key=lambda chunk: chunk[:2])


def _opens_at(events: list[RecordedEvent], start: int, end: int) -> int:
    """Shortly before the first page, else the first alert, else a while after the start (µs)."""
    for kind in ("page", "alert"):
        observed = [event.observed_at for event in events if event.kind == kind]
        if observed:
            return max(start, min(observed) - _BEFORE_PAGE)
    return start + min(_AFTER_START, (end - start) // 2)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
