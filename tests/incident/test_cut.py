"""A cut is a smaller recording that says the same of what it holds."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.incident.cut import cut
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.replay import open_replay
from cockpit.incident.telemetry import Telemetry
from cockpit.incident.verify import verify
from cockpit.records import MINUTE, SECOND, BadInput, Window
from cockpit.tables import TABLES
from tests.incident.samples import MINUTES, recording, same

LAST = (MINUTES + 5) * MINUTE


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recording(tmp_path_factory.mktemp("cut") / "whole.incident")


def same_views(one: Path, other: Path, window: Window, at: int) -> None:
    """Whether two files say the same of a window at a time, in every table."""
    with IncidentFile.open(one) as a, IncidentFile.open(other) as b:
        left, right = Telemetry(a), Telemetry(b)
        for name, table in TABLES.items():
            as_of = left.as_of(table.clock, at)
            assert as_of == right.as_of(table.clock, at)
            assert same(left.counts(name, window, as_of), right.counts(name, window, as_of))
            assert same(
                left.counts_by_valid(name, window, as_of),
                right.counts_by_valid(name, window, as_of),
            )
            assert same(left.reference(name), right.reference(name))
        as_of = left.as_of("fast", at)
        assert repr(left.series(None, window, as_of)) == repr(right.series(None, window, as_of))
        assert [(e.id, e.text) for e in events(a, at)] == [(e.id, e.text) for e in events(b, at)]
        assert [a.document(name) for name in a.documents()] == [
            b.document(name) for name in b.documents()
        ]


@settings(max_examples=30)
@given(st.integers(0, LAST), st.data())
def test_a_view_is_that_of_a_file_cut_at_its_time(
    whole: Path, at: int, data: st.DataObject
) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, LAST), st.integers(0, LAST))))
    with TemporaryDirectory() as folder:
        out = Path(folder, "cut.incident")
        cut(whole, out, 0, LAST, at)
        same_views(whole, out, Window(start=start, end=end), at)
        with IncidentFile.open(out) as file:
            assert file.span().end <= at
            assert all(event.observed_at <= at for event in events(file))


@settings(max_examples=30)
@given(st.integers(0, LAST), st.integers(1, LAST), st.integers(0, LAST))
def test_a_window_of_a_cut_is_that_window_of_the_whole(
    whole: Path, start: int, length: int, at: int
) -> None:
    window = Window(start=start, end=start + length)
    with TemporaryDirectory() as folder:
        out, again = Path(folder, "cut.incident"), Path(folder, "again.incident")
        cut(whole, out, window.start, window.end)
        assert verify(out).ok
        cut(out, again, window.start, window.end)
        with (
            IncidentFile.open(whole) as a,
            IncidentFile.open(out) as b,
            IncidentFile.open(again) as c,
        ):
            for name in ("score", "traffic"):
                views = [Telemetry(file).counts(name, window, at) for file in (a, b, c)]
                assert same(views[0], views[1])
                assert same(views[1], views[2])
            within = [e.text for e in events(a) if window.start <= e.at < window.end]
            assert [e.text for e in events(b)] == within


def test_a_cut_says_what_it_was_cut_from(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "cut.incident"
    cut(whole, out, MINUTE, 5 * MINUTE + SECOND, 5 * MINUTE)
    assert os.listdir(tmp_path) == ["cut.incident"]
    with IncidentFile.open(whole) as source, IncidentFile.open(out) as file:
        assert file.meta("cut_from") == source.content_id != file.content_id
        assert file.meta("cut_start") == str(MINUTE)
        assert (file.service, file.bucket) == (source.service, source.bucket)
        # The page at 5:00 was observed a second later.
        assert [(e.id, e.kind) for e in events(file)] == [("recording:1", "deploy")]


def test_what_cannot_be_cut_leaves_no_file(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "cut.incident"
    with pytest.raises(BadInput, match="--from must be before --to"):
        cut(whole, out, MINUTE, MINUTE)
    with open_replay(whole, state_folder=tmp_path / "state", writer="ana") as replay:
        own = replay.path
    with pytest.raises(BadInput, match=r"is a replay.*cut its recording .*whole\.incident"):
        cut(own, out, 0, LAST)
    damaged = tmp_path / "damaged.incident"
    damaged.write_bytes(whole.read_bytes().replace(b"a customer calls", b"a customer waits"))
    with pytest.raises(BadInput, match="event recording:3: it is not what was written"):
        cut(damaged, out, 0, LAST)
    out.write_text("precious")
    with pytest.raises(BadInput, match="exists already"):
        cut(whole, out, 0, LAST)
    assert out.read_text() == "precious"
    assert sorted(os.listdir(tmp_path)) == ["cut.incident", "damaged.incident", "state"]
