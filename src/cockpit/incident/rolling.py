"""The rolling recording of a service: what was measured of late, before anything is declared.

It is a live file like an incident's. What is older than it is to keep is dropped from its front;
meta then holds the hash that the chain of chunks goes on from.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cockpit.incident import chunk_log
from cockpit.incident.chunk_log import Dropped
from cockpit.incident.connection import shown
from cockpit.incident.file import IncidentFile
from cockpit.incident.schema import ROLLING
from cockpit.records import BadInput
from cockpit.units import day

if TYPE_CHECKING:
    from collections.abc import Iterator

RESTS_ON = "rests_on"  # meta: a hash of what decides how its rows are counted
RECORDINGS = "recordings"


def folder(state_folder: Path, name: str) -> Path:
    """A folder of the state folder, made where it is not there. Raises BadInput."""
    path = state_folder / name
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{shown(path)} cannot be made: {error.strerror}") from None
    return path


def file_stem(service: str) -> str:
    """The name of a service as the start of a file's name; two services never share one."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", service).strip("-.")[:40]
    if plain == service:
        return plain
    return f"{plain or 'service'}-{hashlib.sha256(service.encode()).hexdigest()[:6]}"


def recording_path(state_folder: Path, service: str) -> Path:
    """Where the rolling recording of a service lies."""
    return folder(state_folder, RECORDINGS) / f"{file_stem(service)}.incident"


def will_begin_anew(path: Path, rests_on: str) -> bool:
    """Whether the recording at `path` was counted by other rules, so that another is begun."""
    if not path.exists():
        return False
    with IncidentFile.open(path) as file:
        return file.meta(RESTS_ON) != rests_on


def open_recording(path: Path, service: str, bucket: int, rests_on: str) -> IncidentFile:
    """The rolling recording at `path`, to add to; begun anew where its counts rest on other rules.

    `rests_on` is a hash of what decides how rows are counted. A recording by other rules is set
    aside under a name with its end, and another begun. Raises BadInput.
    """
    if path.exists() and not will_begin_anew(path, rests_on):
        return IncidentFile.open_live(path)
    if path.exists():
        with IncidentFile.open(path) as file:
            ended = day(file.span().end)
        number = next(n for n in count(1) if not _aside(path, ended, n).exists())
        path.rename(_aside(path, ended, number))
    meta = {ROLLING: secrets.token_hex(16), RESTS_ON: rests_on}
    return IncidentFile.create(path, service=service, bucket=bucket, live=True, meta=meta)


def _aside(path: Path, ended: str, number: int) -> Path:
    return path.with_name(f"{path.stem}-until-{ended}-{number}{path.suffix}")


@contextmanager
def sole_recorder(path: Path) -> Iterator[bool]:
    """Whether we are the one process that records into `path` while the block lasts."""
    with path.with_suffix(".lock").open("a") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def drop_before(file: IncidentFile, time: int) -> int:
    """Drop the chunks at the front whose rows all happened, and were seen, before `time` (µs).

    The reference's are written again at the end, for they are of no time. How many were dropped.
    """
    front = []
    for row in chunk_log.every(file):
        if not row.is_reference and max(row.valid_max, row.observed_end) >= time:
            break
        front.append(row)
    if all(row.is_reference for row in front):
        return 0
    with file.transaction() as connection:
        for row in front:
            if row.is_reference:
                chunk_log.add(file, row, chunk_log.data(file, row))
        last = front[-1]
        connection.execute("DELETE FROM chunk WHERE id <= ?", (last.id,))
        file.put_meta(
            chunk_log.DROPPED, msgspec.json.encode(Dropped(id=last.id, hash=last.hash)).decode()
        )
    return sum(not row.is_reference for row in front)
