"""The log of chunks inside a file: written once, in one hash chain, found again by time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cockpit.incident.connection import damaged
from cockpit.incident.schema import Time
from cockpit.records import Record
from cockpit.text import inert
from cockpit.units import clock

if TYPE_CHECKING:
    from cockpit.incident.file import IncidentFile


REFERENCE = "reference/"  # before a table's name: the reference's own counts, all times 0
DROPPED = "dropped"  # meta: the last chunk that a rolling recording no longer has


class Dropped(Record, kw_only=True):
    """The last chunk that was dropped from the front; id 0 where none was."""

    id: int = 0
    hash: str = ""


class ChunkRow(NamedTuple):
    """What the log says of one chunk, less its bytes. Times in µs; both ends are inclusive."""

    id: int
    name: str
    observed_start: Time
    observed_end: Time
    valid_min: Time
    valid_max: Time
    rows: int
    hash: str = ""

    @property
    def is_reference(self) -> bool:
        """Whether it belongs to the reference, which is of no time."""
        return self.name.startswith(REFERENCE)

    def title(self) -> str:
        """'chunk 17 (score, observed 02:31–02:32)'."""
        observed = f"{clock(self.observed_start)}–{clock(self.observed_end)}"
        return f"chunk {self.id} ({inert(self.name)}, observed {observed})"

    def expected_hash(self, previous: str, data: bytes) -> str:
        """SHA-256 of the hash of the chunk before, this row as canonical JSON, and the bytes."""
        fields = self._asdict()
        del fields["hash"]
        described = msgspec.json.encode(fields, order="deterministic")
        return hashlib.sha256(previous.encode() + described + data).hexdigest()


_COLUMNS = ", ".join(ChunkRow._fields)


def add(file: IncidentFile, row: ChunkRow, data: bytes) -> None:
    """Append a chunk; its id and hash are made here."""
    with file.transaction() as connection:
        last = connection.execute("SELECT id, hash FROM chunk ORDER BY id DESC LIMIT 1").fetchone()
        number, previous = last or dropped(file)
        row = row._replace(id=number + 1)
        row = row._replace(hash=row.expected_hash(previous, data))
        connection.execute(
            f"INSERT INTO chunk ({_COLUMNS}, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, data),
        )


def dropped(file: IncidentFile) -> tuple[int, str]:
    """Id and hash of the chunk after which the chain goes on; (0, "") where it is whole."""
    text = file.meta(DROPPED)
    try:
        last = msgspec.json.decode(text, type=Dropped) if text else Dropped()
    except msgspec.DecodeError as error:
        raise damaged(file.path, error) from None
    return last.id, last.hash


def every(file: IncidentFile, after: int = 0) -> list[ChunkRow]:
    """All chunks after the one with id `after`, in the order they were written."""
    return file.select(ChunkRow, f"SELECT {_COLUMNS} FROM chunk WHERE id > ? ORDER BY id", after)


def last(file: IncidentFile) -> int:
    """The id of the chunk written last; 0 where there is none."""
    return file.select(tuple[int], "SELECT coalesce(max(id), 0) FROM chunk")[0][0]


def find(file: IncidentFile, name: str, start: int, end: int, as_of: int) -> list[ChunkRow]:
    """Chunks of a table that may hold rows valid in [start, end) and observed by `as_of`."""
    return file.select(
        ChunkRow,
        "SELECT id, name, observed_start, observed_end, valid_min, valid_max, rows, '' FROM chunk"
        " WHERE name = ? AND valid_max >= ? AND valid_min < ? AND observed_start <= ? ORDER BY id",
        name,
        start,
        end,
        as_of,
    )


def data(file: IncidentFile, row: ChunkRow) -> bytes:
    """The bytes of one chunk."""
    found = file.select(tuple[bytes], "SELECT data FROM chunk WHERE id = ?", row.id)
    if not found:
        raise damaged(file.path, f"{row.title()} is gone")
    return found[0][0]
