"""A replay worked by commands alone: each step is in its file, the recording is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cockpit.records import MINUTE
from cockpit.session import Session
from cockpit.views import PHASES
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.made import START, iso

ME = ("--as", "ana@ops")


def at(minute: float) -> tuple[str, str]:
    return "--at", iso(START + int(minute * MINUTE))


@pytest.fixture
def own(incident: Path) -> Path:
    """The file of a replay that has just been opened."""
    return Path(Session.replay(incident, journal=None, resume=False, who="ana@ops").close())


@pytest.fixture
def worked(own: Path) -> Path:
    """The same after a whole triage."""
    told("answer", own, "who", "BR, all devices", *ME, *at(28))
    told("answer", own, "harm", *ME, *at(28.5))
    told("note", own, "the gateway changed too", *ME, *at(29))
    told("ask", own, "legal", "approve the rules", "--deadline", iso(START + 35 * MINUTE),
         "--default", "not used", *ME, *at(29.5))  # fmt: skip
    told("evidence", own, "errors_up", "not-seen", "--reason", "health checks", *ME, *at(29.8))
    told("choose", own, "rollback", "--reason", "worse in BR", "--with", "freeze deploys", *ME,
         *at(30))  # fmt: skip
    told("execute", own, *ME, *at(32))
    return own


def test_the_timeline_holds_each_step_and_what_was_recorded(worked: Path, incident: Path) -> None:
    entries = told_json("timeline", worked)["entries"]
    recorded = told_json("timeline", incident)["entries"]
    mine = [entry for entry in entries if entry["who"] == "ana@ops"]
    assert [entry for entry in entries if entry not in mine] == recorded
    assert [(entry["kind"], entry["at"]) for entry in mine] == [
        (kind, START + int(minute * MINUTE))
        for kind, minute in (
            ("answer", 28), ("answer", 28.5), ("note", 29), ("ask", 29.5), ("evidence", 29.8),
            ("choose", 30), ("execute", 32),
        )
    ]  # fmt: skip
    told_in_words = told("timeline", worked)
    for words in ("BR, all devices", "unknown", "the gateway changed too", "approve the rules",
                  "errors up is not seen: health checks", "worse in BR", "freeze deploys",
                  "executed: rollback to v41"):  # fmt: skip
        assert words in told_in_words
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)


def test_choosing_is_not_doing_and_the_status_says_which(own: Path) -> None:
    def containment(minute: float) -> str:
        said: dict[str, Any] = told_json("status", own, *at(minute))["status"]
        return said["containment"]

    assert "not chosen" in containment(31)
    told("choose", own, "rollback", "--reason", "worse in BR", *at(30))
    assert "rollback" in containment(31)
    assert "not yet executed" in containment(31)
    told("execute", own, *at(32))
    assert "not yet executed" in containment(31)
    assert "executed 02:32" in containment(33)
    assert cockpit("execute", own, *at(34)).exit_code == 2


def test_status_and_brief_say_what_was_answered_chosen_and_asked(worked: Path) -> None:
    status = told_json("status", worked, *at(34))
    answers = {q["id"]: q for q in status["checklist"]["questions"]}
    assert answers["who"]["answer"] == "BR, all devices"
    assert answers["harm"]["unknown"]
    assert answers["detected"]["answer"] is None
    (ask,) = status["asks"]
    assert (ask["who"], ask["what"], ask["state"]) == ("legal", "approve the rules", "open")
    assert told_json("status", worked, *at(36))["asks"][0]["state"] == "overdue"
    assert status["choice"]["option"] == "rollback"
    assert status["choice"]["reason"] == "worse in BR"
    assert [phase["phase"] for phase in status["phases"]] == list(PHASES)
    for audience in ("exec", "technical"):
        text = told("brief", worked, "--for", audience, *at(34))
        assert "rollback to v41" in text


def test_what_is_done_later_is_not_seen_before(worked: Path, incident: Path) -> None:
    early = told_json("status", worked, *at(27.5))
    untouched = told_json("status", incident, *at(27.5))
    assert early == untouched
    entries = told_json("timeline", worked, *at(29))["entries"]
    assert [e["kind"] for e in entries if e["who"] == "ana@ops"] == ["answer", "answer", "note"]


def test_a_replay_is_sound_and_says_so_with_its_recording(worked: Path) -> None:
    assert "7 events" in told("verify", worked).splitlines()[0]


def test_options_mark_what_was_chosen(worked: Path) -> None:
    table = told_json("options", worked, *at(33))
    assert (table["chosen"], table["executed"]) == ("rollback", True)


def test_each_replay_has_a_file_of_its_own_and_the_newest_is_resumed(incident: Path) -> None:
    first = Path(Session.replay(incident, journal=None, resume=False).close())
    told("note", first, "one", *at(30))
    second = Path(Session.replay(incident, journal=None, resume=False).close())
    told("note", second, "two", *at(30))
    assert first != second
    assert Session.newest_replay(incident) == second
    with Session.replay(incident, journal=None, resume=True) as session:
        assert [e.text for e in session.timeline(START + 31 * MINUTE) if e.who] == ["two"]
        assert session.opens_at == START + 30 * MINUTE


def test_what_is_said_of_a_recording_goes_to_a_replay_of_it(incident: Path) -> None:
    first = told("note", incident, "one", *at(30)).strip()
    assert first != str(incident)
    assert told("note", incident, "two", *at(31)).strip() == first
    entries = told_json("timeline", first)["entries"]
    assert [entry["text"] for entry in entries if entry["who"]] == ["one", "two"]
    assert not any(entry["who"] for entry in told_json("timeline", incident)["entries"])


def test_a_replay_of_a_recording_that_has_changed_is_refused(
    incident: Path, worked: Path, tmp_path: Path
) -> None:
    moved = tmp_path / worked.name
    moved.write_bytes(worked.read_bytes())
    assert cockpit("status", moved).exit_code == 0
    other = tmp_path / incident.name
    told("cut", incident, "--from", "02:00", "--to", "02:20", "-o", other)
    with Session.replay(other, journal=tmp_path / "own.incident", resume=False):
        pass
    other.unlink()
    told("cut", incident, "--from", "02:10", "--to", "02:20", "-o", other)
    result = cockpit("status", tmp_path / "own.incident")
    assert result.exit_code == 2
    assert "put the recording back there" in result.stderr
