"""When a recorder would have shown what happened, against a recorder's own clock and stamps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cockpit.incident.counts import merge, without
from cockpit.incident.file import IncidentFile
from cockpit.observe.counting import chunks
from cockpit.observe.live.commit import Committer
from cockpit.observe.live.source import Found
from cockpit.observe.past.seeing import Beats, chunks_as_live, seen_live, told
from cockpit.records import MINUTE, SECOND, Counts, Window
from tests.observe.live.metrics import START

BEATS = st.builds(
    Beats,
    st.integers(1, 60).map(lambda n: n * SECOND),
    st.integers(0, 59).map(lambda n: n * SECOND // 2),
    st.integers(0, 90).map(lambda n: n * SECOND),
)


@given(BEATS, st.integers(0, 10 * MINUTE))
def test_it_is_the_first_beat_that_finds_it_settled(beats: Beats, ago: int):
    known = START - ago
    (seen,) = seen_live(np.array([known]), beats).tolist()
    asked = next(
        at
        for k in range(-700, 800)
        if (at := (START // beats.every + k) * beats.every + beats.after) >= known + beats.settled
        and at - beats.every < known + beats.settled
    )
    assert asked + SECOND < seen <= asked + 2 * SECOND
    assert seen % SECOND == 0


@given(st.integers(0, 59 * SECOND), st.integers(1, SECOND // 2 - 1))
def test_a_recorder_stamps_its_answers_so(tmp_path_factory, offset: int, answered_in: int):
    beats = Beats(every=MINUTE, after=offset // SECOND * SECOND)
    clock = START + beats.after + answered_in
    path = tmp_path_factory.mktemp("live") / "x.incident"
    with IncidentFile.create(path, service="x", live=True) as file:
        stamp = Committer(file, lambda: clock).commit("metrics", Found("1"), {})
    (seen,) = seen_live(np.array([START + beats.after]), beats).tolist()
    assert stamp == seen


def test_every_beat_says_before_which_time_all_is_told():
    beats = Beats(every=15 * SECOND, after=2 * SECOND, settled=2 * SECOND)
    said = told(Window(start=START, end=START + MINUTE), beats)
    assert said.columns["valid"].tolist() == [START + n * 15 * SECOND for n in range(4)]
    assert said.columns["observed"].tolist() == [
        START + n * 15 * SECOND + 4 * SECOND for n in range(4)
    ]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 9)), min_size=1, max_size=60))
def test_rows_of_an_import_are_only_shown_later(rows: list[tuple[int, int]]):
    beats = Beats(every=10 * SECOND, after=15 * SECOND // 2)
    valid = START + np.array([second for second, _ in rows]) * SECOND
    n = np.array([many for _, many in rows])
    zeros = np.zeros(len(n), np.int64)
    columns = {"version": zeros, "kind": zeros, "valid": valid, "observed": valid + SECOND, "n": n}
    counts = merge([Counts("traffic", columns, {"version": ("v1",), "kind": ("",)})])
    imported = chunks([counts], MINUTE)
    later = list(chunks_as_live(imported, MINUTE, beats))
    assert [end for end, _, _ in later] == sorted(end for end, _, _ in later)
    for end, _, part in later:
        observed = part.columns["observed"]
        assert (observed <= end).all()
        assert (observed > end - MINUTE).all()
        assert (observed == seen_live(part.columns["valid"] + SECOND, beats)).all()
    shown = merge([without(part, "observed") for _, _, part in later])
    before = merge([without(counts, "observed")])
    assert {k: v.tolist() for k, v in shown.columns.items()} == {
        k: v.tolist() for k, v in before.columns.items()
    }
