"""A rollback that nobody wrote down: traffic tells, in few requests and from an import alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.records import MINUTE
from cockpit.session import Session
from tests.whole.conftest import cockpit, imported, told, told_json
from tests.whole.made import START, iso, made

DONE = 31  # minutes: from then on v41 serves everybody, as nobody said


@pytest.fixture(scope="module")
def rolled_back(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One request a second, of which v42 serves nine in ten until minute 31."""
    log = made(rows=2_400)
    rows = [
        {**row, "version": "v41" if row["time"] >= START + DONE * MINUTE else row["version"]}
        for row in log.predictions
    ]
    return imported(replace(log, predictions=rows), tmp_path_factory.mktemp("done"))


@pytest.fixture
def own(rolled_back: Path) -> Path:
    """The file of a replay of it."""
    return Path(Session.replay(rolled_back, resume=False).close())


def at(minute: float) -> tuple[str, str]:
    return "--at", iso(START + int(minute * MINUTE))


def test_without_a_choice_it_is_asked_what_was_done(rolled_back: Path) -> None:
    before = told_json("status", rolled_back, *at(DONE))
    assert before["status"]["containment"] == "not chosen"
    after = told_json("status", rolled_back, *at(DONE + 3))
    noticed = "v42 serves nobody since 02:31: rollback to v41?"
    assert after["status"]["containment"] == f"not chosen, yet {noticed}"
    assert after["knowledge"]["next"][0] == f"Choose what was done, or undo it: {noticed}"
    assert told_json("options", rolled_back, *at(DONE + 3))["noticed"] == noticed
    assert noticed in told("brief", rolled_back, "--for", "technical", *at(DONE + 3))


def test_a_choice_that_nobody_marked_is_seen_and_watched(own: Path) -> None:
    told("choose", own, "rollback", "--reason", "worse in BR", *at(29))
    waiting = told_json("status", own, *at(30.5))
    assert waiting["status"]["containment"] == "rollback to v41 chosen, not yet executed"
    found = told_json("status", own, *at(DONE + 3))
    choice = found["choice"]
    assert abs(choice["noticed_at"] - (START + DONE * MINUTE)) <= MINUTE // 2
    assert choice["due"] == choice["noticed_at"] + choice["within"]
    assert choice["executed_at"] is None
    assert found["status"]["containment"].startswith(
        "rollback to v41 seen without being marked, since 02:31"
    )
    assert "traffic is as planned since 02:31" in choice["effect_why"]


def test_what_is_blocked_is_chosen_with_a_second_reason(own: Path) -> None:
    blocked = next(
        row["id"] for row in told_json("options", own, *at(10))["options"] if row["blocked"]
    )
    refused = cockpit("choose", own, blocked, "--reason", "by feeling", *at(10))
    assert refused.exit_code == 2
    assert 'to choose it add --despite "' in refused.stderr
    told("choose", own, blocked, "--reason", "by feeling", "--despite", "checked", *at(10))
    assert "all the same: checked" in told("timeline", own)
