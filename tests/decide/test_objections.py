"""What speaks against a step: only where it should, with reasons to choose from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.config import Decisions
from cockpit.decide.effect.kept import hurt, kept
from cockpit.decide.objections import choosing, leaving, unsafe
from cockpit.records import MINUTE, VerdictWord
from cockpit.views import LEVELS, PHASES, Figure, OptionRow, Phase, Recommendation, View
from tests.brief.sample_view import VIEW, estimate
from tests.decide.stories import AT, event, state


def row(kind: str, **changes: object) -> OptionRow:
    """An option of which nothing is known but its kind."""
    figure = Figure(text="not measured")
    plain = OptionRow(
        id=kind, label=kind, kind=kind, quality=figure, latency=figure, exposed=figure,
        wrong=figure, effect=figure, undo=figure, needs="",
    )  # fmt: skip
    return replace(plain, **changes)


ROWS = [row("observe"), row("shadow"), row("rollback"), row("kill"), row("rules")]


def view(
    labelled: int,
    *,
    level: str = "SEV2",
    safety: str = "",
    wrong: VerdictWord = "fine",
    latency: VerdictWord = "fine",
) -> View:
    """A view of so many labelled decisions; no segment stands out."""
    measured = estimate("wrong_rate", 0.02 if labelled else None, n=labelled, verdict=wrong)
    return replace(
        VIEW,
        status=replace(VIEW.status, severity=level, safety=safety),
        impact=replace(VIEW.impact, segment=None),
        model=replace(VIEW.model, metrics=[measured], segments=[]),
        infra=replace(VIEW.infra, metrics=[estimate("latency_p99", 100.0, verdict=latency)]),
        options=replace(VIEW.options, rows=ROWS, recommendation=Recommendation()),
    )


@pytest.mark.parametrize("phase", PHASES)
def test_diagnosis_before_containment_takes_a_reason(phase: Phase) -> None:
    against = leaving(state(), phase)
    assert (against is not None) == (phase in ("remediation", "validation", "postmortem"))
    assert against is None or len(set(against.presets)) == 4
    entry = event("choose", "", AT, seq=9, writer="me", option="kill")
    assert leaving(state(entry), phase) is None
    undo = event("undo", "", AT, seq=10, writer="me", event=entry.id)
    assert leaving(state(entry, undo), phase) == against


@given(
    st.sampled_from(ROWS),
    st.integers(0, 100),
    st.sampled_from(LEVELS),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["fine", "degraded"]),
)
def test_a_reason_is_asked_for_where_a_guard_speaks_and_nowhere_else(
    option: OptionRow, labelled: int, level: str, blocked: bool, final: bool, latency: VerdictWord
) -> None:
    option = replace(option, blocked="no OK" * blocked, irreversible="mail is sent" * final)
    against = choosing(option, view(labelled, level=level, latency=latency))
    waits = level not in ("SEV0", "SEV1") and labelled < 30
    rash = option.id == "rollback" and latency == "fine"
    assert (against is not None) == (blocked or (waits and (final or rash)))
    assert against is None or (len(set(against.presets)) == 4 and against.message)


def test_a_rollback_on_too_little_data_proposes_shadow_and_when_it_could_tell() -> None:
    half = choosing(row("rollback"), view(15))  # in the last hour
    assert half is not None
    assert half.message == "not enough data: shadow first, data enough for a verdict in 60 min"
    none = choosing(row("rollback"), view(0))
    assert none is not None
    assert none.message == (
        "not enough data: shadow first, when there will be data enough is not known"
    )
    unsure = choosing(row("rollback"), view(50, wrong="not enough data"))
    assert unsure is not None


def test_under_a_mark_of_safety_only_what_ends_the_exposure_may_be_chosen() -> None:
    ending = [replace(r, blocked="" if r.id in ("kill", "rules") else "no") for r in ROWS]
    marked = view(100, safety="safety", level="SEV0")
    marked = replace(marked, options=replace(marked.options, rows=ending))
    for option in ending:
        refused = unsafe(option, marked)
        assert bool(refused) == (option.id not in ("kill", "rules"))
        assert not refused or refused == (
            "safety is marked: choose what ends the exposure (kill, rules), "
            "or let the named owner clear the mark"
        )
        assert unsafe(option, view(100)) == ""
    none = replace(marked.options, rows=[replace(r, blocked="no") for r in ROWS])
    escalated = replace(marked, options=none)
    assert "nothing here does" in unsafe(ROWS[2], escalated)
    best = replace(none, recommendation=Recommendation(option="kill"))
    assert unsafe(ROWS[3], replace(marked, options=best)) == ""  # the last resort


def test_what_is_kept_of_a_choice_is_enough_to_judge_and_to_audit_it() -> None:
    seen = view(100, wrong="degraded", latency="critical")
    told = kept(row("rollback", guarantee="safety", gain="a little"), seen, Decisions())
    assert [h["name"] for h in told["hurt"]] == ["wrong_rate", "latency_p99"]
    assert (told["guarantee"], told["gain"], told["recheck"]) == ("safety", "a little", None)
    assert (told["recording"], told["seen_at"]) == (seen.recording, seen.at)
    assert set(told["hypotheses"]) == {h.id for h in seen.options.hypotheses}
    assert hurt(view(100)) == []


def test_what_lets_things_go_on_is_looked_at_again() -> None:
    seen = view(100)
    for kind in ("observe", "shadow"):
        assert kept(row(kind), seen, Decisions(recheck="7m"))["recheck"] == 7 * MINUTE
    soon = Recommendation(option="observe", recheck=3 * MINUTE)
    sooner = replace(seen, options=replace(seen.options, recommendation=soon))
    assert kept(row("observe"), sooner, Decisions())["recheck"] == 3 * MINUTE
    assert kept(row("shadow"), sooner, Decisions())["recheck"] == 10 * MINUTE
