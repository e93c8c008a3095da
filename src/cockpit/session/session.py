"""One open incident: what was recorded, what people did, and the view of both at a time T.

A view is a pure function of the recording, the journal and T. Actions are written to the journal
of the replay's own file, and are durable when they return.
"""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from cockpit.checklist import SAFETY_KINDS
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import person
from cockpit.incident.replay import Replay, newest, open_incident, open_replay
from cockpit.incident.state import (
    LONGEST,
    LONGEST_DRAFT,
    RECORDING,
    fold,
    last_undoable,
    severity_in,
)
from cockpit.incident.timeline import timeline
from cockpit.records import BadInput, NeedsReason, Refused
from cockpit.session import screens, settings
from cockpit.signs import SIGNS
from cockpit.signs import known as known_sign
from cockpit.text import inert, inert_lines
from cockpit.units import clock
from cockpit.views import (
    Earlier,
    Escalation,
    Phase,
    RecordingInfo,
    SignState,
    TimelineEntry,
    View,
)

if TYPE_CHECKING:
    from cockpit.assess.signature import Signature
    from cockpit.decide.severity.policy import Policy
    from cockpit.records import Assessment, Event, Window
    from cockpit.session.gather import Gatherer
    from cockpit.state import State
    from cockpit.views import Criteria, Experiment, ExperimentWish


