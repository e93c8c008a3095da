"""Known, not known and next of a phase, in sentences: the effect on people first, never empty."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit import units
from cockpit.brief import plain, wording
from cockpit.brief.situation import Situation
from cockpit.brief.unknowns import unknowns
from cockpit.checklist import unanswered
from cockpit.config import Config
from cockpit.text import inert
from cockpit.views import (
    PHASES,
    Ask,
    Checklist,
    Choice,
    Impact,
    InfraPane,
    Knowledge,
    ModelPane,
    OptionTable,
    Phase,
    Status,
    Unknown,
)

MOST = 4  # sentences in each part: more are not read


def knowledge(
    phase: Phase,
    *,
    impact: Impact,
    status: Status,
    model: ModelPane,
    infra: InfraPane,
    options: OptionTable,
    choice: Choice | None,
    checklist: Checklist,
    asks: list[Ask],
    config: Config,
    at: int,
) -> Knowledge:
    """What is known, not known (with what would tell, whose it is, by when) and next in `phase`.

    Each part has one to MOST entries, and each entry is one inert line.
    """
    situation = Situation(
        impact=impact,
        status=status,
        model=model,
        infra=infra,
        options=options,
        choice=choice,
        checklist=checklist,
        asks=asks,
        config=config,
        at=at,
    )
    return Knowledge(
        phase=phase,
        known=_first(_known(phase, situation)),
        unknown=[
            Unknown(text=inert(u.text), tells=inert(u.tells), owner=inert(u.owner), by=u.by)
            for u in unknowns(phase, situation)[:MOST]
        ],
        next=_first(_next(phase, situation)),
    )


def _first(sentences: Iterator[str]) -> list[str]:
    """The first MOST distinct sentences."""
    return [inert(s) for s in dict.fromkeys(wording.sentence(s) for s in sentences) if s][:MOST]


def _known(phase: Phase, now: Situation) -> Iterator[str]:
    if now.status.safety:
        yield f"Marked as {now.status.safety}: SEV0, whatever the metrics say"
    yield now.who_is_hurt
    if phase in ("detection", "postmortem"):
        yield _how_noticed(now)
    if phase in ("containment", "remediation", "validation", "postmortem"):
        yield containment_state(now)
    if phase != "postmortem":
        yield now.service_effect
    if phase in ("scope", "containment", "remediation", "postmortem"):
        yield _fitting_change(now)
    if phase in ("detection", "scope"):
        yield _worst_model_effect(now)


def _how_noticed(now: Situation) -> str:
    onset, paged = now.status.onset, now.status.paged_at
    if paged is None:
        return "No page is recorded" if onset is not None else ""
    text = f"The page came at {units.clock(paged)} UTC"
    if onset is None or paged < onset:
        return text
    return f"{text}, {units.duration(paged - onset)} after it began"


def containment_state(now: Situation) -> str:
    """Whether containment was chosen, executed and seen to work: three different things."""
    choice = now.choice
    if choice is None:
        noticed = f", yet {now.options.noticed}" if now.options.noticed else ""
        return f"Nothing has been chosen to contain it{noticed}"
    if choice.option == "observe":
        return f"At {units.clock(choice.chosen_at)} UTC it was chosen to observe"
    if choice.executed_at is not None:
        done = f"“{choice.label}” was executed at {units.clock(choice.executed_at)} UTC"
    elif choice.noticed_at is not None:
        since = units.clock(choice.noticed_at)
        done = f"“{choice.label}” is done since {since} UTC, by its traffic: nobody marked it"
    else:
        when = units.clock(choice.chosen_at)
        return f"“{choice.label}” was chosen at {when} UTC and is not yet executed"
    why = f": {choice.effect_why}" if choice.effect_why else ""
    match choice.effect:
        case "seen":
            return f"{done} and the expected effect is seen{why}"
        case "not seen in time":
            return f"{done}, but the expected effect was not seen in time{why}"
        case _:
            return f"{done}; its effect is not seen yet{why}"


def _worst_model_effect(now: Situation) -> str:
    bad = (m for m in now.model.metrics if m.verdict in ("degraded", "critical"))
    return next(filter(None, (plain.effect(m, now.config) for m in bad)), "")


def _fitting_change(now: Situation) -> str:
    change = now.best_fit
    if change is None:
        return ""
    what = f"{change.text} at {units.clock(change.at)} UTC"
    return f"Of the recorded changes this one fits the time it began best: {what}"


def _next(phase: Phase, now: Situation) -> Iterator[str]:
    if phase == "containment" or _is_alarm(now):
        yield _containment_step(now)
    for question in now.checklist.questions:
        if question.phase == phase and question.answer is None and not question.unknown:
            open_question = unanswered(question.id)
            yield f"Find out {open_question[:1].lower()}{open_question[1:]}"
    for ask in now.asks:
        if ask.state == "overdue":
            yield f"Ask {ask.who} again, or take the default: {ask.what}"
    for task in now.checklist.tasks:
        if task.phase == phase and not task.done and not task.measured:
            yield task.text
    yield _leave(phase)


def _is_alarm(now: Situation) -> bool:
    """Whether containment asks for somebody, in whatever phase: nothing seen of it, or too late."""
    choice = now.choice
    if choice is None:
        return bool(now.options.noticed)
    late = choice.recheck_at is not None and now.at >= choice.recheck_at
    return late or choice.effect == "not seen in time"


def _containment_step(now: Situation) -> str:
    choice, best = now.choice, now.recommended
    if choice is None:
        if now.options.noticed:
            return f"Choose what was done, or undo it: {now.options.noticed}"
        if best is None:
            return "Choose containment, or observe and say why"
        why = f": {now.options.recommendation.why}" if now.options.recommendation.why else ""
        return f"Choose containment; recommended is “{best.label}”{why}"
    if choice.option == "observe":
        return _look_again(choice, now.at)
    if choice.executed_at is None and choice.noticed_at is None:
        return f"Execute “{choice.label}”, then watch for: {choice.expected or 'its effect'}"
    if choice.effect == "not seen in time":
        other = choice.next_option
        if other is None:
            return "Choose again"
        return f"Choose again; next best is “{other.label}”: {other.why}"
    if choice.effect == "seen":
        return "Go on to remediation: the effect is seen"
    until = f" until {units.clock(choice.due)} UTC" if choice.due is not None else ""
    return f"Watch{until} for: {choice.expected or 'its effect'}"


def _look_again(choice: Choice, at: int) -> str:
    """When to look again at what was chosen to be observed, and how late that is."""
    due = choice.recheck_at
    if due is None:
        return "Look again"
    if at < due:
        return f"Look again at {units.clock(due)} UTC"
    return f"Look again: due {units.clock(due)} UTC, {units.duration(at - due)} late"


_PURPOSE: dict[Phase, str] = {
    "detection": "",
    "scope": "find who is hurt, and since when",
    "containment": "choose what stops the harm now",
    "remediation": "find the cause and mend it",
    "validation": "show on labelled data that it holds",
    "postmortem": "write down what happened and what changes",
}


def _leave(phase: Phase) -> str:
    """What comes after the phase, once nothing else is left in it."""
    if phase == PHASES[-1]:
        return "Agree who changes what, and by when"
    following = PHASES[PHASES.index(phase) + 1]
    return f"Then {following}: {_PURPOSE[following]}"
