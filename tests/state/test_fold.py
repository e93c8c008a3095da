"""The fold of events: order does not matter, the future cannot be seen, undoing holds."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from cockpit.incident.state import fold, last_undoable
from cockpit.incident.timeline import timeline
from cockpit.records import MINUTE, Event
from tests.state.events import journal, made

TIMES = st.integers(0, 40 * MINUTE)


@given(made, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_state(events: list[Event], shuffle: random.Random) -> None:
    shuffled = list(events)
    shuffle.shuffle(shuffled)
    at = 40 * MINUTE
    assert fold(events, at) == fold(shuffled, at)
    assert timeline(events, at) == timeline(shuffled, at)


@given(made, TIMES)
def test_the_state_at_a_time_needs_only_what_was_known_by_then(
    events: list[Event], at: int
) -> None:
    cut = [e for e in events if e.at <= at and e.observed_at <= at]
    assert fold(events, at) == fold(cut, at)
    assert timeline(events, at) == timeline(cut, at)
    assert last_undoable(events, at) == last_undoable(cut, at)


@given(made, TIMES)
def test_an_entry_met_twice_counts_once(events: list[Event], at: int) -> None:
    assert fold([*events, *events], at) == fold(events, at)


@given(made)
def test_undoing_takes_back_the_latest_and_leaves_the_rest(events: list[Event]) -> None:
    at = 40 * MINUTE
    target = last_undoable(events, at)
    if target is None:
        return
    undo = journal(("undo", {"event": target.id}), start=at, seq=10_000)
    after = [*events, *undo]
    without = [e for e in events if e.id != target.id]
    undone = fold(after, at)
    assert target.id in undone.undone
    for part in ("answers", "ticks", "choices", "notes", "asks", "phase", "flags"):
        assert getattr(undone, part) == getattr(fold(without, at), part)
    following = last_undoable(after, at)
    assert following is None or following.id not in undone.undone


def test_an_undo_cannot_be_undone_nor_used_twice() -> None:
    events = journal(
        ("tick", {"task": "page"}),
        ("tick", {"task": "commander"}),
        ("undo", {"event": "me:2"}),
        ("undo", {"event": "me:3"}),  # an undo
        ("undo", {"event": "me:2"}),  # again
    )
    state = fold(events, MINUTE)
    assert state.undone == ["me:2"]
    assert list(state.ticks) == ["page"]


def test_nothing_recorded_can_be_undone() -> None:
    recorded = journal(("note", {}), writer="recording")
    assert last_undoable(recorded, MINUTE) is None
    undo = journal(("undo", {"event": "recording:1"}), start=10)
    assert len(fold([*recorded, *undo], MINUTE).notes) == 1


def test_choosing_is_not_doing() -> None:
    events = journal(
        (
            "choose",
            {
                "option": "rollback",
                "label": "rollback to v41",
                "reason": "v42 alone is wrong",
                "companions": ["freeze_deploys"],
                "expected": "wrong decisions fall",
                "expected_by": 4 * MINUTE,
            },
        ),
        ("execute", {"choice": "me:1"}),
    )
    chosen = fold(events, events[0].at).choice
    assert chosen is not None
    assert (chosen.executed_at, chosen.due, chosen.effect) == (None, None, "")
    executed = fold(events, MINUTE).choice
    assert executed is not None
    assert executed.executed_at == events[1].at
    assert executed.due == events[1].at + 4 * MINUTE
    assert executed.effect == "watching"
    assert fold(events, MINUTE).ticks == {"freeze_deploys": events[0].at}


def test_an_execution_follows_its_own_choice_when_another_one_is_made() -> None:
    events = journal(
        ("choose", {"option": "rollback"}),
        ("execute", {"choice": "me:1"}),
        ("choose", {"option": "kill"}),
    )
    state = fold(events, MINUTE)
    assert state.choice is not None
    assert (state.choice.option, state.choice.executed_at) == ("kill", None)
    assert state.choices[0].executed_at == events[1].at


@given(made)
def test_only_a_named_person_clears_a_safety_mark(events: list[Event]) -> None:
    unsigned = [e for e in events if not (e.kind == "clear_flag" and e.data.get("by"))]
    marks = [e for e in unsigned if e.kind in {"safety", "privacy", "data_loss"}]
    at = 40 * MINUTE
    assert {flag.id for flag in fold(unsigned, at).flags} == {e.id for e in marks}
    cleared = journal(("clear_flag", {"by": "Ada, compliance"}), start=at, seq=10_000)
    assert fold([*unsigned, *cleared], at).safety is None


def test_leaving_a_phase_freezes_what_was_known() -> None:
    frozen = {"phase": "detection", "known": ["precision fell"], "unknown": [], "next": []}
    events = journal(("phase", {"phase": "scope", "frozen": frozen}))
    state = fold(events, MINUTE)
    assert state.phase == "scope"
    assert state.entered == {"scope": events[0].at}
    assert state.frozen["detection"].known == ["precision fell"]
    assert state.frozen["detection"].frozen_at == events[0].at


def test_asks_become_overdue_and_answered() -> None:
    events = journal(
        ("ask", {"who": "infra", "what": "warm 12 workers", "deadline": MINUTE}),
        ("ask_answer", {"ask": "me:1", "answer": "done"}),
    )
    asked = events[:1]
    assert [a.state for a in fold(asked, MINUTE).asks] == ["open"]
    assert [a.state for a in fold(asked, MINUTE + 1).asks] == ["overdue"]
    assert [a.state for a in fold(events, MINUTE + 1).asks] == ["answered"]


def test_an_update_sent_is_remembered() -> None:
    events = journal(("export", {"audience": "exec"}), ("export", {"audience": "technical"}))
    assert fold(events, MINUTE).last_update == events[1].at


def test_answering_how_bad_confirms_the_severity_and_undoing_takes_it_back() -> None:
    answer = {"question": "severity", "answer": "sev2, rising"}
    answered = journal(("answer", answer))
    assert fold(answered, MINUTE).severity.severity == "SEV2"
    unsure = journal(("answer", {"question": "severity", "answer": "bad"}))
    assert fold(unsure, MINUTE).severity is None
    undone = journal(("answer", answer), ("undo", {"event": answered[0].id}))
    assert fold(undone, MINUTE).severity is None


def test_a_report_can_be_undone() -> None:
    reported = journal(("report", {}))
    assert last_undoable(reported, MINUTE) == reported[0]
    undone = journal(("report", {}), ("undo", {"event": reported[0].id}))
    assert fold(undone, MINUTE).reports == []


def test_a_segment_is_named_as_figures_name_it() -> None:
    marked = journal(("safety", {"segment": "region=BR"}))
    assert fold(marked, MINUTE).safety.segment == "region BR"


def test_data_of_another_shape_says_nothing() -> None:
    deep: object = "x"
    for _ in range(600):
        deep = [deep]
    events = journal(
        ("phase", {"phase": "scope", "frozen": deep}),
        ("choose", {"option": "rollback", "companions": [deep, "freeze_deploys", 7]}),
        ("execute", {"choice": deep}),
        ("ask_answer", {"ask": deep}),
        ("draft", {"audience": "exec", "draft": deep}),
    )
    state = fold(events, MINUTE)
    assert (state.phase, state.frozen, state.drafts) == ("scope", {}, {})
    assert state.choice is not None
    assert state.choice.companions == ["freeze_deploys"]
    assert state.choice.executed_at is None
    assert len(timeline(events, MINUTE)) == len(events)
