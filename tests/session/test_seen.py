"""Seen before: earlier incident files of a folder, what was done in them, and what is left out."""

from __future__ import annotations

import json
import shutil

import pytest

from cockpit.assets import sample_incident
from cockpit.records import MINUTE, BadInput
from cockpit.session import Session
from cockpit.session.seen import ALIKE
from cockpit.units import parse_instant


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The two sample incidents; in the earlier one somebody chose, did and asked something."""
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    there = tmp_path / "incidents"
    there.mkdir()
    for name in ("card-fraud-rollout", "unit-swap"):
        shutil.copy(sample_incident(name), there)
    earlier = there / "card-fraud-rollout.incident"
    with Session.replay(
        earlier, journal=there / "triage.incident", resume=False, who="ada"
    ) as session:
        at = parse_instant("04:20", near=session.recording.span.end)
        row = next(r for r in session.view(at).options.rows if r.id == "rollback")
        session.choose("rollback", "worse in Brazil", [], at)
        session.execute(at + 2 * MINUTE)
        session.ask("infra", "warm 12 workers", None, "", at)
        assert row.label.startswith("rollback")
    return there


def found_from(folder, name="unit-swap.incident"):
    with Session.read(folder / name) as session:
        end = session.recording.span.end
        found, left_out = session.seen_before(end)
        return found, left_out, session.view(end).seen


def test_the_earlier_incident_is_found_with_what_was_done(folder):
    found, left_out, shown = found_from(folder)
    assert left_out == []
    (earlier,) = found
    assert shown == found
    assert earlier.file == "triage.incident"  # where something was done, not the bare recording
    assert earlier.done.startswith("rollback")
    assert 0 < earlier.took < 30 * MINUTE
    assert earlier.open == ["infra: warm 12 workers"]
    assert ALIKE <= earlier.likeness <= 1.0
    assert "worst in region BR" in earlier.common


def test_a_later_incident_was_not_seen_before(folder):
    assert found_from(folder, "card-fraud-rollout.incident") == ([], [], [])


def test_a_second_search_tells_the_same_and_mends_what_was_kept_badly(folder, tmp_path):
    first = found_from(folder)
    kept = sorted((tmp_path / "state" / "signatures").iterdir())
    assert kept
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in kept)
    for path in kept:
        path.write_text(json.dumps({"cockpit": "another", "signature": {"signs": {}}})[:-3])
    assert found_from(folder) == first


def test_what_is_no_incident_file_is_named_and_left_out(folder):
    (folder / "broken\x1b[31m.incident").write_bytes(b"not a database")
    found, left_out, _ = found_from(folder)
    assert len(found) == 1
    (line,) = left_out
    assert "broken" in line
    assert "\x1b" not in line


def test_a_folder_that_is_not_there_is_bad_input(folder):
    with (
        Session.read(folder / "unit-swap.incident") as session,
        pytest.raises(BadInput, match="no such folder"),
    ):
        session.seen_before(session.recording.span.end, folder / "nowhere")


def test_a_search_needs_no_state_folder(folder, tmp_path, monkeypatch):
    expected = found_from(folder)
    (tmp_path / "no folder").write_text("")
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "no folder"))
    assert found_from(folder) == expected
