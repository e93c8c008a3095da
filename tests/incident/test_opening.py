"""Opening a file that is not a sound incident file: one clear line that names it."""

import os
import sqlite3
from pathlib import Path

import pytest

from cockpit.incident import schema
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.telemetry import Telemetry
from cockpit.incident.verify import verify
from cockpit.records import BadInput
from tests.incident.samples import recording


def foreign(path: Path) -> None:
    """A database of something else."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta(key, value)")
    connection.close()


def newer(path: Path) -> None:
    """A file of a later schema."""
    changed(path, f"PRAGMA user_version = {schema.VERSION + 6}")


def changed(path: Path, *statements: str) -> None:
    """A recording that somebody changed by hand."""
    recording(path)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def cut_short(path: Path) -> None:
    """A recording of which half was copied."""
    whole = recording(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such file"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "is not a regular file"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"time,score\n" * 50), "is not an incident file"),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), "is not an incident file"),
        (foreign, "is a database, but not an incident file"),
        (
            newer,
            f"was written by a newer cockpit (schema {schema.VERSION + 6}, this one reads"
            f" {schema.VERSION}); upgrade",
        ),
        (cut_short, "is cut short"),
        (
            lambda path: changed(
                path,
                "ALTER TABLE event RENAME TO old",
                "CREATE VIEW event AS SELECT * FROM old",
            ),
            "its tables are not those of an incident file",
        ),
        (
            lambda path: changed(
                path,
                "CREATE TRIGGER event BEFORE INSERT ON event BEGIN DELETE FROM chunk; END",
            ),
            "its tables are not those of an incident file",
        ),
        (
            lambda path: changed(path, "CREATE TABLE extra(a)"),
            "its tables are not those of an incident file",
        ),
    ],
)
def test_what_is_no_sound_file_is_one_clear_line(
    tmp_path: Path, make: object, message: str
) -> None:
    path = tmp_path / "f.incident"
    make(path)  # type: ignore[operator]
    with pytest.raises(BadInput) as caught:
        IncidentFile.open(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET at = 'noon'",
        "UPDATE event SET at = 9223372036854775807",
        "UPDATE event SET text = x'ff'",
        "UPDATE event SET text = CAST(x'ff' AS TEXT)",
        "UPDATE event SET data = '[1]'",
        "UPDATE event SET data = '{'",
        "UPDATE event SET data = printf('%.*c', 100000, '[')",
        "UPDATE meta SET value = 'soon' WHERE key = 'bucket'",
        "UPDATE meta SET value = '0' WHERE key = 'bucket'",
        "UPDATE chunk SET valid_max = 9223372036854775807",
        "UPDATE chunk SET rows = rows + 1",
        "UPDATE chunk SET data = 'text'",
        "UPDATE chunk SET data = zeroblob(100000)",
        "UPDATE chunk SET name = 'score'",
        "UPDATE chunk SET valid_min = valid_min + 1",
    ],
)
def test_values_of_another_kind_are_damage(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "f.incident"
    changed(path, statement)
    with IncidentFile.open(path) as file:
        telemetry = Telemetry(file)
        with pytest.raises(BadInput, match=r"f\.incident.*damaged"):
            read_all(file, telemetry)
    assert not verify(path).ok


def read_all(file: IncidentFile, telemetry: Telemetry) -> None:
    """Read everything there is."""
    events(file)
    telemetry.as_of("slow", 1)
    for table in ("score", "traffic"):
        telemetry.counts_by_valid(table, None, 1 << 54)
    telemetry.reference("score")
    telemetry.series(None, None, 1 << 54)
