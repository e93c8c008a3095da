"""What holds, what is suggested, why; when it may be lowered; who is called and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.decide.severity.changing import raised, refusal
from cockpit.decide.severity.policy import default_policy
from cockpit.records import MINUTE, Baseline
from cockpit.state import State
from cockpit.units import parse_duration
from cockpit.views import LEVELS, Status
from tests.decide.severity.judging import (
    HEALTHY,
    TIER1,
    began,
    burning,
    calibrated,
    drift,
    failing,
    healthy,
    hurt_segment,
    judged,
    p99_chart,
    slow,
    with_metric,
)
from tests.decide.stories import (
    AT,
    NO_LABELS,
    ONSET,
    ROLLOUT,
    UNIT_SWAP,
    assessment,
    event,
    state,
)

PAGE = ONSET + 2 * MINUTE
POLICY = default_policy()


def cadence(level: str) -> int:
    return parse_duration(POLICY.row(level).updates.internal)  # type: ignore[arg-type]


def confirmed(level: str, at: int = AT) -> State:
    return began(
        state(event("severity", "", at, seq=9, writer="me", severity=level, reason="money"))
    )


def test_a_segment_at_twice_the_harm_is_sev2_and_a_person_may_raise_it() -> None:
    facts = assessment(UNIT_SWAP)
    found = judged(facts, began(state()))
    assert (found.level, found.confirmed) == ("SEV2", False)
    assert "region BR" in found.evidence[0]
    assert found.update_due == PAGE + cadence("SEV2")  # counted from the page
    said = judged(facts, confirmed("SEV1"))
    assert (said.level, said.suggested, said.confirmed) == ("SEV1", "SEV2", True)


@given(st.sampled_from([ROLLOUT, UNIT_SWAP, NO_LABELS, HEALTHY]), st.sampled_from(LEVELS))
def test_safety_is_sev0_whatever_is_measured_or_confirmed(cells: object, level: str) -> None:
    marked = state(
        event("severity", "", AT, seq=8, writer="me", severity=level),
        event("privacy", "a name leaked", AT, seq=9),
    )
    found = judged(assessment(cells), marked)  # type: ignore[arg-type]
    assert (found.level, found.suggested, found.safety) == ("SEV0", "SEV0", "privacy")
    assert "a name leaked" in found.evidence[0]
    silent = replace(POLICY, levels=[replace(row, any=[]) for row in POLICY.levels])
    assert judged(assessment(cells), marked, policy=silent).level == "SEV0"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "value", "high", "suggested"),
    [
        (0.0199, 0.02, 0.0201, "SEV1"),
        (0.008, 0.02, 0.05, "SEV4"),  # it may have been half of what it is now
        (0.0, 0.0, 0.001, "SEV1"),
        (None, 0.02, None, "SEV1"),
    ],
)
def test_twice_the_harm_counts_what_the_baseline_may_have_been(
    low: float | None, value: float, high: float | None, suggested: str
) -> None:
    whole = Baseline(what="before", value=value, low=low, high=high)
    facts = with_metric(
        healthy(), name="wrong_rate", value=0.05, n=2_000, n_pos=100, baseline=whole
    )
    assert judged(facts, began(state())).suggested == suggested


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({"name": "precision", "missed": 0.95}, "SEV2"),
        ({"name": "precision", "missed": 0.85}, "SEV4"),
        ({"name": "requests", "missed": 0.95}, "SEV4"),
    ],
)
def test_a_promise_on_the_model_that_is_surely_missed_is_sev2(
    changed: dict[str, object], level: str
) -> None:
    assert judged(with_metric(healthy(), **changed), began(state())).suggested == level


def test_a_team_s_own_figure_that_is_surely_worse_is_not_nothing() -> None:
    facts = with_metric(healthy(), name="refused", value=0.2, unit="share", verdict="degraded")
    found = judged(facts, began(state()))
    assert (found.suggested, found.evidence) == ("SEV3", ["refused 20 %, judged degraded"])


def test_a_calibration_that_was_always_so_is_no_severity() -> None:
    for verdict, level in (("fine", "SEV4"), ("degraded", "SEV2"), ("", "SEV2")):
        assert judged(calibrated(0.45, 0.55, verdict), began(state())).suggested == level


def test_a_feature_missing_as_often_as_ever_is_no_incident() -> None:
    for drift_class, level in (("minor", "SEV4"), ("major", "SEV2")):
        facts = healthy(drift=[drift(drift_class, missing_share=0.3, psi=0.01)])
        assert judged(facts, state()).suggested == level


def test_an_update_sent_moves_the_next_one() -> None:
    sent = state(event("export", "", AT, seq=9, writer="me", audience="exec"))
    assert judged(assessment(UNIT_SWAP), sent).update_due == AT + cadence("SEV2")


@pytest.mark.parametrize(("threshold", "level"), [(14.4, "SEV1"), (6.0, "SEV2"), (1.0, "SEV3")])
def test_a_budget_that_surely_burns_sets_the_severity(threshold: float, level: str) -> None:
    facts, now = healthy(), began(state())
    calm = judged(facts, now)
    assert calm.suggested == "SEV4"
    for chance in (0.89, None):
        found = judged(replace(facts, burns=[burning(threshold, chance)]), now)
        assert (found.suggested, found.evidence) == (calm.suggested, calm.evidence)
    found = judged(replace(facts, burns=[burning(threshold, 0.97), burning(1.0, 0.99)]), now)
    assert found.suggested == level
    assert found.evidence == [f"availability budget burns 99.0× · P of {threshold:g}× on both 97 %"]


def test_what_is_said_of_one_thing_is_said_once_and_at_its_gravest() -> None:
    found = judged(hurt_segment(0.3, 3.0), began(state()))
    assert sum("region BR" in why for why in found.evidence) == 1
    assert "the healthy share" in found.evidence[0]
    tier1 = judged(failing(0.3), began(state()), TIER1)
    assert sum("requests fail" in why for why in tier1.evidence) == 2  # alone, and for tier 1
    assert "in a tier-1 service" in tier1.evidence[1]


# --- if unsure, one higher ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charts", "counted", "said"),
    [
        ([], True, "for how long cannot be told"),
        ([p99_chart(9, recorded=9)], True, "for how long before the last 9 min cannot be told"),
        ([p99_chart(15, recorded=15)], True, "for 15 min"),
        ([p99_chart(9, recorded=60)], False, ""),
    ],
)
def test_for_how_long_it_is_slow_is_read_off_the_chart_or_unsure(
    charts: list[object], counted: bool, said: str
) -> None:
    found = judged(slow(), began(state()), charts=charts)  # type: ignore[arg-type]
    assert (found.suggested == "SEV2") == counted
    assert said in found.evidence[0]
    lower = replace(POLICY, unsure="lower")
    strict = judged(slow(), began(state()), policy=lower, charts=charts)  # type: ignore[arg-type]
    assert (strict.suggested == "SEV2") == (counted and "cannot" not in said)
    assert ("the higher level is proposed" in found.evidence[0]) == ("cannot" in said)


def test_a_segment_of_unknown_size_is_taken_for_a_large_one() -> None:
    facts = hurt_segment(0.01, 3.0)
    unsized = [e for e in facts.segments if not e.name.endswith("_share") or "false" in e.name]
    found = judged(replace(facts, segments=unsized), began(state()))
    assert found.suggested == "SEV1"
    assert "how many users that is cannot be told" in found.evidence[0]


# --- raising and lowering -------------------------------------------------------------------------


def status(severity: str = "SEV2") -> Status:
    return Status(
        service="s",
        severity=severity,
        confirmed=False,
        safety="",
        phase="scope",
        onset=ONSET,
        paged_at=None,
        update_due=None,
        data_age=0,
        containment="",
        timezone="UTC",
    )


def test_severity_is_lowered_late_and_with_a_reason() -> None:
    soon, later = ONSET + 29 * MINUTE, ONSET + 31 * MINUTE

    def refused(now: State, held: str, wanted: str, reason: str, at: int) -> str:
        return refusal(now, status(held), wanted, reason, at, POLICY)

    assert "first 30 minutes" in refused(state(), "SEV2", "SEV3", "fewer users", soon)
    assert "takes a reason" in refused(state(), "SEV2", "SEV3", " ", later)
    assert refused(state(), "SEV2", "SEV3", "fewer users", later) == ""
    assert refused(state(), "SEV2", "SEV1", "", soon) == ""
    assert "there is no severity" in refused(state(), "SEV2", "SEV9", "", later)
    marked = state(event("safety", "", AT, seq=9))
    assert "SEV0" in refused(marked, "SEV0", "SEV2", "all is well", later)


def test_a_policy_may_lower_sooner_and_without_a_reason() -> None:
    lenient = replace(POLICY, lowering=replace(POLICY.lowering, after="5m", reason=False))
    assert refusal(state(), status(), "SEV3", "", ONSET + 6 * MINUTE, lenient) == ""
    assert "first 5 minutes" in refusal(state(), status(), "SEV3", "", ONSET, lenient)


def test_raising_goes_one_level_up_to_the_gravest() -> None:
    assert [raised(level) for level in LEVELS] == [None, *LEVELS[:-1]]


# --- who is called, and when ----------------------------------------------------------------------


def test_calls_are_due_from_the_page_on_and_the_page_reached_the_first() -> None:
    found = judged(healthy(burns=[burning(14.4, 0.99)]), began(state()))
    assert found.level == "SEV1"
    assert [(step.after, step.due) for step in found.escalation] == [
        (minutes, PAGE + minutes * MINUTE) for minutes in (0, 5, 10, 15)
    ]
    assert [step.done for step in found.escalation] == [True, False, False, False]
    assert found.contain_by is None
    assert "no deploys" in found.actions


def test_who_was_asked_has_been_called() -> None:
    asked = state(
        event("ask", "", AT, seq=8, writer="me", who="Director (Jo)", what="join"),
        event("ask", "", AT, seq=9, writer="me", who="on-call", what="look"),  # which, is not said
    )
    found = judged(healthy(burns=[burning(14.4, 0.99)]), began(asked))
    assert [step.done for step in found.escalation] == [True, False, False, True]


def test_the_clocks_of_a_level_that_a_person_raised_run_from_then() -> None:
    at = AT - 3 * MINUTE
    found = judged(healthy(), confirmed("SEV0", at))
    assert found.contain_by == at + 10 * MINUTE
    assert found.escalation[-1].due == at + 15 * MINUTE
    quiet = judged(healthy(), replace(confirmed("SEV4"), paged_at=None, onset=None))
    assert quiet.update_due is None
    assert all(step.due is None for step in quiet.escalation)
