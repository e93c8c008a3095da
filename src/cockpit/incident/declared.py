"""Declared incidents: files of their own that follow the rolling recording until they are resolved.

Declaring copies some hours of the recording; from then on whoever records copies what is new. What
people do is written to the incident's file alone.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple

from cockpit.incident import chunk_log, journal
from cockpit.incident.connection import AlreadyExists, is_live, shown
from cockpit.incident.file import CONTENT, STORED_VIEW, IncidentFile
from cockpit.incident.journal import Journal
from cockpit.incident.rolling import file_stem, folder
from cockpit.incident.schema import BEGUN, EARLIEST, IDENTITY, LATEST, ROLLING
from cockpit.records import DAY, MINUTE, BadInput
from cockpit.text import inert
from cockpit.units import clock, day

DECLARED = "declare"  # the kind of the event that begins an incident
RESOLVED = "resolve"  # and of the one that ends it
_SINCE = "since"  # meta: nothing that happened before is copied, µs
# meta: which recording was copied, and how far
_RECORDING, _CHUNK, _LAMPORT = "followed", "followed_chunk", "followed_lamport"
_ENDED = "resolved_at"  # meta, µs
INCIDENTS = "incidents"
# Changes count for a while in what may be wrong, so a day of the journal is copied.
_EVENTS_BEFORE = DAY
_SEALED_WITHIN = 2_000  # ms that sealing waits for others to leave the file


class Open(NamedTuple):
    """An incident that is declared and not resolved."""

    path: Path
    service: str
    declared_at: int  # µs
    title: str


def open_incidents(state_folder: Path, service: str | None = None) -> list[Open]:
    """The open incidents of a service, or of all, those declared last first.

    A file that cannot be read is no open incident: opening it by name says what is wrong with it.
    """
    found = []
    for path in folder(state_folder, INCIDENTS).glob("*.incident"):
        if not is_live(path):
            continue
        try:
            with IncidentFile.open(path) as file:
                if file.meta(CONTENT) or file.meta(_ENDED):
                    continue
                if service is None or file.service == service:
                    at, title = int(file.meta(DECLARED, "0")), inert(file.meta("title"))
                    found.append(Open(path, file.service, at, title))
        except (BadInput, ValueError):
            continue
    return sorted(found, key=lambda each: (-each.declared_at, each.path.name))


def declare(
    recording: IncidentFile,
    state_folder: Path,
    *,
    at: int,
    look_back: int,
    title: str,
    writer: str,
    cause: str = "",
) -> Path:
    """Begin an incident at `at` with the `look_back` µs before it; where its file lies.

    `cause` says in words what brought it about, where no person did. Raises BadInput.
    """
    when = f"{day(at)}-{clock(at)}".replace("-", "", 2).replace(":", "")
    stem = f"{file_stem(recording.service)}-{when}"
    where = folder(state_folder, INCIDENTS)
    meta = {
        IDENTITY: secrets.token_hex(16),
        DECLARED: str(at),
        _SINCE: str(at - look_back),
        "title": title or f"{recording.service}, {day(at)}",
        "opens_at": str(at - MINUTE),
    }
    for number in range(1, 1_000):
        path = where / (f"{stem}.incident" if number == 1 else f"{stem}-{number}.incident")
        try:
            file = IncidentFile.create(
                path, service=recording.service, bucket=recording.bucket, live=True, meta=meta
            )
            break
        except AlreadyExists:
            continue
    else:
        raise BadInput(f"{shown(where)}: a thousand incidents began this minute; remove some")
    with file, file.transaction():
        follow(recording, file)
        Journal(file, writer).append(DECLARED, at, title, {"cause": cause} if cause else {})
    return path


def follow(recording: IncidentFile, incident: IncidentFile) -> bool:
    """Copy what is new in the recording; whether there was anything.

    Of another recording than before, which may tell again what was told, only what it adds from
    now on.
    """
    if incident.meta(_RECORDING) != recording.meta(ROLLING):
        _follow_from_now_on(recording, incident)
    followed = _number(incident, _CHUNK), _number(incident, _LAMPORT)
    missing = set(recording.documents()) - set(incident.documents()) - {STORED_VIEW}
    if not missing and followed == (chunk_log.last(recording), journal.last_lamport(recording)):
        return False
    from cockpit.incident.cut import copy_chunk  # loads numpy, which the interface does without

    since = _number(incident, _SINCE)
    with incident.transaction():  # read again inside: another process may follow too
        chunk, lamport = _number(incident, _CHUNK), _number(incident, _LAMPORT)
        rows = chunk_log.every(recording, chunk)
        known = journal.events_after(recording, lamport)
        has = {row.name for row in chunk_log.every(incident) if row.is_reference}
        for name in missing:
            incident.put_document(name, recording.document(name) or "")
        if missing:
            incident.put_meta(BEGUN, recording.meta(BEGUN))
        for row in rows:
            if row.name not in has:  # a rolling recording writes its reference again at times
                copy_chunk(recording, incident, row, since, LATEST, LATEST)
        journal.copy(incident, [event for event in known if event.at >= since - _EVENTS_BEFORE])
        incident.put_meta(_CHUNK, str(max([chunk, *(row.id for row in rows)])))
        incident.put_meta(_LAMPORT, str(max([lamport, *(event.lamport for event in known)])))
    return True


def _follow_from_now_on(recording: IncidentFile, incident: IncidentFile) -> None:
    with incident.transaction():
        if incident.meta(_RECORDING):
            incident.put_meta(_CHUNK, str(chunk_log.last(recording)))
            incident.put_meta(_LAMPORT, str(journal.last_lamport(recording)))
        incident.put_meta(_RECORDING, recording.meta(ROLLING))


def end(incident: IncidentFile, *, at: int, reason: str, writer: str) -> None:
    """End an incident, live as it is open; nothing more is copied to it. Raises BadInput."""
    with incident.transaction():
        if incident.meta(_ENDED):
            raise BadInput(f"{shown(incident.path)} is resolved already")
        Journal(incident, writer).append(RESOLVED, at, reason)
        incident.put_meta(_ENDED, str(at))


def seal(path: Path) -> bool:
    """Finish the file of a resolved incident; False where others still have it open."""
    with IncidentFile.open_live(path) as incident:
        if not incident.left_by_others(_SEALED_WITHIN):
            return False
        incident.finish()
    return True


def seal_ended(state_folder: Path, service: str) -> None:
    """Seal the incidents of a service that were ended while somebody had them open."""
    for path in folder(state_folder, INCIDENTS).glob(f"{file_stem(service)}-*.incident"):
        if not is_live(path):
            continue
        try:
            with IncidentFile.open(path) as file:
                ended = file.service == service and bool(file.meta(_ENDED))
            if ended:
                seal(path)
        except BadInput:
            continue  # opening it by name says what is wrong with it


def _number(file: IncidentFile, key: str) -> int:
    try:
        return min(max(int(file.meta(key, "0")), EARLIEST), LATEST)
    except ValueError:
        raise BadInput(f"{shown(file.path)}: {inert(key)} is no number; it is damaged") from None
