"""The incident file: one SQLite database that is written while live and sealed when finished.

It holds documents (the configuration and the import's map as they were, the reference's bins),
chunks of telemetry in one hash chain, and the events of the journal in a hash chain per writer.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from cockpit.incident import connection as opening
from cockpit.incident.connection import Mode, damaged, guarded, shown
from cockpit.incident.schema import Time
from cockpit.records import MINUTE, BadInput, Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = TypeVar("Row")

SERVICE, BUCKET, CONTENT = "service", "bucket", "content_id"
STORED_VIEW = "view"  # the document that holds a view, to be shown before one can be computed


class IncidentFile:
    """One open incident file; any thread may use it, one at a time is let in.

    Reading: the file is never changed. Live: what is added is durable when the call returns.
    Building: a file beside `path`, under a name of its own, until `finish` moves it there; closed
    before that, it is removed and nothing is left.
    """

    def __init__(self, path: Path, mode: Mode, connection: sqlite3.Connection, at: Path) -> None:
        self.path = path
        self.mode: Mode = mode
        self._at = at  # where the database is: beside `path` while building
        self._connection = connection
        self._lock = threading.RLock()
        self._closed = False

    # --- opening and closing -----------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        service: str,
        bucket: int = MINUTE,
        live: bool = False,
        meta: Mapping[str, str] | None = None,
    ) -> Self:
        """A new file: live and in place at once, or built beside `path` until `finish`.

        `bucket` is the slow bucket in µs. Raises BadInput where the file exists or cannot be made.
        """
        path = Path(path)
        if os.path.lexists(path):
            raise opening.exists(path)
        at = path if live else path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.partial")
        mode: Mode = "live" if live else "building"
        file = cls(path, mode, opening.create(at, mode, named=path), at)
        try:
            for key, value in {SERVICE: service, BUCKET: str(bucket), **(meta or {})}.items():
                file.put_meta(key, value)
        except BaseException:
            file.close()
            at.unlink(missing_ok=True)
            raise
        return file

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """An existing file to read, live or finished. Raises BadInput, one line."""
        path = Path(path)
        return cls(path, "reading", opening.connect(path, "reading"), path)

    @classmethod
    def open_live(cls, path: Path | str) -> Self:
        """An existing live file to add to. Raises BadInput where it is finished or damaged."""
        path = Path(path)
        return cls(path, "live", opening.connect(path, "live"), path)

    def left_by_others(self, within: int) -> bool:
        """Whether nobody else has a live file open, waiting `within` ms for them to leave it."""
        with self._entered():
            self._connection.execute(f"PRAGMA busy_timeout = {within}")
            try:
                self._connection.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError:
                return False
            return True

    def finish(self) -> None:
        """Seal and close: all in one file, named by its content, durable, in its place."""
        with self._lock:
            with guarded(self.path):
                self._connection.execute("PRAGMA journal_mode = DELETE")  # checkpoints
            self.put_meta(CONTENT, self.content_id)
            with guarded(self.path):
                self._connection.close()
            self._closed = True
            try:
                _sync(self._at)
                if self._at != self.path:
                    if os.path.lexists(self.path):
                        raise opening.exists(self.path)
                    self._at.rename(self.path)
                _sync(self.path.parent)
            except OSError as error:
                raise BadInput(f"{shown(self.path)} cannot be written: {error.strerror}") from None
            finally:
                if self._at != self.path:
                    self._at.unlink(missing_ok=True)

    def snapshot(self, out: Path) -> None:
        """A finished copy of the file as it is now, though others write to it. Raises BadInput."""
        with self._entered(), type(self).create(out, service=self.service) as copy:
            with guarded(out):
                self._connection.backup(copy._connection)
            copy.finish()

    def close(self) -> None:
        """Close; a file still being built is removed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            with guarded(self.path):
                self._connection.close()
            if self.mode == "building":
                self._at.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- documents and facts about the file --------------------------------------------------

    @property
    def service(self) -> str:
        """Whose incident it is."""
        return self.meta(SERVICE)

    @property
    def bucket(self) -> int:
        """Size of the slow bucket, µs."""
        try:
            bucket = int(self.meta(BUCKET))
        except ValueError:
            bucket = 0
        if not 0 < bucket < 1 << 62:
            raise damaged(self.path, "it names no bucket size")
        return bucket

    def meta(self, key: str, default: str = "") -> str:
        """One fact about the file."""
        found = self.select(tuple[str], "SELECT value FROM meta WHERE key = ?", key)
        return found[0][0] if found else default

    def facts(self) -> dict[str, str]:
        """All facts about the file."""
        return dict(self.select(tuple[str, str], "SELECT key, value FROM meta ORDER BY key"))

    def put_meta(self, key: str, value: str) -> None:
        """Write one fact about the file."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def documents(self) -> list[str]:
        """Names of the documents, sorted."""
        return [name for (name,) in self.select(tuple[str], "SELECT name FROM document ORDER BY 1")]

    def document(self, name: str) -> str | None:
        """Text of one document, as it was; None where there is none of that name."""
        found = self.select(tuple[str], "SELECT text FROM document WHERE name = ?", name)
        return found[0][0] if found else None

    def put_document(self, name: str, text: str) -> None:
        """Keep a document; one of the same name is replaced."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
                (name, document_hash(name, text), text),
            )

    def span(self) -> Window:
        """From the start of the first event bucket to the end of the last bucket of observation.

        Where there is no telemetry, from the first event to the last; [0, 0) in an empty file.
        """
        for query in (
            "SELECT min(valid_min), max(max(valid_max, observed_end)) FROM chunk"
            " WHERE name NOT LIKE 'reference/%'",
            "SELECT min(at), max(max(at, observed_at)) FROM event",
        ):
            start, end = self.select(tuple[Time | None, Time | None], query)[0]
            if start is not None and end is not None:
                return Window(start=start, end=end)
        return Window(start=0, end=0)

    @property
    def content_id(self) -> str:
        """Hex SHA-256 of everything the file holds: facts, documents, chunks and events."""
        heads = {
            "meta": self.select(
                tuple[str, str],
                "SELECT key, value FROM meta WHERE key <> ? ORDER BY key",
                CONTENT,
            ),
            "documents": self.select(
                tuple[str, str], "SELECT name, hash FROM document ORDER BY name"
            ),
            "chunks": self.select(
                tuple[int, str], "SELECT id, hash FROM chunk ORDER BY id DESC LIMIT 1"
            ),
            "events": self.select(
                tuple[str, int, str],
                "SELECT writer, max(seq), hash FROM event GROUP BY writer ORDER BY writer",
            ),
        }
        return hashlib.sha256(msgspec.json.encode(heads, order="deterministic")).hexdigest()

    @property
    def changes(self) -> int:
        """Another number whenever another process, or another opening, changed the file."""
        return self.select(tuple[int], "PRAGMA data_version")[0][0]

    # --- for the rest of this room -----------------------------------------------------------

    def select(self, row: type[Row], query: str, *values: Any) -> list[Row]:
        """Rows of a query, each of type `row`; BadInput where the file holds another type."""
        with self._entered():
            found = self._connection.execute(query, values).fetchall()
        try:
            return msgspec.convert(found, list[row])  # type: ignore[valid-type]
        except (msgspec.ValidationError, RecursionError) as error:
            raise damaged(self.path, error) from None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block is written, or none of it; durable when the block is left.

        A block inside another is part of it.
        """
        if self.mode == "reading":
            raise BadInput(f"{shown(self.path)} is open for reading only")
        with self._entered():
            inside_another = self._connection.in_transaction
            if inside_another:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """One thread at a time, errors in one line, and nothing after the file was closed."""
        with self._lock, guarded(self.path):
            if self._closed:
                raise BadInput(f"{shown(self.path)} is closed")
            yield


def document_hash(name: str, text: str) -> str:
    """Hex SHA-256 of a document under its name."""
    return hashlib.sha256(msgspec.json.encode([name, text])).hexdigest()


def _sync(path: Path) -> None:
    """Make a file, or a folder's list of names, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
