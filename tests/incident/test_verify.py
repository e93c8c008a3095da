"""Verify names the first thing that is not as it was written."""

import sqlite3
from pathlib import Path

import pytest

from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal, events
from cockpit.incident.verify import verify
from tests.incident.samples import recording


def tampered(path: Path, statement: str) -> str:
    """What verify says after a statement was run on a sound recording."""
    recording(path)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    report = verify(path)
    assert not report.ok
    assert "\n" not in report.first_break
    return report.first_break


def test_a_sound_file_verifies(tmp_path: Path) -> None:
    path = recording(tmp_path / "f.incident")
    report = verify(path)
    assert report.ok
    assert report.first_break == ""
    assert report.checked["documents"] == 2
    assert report.checked["events"] == 3
    assert report.checked["chunks"] > 5
    with IncidentFile.open(path) as file:
        assert report.content_id == file.content_id


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE event SET text = 'v1' WHERE seq = 2", "event recording:2: it is not what"),
        ("UPDATE event SET observed_at = 0 WHERE seq = 3", "event recording:3: it is not what"),
        ("UPDATE event SET prev = hash WHERE seq = 2", "event recording:2: it does not follow"),
        ("DELETE FROM event WHERE seq = 1", "event recording:1: it is gone"),
        ("DELETE FROM event WHERE seq = 3", "the whole: something was changed or removed"),
        ("UPDATE document SET text = 'x' WHERE name = 'config'", "document config: it is not"),
        ("DELETE FROM document WHERE name = 'config'", "the whole: something was changed"),
        ("UPDATE meta SET value = '1000000' WHERE key = 'bucket'", "the whole: something"),
        ("DELETE FROM chunk WHERE id = 2", "chunk 2: it is gone"),
        ("DELETE FROM chunk WHERE id = (SELECT max(id) FROM chunk)", "the whole: something"),
        (
            "UPDATE chunk SET data = CAST(substr(data, 1, 60) || x'00' || substr(data, 62) AS BLOB)"
            " WHERE id = 2",
            "chunk 2 (traffic, observed 00:02–00:04): it is not what was written",
        ),
        (
            "UPDATE chunk SET observed_end = observed_end - 1 WHERE id = 6",
            "chunk 6 (score, observed 00:02–00:03): it is not what was written",
        ),
    ],
)
def test_the_first_break_is_named(tmp_path: Path, statement: str, named: str) -> None:
    assert tampered(tmp_path / "f.incident", statement).startswith(named)


def test_chains_are_each_their_own(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    with IncidentFile.create(path, service="s", live=True) as file:
        for writer in ("ana", "bo", "ana", "bo"):
            Journal(file, writer).append("note", 1)
    assert verify(path).ok
    connection = sqlite3.connect(path)
    connection.execute("UPDATE event SET who = 'nobody' WHERE writer = 'bo' AND seq = 2")
    connection.commit()
    connection.close()
    assert verify(path).first_break.startswith("event bo:2: ")


def test_hostile_names_are_inert(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    writer = "\x1b[31m\n\u202ebo"
    with IncidentFile.create(path, service="s", live=True) as file:
        Journal(file, writer).append("note", 1)
        with file.transaction() as connection:
            connection.execute("UPDATE event SET text = 'other'")
        assert events(file)[0].writer == writer
    found = verify(path).first_break
    assert found.startswith("event ␛[31m␊‹U+202E›bo:1: ")
