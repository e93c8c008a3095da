"""Criteria are written before the fix, watched from then on, and changed only in the open."""

import msgspec
import pytest

from bench.harness import SAMPLE
from cockpit.incident.state import fold
from cockpit.records import MINUTE, Event
from cockpit.session import Session
from cockpit.units import parse_instant
from cockpit.views import ExperimentWish

WISH = ExperimentWish(metric="wrong_rate", fix="v42", against="v41")


@pytest.fixture
def replay(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    with Session.replay(SAMPLE, resume=False, who="ana") as session:
        yield session


def criteria(session, at, kind="canary", wish=WISH):
    plans = session.experiment(at, wish).plans
    return next(plan.criteria for plan in plans if plan.kind == kind)


def test_the_rollout_that_went_wrong_fails_by_criteria_written_before_it(replay):
    at = parse_instant("04:10:20", near=replay.recording.span.end)
    replay.write_criteria(criteria(replay, at), at)
    assert replay.view(at).experiment.word == "keep learning"
    told = replay.view(at + 8 * MINUTE).experiment
    assert told.word == "fail"
    assert told.at <= at + 8 * MINUTE
    assert replay.experiment(at + 8 * MINUTE).verdict == told


def test_without_criteria_nothing_is_watched(replay):
    assert replay.view(replay.opens_at).experiment is None
    assert replay.experiment(replay.opens_at).verdict is None


def test_changing_them_is_an_entry_that_says_so_and_undoing_brings_them_back(replay):
    at = replay.opens_at
    first = criteria(replay, at)
    replay.write_criteria(first, at)
    replay.write_criteria(criteria(replay, at + MINUTE, "ab"), at + MINUTE)
    now = replay.state(at + MINUTE).experiment
    assert (now.kind, now.written_at, now.before) == ("ab", at + MINUTE, at)
    assert "changed, first written" in replay.timeline(at + MINUTE)[-1].text
    replay.undo(at + MINUTE)
    kept = replay.state(at + MINUTE).experiment
    assert (kept.kind, kept.margin, kept.before) == (first.kind, first.margin, None)
    assert replay.state(at - MINUTE).experiment is None


@pytest.mark.parametrize(
    "written",
    [
        None,
        {},
        "x",
        {"kind": "canary"},
        {"share": 2.0},
        {"margin": 0},
        {"rows": -1},
        {"metric": "psi"},
        {"latest": 10**20},
        {"slowest": -1.0},
        {"kind": "no"},
    ],
)
def test_an_entry_of_another_shape_says_nothing(replay, written):
    whole = msgspec.to_builtins(criteria(replay, replay.opens_at))
    data = {**whole, **written} if isinstance(written, dict) and written else written
    if isinstance(data, dict) and "kind" in data and written == {"kind": "canary"}:
        del data["metric"]
    event = Event(
        id="x:1", writer="x", seq=1, lamport=1, at=5, observed_at=5, written_at=0,
        kind="experiment", data={"criteria": data},
    )  # fmt: skip
    assert fold([event], 10).experiment is None
