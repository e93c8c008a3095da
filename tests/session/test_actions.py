"""What people do in a replay: kept whole, kept as it was then, whatever was looked at before."""

import shutil

import msgspec
import pytest

from bench.harness import SAMPLE
from cockpit.incident.file import IncidentFile
from cockpit.incident.state import LONGEST_DRAFT
from cockpit.records import MINUTE, BadInput, Refused
from cockpit.session import Session
from cockpit.text import inert_lines
from cockpit.views import Knowledge


@pytest.fixture
def replay(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    with Session.replay(SAMPLE, resume=False, who="ana") as session:
        yield session


def frozen(session, at):
    """What was known, phase by phase, when each was left."""
    return {known.phase: known for known in session.view(at).frozen}


def test_what_is_kept_of_a_phase_tells_nothing_of_what_came_later(replay):
    at = replay.opens_at
    then = replay.view(at).knowledge
    replay.view(at + 10 * MINUTE)  # looked ahead, and back again
    replay.enter_phase("scope", at)
    kept = frozen(replay, at)["detection"]
    assert kept == msgspec.structs.replace(then, frozen_at=at)


def test_phases_entered_at_once_keep_what_was_known_in_each(replay):
    at = replay.opens_at
    replay.view(at)
    replay.enter_phase("scope", at)
    with pytest.raises(Refused, match="this is the scope phase already"):
        replay.enter_phase("scope", at)
    replay.enter_phase("containment", at)
    kept = frozen(replay, at)
    assert set(kept) == {"detection", "scope"}
    assert all(isinstance(known, Knowledge) for known in kept.values())


def test_a_long_draft_is_kept_to_its_end(replay):
    at = replay.opens_at
    lines = "\n".join(f"{i} sentences of a long night" for i in range(1_000))
    replay.save_draft("exec", lines, at)
    assert 20_000 < len(lines) < LONGEST_DRAFT
    assert replay.draft("exec", at) == lines
    replay.save_draft("exec", lines * 9, at)
    assert replay.draft("exec", at) == inert_lines(lines * 9, LONGEST_DRAFT)


def test_a_replay_is_found_and_read_where_its_recording_was_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    before, after = tmp_path / "before.incident", tmp_path / "moved" / "after.incident"
    after.parent.mkdir()
    shutil.copy(SAMPLE, before)
    with Session.replay(before, resume=False) as session:
        session.note("odd", session.opens_at)
    before.rename(after)
    own = Session.newest_replay(after)
    assert own is not None
    with Session.replay(after, resume=True):
        pass
    with Session.read(own) as session:
        assert "odd" in [entry.text for entry in session.timeline(session.opens_at)]


@pytest.mark.parametrize("name", ["bins", "units"])
@pytest.mark.parametrize("text", ["nonsense", '[{"name": 1}]', "[" * 100_000])
def test_a_document_of_another_shape_is_one_clear_line(tmp_path, name, text):
    path = tmp_path / "made.incident"
    with IncidentFile.create(path, service="s") as file:
        file.put_document(name, text)
        file.finish()
    with (
        Session.read(path) as session,
        pytest.raises(BadInput, match=f"made.incident is damaged: document {name}: .*copy it"),
    ):
        session.assessment(MINUTE)


def test_settings_that_cannot_be_used_leave_no_file_open(tmp_path, monkeypatch):
    path = tmp_path / "made.incident"
    with IncidentFile.create(path, service="s") as file:
        file.put_document("config", "timezone: Atlantis")
        file.finish()
    closed = []
    monkeypatch.setattr(IncidentFile, "close", lambda file: closed.append(file.path))
    with pytest.raises(BadInput, match="Atlantis"):
        Session.read(path)
    assert closed == [path]


def test_a_person_says_when_it_began_and_may_take_it_back(replay):
    at = replay.opens_at
    measured = replay.view(at).status.onset
    replay.mark_onset(at - 5 * MINUTE, at)
    assert replay.view(at).status.onset == at - 5 * MINUTE
    with pytest.raises(Refused, match="later than now"):
        replay.mark_onset(at + MINUTE, at)
    replay.undo(at)
    assert replay.view(at).status.onset == measured


def test_what_a_person_says_of_a_sign_is_kept_and_can_be_taken_back(replay):
    at = replay.opens_at
    replay.override_evidence("errors_up", "not seen", "health checks, not users", at)
    said = replay.state(at).evidence["errors_up"]
    assert (said.state, said.reason) == ("not seen", "health checks, not users")
    assert replay.timeline(at)[-1].text == (
        "evidence: errors up is not seen: health checks, not users"
    )
    assert replay.undo(at) == "undone: evidence errors up is not seen"
    assert replay.state(at).evidence == {}


@pytest.mark.parametrize(
    ("sign", "reason", "said"),
    [
        ("errors_upp", "odd", "no such sign 'errors_upp'; did you mean 'errors_up'?"),
        ("zzz", "odd", "no such sign 'zzz'; there are: quality_degraded, only_new_worse"),
        ("errors_up", " ", "a reason is empty"),
    ],
)
def test_evidence_names_a_sign_and_has_a_reason(replay, sign, reason, said):
    with pytest.raises(Refused, match=said):
        replay.override_evidence(sign, "seen", reason, replay.opens_at)
    assert replay.state(replay.opens_at).evidence == {}
