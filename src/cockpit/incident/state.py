"""State as a fold of events: the same events in any order give the same state, at any time.

Undoing is an event too. It takes back one entry that came before it (an answer, a tick, a choice,
an execution, a note, a report or an ask); it cannot take back another undo, and nothing recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

import msgspec

from cockpit.checklist import COMPANIONS, SAFETY_KINDS
from cockpit.records import DAY, Event
from cockpit.state import Answer, EvidenceCall, Export, Occurrence, Override, SeverityCall, State
from cockpit.text import inert, inert_lines
from cockpit.views import PHASES, Aim, Ask, Choice, Criteria, Hurt, Knowledge, Phase, SignState

RECORDING = "recording"  # the writer of what was imported or recorded, not made here
UNDOABLE = frozenset(
    {
        "answer",
        "tick",
        "choose",
        "execute",
        "note",
        "report",
        "ask",
        "onset",
        "evidence",
        "set",
        "experiment",
    }
)
CHANGES = frozenset({"deploy", "flag", "schema", "traffic"})
LONGEST = 2_000  # characters of a note or a reason
LONGEST_DRAFT = 40_000  # characters of a briefing as it is being written
Kind = TypeVar("Kind")

LAST_INSTANT = 2_900_000 * DAY  # the year 9909: nothing later can be printed


def ordered(events: Iterable[Event]) -> list[Event]:
    """Display order: when it happened, then what its writer had seen, then a fixed tie-break."""
    return sorted(events, key=lambda event: (event.at, event.lamport, event.writer, event.seq))


def visible(events: Iterable[Event], at: int) -> list[Event]:
    """What had happened and could be known by `at`, in display order, each entry once."""
    known = ordered(e for e in events if e.at <= at and e.observed_at <= at)
    return list({event.id: event for event in known}.values())


def undone(events: list[Event]) -> list[str]:
    """Ids of the entries taken back, in the order of undoing; `events` as `visible` gives them."""
    standing: set[str] = set()
    taken_back: list[str] = []
    for event in events:
        if event.kind == "undo":
            target = event.data.get("event")
            if isinstance(target, str) and target in standing:
                standing.remove(target)
                taken_back.append(target)
        elif _can_be_undone(event):
            standing.add(event.id)
    return taken_back


def last_undoable(events: Iterable[Event], at: int) -> Event | None:
    """The entry that `z` would take back at `at`: the latest that stands."""
    known = visible(events, at)
    gone = set(undone(known))
    return next((e for e in reversed(known) if _can_be_undone(e) and e.id not in gone), None)


def fold(events: Iterable[Event], at: int) -> State:
    """The state at `at` (µs), from the events that had happened and could be known by then.

    Entries with data of another shape than their kind's say nothing; they stay in the timeline.
    """
    known = visible(events, at)
    taken_back = undone(known)
    gone = set(taken_back)
    draft = _Draft()
    for event in known:
        if event.id not in gone and (apply := _APPLY.get(event.kind)) is not None:
            apply(draft, event)
    return draft.state(at, taken_back)


def _can_be_undone(event: Event) -> bool:
    return event.kind in UNDOABLE and event.writer != RECORDING


@dataclass
class _Draft:
    """The state while it is being folded."""

    phase: Phase = "detection"
    entered: dict[Phase, int] = field(default_factory=dict)
    left: dict[Phase, int] = field(default_factory=dict)
    frozen: dict[Phase, Knowledge] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    ticks: dict[str, int] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    asks: dict[str, Ask] = field(default_factory=dict)
    notes: list[Occurrence] = field(default_factory=list)
    reports: list[Occurrence] = field(default_factory=list)
    alerts: list[Occurrence] = field(default_factory=list)
    changes: list[Occurrence] = field(default_factory=list)
    flags: list[Occurrence] = field(default_factory=list)
    severity: SeverityCall | None = None
    onset: int | None = None
    paged_at: int | None = None
    overrides: list[Override] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, EvidenceCall] = field(default_factory=dict)
    assumed: dict[str, str] = field(default_factory=dict)
    experiment: Criteria | None = None

    def state(self, at: int, taken_back: list[str]) -> State:
        return State(
            at=at,
            phase=self.phase,
            entered=self.entered,
            left=self.left,
            frozen=self.frozen,
            answers=self.answers,
            ticks=self.ticks,
            choices=list(self.choices.values()),
            asks=[_standing(ask, at) for ask in self.asks.values()],
            notes=self.notes,
            reports=self.reports,
            alerts=self.alerts,
            changes=self.changes,
            flags=self.flags,
            severity=self.severity,
            onset=self.onset,
            paged_at=self.paged_at,
            overrides=self.overrides,
            exports=self.exports,
            drafts=self.drafts,
            evidence=self.evidence,
            assumed=self.assumed,
            experiment=self.experiment,
            undone=taken_back,
        )


def _standing(ask: Ask, at: int) -> Ask:
    """The ask, open, answered or overdue at `at`."""
    if ask.answer is not None:
        return msgspec.structs.replace(ask, state="answered")
    overdue = ask.deadline is not None and ask.deadline < at
    return msgspec.structs.replace(ask, state="overdue" if overdue else "open")


# --- one function for each kind -------------------------------------------------------------------


def _answer(draft: _Draft, event: Event) -> None:
    if question := _text(event, "question"):
        draft.answers[question] = Answer(
            id=event.id,
            at=event.at,
            answer=_text(event, "answer") or None,
            proposed=_text(event, "proposed"),
            evidence=_text(event, "evidence"),
        )
        level = severity_in(_text(event, "answer"))
        if question == "severity" and level:
            draft.severity = SeverityCall(id=event.id, at=event.at, severity=level)


def severity_in(answer: str) -> str:
    """The severity an answer names, 'sev2, going on 1' → 'SEV2'; "" where it names none."""
    named = re.match(r"\s*SEV\s?([0-4])\b", answer, re.IGNORECASE)
    return f"SEV{named[1]}" if named else ""


def _tick(draft: _Draft, event: Event) -> None:
    if task := _text(event, "task"):
        draft.ticks[task] = event.at


def _choose(draft: _Draft, event: Event) -> None:
    option = _text(event, "option")
    if not option:
        return
    recheck = whole(event, "recheck")
    choice = Choice(
        id=event.id,
        option=option,
        label=_text(event, "label") or option,
        reason=_text(event, "reason"),
        companions=[inert(companion) for companion in companions(event)],
        expected=_text(event, "expected"),
        chosen_at=event.at,
        guarantee=_text(event, "guarantee"),
        gain=_text(event, "gain"),
        override=_text(event, "override"),
        aim=_read(event, "aim", Aim),
        hurt=_read(event, "hurt", list[Hurt]) or [],
        within=whole(event, "expected_by"),
        recheck_at=None if recheck is None else event.at + recheck,
    )
    draft.choices[event.id] = choice
    for companion in choice.companions:
        task = companion.replace(" ", "_")  # named by its id or by its text
        if task in COMPANIONS:
            draft.ticks.setdefault(task, event.at)


def _execute(draft: _Draft, event: Event) -> None:
    choice = draft.choices.get(_text(event, "choice"))
    if choice is None or choice.executed_at is not None:
        return
    draft.choices[choice.id] = msgspec.structs.replace(
        choice,
        executed_at=event.at,
        due=None if choice.within is None else event.at + choice.within,
        effect="watching",
    )


def _ask(draft: _Draft, event: Event) -> None:
    draft.asks[event.id] = Ask(
        id=event.id,
        who=_text(event, "who"),
        what=_text(event, "what"),
        deadline=whole(event, "deadline"),
        default=_text(event, "default"),
        asked_at=event.at,
    )


def _ask_answer(draft: _Draft, event: Event) -> None:
    ask = draft.asks.get(_text(event, "ask"))
    if ask is not None:
        draft.asks[ask.id] = msgspec.structs.replace(
            ask, answer=_text(event, "answer"), answered_at=event.at
        )


def _phase(draft: _Draft, event: Event) -> None:
    entered = next((phase for phase in PHASES if phase == event.data.get("phase")), draft.phase)
    if entered == draft.phase:
        return
    draft.left[draft.phase] = event.at
    frozen = _knowledge(event)
    if frozen is not None:
        draft.frozen[frozen.phase] = frozen
    draft.phase = entered
    draft.entered[entered] = event.at
    if reason := _text(event, "reason"):
        draft.overrides.append(Override(id=event.id, at=event.at, phase=entered, reason=reason))


def _severity(draft: _Draft, event: Event) -> None:
    if severity := _text(event, "severity"):
        draft.severity = SeverityCall(
            id=event.id, at=event.at, severity=severity, reason=_text(event, "reason")
        )


def _evidence(draft: _Draft, event: Event) -> None:
    sign = _text(event, "sign")
    said = next((s for s in get_args(SignState) if s == event.data.get("state")), None)
    if sign and said is not None:
        draft.evidence[sign] = EvidenceCall(
            id=event.id, at=event.at, sign=sign, state=said, reason=_text(event, "reason")
        )


def _set(draft: _Draft, event: Event) -> None:
    if key := _text(event, "key"):
        draft.assumed[key] = _text(event, "value")


def _experiment(draft: _Draft, event: Event) -> None:
    try:
        written = msgspec.convert(_inert_data(event.data.get("criteria")), Criteria)
    except (msgspec.ValidationError, RecursionError):
        return
    before = None if draft.experiment is None else draft.experiment.written_at
    draft.experiment = msgspec.structs.replace(
        written, id=event.id, written_at=event.at, before=before
    )


def _safety(draft: _Draft, event: Event) -> None:
    draft.flags.append(_occurrence(event))


def _clear_flag(draft: _Draft, event: Event) -> None:
    if _text(event, "by"):  # metrics clear nothing: a named person does
        draft.flags.clear()


def _page(draft: _Draft, event: Event) -> None:
    if draft.paged_at is None:
        draft.paged_at = event.at
    draft.alerts.append(_occurrence(event))


def _onset(draft: _Draft, event: Event) -> None:
    draft.onset = whole(event, "onset")


def _export(draft: _Draft, event: Event) -> None:
    draft.exports.append(
        Export(
            id=event.id,
            at=event.at,
            audience=_text(event, "audience"),
            path=_text(event, "path"),
        )
    )


def _draft(draft: _Draft, event: Event) -> None:
    text = event.data.get("draft")
    if isinstance(text, str):
        draft.drafts[_text(event, "audience")] = inert_lines(text, LONGEST_DRAFT)


_APPLY: dict[str, Callable[[_Draft, Event], None]] = {
    "answer": _answer,
    "tick": _tick,
    "choose": _choose,
    "execute": _execute,
    "ask": _ask,
    "ask_answer": _ask_answer,
    "phase": _phase,
    "severity": _severity,
    "clear_flag": _clear_flag,
    "evidence": _evidence,
    "set": _set,
    "experiment": _experiment,
    "page": _page,
    "onset": _onset,
    "export": _export,
    "draft": _draft,
    "note": lambda draft, event: draft.notes.append(_occurrence(event)),
    "report": lambda draft, event: draft.reports.append(_occurrence(event)),
    "alert": lambda draft, event: draft.alerts.append(_occurrence(event)),
    **dict.fromkeys(SAFETY_KINDS, _safety),
    **dict.fromkeys(CHANGES, lambda draft, event: draft.changes.append(_occurrence(event))),
}


# --- reading an entry's data, which someone else may have written ---------------------------------


def _occurrence(event: Event) -> Occurrence:
    return Occurrence(
        id=event.id,
        at=event.at,
        kind=event.kind,
        text=inert(event.text, LONGEST),
        who=inert(event.who),
        version=_text(event, "version"),
        segment=_text(event, "segment").replace("=", " ", 1),  # as estimates name it: "region BR"
    )


def _text(event: Event, key: str) -> str:
    value = event.data.get(key)
    return inert(value, LONGEST) if isinstance(value, str) else ""


def companions(event: Event) -> list[str]:
    """What was chosen besides the option, as it was written."""
    named = event.data.get("companions")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def whole(event: Event, key: str) -> int | None:
    """An instant or a length of time, µs; null where it is none that can be printed."""
    value = event.data.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < LAST_INSTANT else None


def _knowledge(event: Event) -> Knowledge | None:
    frozen = _read(event, "frozen", Knowledge)
    return None if frozen is None else msgspec.structs.replace(frozen, frozen_at=event.at)


def _read(event: Event, key: str, kind: type[Kind]) -> Kind | None:
    """Data of an entry as a record, or a list of them; null where it has another shape."""
    try:
        return msgspec.convert(_inert_data(event.data.get(key)), kind)
    except (msgspec.ValidationError, RecursionError):
        return None


def _inert_data(value: Any) -> Any:
    if isinstance(value, str):
        return inert(value, LONGEST)
    if isinstance(value, dict):
        return {inert(key): _inert_data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_inert_data(item) for item in value]
    return value
