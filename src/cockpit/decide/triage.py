"""The checklist, with proposed answers to its questions and tasks ticked by evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cockpit import numbers
from cockpit.checklist import COMPANIONS, QUESTIONS, TASKS, Item
from cockpit.decide.facts.estimates import find, is_bad, wrong_of
from cockpit.records import MINUTE, Assessment
from cockpit.state import Occurrence, State
from cockpit.units import clock, duration
from cockpit.views import (
    PHASES,
    Change,
    Checklist,
    Choice,
    Impact,
    PhaseMark,
    Proposal,
    Question,
    Severity,
    Task,
)

COMPARABLE = 30  # labelled decisions of each version, to call them compared


def companions(level: str) -> list[str]:
    """What is ticked by default beside a choice, by severity."""
    if level in ("SEV0", "SEV1"):
        return list(COMPANIONS)
    return ["pause_retraining"] if level == "SEV2" else []


def phase_marks(state: State, choice: Choice | None, noticed: str = "") -> list[PhaseMark]:
    """The phase strip; `choice` and `noticed` as for `containment`."""
    current = PHASES.index(state.phase)
    marks = []
    for i, phase in enumerate(PHASES):
        reached = phase == "containment" and i <= current
        detail = containment(choice, state.at, noticed) if reached else ""
        # Passed over with a reason, containment is still to do.
        skipped = phase == "containment" and choice is None
        marks.append(PhaseMark(phase=phase, state=_place(i, current, skipped), detail=detail))
    return marks


def _place(phase: int, current: int, skipped: bool) -> Literal["done", "current", "todo"]:
    if phase == current:
        return "current"
    return "done" if phase < current and not skipped else "todo"


def containment(choice: Choice | None, at: int, noticed: str = "") -> str:
    """How far containment got: choosing is not doing, and doing is not seeing it work.

    `choice` is the one that holds, with its effect at `at`; `noticed` is what traffic says was
    done where nothing was chosen.
    """
    if choice is None:
        return f"not chosen, yet {noticed}" if noticed else "not chosen"
    if choice.option == "observe":
        return f"{choice.label} chosen{_look_again(choice, at)}"
    if choice.executed_at is not None:
        done = f"{choice.label} executed {clock(choice.executed_at)}"
    elif choice.noticed_at is not None:
        done = f"{choice.label} seen without being marked, since {clock(choice.noticed_at)}"
    else:
        return f"{choice.label} chosen, not yet executed"
    if choice.effect == "not seen in time":
        after = "" if choice.next_option is None else f", next {choice.next_option.label}"
        return f"{done}, NO EFFECT in time{after}"
    return f"{done}, effect seen" if choice.effect == "seen" else done


def _look_again(choice: Choice, at: int) -> str:
    """', look again 03:05', ', look again: due 03:05, 2 min late'."""
    if choice.recheck_at is None:
        return ""
    due = clock(choice.recheck_at)
    if at < choice.recheck_at:
        return f", look again {due}"
    return f", look again: due {due}, {duration(at - choice.recheck_at)} late"


def checklist(
    state: State,
    assessment: Assessment,
    impact: Impact,
    severity: Severity,
    *,
    choice: Choice | None,
    changes: Sequence[Change] = (),
) -> Checklist:
    """Every question with a proposed answer, every task with what ticks it.

    `choice` is the one that holds, with its effect; `changes` are the recorded ones with how well
    each fits the onset.
    """
    proposals = {
        "who": _who(impact, assessment),
        "detected": _detected(state),
        "harm": _harm(state),
        "severity": Proposal(answer=severity.suggested, evidence="; ".join(severity.evidence[:2])),
        "changed": _changed(changes, impact),
    }
    evidence = _evidence(state, assessment, impact, choice)
    return Checklist(
        questions=[_question(item, proposals[item.id], state) for item in QUESTIONS],
        tasks=[_task(item, state, evidence) for item in TASKS],
    )


def _question(item: Item, proposal: Proposal, state: State) -> Question:
    answer = state.answers.get(item.id)
    return Question(
        id=item.id,
        text=item.text,
        phase=item.phase,
        proposal=proposal,
        answer=None if answer is None else answer.answer,
        unknown=answer is not None and answer.answer is None,
        answered_at=None if answer is None else answer.at,
    )


def _task(item: Item, state: State, evidence: dict[str, bool]) -> Task:
    done = evidence[item.id] if item.measured else item.id in state.ticks
    return Task(
        id=item.id,
        text=item.text,
        phase=item.phase,
        done=done,
        done_at=_when(item.id, state) if done else None,
        measured=item.measured,
    )


def _when(task: str, state: State) -> int | None:
    """When it was done, where an entry says so."""
    choice = state.choice
    return {
        "choose": None if choice is None else choice.chosen_at,
        "do": None if choice is None else choice.executed_at,
        "severity_confirmed": None if state.severity is None else state.severity.at,
        "first_update": min((export.at for export in state.exports), default=None),
    }.get(task, state.ticks.get(task))


def _evidence(
    state: State, assessment: Assessment, impact: Impact, choice: Choice | None
) -> dict[str, bool]:
    """Which measured tasks are done."""
    validating = state.phase in ("validation", "postmortem")
    versions = [
        estimate
        for estimate in assessment.metrics
        if estimate.name == "wrong_rate" and estimate.version and estimate.role == "served"
    ]
    latency, wrong = find(assessment, "latency_p99"), find(assessment, "wrong_rate")
    return {
        "real": any(is_bad(e) for e in assessment.metrics) or impact.segment is not None,
        "who_known": impact.share is not None,
        "since_known": impact.since is not None,
        "severity_confirmed": state.severity is not None or state.safety is not None,
        "first_update": bool(state.exports),
        "versions_compared": sum(wrong_of(e)[1] >= COMPARABLE for e in versions) >= 2,
        "choose": choice is not None,
        "do": choice is not None
        and (choice.executed_at is not None or choice.noticed_at is not None),
        "effect": choice is not None and choice.effect == "seen",
        "segment_fine": validating
        and impact.segment is None
        and wrong is not None
        and wrong.verdict == "fine",
        "latency_fine": validating and latency is not None and latency.verdict == "fine",
        "asks_closed": state.phase == "postmortem"
        and all(ask.state == "answered" for ask in state.asks),
    }


# --- proposals ------------------------------------------------------------------------------------


def _who(impact: Impact, assessment: Assessment) -> Proposal:
    if impact.segment is None and impact.share is None:
        if is_bad(find(assessment, "latency_p99")):
            return Proposal(answer="everybody, by latency", evidence=impact.sentence)
        why = impact.unknown[0] if impact.unknown else "no segment stands out"
        return Proposal(answer="nobody measured so far", evidence=why)
    who = impact.segment or "everybody"
    share = "" if impact.share is None else f"{numbers.share(impact.share)} of {impact.of}"
    wrong = "" if impact.wrong_one_in is None else numbers.one_in(1 / impact.wrong_one_in)
    was = "" if impact.healthy_one_in is None else numbers.one_in(1 / impact.healthy_one_in)
    told = [share, f"{wrong} wrong, was {was}" if wrong and was else wrong and f"{wrong} wrong"]
    return Proposal(answer=who, evidence=", ".join(part for part in told if part))


def _detected(state: State) -> Proposal:
    seen: list[Occurrence] = sorted([*state.alerts, *state.reports], key=lambda o: (o.at, o.id))
    if not seen:
        return Proposal(answer="not known", evidence="no alert, page or report is recorded")
    first = seen[0]
    return Proposal(answer=f"{first.kind}, {clock(first.at)}", evidence=first.text or first.kind)


def _harm(state: State) -> Proposal:
    if state.safety is not None:
        mark = state.safety
        return Proposal(answer=mark.kind.replace("_", " "), evidence=mark.text or "marked")
    count = len(state.reports)
    if count:
        latest = state.reports[-1].text
        plural = "s" if count > 1 else ""
        return Proposal(
            answer="read the reports first", evidence=f"{count} report{plural}: {latest}"
        )
    return Proposal(answer="no", evidence="0 reports")


def _changed(changes: Sequence[Change], impact: Impact) -> Proposal:
    if not changes:
        return Proposal(
            answer="nothing recorded", evidence="no deploy, flag, schema or traffic event"
        )
    best = next((c for c in changes if c.fit == "best fit"), None)
    if best is None:
        last = max(changes, key=lambda change: change.at)
        return Proposal(
            answer=f"{last.kind} {clock(last.at)}, {last.text}", evidence=f"the latest; {last.fit}"
        )
    before = "" if impact.since is None else _distance(best.at, impact.since)
    return Proposal(
        answer=f"{best.kind} {clock(best.at)}, {best.text}", evidence=f"fits the onset best{before}"
    )


def _distance(changed: int, onset: int) -> str:
    minutes = round((onset - changed) / MINUTE)
    return f", {minutes} min before it" if minutes > 0 else ", the same minute"
