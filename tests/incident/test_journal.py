"""The journal: chains that hold, one display order, several writers and several processes."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal, copy, entries, events, last_lamport
from cockpit.incident.verify import verify
from cockpit.records import BadInput, Event


@pytest.fixture
def file(tmp_path: Path) -> Iterator[IncidentFile]:
    with IncidentFile.create(tmp_path / "f.incident", service="s", live=True) as file:
        yield file


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_an_event_is_read_back_as_it_was_given(tmp_path: Path) -> None:
    with IncidentFile.create(tmp_path / "f.incident", service="s") as file:
        journal = Journal(file, "ana@web:1")
        given_events: list[Event] = []

        @settings(max_examples=50)
        @given(st.text(), st.dictionaries(st.text(), json, max_size=3), st.integers(0, 1 << 54))
        def appended(text: str, data: dict[str, object], at: int) -> None:
            given_events.append(journal.append("note", at, text, data))

        appended()
        in_chain = sorted(events(file), key=lambda event: event.seq)
        assert in_chain == given_events
        assert [event.seq for event in in_chain] == list(range(1, len(in_chain) + 1))
        assert in_chain[-1].id == f"ana@web:1:{len(in_chain)}"
        file.finish()
    assert verify(tmp_path / "f.incident").ok


def test_who_is_the_writer_unless_it_was_recorded(file: IncidentFile) -> None:
    assert Journal(file, "ana@web").append("note", 0).who == "ana@web"
    assert Journal(file, "ana@web").append("note", 0, who="bo@web").who == "bo@web"
    assert Journal(file, "recording").append("deploy", 0).who == ""


def test_display_order_is_by_time_then_by_what_the_writer_had_seen(file: IncidentFile) -> None:
    ana, bo = Journal(file, "ana"), Journal(file, "bo")
    first = bo.append("note", 7)
    second = ana.append("note", 7)
    third = bo.append("note", 7)
    earlier = ana.append("note", 3)
    assert [e.id for e in events(file)] == [earlier.id, first.id, second.id, third.id]
    assert [first.lamport, second.lamport, third.lamport] == [1, 2, 3]
    assert last_lamport(file) == 4


def test_a_lamport_time_seen_elsewhere_is_followed(file: IncidentFile) -> None:
    assert Journal(file, "ana", after=41).append("note", 0).lamport == 42


def test_what_was_observed_later_is_not_seen(file: IncidentFile) -> None:
    journal = Journal(file, "ana")
    journal.append("deploy", 5, observed_at=90)
    journal.append("note", 10)
    assert [e.kind for e in journal.events(until=89)] == ["note"]
    assert [e.kind for e in journal.events(until=90)] == ["deploy", "note"]


def test_text_that_is_not_unicode_is_refused_and_nothing_is_written(file: IncidentFile) -> None:
    journal = Journal(file, "ana")
    with pytest.raises(BadInput, match="Unicode"):
        journal.append("note", 0, "lone \ud800 surrogate")
    with pytest.raises(BadInput, match="Unicode"):
        journal.append("note", 0, data={"a": ["\udfff"]})
    assert journal.append("note", 0).seq == 1


@pytest.mark.parametrize("at", [1 << 60, -(1 << 60)])
def test_a_time_no_calendar_has_is_refused(file: IncidentFile, at: int) -> None:
    with pytest.raises(BadInput, match="note: its time"):
        Journal(file, "ana").append("note", at)


def _append_many(path: Path, writer: str) -> None:
    with IncidentFile.open_live(path) as file:
        journal = Journal(file, writer)
        for i in range(25):
            journal.append("note", i, f"from {writer}")


def test_several_processes_may_write_even_as_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "f.incident"
    IncidentFile.create(path, service="s", live=True).close()
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_append_many, args=(path, writer)) for writer in ("a", "a", "b")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with IncidentFile.open(path) as file:
        chains = [(entry.writer, entry.seq) for entry in entries(file)]
    assert chains == [("a", i) for i in range(1, 51)] + [("b", i) for i in range(1, 26)]
    assert verify(path).ok


def test_a_copy_names_events_by_their_new_ids(tmp_path: Path, file: IncidentFile) -> None:
    journal = Journal(file, "ana")
    gone = journal.append("note", 1)
    choice = journal.append("choose", 5, data={"option": "rollback"})
    journal.append("execute", 6, data={"choice": choice.id})
    journal.append("undo", 7, data={"event": gone.id})
    with IncidentFile.create(tmp_path / "copy.incident", service="s") as target:
        copy(target, [event for event in events(file) if event.at > 1])
        copied = events(target)
    assert [event.id for event in copied] == ["ana:1", "ana:2", "ana:3"]
    assert copied[1].data == {"choice": "ana:1"}
    assert copied[2].data == {"event": ""}


def test_a_copied_event_that_names_no_event_names_none(tmp_path: Path) -> None:
    with (
        IncidentFile.create(tmp_path / "a.incident", service="s") as one,
        IncidentFile.create(tmp_path / "b.incident", service="s") as other,
    ):
        first = Journal(one, "ana").append("note", 1)
        for named in (first.id, "bo:9", 7, None, [first.id], {"a": 1}):
            Journal(one, "ana").append("undo", 2, data={"event": named})
        copy(other, events(one))
        found = [event.data["event"] for event in events(other) if event.kind == "undo"]
    assert found == [first.id, "", "", "", "", ""]
