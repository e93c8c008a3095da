"""Impact, the checklist, how far containment got: what is said, and what is left to a person."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.checklist import QUESTIONS, TASKS
from cockpit.decide.impact import impact
from cockpit.decide.table.report import option_table
from cockpit.decide.triage import checklist, companions, containment, phase_marks
from cockpit.records import MINUTE, Assessment, Baseline
from cockpit.state import State
from cockpit.views import LEVELS, Change, Checklist, Choice, Impact, NextOption
from tests.decide.severity.judging import began, judged
from tests.decide.stories import (
    AT,
    CONFIG,
    NO_LABELS,
    ONSET,
    ROLLOUT,
    UNIT_SWAP,
    Counts,
    assessment,
    event,
    state,
)

SLOW = {"v42": 418.0, "v41": 118.0}
HEALTHY = {key: Counts(60, 9, 9, 1_300, 5_000) for key in ROLLOUT}


def hurt(facts: Assessment, now: State | None = None) -> Impact:
    return impact(facts, now or began(state()), CONFIG)


def asked(facts: Assessment, now: State, choice: Choice | None = None) -> Checklist:
    return checklist(now, facts, impact(facts, now, CONFIG), judged(facts, now), choice=choice)


def test_the_impact_of_a_segment_reads_as_a_sentence() -> None:
    found = hurt(assessment(UNIT_SWAP))
    assert found.sentence == (
        "8 % of requests (region BR) · about 1 in 12 decisions there wrong, was 1 in 50"
        " · since 02:48 · 76 % not labelled yet"
    )
    assert (found.segment, found.since, found.of) == ("region BR", ONSET, "requests")


def test_slow_requests_are_harm_too() -> None:
    assert "of requests over 250 ms" in hurt(assessment(ROLLOUT, p99=SLOW)).sentence


def test_what_is_not_known_is_said() -> None:
    found = hurt(assessment(NO_LABELS))
    assert found.sentence.startswith("no harm measured so far: no labels yet")
    assert "how many decisions are wrong: no labels yet" in found.unknown
    assert found.share is None


def test_the_trend_is_against_an_earlier_moment() -> None:
    worse, better = assessment(UNIT_SWAP), assessment(HEALTHY)
    now = began(state())
    assert impact(worse, now, CONFIG, earlier=better).trend == "getting worse"
    assert impact(worse, now, CONFIG, earlier=worse).trend == "steady"


def test_every_question_has_a_proposal_with_evidence() -> None:
    found = asked(assessment(ROLLOUT, p99=SLOW), began(state()))
    assert [question.id for question in found.questions] == [item.id for item in QUESTIONS]
    assert all(q.proposal.answer and q.proposal.evidence for q in found.questions)
    answers = {question.id: question.proposal.answer for question in found.questions}
    assert answers["who"] == "region BR"
    assert answers["detected"] == "page, 02:50"
    assert answers["harm"] == "no"
    assert answers["severity"] == "SEV2"


def test_the_change_that_fits_is_proposed() -> None:
    changes = [
        Change(at=ONSET - 2 * MINUTE, kind="deploy", text="v42", fit="best fit"),
        Change(at=ONSET - 40 * MINUTE, kind="flag", text="new form", fit="poor fit"),
    ]
    facts, now = assessment(ROLLOUT), began(state())
    found = checklist(now, facts, hurt(facts), judged(facts, now), choice=None, changes=changes)
    (proposal,) = (q.proposal for q in found.questions if q.id == "changed")
    assert proposal.answer == "deploy 02:46, v42"
    assert proposal.evidence == "fits the onset best, 2 min before it"


def test_measured_tasks_follow_the_evidence_and_others_the_hand() -> None:
    now = began(state(event("tick", "", AT, seq=9, writer="me", task="commander")))
    done = {task.id for task in asked(assessment(ROLLOUT, p99=SLOW), now).tasks if task.done}
    assert {"commander", "real", "who_known", "since_known", "versions_compared"} <= done
    assert not done & {"page", "choose", "do", "effect", "first_update"}
    assert {task.id for task in asked(assessment(NO_LABELS), now).tasks} == {t.id for t in TASKS}


def test_answers_and_unknowns_are_told_apart() -> None:
    now = state(
        event("answer", "", AT, seq=8, writer="me", question="who", answer="BR"),
        event("answer", "", AT, seq=9, writer="me", question="harm", answer=None),
    )
    found = {q.id: q for q in asked(assessment(ROLLOUT), now).questions}
    assert (found["who"].answer, found["who"].unknown) == ("BR", False)
    assert (found["harm"].answer, found["harm"].unknown) == (None, True)
    assert (found["changed"].answer, found["changed"].unknown) == (None, False)


def test_the_phase_strip_says_how_far_containment_got() -> None:
    moved = state(event("phase", "", AT, seq=9, writer="me", phase="remediation", reason="known"))
    marks = {mark.phase: mark for mark in phase_marks(moved, None)}
    assert marks["scope"].state == "done"
    assert (marks["containment"].state, marks["containment"].detail) == ("todo", "not chosen")
    assert marks["remediation"].state == "current"


def test_the_strip_and_the_status_say_what_traffic_says_and_when_to_look_again() -> None:
    chosen = Choice(
        id="me:1", option="rollback", label="rollback to v41", reason="", companions=[],
        expected="", chosen_at=ONSET,
    )  # fmt: skip
    noticed = "v42 serves nobody since 02:54: rollback to v41?"
    assert containment(None, AT, noticed) == f"not chosen, yet {noticed}"
    assert containment(chosen, AT) == "rollback to v41 chosen, not yet executed"
    seen = replace(chosen, noticed_at=AT - MINUTE, effect="seen")
    assert containment(seen, AT) == (
        "rollback to v41 seen without being marked, since 02:59, effect seen"
    )
    other = NextOption(id="kill", label="kill switch", why="")
    late = replace(chosen, executed_at=ONSET, effect="not seen in time", next_option=other)
    assert containment(late, AT) == (
        "rollback to v41 executed 02:48, NO EFFECT in time, next kill switch"
    )
    observed = replace(chosen, option="observe", label="observe", recheck_at=AT)
    assert containment(observed, AT - MINUTE) == "observe chosen, look again 03:00"
    assert containment(observed, AT + 2 * MINUTE) == (
        "observe chosen, look again: due 03:00, 2 min late"
    )
    assert phase_marks(state(), None, noticed)[2].detail == ""  # not reached yet


def test_the_worse_it_is_the_more_is_done_beside() -> None:
    sizes = [len(companions(level)) for level in LEVELS]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 3


def with_errors(value: float, before: float, verdict: str, n: int = 10_000) -> Assessment:
    facts = assessment(HEALTHY)
    errors = replace(
        facts.metrics[0],
        name="error_rate",
        value=value,
        n=n,
        n_pos=round(value * n),
        unit="share",
        baseline=Baseline(what="reference", value=before),
        verdict=verdict,
    )
    return replace(facts, metrics=[*facts.metrics, errors])


def test_requests_that_fail_are_harm_and_no_reason_to_observe() -> None:
    facts = with_errors(0.3, 0.002, "critical")
    found = hurt(facts)
    assert found.sentence.startswith("30 % of requests fail, was 0.20 % · since 02:48")
    assert "no harm" not in found.sentence
    assert judged(facts, began(state())).suggested == "SEV1"
    table = option_table(facts, state(), CONFIG)
    assert table.recommendation.option == ""
    assert "30 % of requests fail" in table.recommendation.why
    few = with_errors(1 / 3, 0.002, "not enough data", n=3)  # surely over 5 %, not over 25 %
    assert judged(few, began(state())).suggested == "SEV2"
    calm = with_errors(0.002, 0.002, "fine")
    assert hurt(calm).sentence.startswith("no harm measured · onset 02:48")
    assert option_table(calm, state(), CONFIG).recommendation.option == "observe"


def test_a_figure_of_the_teams_own_that_is_worse_is_not_called_no_harm() -> None:
    facts = with_errors(0.29, 0.05, "critical")
    own = replace(facts.metrics[-1], name="refused")
    sentence = hurt(replace(facts, metrics=[*facts.metrics[:-1], own])).sentence
    assert sentence.startswith("refused rose from 5 % to 29 %")


def test_a_p99_without_lower_quantiles_is_said_all_the_same() -> None:
    facts = assessment(ROLLOUT, p99=SLOW)
    only = [e for e in facts.metrics if e.name not in ("latency_p50", "latency_p95")]
    sentence = hurt(replace(facts, metrics=only)).sentence
    assert "1 in 100 requests over 418 ms, promised 250 ms" in sentence
