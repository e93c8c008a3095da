"""Opening an incident file's database so that no file, however made, can do harm."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from cockpit.incident import locks, schema
from cockpit.incident.locks import first_bytes
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Mode = Literal["reading", "live", "building"]

LONGEST_VALUE = 128 << 20  # bytes of one text or blob that SQLite may hand us
_BUSY_SECONDS = 15.0
_HEADER = 100  # bytes of SQLite's file header
_MAGIC = b"SQLite format 3\x00"
_WAL = 2

# What keeps a sound file from being used just now, as against a file that is damaged.
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}


def shown(path: Path) -> str:
    """A file's name as messages print it: inert, for a name is text from outside."""
    return inert(path, 300)


def damaged(path: Path, reason: object) -> BadInput:
    """The one line about a file whose bytes are not what was written."""
    return BadInput(f"{shown(path)} is damaged: {inert(reason)}; copy it again from its source")


class AlreadyExists(BadInput):
    """A file that would be made exists; nothing is ever written over."""


def exists(path: Path) -> AlreadyExists:
    """The one line about a file that will not be written over."""
    return AlreadyExists(f"{shown(path)} exists already; choose another name")


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Whatever SQLite finds wrong inside the block becomes BadInput, one line naming the file."""
    try:
        yield
    except UnicodeDecodeError:  # SQLite's own message quotes the damaged text
        raise damaged(path, "it holds text that is not Unicode") from None
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _PASSING:
            raise BadInput(f"{shown(path)} cannot be used now: {inert(error)}") from None
        raise damaged(path, error) from None


def connect(path: Path, mode: Mode) -> sqlite3.Connection:
    """A connection to an existing incident file; raises BadInput where it is not a sound one.

    A file nobody has open for writing is read as immutable: nothing is locked or created beside
    it, so it opens from a folder that cannot be written.
    """
    wal = _check_header(path)
    if mode == "live" and not wal:
        raise BadInput(f"{shown(path)} is finished; nothing can be added to it")
    options = "mode=rw"
    if mode == "reading":
        in_use = wal and os.path.exists(f"{path}-wal")
        options = "mode=ro" if in_use else "mode=ro&immutable=1"
    with guarded(path):
        connection = _connect(path, options)
        try:
            if mode == "reading":
                connection.execute("PRAGMA query_only = ON")
            else:
                connection.execute("PRAGMA synchronous = FULL")
            if schema.describe(connection) != schema.expected():
                raise damaged(path, "its tables are not those of an incident file")
        except BaseException:
            connection.close()
            raise
    return connection


def is_live(path: Path) -> bool:
    """Whether a file looks like a live database: one glance at its header, and nothing is said."""
    try:
        header = first_bytes(path, _HEADER)
    except OSError:
        return False
    return header.startswith(_MAGIC) and len(header) == _HEADER and header[18] == _WAL


def create(path: Path, mode: Mode, named: Path) -> sqlite3.Connection:
    """A connection to a new incident file that only its owner can read, from its first byte.

    `named` is what a person calls it, and so do the messages; `path` is where it is being built.
    """
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        raise exists(named) from None
    except OSError as error:
        raise BadInput(f"{shown(named)} cannot be created: {error.strerror}") from None
    with guarded(path):
        connection = _connect(path, "mode=rw")
        try:
            # A file being built is made durable once, when it is finished.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("PRAGMA synchronous = OFF")
            schema.create(connection)
            if mode == "live":
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA journal_mode = WAL")
        except BaseException:
            connection.close()
            path.unlink(missing_ok=True)
            raise
    return connection


def _connect(path: Path, options: str) -> sqlite3.Connection:
    connection = locks.connect(
        path,
        options,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,  # IncidentFile lets one thread in at a time
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


def _check_header(path: Path) -> bool:
    """Whether a file is in WAL mode; raises BadInput unless its header is an incident file's."""
    name = shown(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadInput(f"{name} is a folder; name an .incident file")
        if not stat.S_ISREG(found.st_mode):
            raise BadInput(f"{name} is not a regular file; name an .incident file")
        header = first_bytes(path, _HEADER)
    except FileNotFoundError:
        raise BadInput(f"{name}: no such file") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{name} cannot be read: {inert(error)}") from None
    if not header:
        raise BadInput(f"{name} is empty; copy it again from its source")
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise BadInput(f"{name} is not an incident file")
    if int.from_bytes(header[68:72], "big") != schema.APPLICATION_ID:
        raise BadInput(f"{name} is a database, but not an incident file")
    version = int.from_bytes(header[60:64], "big")
    if version > schema.VERSION:
        raise BadInput(
            f"{name} was written by a newer cockpit (schema {version}, this one reads"
            f" {schema.VERSION}); upgrade"
        )
    if version < 1:
        raise damaged(path, f"it names schema {version}")
    if version < schema.VERSION:
        raise BadInput(
            f"{name} was written by an older cockpit (schema {version}, this one reads"
            f" {schema.VERSION}); import what it was made of again"
        )
    wal = header[18] == _WAL
    page = int.from_bytes(header[16:18], "big")
    size = int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)
    if not wal and found.st_size < size:
        raise BadInput(
            f"{name} is cut short ({found.st_size:,} of {size:,} bytes); copy it again from its"
            " source"
        )
    return wal
