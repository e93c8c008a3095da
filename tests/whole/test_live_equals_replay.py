"""A lab incident recorded live: its file shows at each moment what was shown then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from cockpit.incident.declared import open_incidents
from cockpit.records import Assessment, NeedsReason
from cockpit.session import Session
from cockpit.session.live import LiveSession
from cockpit.session.settings import state_folder
from cockpit.views import View
from tests.stack import RunningStack, eventually, running_stack


@dataclass
class Watched:
    """What was shown live, moment by moment, and the file that was left."""

    undeclared: list[tuple[View, Assessment]]
    declared: list[tuple[View, Assessment]]
    path: Path


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory):
    """A minute and a half of a live incident: the fault, an alert, a declaration, a choice."""
    folder = tmp_path_factory.mktemp("live")
    options = {"rate": 40, "scrape": 1, "alert_for": 2, "label_minutes": 0.1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COCKPIT_STATE", str(folder / "state"))
        with running_stack(folder / "stack", **options) as stack:
            yield _watch(stack)


def _watch(stack: RunningStack) -> Watched:
    session = LiveSession.open(stack.config)
    try:
        eventually(lambda: _requests(session) > 0)
        undeclared = _look(session, 8)
        stack.inject("rollout")
        undeclared += _look(session, 16)
        session.refresh()
        if not session.declared:  # a page may have declared it
            session.declare("slow since v42", session.now())
        declared = _look(session, 8)
        session.note("on it", session.now())
        declared += _look(session, 4)
        session.choose("observe", "to see more", [], session.now(), "a test")
        declared += _look(session, 34)
        path = open_incidents(state_folder())[0].path
        with pytest.raises(NeedsReason):
            session.resolve("", session.now())
        session.resolve("seen enough", session.now())
    finally:
        session.close()
    return Watched(undeclared, declared, path)


def _requests(session: LiveSession) -> int:
    session.refresh()
    rows = session.assessment(session.now()).metrics
    return next(each.n for each in rows if each.name == "requests" and each.version is None)


def _look(session: LiveSession, seconds: int) -> list[tuple[View, Assessment]]:
    """What is shown for some seconds, every two."""
    found = []
    for _ in range(seconds // 2):
        session.refresh()
        at = session.now()
        found.append((session.view(at), session.assessment(at)))
        time.sleep(2.0)
    return found


def differing(replayed: object, shown: object) -> Iterator[str]:
    """Where two records differ, and how."""
    yield from _differing(msgspec.to_builtins(replayed), msgspec.to_builtins(shown), "")


def _differing(one: object, other: object, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _differing(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, pair in enumerate(zip(one, other, strict=True)):
            yield from _differing(*pair, f"{path}/{i}")
    elif one != other:
        yield f"{path}: {one!r:.100} in the replay, {other!r:.100} live"


def test_something_was_seen(watched: Watched):
    view, assessment = watched.declared[-1]
    quality = next(e for e in assessment.metrics if e.name == "precision" and e.version is None)
    assert quality.value is not None
    assert {e.version for e in assessment.metrics} >= {"v41", "v42"}
    assert any(entry.kind == "deploy" for entry in view.timeline)
    assert any(entry.kind in ("alert", "page") for entry in view.timeline)
    assert not any(source.failing for source in view.sources)


def test_a_replay_shows_estimate_by_estimate_what_live_showed(watched: Watched):
    with Session.read(watched.path) as session:
        for _, shown in watched.declared:
            assert list(differing(session.assessment(shown.at), shown)) == []


def test_a_replay_shows_the_screen_that_live_showed(watched: Watched):
    with Session.read(watched.path) as session:
        for shown, _ in watched.declared:
            found = differing(session.view(shown.at), shown)
            # Which file it is, and how far it goes: not what it showed.
            assert [each for each in found if not each.startswith(("/recording", "/span"))] == []


def test_the_time_before_the_declaration_is_in_the_file(watched: Watched):
    with Session.read(watched.path) as session:
        for _, shown in watched.undeclared:
            assert list(differing(session.assessment(shown.at), shown)) == []
