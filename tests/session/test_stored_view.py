"""The view that is painted first: where it comes from, and that it never shows what is to come."""

import msgspec
import pytest

from bench.harness import SAMPLE
from cockpit.incident.file import STORED_VIEW, IncidentFile
from cockpit.records import MINUTE
from cockpit.session import Session
from cockpit.session.files import cut
from cockpit.session.settings import of_overview
from cockpit.units import clock


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Some minutes of the sample, cut, with the view that a cut leaves in its file."""
    path = tmp_path_factory.mktemp("stored-view") / "cut.incident"
    with Session.read(SAMPLE) as session:
        opens_at, end = session.opens_at, session.recording.span.end
    start, until = clock(opens_at - 5 * MINUTE, seconds=True), clock(end, seconds=True)
    cut(SAMPLE, path, start, until, at=None)
    return path


@pytest.fixture
def replay(recording, tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path))
    return lambda journal=None, resume=False: Session.replay(
        recording, journal=journal, resume=resume
    )


def test_the_stored_view_is_the_live_one(replay):
    with replay() as session:
        stored = session.stored_view(session.opens_at)
        assert stored is not None
        assert stored == of_overview(session.view(session.opens_at))


def test_no_stored_view_is_shown_before_its_time(replay):
    with replay() as session:
        assert session.stored_view(session.opens_at - 1) is None


def test_a_replay_opens_where_it_was_left_and_shows_that(replay):
    with replay() as session:
        left_at = session.opens_at + 2 * MINUTE
        session.save_view(session.view(left_at))
    with replay(resume=True) as session:
        assert session.opens_at == left_at
        assert session.stored_view(left_at).at == left_at
        assert session.stored_view(left_at - 1).at < left_at


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": 1}', "[" * 100_000])
def test_a_stored_view_that_is_none_is_passed_over(replay, tmp_path, text):
    own = tmp_path / "own.incident"
    with replay(journal=own):
        pass
    with IncidentFile.open_live(own) as file:
        file.put_document(STORED_VIEW, text)
    with replay(journal=own) as session:
        assert session.stored_view(session.opens_at).at == session.opens_at


def test_what_a_stored_view_says_is_inert(replay, tmp_path):
    own = tmp_path / "own.incident"
    with replay(journal=own) as session:
        view = session.view(session.opens_at)
        hostile = msgspec.structs.replace(view.status, service="\x1b[31mred\u202e")
        session.save_view(msgspec.structs.replace(view, status=hostile))
    with replay(journal=own) as session:
        assert session.stored_view(view.at).status.service == "␛[31mred‹U+202E›"
