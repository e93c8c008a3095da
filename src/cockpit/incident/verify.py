"""Whether a file is what was written: every hash, every chain, every chunk; the first break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.incident import chunk_log
from cockpit.incident.file import CONTENT, IncidentFile, document_hash
from cockpit.incident.journal import entries, events
from cockpit.incident.replay import RECORDING_ID, recording_of
from cockpit.incident.telemetry import check_times, open_chunk
from cockpit.records import BadInput, Record
from cockpit.text import inert

if TYPE_CHECKING:
    from pathlib import Path


class Report(Record, kw_only=True):
    """What `cockpit verify` prints: `checked` counts what was found sound before the first break.

    `content_id` is what to compare with a value kept elsewhere: whoever can write the file can
    write its hashes too.
    """

    ok: bool
    checked: dict[str, int]
    first_break: str = ""
    content_id: str = ""


class _Break(Exception):
    """The first thing that is not as it was written."""


def verify(path: Path | str) -> Report:
    """Check one file; of a replay, its recording too. Raises BadInput where it cannot be opened."""
    with IncidentFile.open(path) as file:
        checked = {"documents": 0, "chunks": 0, "events": 0}
        try:
            _check_documents(file, checked)
            _check_chunks(file, checked)
            _check_events(file, checked)
            _check_whole(file)
            _check_recording(file)
            return Report(ok=True, checked=checked, content_id=file.content_id)
        except (_Break, BadInput) as found:
            return Report(ok=False, checked=checked, first_break=str(found))


def _check_documents(file: IncidentFile, checked: dict[str, int]) -> None:
    query = "SELECT name, hash, text FROM document ORDER BY name"
    for name, expected, text in file.select(tuple[str, str, str], query):
        if document_hash(name, text) != expected:
            raise _Break(f"document {inert(name)}: it is not what was written")
        checked["documents"] += 1


def _check_chunks(file: IncidentFile, checked: dict[str, int]) -> None:
    last, previous = chunk_log.dropped(file)
    for number, row in enumerate(chunk_log.every(file), start=last + 1):
        if row.id != number:
            raise _Break(f"chunk {number}: it is gone")
        if row.expected_hash(previous, chunk_log.data(file, row)) != row.hash:
            raise _Break(f"{row.title()}: it is not what was written")
        columns = open_chunk(file, row).counts().columns
        for name, column in columns.items():
            check_times(file, row, name, column)
        previous = row.hash
        checked["chunks"] += 1


def _check_events(file: IncidentFile, checked: dict[str, int]) -> None:
    writer, seq, lamport, previous = "", 0, 0, ""
    for entry in entries(file):
        if entry.writer != writer:
            writer, seq, lamport, previous = entry.writer, 0, 0, ""
        name = f"event {inert(entry.writer)}:{entry.seq}"
        if entry.seq != seq + 1:
            raise _Break(f"event {inert(entry.writer)}:{seq + 1}: it is gone")
        if entry.prev != previous or entry.lamport <= lamport:
            raise _Break(f"{name}: it does not follow the one before")
        if entry.expected_hash() != entry.hash:
            raise _Break(f"{name}: it is not what was written")
        seq, lamport, previous = entry.seq, entry.lamport, entry.hash
        checked["events"] += 1
    events(file)  # raises where one's data cannot be read


def _check_whole(file: IncidentFile) -> None:
    """What no chain sees: an end cut off, a fact changed, a page of the database damaged."""
    sealed = file.meta(CONTENT)
    if sealed and sealed != file.content_id:
        raise _Break("the whole: something was changed or removed since the file was finished")
    for (found,) in file.select(tuple[str], "PRAGMA integrity_check(1)"):
        if found != "ok":
            raise _Break(f"the database: {inert(found)}")


def _check_recording(file: IncidentFile) -> None:
    if not file.meta(RECORDING_ID):
        return
    with recording_of(file) as recording:
        path = recording.path
    report = verify(path)
    if not report.ok:
        raise _Break(f"the recording {inert(path)}: {report.first_break}")
