"""Declared incidents: files of their own that follow the rolling recording until they are resolved.

Declaring copies some hours of the recording; from then on whoever records copies what is new. What
people do is written to the incident's file alone.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple

from cockpit.incident import chunk_log, journal
from cockpit.incident.connection import AlreadyExists, shown
from cockpit.incident.cut import copy_chunk
from cockpit.incident.file import CONTENT, STORED_VIEW, IncidentFile
from cockpit.incident.journal import Journal
from cockpit.incident.rolling import file_stem, folder
from cockpit.incident.schema import EARLIEST, LATEST
from cockpit.records import DAY, MINUTE, BadInput
from cockpit.text import inert
from cockpit.units import clock, day

DECLARED = "declare"  # the kind of the event that begins an incident
RESOLVED = "resolve"  # and of the one that ends it
IDENTITY = "incident"  # meta: what names a file while its content still grows
_SINCE = "since"  # meta: nothing that happened before is copied, µs
_CHUNK, _LAMPORT = "followed_chunk", "followed_lamport"  # meta: how far the recording was copied
_ENDED = "resolved_at"  # meta, µs
_FOLDER = "incidents"
# Changes count for a while in what may be wrong, so a day of the journal is copied.
_EVENTS_BEFORE = DAY
_SEALED_WITHIN = 2_000  # ms that sealing waits for others to leave the file


class Open(NamedTuple):
    """An incident that is declared and not resolved."""

    path: Path
    service: str
    declared_at: int  # µs


def open_incidents(state_folder: Path, service: str | None = None) -> list[Open]:
    """The open incidents of a service, or of all, those declared last first.

    A file that cannot be read is no open incident: opening it by name says what is wrong with it.
    """
    found = []
    for path in folder(state_folder, _FOLDER).glob("*.incident"):
        try:
            with IncidentFile.open(path) as file:
                if file.meta(CONTENT) or file.meta(_ENDED):
                    continue
                if service is None or file.service == service:
                    found.append(Open(path, file.service, int(file.meta(DECLARED, "0"))))
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
    where = folder(state_folder, _FOLDER)
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
    """Copy what is new in the recording; whether there was anything."""
    followed = _number(incident, _CHUNK), _number(incident, _LAMPORT)
    missing = set(recording.documents()) - set(incident.documents()) - {STORED_VIEW}
    if not missing and followed == (chunk_log.last(recording), journal.last_lamport(recording)):
        return False
    since = _number(incident, _SINCE)
    with incident.transaction():  # read again inside: another process may follow too
        chunk, lamport = _number(incident, _CHUNK), _number(incident, _LAMPORT)
        rows = chunk_log.every(recording, chunk)
        known = journal.events_after(recording, lamport)
        has = {row.name for row in chunk_log.every(incident) if row.is_reference}
        for name in missing:
            incident.put_document(name, recording.document(name) or "")
        for row in rows:
            if row.name not in has:  # a rolling recording writes its reference again at times
                copy_chunk(recording, incident, row, since, LATEST, LATEST)
        journal.copy(incident, [event for event in known if event.at >= since - _EVENTS_BEFORE])
        incident.put_meta(_CHUNK, str(max([chunk, *(row.id for row in rows)])))
        incident.put_meta(_LAMPORT, str(max([lamport, *(event.lamport for event in known)])))
    return True


def resolve(path: Path, *, at: int, reason: str, writer: str) -> bool:
    """End an incident and seal its file; False where others still have it open.

    It is ended all the same, and sealed by `seal` when they have left it. Raises BadInput.
    """
    with IncidentFile.open_live(path) as incident, incident.transaction():
        if incident.meta(_ENDED):
            raise BadInput(f"{shown(path)} is resolved already")
        Journal(incident, writer).append(RESOLVED, at, reason)
        incident.put_meta(_ENDED, str(at))
    return seal(path)


def seal(path: Path) -> bool:
    """Finish the file of a resolved incident; False where others still have it open."""
    with IncidentFile.open_live(path) as incident:
        if not incident.left_by_others(_SEALED_WITHIN):
            return False
        incident.finish()
    return True


def _number(file: IncidentFile, key: str) -> int:
    try:
        return min(max(int(file.meta(key, "0")), EARLIEST), LATEST)
    except ValueError:
        raise BadInput(f"{shown(file.path)}: {inert(key)} is no number; it is damaged") from None
