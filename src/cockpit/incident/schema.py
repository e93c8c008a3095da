"""The tables inside an incident file, and the numbers that say whose file it is and how old."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Annotated

from msgspec import Meta

APPLICATION_ID = 0x436B7074  # "Ckpt", bytes 68–71 of the file
INPUT_SCHEMA = "schema/"  # and a version: the name of the document with that version's columns
SEVERITY_POLICY = "severity_policy"  # the document with a team's own policy, as it was
ROLLING = "rolling"  # meta of a rolling recording: its own name, made when it was begun
IDENTITY = "incident"  # meta of a declared incident: what names it while its content still grows
BEGUN = "begun"  # meta of a live recording: when its reference and documents were all there, µs
# `user_version`, bytes 60–63: raised when what a file holds means something else than before.
# 2: score bins are finer below 1/32 and above 31/32. 3: sums of squares less those of the mean.
VERSION = 3

# Times in µs of the years 828 to 3111: whatever is read from a file can be printed in any zone.
EARLIEST, LATEST = -(1 << 55), 1 << 55
Time = Annotated[int, Meta(ge=EARLIEST, le=LATEST)]

# `data` stands last in its table: what stands before it is read without touching its pages.
_STATEMENTS = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE document(name TEXT PRIMARY KEY, hash TEXT NOT NULL, text TEXT NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
    " observed_start INTEGER NOT NULL, observed_end INTEGER NOT NULL,"
    " valid_min INTEGER NOT NULL, valid_max INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, hash TEXT NOT NULL, data BLOB NOT NULL)",
    "CREATE INDEX chunk_by_time ON chunk(name, valid_min, valid_max, observed_start, observed_end,"
    " rows)",
    "CREATE TABLE event(writer TEXT NOT NULL, seq INTEGER NOT NULL, lamport INTEGER NOT NULL,"
    " at INTEGER NOT NULL, observed_at INTEGER NOT NULL, written_at INTEGER NOT NULL,"
    " kind TEXT NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL, data TEXT NOT NULL,"
    " prev TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY(writer, seq)) WITHOUT ROWID",
)

Described = list[tuple[str, str, str | None]]  # type, name, SQL


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, and sign it."""
    for statement in _STATEMENTS:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def describe(connection: sqlite3.Connection) -> Described:
    """What a database says it holds: every table, index, view and trigger."""
    return connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


@cache
def expected() -> Described:
    """What `describe` says of a file that `create` made."""
    connection = sqlite3.connect(":memory:")
    try:
        create(connection)
        return describe(connection)
    finally:
        connection.close()
