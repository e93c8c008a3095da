"""Declared incidents: whatever is recorded, declared and followed, in any order, adds up alike."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.incident.chunk_log import REFERENCE
from cockpit.incident.counts import merge
from cockpit.incident.declared import declare, end, follow, open_incidents, seal, seal_ended
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal, events
from cockpit.incident.rolling import (
    drop_before,
    file_stem,
    open_recording,
    recording_path,
    sole_recorder,
)
from cockpit.incident.telemetry import Telemetry, append
from cockpit.incident.verify import verify
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Counts, Window

NOW = 1_770_000_000 * SECOND


def requests(valid: int, observed: int, n: int) -> Counts:
    columns = {
        "version": np.zeros(1, np.int64),
        "kind": np.zeros(1, np.int64),
        "valid": np.array([valid]),
        "observed": np.array([observed]),
        "n": np.array([n]),
    }
    return Counts(table="traffic", columns=columns, words={"version": ("v1",), "kind": ("",)})


def write(file: IncidentFile, valid: int, observed: int, n: int = 1) -> None:
    append(file, "traffic", observed, observed, requests(valid, observed, n))


def new_recording(folder: Path, rests_on: str = "rules") -> IncidentFile:
    return open_recording(recording_path(folder, "shop"), "shop", MINUTE, rests_on)


def begin(recording: IncidentFile, folder: Path, at: int = NOW) -> Path:
    return declare(recording, folder, at=at, look_back=HOUR, title="odd", writer="ann@here")


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 7200), st.integers(1, 5)),
        st.tuples(st.just("note"), st.integers(0, 7200), st.just(0)),
        st.tuples(st.just("declare"), st.just(0), st.just(0)),
        st.tuples(st.just("follow"), st.just(0), st.just(0)),
        st.tuples(st.just("drop"), st.integers(0, 7200), st.just(0)),
    ),
    max_size=25,
)


@given(steps)
def test_an_incident_holds_what_its_recording_saw_since_it_began(steps):
    with tempfile.TemporaryDirectory() as folder, new_recording(Path(folder)) as recording:
        written: list[Counts] = []
        path = None
        for number, (step, seconds, n) in enumerate(steps):
            observed = NOW + number * SECOND
            valid = observed - seconds * SECOND
            if step == "write":
                written.append(requests(valid, observed, n))
                append(recording, "traffic", observed, observed, written[-1])
            elif step == "note":
                Journal(recording, "bob@there").append("note", valid, f"note {number}")
            elif step == "declare" and path is None:
                path = begin(recording, Path(folder))
            elif step == "follow" and path is not None:
                with IncidentFile.open_live(path) as incident:
                    follow(recording, incident)
            elif step == "drop" and path is None:  # before it, what is dropped is gone for both
                gone = NOW - 3 * HOUR
                drop_before(recording, gone)
        path = path or begin(recording, Path(folder))
        with IncidentFile.open_live(path) as incident:
            follow(recording, incident)
            assert not follow(recording, incident)
            since = Window(start=NOW - HOUR, end=NOW + HOUR)
            found = Telemetry(incident).counts_by_valid("traffic", since, NOW + HOUR)
            expected = Telemetry(recording).counts_by_valid("traffic", since, NOW + HOUR)
            assert found.columns["n"].tolist() == expected.columns["n"].tolist()
            assert found.columns["valid"].tolist() == expected.columns["valid"].tolist()
            if written:
                inside = merge(written).columns
                kept = inside["valid"] >= NOW - HOUR
                assert found.columns["n"].sum() == inside["n"][kept].sum()
            notes = [e.text for e in events(incident) if e.kind == "note"]
            assert notes == [e.text for e in events(recording) if e.kind == "note"]
        assert verify(path).ok
        assert verify(recording.path).ok


def test_two_who_follow_at_once_copy_nothing_twice(tmp_path):
    with new_recording(tmp_path) as recording:
        path = begin(recording, tmp_path)
        write(recording, NOW, NOW + SECOND, 3)
        with IncidentFile.open_live(path) as one, IncidentFile.open_live(path) as other:
            assert follow(recording, one)
            assert not follow(recording, other)
            assert Telemetry(one).counts("traffic", None, NOW + HOUR).columns["n"].tolist() == [3]


def test_the_reference_is_copied_once_though_it_is_written_again(tmp_path):
    with new_recording(tmp_path) as recording:
        append(recording, REFERENCE + "traffic", 0, 0, requests(0, 0, 100))
        write(recording, NOW - 5 * HOUR, NOW - 5 * HOUR)
        path = begin(recording, tmp_path)
        assert drop_before(recording, NOW - 4 * HOUR) == 1
        with IncidentFile.open_live(path) as incident:
            follow(recording, incident)
            for file in (recording, incident):
                assert Telemetry(file).reference("traffic").columns["n"].tolist() == [100]
        assert verify(recording.path).ok


def test_counts_by_other_rules_begin_another_recording(tmp_path):
    with new_recording(tmp_path) as recording:
        write(recording, NOW, NOW, 3)
        path = begin(recording, tmp_path)
    with new_recording(tmp_path, "other rules") as recording:
        assert Telemetry(recording).counts("traffic", None, NOW + HOUR).columns["n"].size == 0
        write(recording, NOW, NOW, 50)  # told again, in the new way
        with IncidentFile.open_live(path) as incident:
            follow(recording, incident)
            write(recording, NOW, NOW + SECOND, 4)
            follow(recording, incident)
            total = Telemetry(incident).counts("traffic", None, NOW + HOUR).columns["n"].sum()
            assert total == 3 + 4
    aside = [p for p in recording.path.parent.glob("*.incident") if p != recording.path]
    assert len(aside) == 1
    assert verify(aside[0]).ok


def test_an_incident_that_others_have_open_is_ended_and_sealed_later(tmp_path):
    with new_recording(tmp_path) as recording:
        path = begin(recording, tmp_path)
    with IncidentFile.open_live(path):
        with IncidentFile.open_live(path) as incident:
            end(incident, at=NOW, reason="mended", writer="ann@here")
            with pytest.raises(BadInput, match="resolved already"):
                end(incident, at=NOW, reason="again", writer="ann@here")
        assert not seal(path)
        assert open_incidents(tmp_path) == []
    seal_ended(tmp_path, "shop")
    with pytest.raises(BadInput, match="is finished"):
        IncidentFile.open_live(path)


def test_a_snapshot_of_a_live_file_is_finished_and_sound(tmp_path):
    with new_recording(tmp_path) as recording:
        path = begin(recording, tmp_path)
        write(recording, NOW, NOW, 3)
        with IncidentFile.open_live(path) as incident:
            follow(recording, incident)
            with IncidentFile.open(path) as reading:
                reading.snapshot(tmp_path / "copy.incident")
            write(recording, NOW, NOW + SECOND, 4)
            follow(recording, incident)
    assert verify(tmp_path / "copy.incident").ok
    with IncidentFile.open(tmp_path / "copy.incident") as copy:
        assert Telemetry(copy).counts("traffic", None, NOW + HOUR).columns["n"].tolist() == [3]
    assert [each.path for each in open_incidents(tmp_path)] == [path]  # a copy is no open one


def test_one_process_records_at_a_time(tmp_path):
    path = recording_path(tmp_path, "shop")
    with sole_recorder(path) as first, sole_recorder(path) as second:
        assert (first, second) == (True, False)
    with sole_recorder(path) as third:
        assert third


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_two_services_share_a_file(one, other):
    assert (file_stem(one) == file_stem(other)) == (one == other)
    assert "/" not in file_stem(one)
    assert not file_stem(one).startswith(".")
