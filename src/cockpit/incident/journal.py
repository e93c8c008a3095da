"""The journal: an append-only chain of events for each writer, and one order to show them in.

Every event carries the hash of the one its writer wrote before, so chains of several writers can
stand in one file. A chain shows tampering against a head kept elsewhere, and no more than that.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from cockpit.incident.connection import damaged
from cockpit.incident.schema import EARLIEST, LATEST, Time
from cockpit.incident.state import RECORDING, ordered
from cockpit.records import BadInput, Event
from cockpit.text import inert

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from cockpit.incident.file import IncidentFile

REFERENCES = frozenset(
    {"event", "choice", "ask"}
)  # keys of `data` whose value is the id of an event


class Entry(NamedTuple):
    """One row of the event table: `data` is canonical JSON, hashes are hex."""

    writer: str
    seq: int
    lamport: int
    at: Time
    observed_at: Time
    written_at: Time
    kind: str
    who: str
    text: str
    data: str
    prev: str
    hash: str

    def event(self) -> Event:
        """The event as everyone else sees it. Raises msgspec.DecodeError or RecursionError."""
        return Event(
            id=event_id(self.writer, self.seq),
            writer=self.writer,
            seq=self.seq,
            lamport=self.lamport,
            at=self.at,
            observed_at=self.observed_at,
            written_at=self.written_at,
            kind=self.kind,
            who=self.who,
            text=self.text,
            data=msgspec.json.decode(self.data, type=dict[str, Any]),
        )

    def expected_hash(self) -> str:
        """SHA-256 of the previous hash and this entry as canonical JSON (keys sorted)."""
        fields = self._asdict()
        del fields["hash"], fields["prev"]
        fields["data"] = msgspec.Raw(self.data.encode())
        body = msgspec.json.encode(fields, order="deterministic")
        return hashlib.sha256(self.prev.encode() + body).hexdigest()


class Journal:
    """Where one writer adds to a file's journal.

    `after` is a Lamport time this writer has seen elsewhere (the recording's, for a replay).
    """

    def __init__(self, file: IncidentFile, writer: str, *, after: int = 0) -> None:
        self._file = file
        self.writer = writer
        self._after = after

    def append(
        self,
        kind: str,
        at: int,
        text: str = "",
        data: Mapping[str, Any] | None = None,
        *,
        who: str | None = None,
        observed_at: int | None = None,
    ) -> Event:
        """Add one event that happened at `at` and was known at `observed_at` (µs; default `at`).

        `who` is the writer unless it says otherwise; nobody, for what was recorded. It is durable
        when this returns. Raises BadInput where the file cannot be written.
        """
        if who is None:
            who = "" if self.writer == RECORDING else self.writer
        event = Event(
            id="",
            writer=self.writer,
            seq=0,
            lamport=0,
            at=at,
            observed_at=at if observed_at is None else observed_at,
            written_at=time.time_ns() // 1000,
            kind=kind,
            who=who,
            text=text,
            data=dict(data or {}),
        )
        with self._file.transaction() as connection:
            return _insert(connection, event, self._after)

    def events(self, until: int | None = None) -> list[Event]:
        """What all writers of this file wrote, observed by `until`, in display order."""
        return events(self._file, until)


def events(file: IncidentFile, until: int | None = None) -> list[Event]:
    """Events of a file observed by `until` (µs; None: all), in display order."""
    found = entries(file, until)
    try:
        return ordered(entry.event() for entry in found)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(file.path, f"an event cannot be read ({error})") from None


def entries(file: IncidentFile, until: int | None = None) -> list[Entry]:
    """Rows of the event table, chain after chain."""
    return file.select(
        Entry,
        f"SELECT {', '.join(Entry._fields)} FROM event WHERE observed_at <= ? ORDER BY writer, seq",
        LATEST if until is None else until,
    )


def events_after(file: IncidentFile, lamport: int) -> list[Event]:
    """What was written to a file after a Lamport time, in the order it was written."""
    columns = ", ".join(Entry._fields)
    query = f"SELECT {columns} FROM event WHERE lamport > ? ORDER BY lamport"
    try:
        return [entry.event() for entry in file.select(Entry, query, lamport)]
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(file.path, f"an event cannot be read ({error})") from None


def event_id(writer: str, seq: int) -> str:
    """What other entries, and JSON, call an entry: inert, for a writer is a name from outside."""
    return f"{inert(writer)}:{seq}"


def last_lamport(file: IncidentFile) -> int:
    """The latest Lamport time in a file's journal; 0 where it is empty."""
    return file.select(tuple[int], "SELECT coalesce(max(lamport), 0) FROM event")[0][0]


def copy(file: IncidentFile, found: Iterable[Event]) -> None:
    """Write events of another file's journal, in chains of the same writers.

    Numbers are given anew, and data that names another event by its id names it by the new one,
    or none where that event is not copied with it.
    """
    found = sorted(found, key=lambda event: (event.lamport, event.writer, event.seq))
    written = Counter(
        dict(file.select(tuple[str, int], "SELECT writer, max(seq) FROM event GROUP BY writer"))
    )
    renamed: dict[str, str] = {}
    for event in found:
        written[event.writer] += 1
        renamed[event.id] = event_id(event.writer, written[event.writer])
    with file.transaction() as connection:
        for event in found:
            data = dict(event.data)
            for key in REFERENCES & data.keys():
                named = data[key]
                data[key] = renamed.get(named, "") if isinstance(named, str) else ""
            _insert(connection, msgspec.structs.replace(event, data=data), after=0)


def person() -> str:
    """Who is at this terminal: user@host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _insert(connection: sqlite3.Connection, event: Event, after: int) -> Event:
    """Chain an event to its writer's last and write it; its seq and Lamport time are made here."""
    (seen,) = connection.execute("SELECT coalesce(max(lamport), 0) FROM event").fetchone()
    last = connection.execute(
        "SELECT seq, hash FROM event WHERE writer = ? ORDER BY seq DESC LIMIT 1", (event.writer,)
    ).fetchone()
    seq, prev = last or (0, "")
    if not all(EARLIEST <= time <= LATEST for time in (event.at, event.observed_at)):
        raise BadInput(f"{event.kind}: its time is not in this era; write one like 02:51:10")
    try:
        entry = Entry(
            writer=event.writer,
            seq=seq + 1,
            lamport=max(seen, after) + 1,
            at=event.at,
            observed_at=event.observed_at,
            written_at=event.written_at,
            kind=event.kind,
            who=event.who,
            text=event.text,
            data=msgspec.json.encode(event.data, order="deterministic").decode(),
            prev=prev,
            hash="",
        )
        entry = entry._replace(hash=entry.expected_hash())
    except UnicodeEncodeError:
        raise BadInput(f"{event.kind}: its text is not valid Unicode; type it again") from None
    connection.execute(f"INSERT INTO event VALUES ({', '.join('?' * len(entry))})", entry)
    return entry.event()
