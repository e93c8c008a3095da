"""A session: an open incident that people work in.

What they do is written to the journal of the replay's own file, and is durable when it returns.
What is computed is in `figures.py`, how it is looked at in `looking.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.checklist import SAFETY_KINDS
from cockpit.incident.state import LONGEST, LONGEST_DRAFT, last_undoable, severity_in
from cockpit.records import BadInput, NeedsReason, Refused
from cockpit.session.looking import Looking
from cockpit.signs import SIGNS
from cockpit.signs import known as known_sign
from cockpit.text import inert, inert_lines
from cockpit.units import clock
from cockpit.views import Escalation, Phase, ServicePick, SignState

if TYPE_CHECKING:
    from cockpit.records import Event
    from cockpit.silence import Silence
    from cockpit.views import Criteria

_A_REPLAY = "this is a replay: cockpit live watches what runs now"


class Session(Looking):
    """An incident opened to read, or a replay of it opened to work in."""

    # What runs now: a replay has no now of its own, and neither beginning nor end to be set

    is_live = False

    @property
    def declared(self) -> bool:
        """Whether an incident is open, so that there is something to decide."""
        return True

    def now(self) -> int:
        """The newest time there is to look at, µs."""
        return self.recording.span.end

    def changed(self) -> int:
        """Another number whenever something new was recorded or written."""
        return 0

    def refresh(self) -> str:
        """Follow what happened elsewhere; a line to say, or ""."""
        return ""

    def picks(self) -> list[ServicePick]:
        """The services of the configuration; none where it has but one."""
        return []

    def switch(self, service: str) -> str:
        """Look at another service; the line to say."""
        raise Refused(_A_REPLAY)

    def declare(self, title: str, at: int) -> str:
        """Declare an incident; the line to say."""
        raise Refused(_A_REPLAY)

    def resolve(self, reason: str, at: int) -> str:
        """End the incident and seal its file; the line to say."""
        raise Refused(_A_REPLAY)

    # Outside: what is shown first, and sent only then

    def preview_silence(self, alert: str, length: str, comment: str, at: int) -> Silence:
        """What would be sent to silence an alert, by its name or by matchers; nothing is sent."""
        raise Refused(_A_REPLAY)

    def silence(self, silence: Silence, at: int) -> Silence:
        """Send a silence as it was shown, and journal it; the same with its id."""
        raise Refused(_A_REPLAY)

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
        from cockpit.decide.objections import leaving

        state = self.state(at)
        if phase == state.phase:
            raise Refused(f"this is the {phase} phase already")
        against = leaving(state, phase)
        if against is not None and not reason.strip():
            raise NeedsReason(against.message, list(against.presets))
        known = self._seen(at).knowledge
        if known.phase != state.phase:  # the last view is from before the last change of phase
            known = self._view_now(at).knowledge
        frozen = msgspec.to_builtins(msgspec.structs.replace(known, frozen_at=at))
        self._write(
            "phase", at, text=_clean(reason), phase=phase, reason=_clean(reason), frozen=frozen
        )

    def choose(
        self, option: str, reason: str, companions: list[str], at: int, despite: str = ""
    ) -> None:
        """Choose a containment option; it is not executed by that.

        Raises NeedsReason when the cockpit advises against it and `despite` does not say why it is
        chosen all the same, Refused when a mark of safety forbids it.
        """
        from cockpit.decide.effect.kept import kept
        from cockpit.decide.objections import choosing, unsafe
        from cockpit.setting import with_values

        view = self._seen(at)
        state = self.state(at)
        if state.safety is not None and not view.status.safety:  # marked since that view
            view = self._view_now(at)
        row = next((r for r in view.options.rows if r.id == option), None)
        if row is None:
            known = ", ".join(r.id for r in view.options.rows)
            raise Refused(f"there is no option '{inert(option)}'; there are: {known}")
        if not reason.strip():
            raise Refused("a choice takes a reason; give one in a few words")
        if refused := unsafe(row, view):
            raise Refused(refused)
        against = choosing(row, view)
        if against is not None and not despite.strip():
            raise NeedsReason(against.message, list(against.presets))
        self._write(
            "choose",
            at,
            text=f"{row.label}: {_clean(reason)}",
            reason=_clean(reason),
            companions=[_clean(c) for c in companions],
            against="" if against is None else against.message,
            override="" if against is None else _clean(despite),
            **kept(row, view, with_values(self._config, state.assumed).decisions),
        )

    def execute(self, at: int) -> None:
        """Say that the chosen containment has been carried out."""
        choice = self.state(at).choice
        if choice is None:
            raise Refused("nothing has been chosen yet: choose first, then say that it is done")
        if choice.option == "observe":
            raise Refused("there is nothing to execute: it was chosen to observe")
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
        found = escalation(self.state(at), self.figures.policy, self._config, at)
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
        from cockpit.decide.severity.changing import raised

        level = raised(self._seen(at).status.severity)
        if level is None:
            raise Refused("the severity is SEV0 already, the gravest")
        self.set_severity(level, "", at)
        return level

    def _refuse_severity(self, severity: str, reason: str, at: int) -> None:
        from cockpit.decide.severity.changing import refusal

        refused = refusal(
            self.state(at), self._seen(at).status, severity, reason, at, self.figures.policy
        )
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
