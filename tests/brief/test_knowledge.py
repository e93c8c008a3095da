"""Known, not known and next: never empty, people first, and choosing is not doing."""

from __future__ import annotations

import pytest
from hypothesis import given

from cockpit.brief.knowledge import MOST
from cockpit.config import Config
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.units import parse_duration
from cockpit.views import PHASES, NextOption, Phase, View, Worth
from tests.brief.sample_view import AT, CHOICE, CONFIG, VIEW, quiet
from tests.brief.situations import changed, known_in, views


@given(views())
def test_no_phase_is_ever_without_known_unknown_and_next(view: View) -> None:
    for phase in PHASES:
        told = known_in(phase, view)
        assert told.phase == phase
        for part in (told.known, told.unknown, told.next):
            assert 1 <= len(part) <= MOST
        for line in [*told.known, *told.next, *(u.text for u in told.unknown)]:
            assert line
            assert line == inert(line)
        assert all(u.owner for u in told.unknown)
        assert len(set(told.known)) == len(told.known)


@given(views())
def test_a_mark_of_safety_is_the_first_thing_known(view: View) -> None:
    told = known_in(view.status.phase, view)
    assert told.known[0].startswith("Marked as") == bool(view.status.safety)


@pytest.mark.parametrize("phase", PHASES)
def test_people_come_before_any_measurement(phase: Phase) -> None:
    assert known_in(phase, VIEW).known[0] == (
        "Since 02:48 UTC, about 1 in 12 decisions in region BR is wrong (before: 1 in 40); "
        "it is getting worse."
    )


def test_choosing_is_not_doing() -> None:
    chosen = known_in("containment", changed(VIEW, choice=CHOICE))
    assert "“segment off: BR” was chosen at 02:50 UTC and is not yet executed." in chosen.known
    assert chosen.next[0].startswith("Execute “segment off: BR”")
    done = changed(CHOICE, executed_at=AT, due=AT + 6 * MINUTE, effect="watching")
    executed = known_in("containment", changed(VIEW, choice=done))
    assert any("was executed at 02:51 UTC" in k for k in executed.known)
    assert executed.next[0].startswith("Watch until 02:57 UTC for:")
    assert executed.unknown[0].by == AT + 6 * MINUTE


def test_an_effect_that_stays_away_leads_to_the_next_option_in_every_phase() -> None:
    late = changed(CHOICE, executed_at=AT - 9 * MINUTE, effect="not seen in time")
    view = changed(VIEW, choice=late)
    assert known_in("containment", view).next[0] == "Choose again."
    named = NextOption(id="rollback", label="rollback to v41", why="least harm of what is left")
    view = changed(VIEW, choice=changed(late, next_option=named, effect_why="v42 serves 90 %"))
    for phase in PHASES:
        assert known_in(phase, view).next[0] == (
            "Choose again; next best is “rollback to v41”: least harm of what is left."
        )
    assert any("not seen in time: v42" in k for k in known_in("containment", view).known)


def test_what_was_done_without_a_word_is_asked_for() -> None:
    noticed = "v42 serves nobody since 02:54: rollback to v41?"
    view = changed(VIEW, choice=None, options=changed(VIEW.options, noticed=noticed))
    assert known_in("scope", view).next[0] == f"Choose what was done, or undo it: {noticed}"
    moved = changed(VIEW, choice=changed(CHOICE, noticed_at=AT, effect="watching"))
    known = known_in("containment", moved).known
    assert any("done since 02:51 UTC, by its traffic: nobody marked it" in k for k in known)


def test_observing_ends_with_another_look() -> None:
    observing = changed(CHOICE, option="observe", label="observe", recheck_at=AT - 2 * MINUTE)
    view = changed(VIEW, choice=observing)
    assert known_in("scope", view).next[0] == "Look again: due 02:49 UTC, 2 min late."
    early = changed(VIEW, choice=changed(observing, recheck_at=AT + MINUTE))
    assert known_in("containment", early).next[0] == "Look again at 02:52 UTC."
    assert "Look again" not in known_in("scope", early).next[0]


def test_labels_are_awaited_until_they_are_due() -> None:
    labels = next(u for u in known_in("detection", VIEW).unknown if "Labels" in u.tells)
    assert labels.tells == "Labels for the 77 % still without one."
    assert labels.by == AT + parse_duration("45m")
    undelayed = known_in("detection", VIEW, Config()).unknown[0]
    assert undelayed.by == VIEW.status.update_due
    assert undelayed.owner == "on-call"


def test_a_question_nobody_can_answer_stays_unknown_in_every_phase() -> None:
    question = changed(VIEW.checklist.questions[1], unknown=True)
    view = changed(quiet(AT), checklist=changed(VIEW.checklist, questions=[question]))
    for phase in PHASES:
        assert "Whether safety, privacy or data is at stake." in {
            u.text for u in known_in(phase, view).unknown
        }


def test_an_open_question_is_the_next_step_and_an_answered_one_is_not() -> None:
    told = known_in("detection", VIEW)
    assert told.next[0] == "Find out whether safety, privacy or data is at stake."
    assert not any("Who is affected" in step for step in told.next)


def test_model_or_data_is_told_by_the_other_version() -> None:
    fault = known_in("scope", VIEW).unknown[0]
    assert fault.text == "Is the model at fault, or the data that goes in?"
    assert fault.tells == "Comparing v41 on the same requests."
    assert fault.owner == CONFIG.owner.commander


def test_what_is_worth_knowing_most_is_the_first_unknown_and_few_of_them_are_named() -> None:
    worths = [
        Worth(id="fault", text="what is at fault", sentence="Model or data? Comparing tells."),
        Worth(id="load", text="how much load there is"),
        Worth(id="third", text="and a third thing"),
    ]
    view = changed(VIEW, options=changed(VIEW.options, unknowns=worths))
    told = known_in("containment", view).unknown
    first, second, *others = [(u.text, u.tells) for u in told]
    assert first == ("Model or data? Comparing tells.", "Worth most.")
    assert second == ("How much load there is.", "")
    assert others
    assert not any("third thing" in text for text, _ in others)
    assert not any("at fault" in u.text for u in told)  # asked in better words by the first one