class Session:
    """An incident opened to read, or a replay of it opened to work in."""

    def __init__(self, incident: Replay, who: str | None = None) -> None:
        """Takes over `incident`, and closes it where its settings cannot be used (BadInput)."""
        self._incident = incident
        self._who = inert(who or person(), 80)
        self._gatherer: Gatherer | None = None
        self._last_view: View | None = None
        self._seen_before: list[Earlier] = []
        self._computing = threading.Lock()  # the gatherer keeps what it found: one asks at a time
        try:
            self._config = settings.config_of(incident.recording)
            self.recording: RecordingInfo = settings.info_of(incident, self._config)
        except BaseException:
            incident.close()
            raise

    # Opening and closing

    @classmethod
    def read(cls, path: Path) -> Self:
        """A recording, or a replay's own file, opened to read. Raises BadInput."""
        return cls(open_incident(path))

    @classmethod
    def replay(
        cls, path: Path, *, journal: Path | None = None, resume: bool, who: str | None = None
    ) -> Self:
        """A replay of a recording, in a file of its own; or that file again. Raises BadInput."""
        folder = settings.state_folder()
        return cls(open_replay(path, journal=journal, resume=resume, state_folder=folder), who)

    @staticmethod
    def newest_replay(path: Path) -> Path | None:
        """The newest replay of this recording in which something was done."""
        with IncidentFile.open(path) as recording:
            found = newest(recording, settings.state_folder())
        if found is None:
            return None
        with IncidentFile.open(found) as own:
            return found if settings.own_events(own) else None

    def close(self) -> str:
        """Close the files; the path of the replay's own file, or ""."""
        self._incident.close()
        return "" if self._incident.own is None else str(self._incident.own.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Looking

    @property
    def opens_at(self) -> int:
        """Where a replay starts: where the last one was left, else shortly before the page."""
        times = [event.at for event in settings.own_events(self._incident.own)]
        if self._left is not None:
            times.append(self._left.at)
        return max(times, default=self.recording.opens_at)

    def view(self, at: int) -> View:
        """Everything on the screen at `at`, from what was observed by then."""
        from cockpit.session.compose import compose

        with self._computing:
            events = self._incident.events(until=at)
            view = compose(self._facts(), events, at, self._config, self._policy, self.recording)
            view = msgspec.structs.replace(view, seen=self._seen_before)
            self._last_view = view
        return view

    def assessment(self, at: int, window: Window | None = None) -> Assessment:
        """Every metric and drift figure at `at`, over `window` or the default ones."""
        with self._computing:
            return self._facts().assessment(at, self._incident.events(until=at), window)

    def experiment(self, at: int, wish: ExperimentWish | None = None) -> Experiment:
        """How a fix would be proved at `at`, and how far it is. Raises BadInput for a bad wish."""
        from cockpit.session.experiments import planned, watched

        with self._computing:
            events, state = self._incident.events(until=at), self.state(at)
            plan = planned(self._facts(), events, at, state, self._config, wish)
            return msgspec.structs.replace(plan, verdict=watched(self._facts(), at, state))

    def signature(self, at: int) -> Signature:
        """What the incident looks like at `at`, in signs that another may have too."""
        from cockpit.assess.signature import signature

        with self._computing:
            found = self._facts().at(at, self._incident.events(until=at))
        return signature(found.assessment, found.changes, found.onset)

    def seen_before(self, at: int, folder: Path | None = None) -> tuple[list[Earlier], list[str]]:
        """Earlier incidents of a folder (that of the recording) like this one, the likest first.

        Also a line for each file that could not be read. The views that follow name the likest.
        Raises BadInput.
        """
        from cockpit.session.seen import ALIKE, seen_before

        found, left_out = seen_before(self, at, folder or Path(self.recording.path).parent)
        self._seen_before = [earlier for earlier in found if earlier.likeness >= ALIKE]
        return found, left_out

    def state(self, at: int) -> State:
        """Where the incident stands at `at`, by its journal."""
        return fold(self._incident.events(until=at), at)

    def timeline(self, at: int) -> list[TimelineEntry]:
        """What happened and what was decided by `at`, in order."""
        return timeline(self._incident.events(until=at), at)

    def events(self) -> list[tuple[int, str]]:
        """When each recorded event could be known, and its kind, in order."""
        every = self._incident.events()
        return sorted((e.observed_at, e.kind) for e in every if e.writer == RECORDING)

    def stored_view(self, at: int) -> View | None:
        """A view computed before, of `at` or earlier: shown while the first live one is computed.

        That with which this replay was left, else the one that an import leaves in its recording.
        """
        if self._left is not None and self._left.at <= at:
            return self._left
        first = settings.stored_view(self._incident.recording)
        if first is None or first.at > at:
            return None
        # It lies in the file that it names, so it was made before the file had its name.
        return msgspec.structs.replace(first, recording=self.recording.content_id)

    def save_view(self, view: View) -> None:
        """Keep a view in the replay's own file, to show at once when it is opened again."""
        if self._incident.own is not None:
            settings.store_view(self._incident.own, view)

    def keep_screen(self, kind: str, text: str, svg: str, at: int) -> None:
        """Keep what was seen at `at` as text and picture; `kind` is why: "choose", "execute" …"""
        if self._incident.own is not None:
            screens.keep(self._incident.own, kind, text, svg, at)

    @cached_property
    def _left(self) -> View | None:
        """The view with which this replay was left."""
        own = self._incident.own
        return None if own is None else settings.stored_view(own)

    @cached_property
    def _policy(self) -> Policy:
        """The severity policy. Raises BadInput; read late, for painting the screen needs none."""
        return settings.policy_of(self._incident.recording, self._config)

    def _facts(self) -> Gatherer:
        if self._gatherer is None:
            from cockpit.session.gather import Gatherer

            self._gatherer = Gatherer(self._incident, self._config)
        return self._gatherer

    def _seen(self, at: int) -> View:
        """The view the person acts on: the last one, unless it tells of what comes after `at`."""
        seen = self._last_view
        return self.view(at) if seen is None or seen.at > at else seen

    # Doing: each of these is one journal entry, durable when it returns

    def answer(self, question: str, answer: str | None, at: int, seconds: float = 0.0) -> None:
        """Answer an opening question; None says that it is not known."""
        checklist = self._seen(at).checklist
        found = next((q for q in checklist.questions if q.id == question), None)
        if found is None:
            known = ", ".join(q.id for q in checklist.questions)
            raise Refused(f"there is no question '{inert(question)}'; there are: {known}")
        level = severity_in(answer or "") if question == "severity" else ""
        if level:
            self._refuse_severity(level, answer or "", at)
        self._write(
            "answer",
            at,
            text=_clean(answer or ""),
            question=question,
            answer=None if answer is None else _clean(answer),
            proposed=found.proposal.answer,
            evidence=found.proposal.evidence,
            seconds=round(seconds, 1),
        )

    def tick(self, task: str, at: int) -> None:
        """Tick a task of the checklist."""
        found = next((t for t in self._seen(at).checklist.tasks if t.id == task), None)
        if found is None:
            raise Refused(f"there is no task '{inert(task)}' in the checklist")
        if found.measured:
            raise Refused(f"“{found.text}” is ticked by what is measured, not by hand")
        self._write("tick", at, text=found.text, task=task)

    def enter_phase(self, phase: Phase, at: int, reason: str = "") -> None:
        """Go to a phase; what was known in the one that is left is kept as it was.

        Raises NeedsReason when the cockpit advises against it and no reason was given.
        """
        from cockpit.decide.triage import leaving

        state = self.state(at)
        if phase == state.phase:
            raise Refused(f"this is the {phase} phase already")
        guard = leaving(state, phase)
        if guard is not None and not reason.strip():
            raise NeedsReason(guard.message, list(guard.presets))
        known = self._seen(at).knowledge
        if known.phase != state.phase:  # the last view is from before the last change of phase
            known = self.view(at).knowledge
        frozen = msgspec.to_builtins(msgspec.structs.replace(known, frozen_at=at))
        self._write(
            "phase", at, text=_clean(reason), phase=phase, reason=_clean(reason), frozen=frozen
        )

    def choose(self, option: str, reason: str, companions: list[str], at: int) -> None:
        """Choose a containment option; it is not executed by that."""
        view = self._seen(at)
        row = next((r for r in view.options.rows if r.id == option), None)
        if row is None:
            known = ", ".join(r.id for r in view.options.rows)
            raise Refused(f"there is no option '{inert(option)}'; there are: {known}")
        if not reason.strip():
            raise Refused("a choice takes a reason; give one in a few words")
        self._write(
            "choose",
            at,
            text=f"{row.label}: {_clean(reason)}",
            option=row.id,
            label=row.label,
            reason=_clean(reason),
            companions=[_clean(c) for c in companions],
            expected=row.expected,
            expected_by=row.expected_by,
            seen=msgspec.to_builtins(row),
        )

    def execute(self, at: int) -> None:
        """Say that the chosen containment has been carried out."""
        choice = self.state(at).choice
        if choice is None:
            raise Refused("nothing has been chosen yet: choose first, then say that it is done")
        if choice.executed_at is not None:
            raise Refused(f"{choice.label} is marked as executed already")
        self._write("execute", at, text=choice.label, choice=choice.id)

    def write_criteria(self, criteria: Criteria, at: int) -> None:
        """Write what will prove the fix, before it is tried; written again, it says so."""
        earlier = self.state(at).experiment
        changed = "" if earlier is None else f"; changed, first written {clock(earlier.written_at)}"
        where = f" in {criteria.segment}" if criteria.segment else ""
        self._write(
            "experiment",
            at,
            text=f"criteria of the {criteria.kind}: {criteria.metric}{where}{changed}",
            criteria=msgspec.to_builtins(criteria),
        )

    def note(self, text: str, at: int) -> None:
        """Add a note."""
        self._write("note", at, text=_needed(text, "a note"))

    def report(self, text: str, segment: str, at: int) -> None:
        """Record what a user reported."""
        self._write("report", at, text=_needed(text, "a report"), segment=_clean(segment))

    def ask(self, who: str, what: str, deadline: int | None, default: str, at: int) -> None:
        """Ask a person for something by a deadline, with what happens without an answer."""
        self._write(
            "ask",
            at,
            text=f"{_needed(who, 'who is asked')}: {_needed(what, 'what is asked')}",
            who=_clean(who),
            what=_clean(what),
            deadline=deadline,
            default=_clean(default),
        )

    def answer_ask(self, ask: str, answer: str, at: int) -> None:
        """Record the answer to an ask."""
        if ask not in {a.id for a in self.state(at).asks}:
            raise Refused("that ask is not there")
        self._write(
            "ask_answer", at, text=_clean(answer), ask=ask, answer=_needed(answer, "an answer")
        )

    def mark_onset(self, onset: int, at: int) -> None:
        """Say when it began (µs); a person's word goes before what the figures tell."""
        if onset > at:
            raise Refused("it cannot have begun later than now; name an earlier time")
        self._write("onset", at, onset=onset)

    def override_evidence(self, sign: str, state: SignState, reason: str, at: int) -> None:
        """Say of a sign that it is seen, not seen or not measurable, against what is measured."""
        try:
            text = SIGNS[known_sign(sign)]
        except BadInput as error:
            raise Refused(str(error)) from None
        self._write(
            "evidence",
            at,
            text=f"{text} is {state}",
            sign=sign,
            state=state,
            reason=_needed(reason, "a reason"),
        )

    def flag(self, kind: str, text: str, at: int) -> Escalation:
        """Mark safety, privacy or data loss: SEV0 whatever the metrics say.

        Who is to be called by when is journalled beside the mark, and returned to be shown.
        """
        from cockpit.decide.severity.safety import escalation

        if kind not in SAFETY_KINDS:
            raise Refused(f"mark one of {', '.join(SAFETY_KINDS)}")
        self._write(kind, at, text=_clean(text))
        found = escalation(self.state(at), self._policy, self._config, at)
        told = "; ".join(step.text for step in found.steps)
        self._write("escalate", at, text=told, **msgspec.to_builtins(found))
        return found

    def clear_flag(self, by: str, reason: str, at: int) -> str:
        """The named owner says that the mark no longer holds; what is to be said of it.

        Raises Refused where the configuration names another compliance owner.
        """
        from cockpit.decide.severity.safety import cleared, clearing_refused

        who, why = _needed(by, "who clears it"), _needed(reason, "a reason")
        refused = clearing_refused(who, self.state(at), self._config)
        if refused:
            raise Refused(refused)
        self._write("clear_flag", at, text=why, by=who)
        return cleared(who, self._config)

    def set_severity(self, severity: str, reason: str, at: int) -> None:
        """Confirm, raise or lower the severity. Raises Refused where the policy forbids it."""
        self._refuse_severity(severity, reason, at)
        self._write("severity", at, text=_clean(reason), severity=severity, reason=_clean(reason))

    def raise_severity(self, at: int) -> str:
        """Raise the severity by one level, which takes no reason; the level it then has."""
        from cockpit.decide.severity.severity import raised

        level = raised(self._seen(at).status.severity)
        if level is None:
            raise Refused("the severity is SEV0 already, the gravest")
        self.set_severity(level, "", at)
        return level

    def _refuse_severity(self, severity: str, reason: str, at: int) -> None:
        from cockpit.decide.severity.severity import refusal

        refused = refusal(self.state(at), self._seen(at).status, severity, reason, at, self._policy)
        if refused:
            raise Refused(refused)

    def set_value(self, key: str, value: str, at: int) -> None:
        """Set one assumption, by its key and as the configuration writes it. Raises BadInput."""
        from cockpit.setting import with_value, with_values

        value = value.strip()
        with_value(with_values(self._config, self.state(at).assumed), key, value)
        was = next((a.value for a in self._seen(at).options.assumptions if a.key == key), "")
        self._write("set", at, text=f"{key} = {_clean(value)}", key=key, value=value, was=was)

    def undo(self, at: int) -> str:
        """Undo the last entry that can be; says what was undone."""
        event = last_undoable(self._incident.events(until=at), at)
        if event is None:
            raise Refused("there is nothing to undo")
        self._write("undo", at, text=f"{event.kind}: {event.text}", event=event.id)
        return f"undone: {event.kind} {event.text}".rstrip()

    # Words

    def draft(self, audience: str, at: int) -> str:
        """The markdown briefing at `at`: the saved draft if there is one, else from the facts."""
        return self.state(at).drafts.get(audience) or self.fresh_draft(audience, at)

    def fresh_draft(self, audience: str, at: int) -> str:
        """The markdown briefing at `at`, from the facts alone."""
        from cockpit.brief.draft import draft

        events = self._incident.events(until=at)
        sent = [e for e in events if e.kind == "export" and e.data.get("audience") == audience]
        return draft(
            self.view(at), audience, self._config, previous_export=sent[-1] if sent else None
        )

    def save_draft(self, audience: str, text: str, at: int) -> None:
        """Keep a draft as it is being written."""
        self._write(
            "draft",
            at,
            text=f"{audience} draft",
            audience=audience,
            draft=inert_lines(text, LONGEST_DRAFT),
        )

    def export(self, audience: str, text: str, path: Path | None, at: int) -> Path:
        """Write a briefing atomically; the update is journalled with where it went."""
        from cockpit.brief.export import default_name
        from cockpit.brief.facts import as_data, facts

        written = self.write(path or Path(default_name(self.recording.service, audience, at)), text)
        self._write(
            "export",
            at,
            text=f"{audience} → {inert(written)}",
            audience=audience,
            path=inert(written, LONGEST),
            figures=as_data(facts(self._seen(at))),
        )
        return written

    def write(self, path: Path, text: str) -> Path:
        """Write markdown atomically. Raises BadInput."""
        from cockpit.brief.export import write_text

        return write_text(path, text)

    def _write(self, kind: str, at: int, *, text: str = "", **data: Any) -> Event:
        return self._incident.journal.append(kind, at, text, data, who=self._who)


def _clean(text: str) -> str:
    return inert(text.strip(), LONGEST)


def _needed(text: str, what: str) -> str:
    if not text.strip():
        raise Refused(f"{what} is empty; nothing was written")
    return _clean(text)
