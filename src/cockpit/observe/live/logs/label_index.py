"""Which prediction a label belongs to that comes later: an index on disk, never in an incident.

It keeps of each prediction what its label moves (score, decision, segments) under a keyed hash of
its id. What is written together is one generation, named by its time; the recording's mark names
the last one it knows, so that after a crash between the two the index takes back what is newer.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.observe.labels import LabelFile, Timing
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.report import ImportReport
from cockpit.observe.values import texts
from cockpit.tables import UNKNOWN
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from cockpit.observe.labels import Labelling
    from cockpit.observe.mapping import Mapping

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

MOST_WAITING = 50_000_000  # predictions that wait for labels: some gigabytes
_AT_ONCE = 50_000  # keys whose labels are placed together
_NEVER = -1  # in `changed`: its labels were not looked for yet
_TABLES = (
    "CREATE TABLE IF NOT EXISTS fact(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS kind(id INTEGER PRIMARY KEY, words TEXT NOT NULL UNIQUE)",
    # label: as it was counted last, in generation `changed`; was: before that
    "CREATE TABLE IF NOT EXISTS prediction(key INTEGER NOT NULL, at INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, score REAL, decision INTEGER NOT NULL,"
    " shadow REAL, shadow_decision INTEGER NOT NULL,"
    " label INTEGER NOT NULL, was INTEGER NOT NULL, changed INTEGER NOT NULL,"
    " written INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS prediction_by_key ON prediction(key)",
    "CREATE INDEX IF NOT EXISTS prediction_by_time ON prediction(at)",
    f"CREATE INDEX IF NOT EXISTS prediction_new ON prediction(key) WHERE changed = {_NEVER}",
    "CREATE TABLE IF NOT EXISTS label(key INTEGER NOT NULL, at INTEGER NOT NULL,"
    " label INTEGER NOT NULL, written INTEGER NOT NULL, PRIMARY KEY(key, at, label)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS label_by_writing ON label(written)",
)


class Scored(NamedTuple):
    """Predictions as the index keeps them, each column of shape (n,); NaN: no score."""

    key: Ints
    at: Ints
    kind: Ints  # number of what the rows have in common: version and segments
    score: Floats
    decision: Ints
    shadow: Floats
    shadow_decision: Ints

    def only(self, kept: Ints | Mask) -> Scored:
        """Some rows, by index or by a mask."""
        return Scored(
            self.key[kept],
            self.at[kept],
            self.kind[kept],
            self.score[kept],
            self.decision[kept],
            self.shadow[kept],
            self.shadow_decision[kept],
        )


class Moved(NamedTuple):
    """Predictions whose label changed: what it was, and what it is."""

    rows: Scored
    was: Ints
    label: Ints


class LabelIndex:
    """The index of one recording; another recording's is thrown away. Raises SourceFailed."""

    def __init__(self, path: Path, recording: str) -> None:
        self._connection = _connect(path)
        if self.fact("recording") != recording:
            for table in ("fact", "kind", "prediction", "label"):
                self._connection.execute(f"DELETE FROM {table}")
            self.put_fact("recording", recording)
            self.put_fact("salt", secrets.token_hex(16))
        self.salt = bytes.fromhex(self.fact("salt"))

    # --- facts -------------------------------------------------------------------------------

    def fact(self, key: str) -> str:
        """What is kept under a name; "" where nothing is."""
        found = self._connection.execute("SELECT value FROM fact WHERE key = ?", (key,)).fetchone()
        return found[0] if found else ""

    def put_fact(self, key: str, value: str) -> None:
        """Keep something under a name."""
        self._connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (key, value))

    # --- generations -------------------------------------------------------------------------

    def go_on_from(self, generation: int) -> bool:
        """Take back what was written after a generation; whether the index has it."""
        self.roll_back()
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM prediction WHERE written > ?", (generation,))
        self._connection.execute("DELETE FROM label WHERE written > ?", (generation,))
        self._connection.execute(
            "UPDATE prediction SET label = was, changed = ? WHERE changed > ?",
            (_NEVER, generation),
        )
        has = int(self.fact("generation") or 0) >= generation
        self.put_fact("generation", str(generation))
        self._connection.execute("COMMIT")
        return has

    def commit(self, generation: int) -> None:
        """Keep what was added since the last time: durable when it returns."""
        self.put_fact("generation", str(generation))
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Drop what was added since the last commit."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def drop_before(self, time: int) -> bool:
        """Forget predictions that happened, and labels that came, before a time (µs).

        Of more predictions than may wait, the oldest too: whether there were so many.
        """
        self._begin()
        self._connection.execute("DELETE FROM prediction WHERE at < ?", (time,))
        self._connection.execute("DELETE FROM label WHERE written < ?", (time,))
        query = "DELETE FROM prediction WHERE rowid <= (SELECT max(rowid) FROM prediction) - ?"
        return self._connection.execute(query, (MOST_WAITING,)).rowcount > 0

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN")

    # --- adding ------------------------------------------------------------------------------

    def kinds(self, words: Iterable[str]) -> list[int]:
        """A number for each text."""
        self._begin()
        found = []
        for text in words:
            self._connection.execute("INSERT OR IGNORE INTO kind(words) VALUES (?)", (text,))
            query = "SELECT id FROM kind WHERE words = ?"
            found.append(self._connection.execute(query, (text,)).fetchone()[0])
        return found

    def words(self, kinds: Iterable[int]) -> list[str]:
        """The text of each number."""
        query = "SELECT words FROM kind WHERE id = ?"
        return [self._connection.execute(query, (kind,)).fetchone()[0] for kind in kinds]

    def add(self, rows: Scored, generation: int) -> None:
        """Predictions whose labels may come, or have."""
        self._begin()
        self._connection.executemany(
            "INSERT INTO prediction VALUES"
            f" (?, ?, ?, ?, ?, ?, ?, {UNKNOWN}, {UNKNOWN}, {_NEVER}, {generation:d})",
            zip(*(_nulls(column) for column in rows), strict=True),
        )

    def add_labels(self, keys: Ints, at: Ints, labels: Ints, generation: int) -> None:
        """Labels (0 or 1) that were known at `at` (µs; 0 where nothing says when)."""
        self._begin()
        self._connection.executemany(
            f"INSERT OR IGNORE INTO label VALUES (?, ?, ?, {generation:d})",
            zip(keys.tolist(), at.tolist(), labels.tolist(), strict=True),
        )

    # --- joining -----------------------------------------------------------------------------

    def settle(self, mapping: Mapping, generation: int) -> Iterator[Moved]:
        """Predictions whose label is another now than it was, in pieces.

        Looked at are those that were never, and those with labels of this generation.
        """
        self._begin()
        run = self._connection.execute
        run("CREATE TEMP TABLE IF NOT EXISTS touched(key INTEGER PRIMARY KEY)")
        run(
            "INSERT OR IGNORE INTO touched"
            f" SELECT key FROM prediction WHERE changed = {_NEVER}"
            " UNION SELECT key FROM label WHERE written = ?",
            (generation,),
        )
        while True:
            run("CREATE TEMP TABLE IF NOT EXISTS now(key INTEGER PRIMARY KEY)")
            run(f"INSERT INTO now SELECT key FROM touched ORDER BY key LIMIT {_AT_ONCE}")
            found = run(
                "SELECT p.rowid, p.label, p.key, p.at, p.kind, p.score, p.decision, p.shadow,"
                " p.shadow_decision FROM now JOIN prediction p USING (key)"
            ).fetchall()
            if found:
                yield from self._moved(found, mapping, generation)
            run("DELETE FROM touched WHERE key IN (SELECT key FROM now)")
            if not run("DELETE FROM now").rowcount:
                return

    def _moved(
        self, found: list[tuple[float, ...]], mapping: Mapping, generation: int
    ) -> Iterator[Moved]:
        rowid, was, *columns = (np.array(column) for column in zip(*found, strict=True))
        rows = Scored(*columns)
        rows = rows._replace(score=_nans(rows.score), shadow=_nans(rows.shadow))
        labels = self._connection.execute(
            "SELECT l.key, l.label, l.at FROM now JOIN label l USING (key)"
        ).fetchall()
        label = _labels_of(rows, labels, mapping)
        self._connection.executemany(
            f"UPDATE prediction SET was = label, label = ?, changed = {generation:d}"
            " WHERE rowid = ?",
            zip(label.tolist(), rowid.tolist(), strict=True),
        )
        moved = np.flatnonzero(label != was)
        if len(moved):
            yield Moved(rows.only(moved), was[moved], label[moved])

    def close(self) -> None:
        """Let go of the file; what was not committed is dropped."""
        self.roll_back()
        self._connection.close()


