"""The incident file: made whole or not at all, private, and opened without harm."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from cockpit.incident import schema
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal, events
from cockpit.incident.replay import open_incident, open_replay
from cockpit.incident.telemetry import Telemetry
from cockpit.incident.verify import verify
from cockpit.records import MINUTE, BadInput
from tests.incident.samples import fill, recording

AWKWARD = ["a b.incident", "100%.incident", "%41?mode=rwc#x.incident", "ö×\n.incident", "'\"&.x"]


@pytest.mark.parametrize("name", AWKWARD)
def test_any_file_name_works(tmp_path: Path, name: str) -> None:
    path = recording(tmp_path / name)
    assert os.listdir(tmp_path) == [name]
    with IncidentFile.open(path) as file:
        assert len(events(file)) == 3
    live = tmp_path / ("live" + name)
    IncidentFile.create(live, service="s", live=True).close()
    with IncidentFile.open_live(live) as file:
        Journal(file, "ana").append("note", 1)
    with IncidentFile.open(live) as file:
        assert len(events(file)) == 1


def test_a_name_in_no_encoding_works(tmp_path: Path) -> None:
    path = recording(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.incident")))
    with open_replay(path, state_folder=tmp_path / "state", writer="ana") as replay:
        own = replay.path
    with open_incident(own) as incident:
        assert incident.recording.path == path


def test_a_name_too_long_is_refused(tmp_path: Path) -> None:
    for live in (True, False):
        with pytest.raises(BadInput, match="File name too long"):
            IncidentFile.create(tmp_path / ("x" * 300), service="s", live=live).finish()
    assert os.listdir(tmp_path) == []


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    file = IncidentFile.open(recording(tmp_path / "f.incident"))
    file.close()
    file.close()
    with pytest.raises(BadInput, match="is closed"):
        events(file)


def test_facts_and_documents_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    with IncidentFile.create(path, service="fraud", bucket=5 * MINUTE, meta={"title": "t"}) as file:
        file.put_document("config", "a: 1\n")
        file.put_document("config", "a: 2\n")
        file.finish()
    with IncidentFile.open(path) as file:
        assert (file.service, file.bucket, file.meta("title")) == ("fraud", 5 * MINUTE, "t")
        assert file.meta("no such fact") == ""
        assert file.documents() == ["config"]
        assert file.document("config") == "a: 2\n"
        assert file.document("no such document") is None


def test_a_file_is_private_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    real = schema.create

    def created(connection: sqlite3.Connection) -> None:
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir())
        real(connection)

    monkeypatch.setattr(schema, "create", created)
    before = os.umask(0)
    try:
        with IncidentFile.create(tmp_path / "f.incident", service="s", live=True) as file:
            Journal(file, "ana").append("note", 1)
            modes.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir())
    finally:
        os.umask(before)
    assert len(modes) > 2
    assert set(modes) == {0o600}


def test_a_file_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with IncidentFile.create(tmp_path / "f.incident", service="s") as file:
            fill(file)
            assert not (tmp_path / "f.incident").exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    path.write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        IncidentFile.create(path, service="s")
    path.unlink()
    with IncidentFile.create(path, service="s") as file:
        path.write_text("precious")
        with pytest.raises(BadInput, match="exists already"):
            file.finish()
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["f.incident"]


def test_a_live_file_becomes_a_finished_one(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    with IncidentFile.create(path, service="s", live=True) as file:
        fill(file)
        with IncidentFile.open(path) as reader:
            assert len(events(reader)) == 3
        file.finish()
    assert os.listdir(tmp_path) == ["f.incident"]
    assert path.read_bytes()[18] == 1  # no write-ahead log
    assert verify(path).ok
    with pytest.raises(BadInput, match=r"f\.incident is finished"):
        IncidentFile.open_live(path)


def test_a_live_file_is_durable(tmp_path: Path) -> None:
    with IncidentFile.create(tmp_path / "f.incident", service="s", live=True) as made:
        assert made.select(tuple[int], "PRAGMA synchronous") == [(2,)]
        assert made.select(tuple[str], "PRAGMA journal_mode") == [("wal",)]
        with IncidentFile.open_live(tmp_path / "f.incident") as file:
            assert file.select(tuple[int], "PRAGMA synchronous") == [(2,)]


def test_reading_neither_changes_a_file_nor_makes_one_beside_it(tmp_path: Path) -> None:
    path = recording(tmp_path / "f.incident")
    before, changed = path.read_bytes(), path.stat().st_mtime_ns
    with IncidentFile.open(path) as file:
        telemetry = Telemetry(file)
        telemetry.counts("score", None, 1 << 54)
        telemetry.series(None, None, 1 << 54)
        assert os.listdir(tmp_path) == ["f.incident"]
        with pytest.raises(BadInput, match="reading only"):
            file.put_document("a", "b")
        with pytest.raises(BadInput, match="readonly"):
            file.select(tuple[int], "DELETE FROM event")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, changed)


def test_a_live_file_nobody_has_open_is_read_without_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    with IncidentFile.create(path, service="s", live=True) as file:
        fill(file)
    with IncidentFile.open(path) as file:
        assert len(events(file)) == 3
    assert os.listdir(tmp_path) == ["f.incident"]


def test_the_content_id_names_the_content(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b"):
        with IncidentFile.create(tmp_path / name, service="s") as file:
            seen = {file.content_id}
            file.put_document("config", name)
            seen.add(file.content_id)
            file.put_meta("title", "t")
            seen.add(file.content_id)
            Journal(file, "ana").append("note", 1)
            seen.add(file.content_id)
            assert len(seen) == 4
            ids.append(file.content_id)
            file.finish()
        with IncidentFile.open(tmp_path / name) as file:
            assert file.content_id == ids[-1]
    assert ids[0] != ids[1]
    copied = tmp_path / "copy of a"
    copied.write_bytes((tmp_path / "a").read_bytes())
    with IncidentFile.open(copied) as file:
        assert file.content_id == ids[0]


@pytest.mark.parametrize("live", [True, False])
def test_a_file_that_cannot_be_begun_leaves_nothing(tmp_path: Path, live: bool) -> None:
    with pytest.raises(UnicodeEncodeError):
        IncidentFile.create(tmp_path / "f.incident", service="\ud800", live=live)
    assert list(tmp_path.iterdir()) == []