def fingerprints(column: pa.Array, salt: bytes) -> tuple[Ints, Mask]:
    """A keyed 64-bit hash of each id, shape (n,), and where there is one."""
    ids = texts(column)
    found = np.fromiter(map(bool, ids), dtype=bool, count=len(ids))
    keyed = hashlib.blake2b(key=salt, digest_size=8)
    digests = bytearray()
    for each in ids:
        own = keyed.copy()
        own.update((each or "").encode())
        digests += own.digest()
    return np.frombuffer(bytes(digests), dtype=np.int64), found


def _labels_of(rows: Scored, labels: list[tuple[int, int, int]], mapping: Mapping) -> Ints:
    """The last label of each prediction that counts, as an import would find it, shape (n,)."""
    columns = [np.array(column, np.int64) for column in zip(*labels, strict=True)]
    key, label, at = columns or [np.zeros(0, np.int64)] * 3
    report = ImportReport()
    timing = Timing(
        mapping.label_time is not None, mapping.label_delay, mapping.label_horizon, None
    )
    given = LabelFile(key, label, at, timing, report, by_id=True)
    labelling = given.labelling(rows.key, np.ones(len(rows.key), bool), rows.at)
    if mapping.label_decision is not None and mapping.settings.score is not None:
        labelling = labelling.only(rows.decision == mapping.label_decision)
    return _last(labelling)


def _last(labelling: Labelling) -> Ints:
    label = labelling.initial.copy()
    for move in labelling.moves:
        label[move.rows] = move.label
    return label


def _nulls(column: Ints | Floats) -> list[float | None]:
    """NaN as None: SQLite has no other word for it."""
    return [None if value != value else value for value in column.tolist()]


def _nans(values: NDArray[np.generic]) -> Floats:
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _connect(path: Path) -> sqlite3.Connection:
    """The database, private to its user. One that is damaged is begun anew."""
    for _ in range(2):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            for statement in _TABLES:
                connection.execute(statement)
            return connection
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise SourceFailed(f"{inert(path.name)}: {inert(error.strerror)}") from None
    raise SourceFailed(f"{inert(path.name)}: the index of labels cannot be opened")
