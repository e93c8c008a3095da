"""A session made by hand: it takes what people do, keeps it in memory, and shows it in its view."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from cockpit.records import MINUTE, NeedsReason, Refused, Window
from cockpit.views import (
    Ask,
    Choice,
    Criteria,
    Earlier,
    Experiment,
    Knowledge,
    Phase,
    RecordingInfo,
    SignState,
    Stakeholder,
    TimelineEntry,
    View,
)
from tests.ui.hand_experiment import hand_experiment
from tests.ui.hand_made import TASKS, HandMade
from tests.ui.hand_measured import END, ONSET, OPENS, PAGED, START


class FakeSession(HandMade):
    """The methods of `cockpit.session.Session`; what is done is kept in memory, in order."""

    is_live = False

    def __init__(self, labels: str = "", stored: bool = False, empty: bool = False) -> None:
        self.recording = RecordingInfo(
            service="card-fraud" + labels,
            content_id="8f3a5be2c1d4",
            path="/incidents/card-fraud.incident",
            span=Window(start=START, end=END),
            bucket=MINUTE,
            timezone="Europe/Berlin",
            opens_at=OPENS,
            stakeholders=[
                Stakeholder(
                    who="infra",
                    what="warm v41 to 12 replicas",
                    owner="platform on-call",
                    default="8 stay warm",
                ),
                Stakeholder(who="legal" + labels, what="approve the rules", owner="counsel"),
            ],
        )
        self.labels = labels
        self.stored = stored
        self.empty = empty
        self.fail: Exception | None = None
        self.done: list[tuple[str, tuple[object, ...]]] = []
        self.answers: dict[str, str | None] = {}
        self.ticked: dict[str, int] = {}
        self.phase: Phase = "containment"
        self.choice: Choice | None = None
        self.asks: list[Ask] = [
            Ask(
                id="a:1",
                who="infra",
                what="warm 12 workers",
                deadline=PAGED + 8 * MINUTE,
                default="we roll back slowly",
                asked_at=PAGED,
            ),
        ]
        self.harm = ""
        self.severity, self.confirmed = "SEV2", False
        self.entries: list[TimelineEntry] = []
        self.drafts: dict[str, str] = {}
        self.frozen: list[Knowledge] = []
        self.called: dict[str, tuple[SignState, str]] = {}
        self.values: dict[str, str] = {}
        self.saved_view: View | None = None
        self.screens: list[tuple[str, str, str, int]] = []
        self.closed = False
        self.criteria: Criteria | None = None

    # Looking

    def compute_apart(self, say: Callable[[str], None]) -> None:
        """Nothing here is computed."""

    def experiment(self, at: int) -> Experiment:
        if self.fail is not None:
            raise self.fail
        return hand_experiment(at, self.labels, self.criteria)

    def stored_view(self, at: int) -> View | None:
        return self._view(OPENS - MINUTE) if self.stored else None

    def view(self, at: int) -> View:
        if self.fail is not None:
            raise self.fail
        return self._view(at)

    def seen_before(self, at: int) -> tuple[list[Earlier], list[str]]:
        return [], []

    def events(self) -> list[tuple[int, str]]:
        return [
            (START + MINUTE, "deploy"),
            (ONSET - MINUTE, "schema"),
            (ONSET + MINUTE, "alert"),
            (PAGED, "page"),
        ]

    def save_view(self, view: View) -> None:
        self.saved_view = view

    def keep_screen(self, kind: str, text: str, svg: str, at: int) -> None:
        self.screens.append((kind, text, svg, at))

    def close(self) -> str:
        self.closed = True
        return "/state/replays/card-fraud-8f3a5be2-1.incident"

    # Doing

    def _did(self, kind: str, at: int, text: str, *arguments: object) -> None:
        self.done.append((kind, arguments))
        self.entries.append(
            TimelineEntry(
                id=f"me:{len(self.done)}", at=at, observed_at=at, kind=kind, who="me", text=text
            )
        )

    def answer(self, question: str, answer: str | None, at: int, seconds: float = 0.0) -> None:
        self.answers[question] = answer
        self._did("answer", at, f"{question}: {answer or 'unknown'}", question, answer, seconds)

    def tick(self, task: str, at: int) -> None:
        if next(measured for name, _, _, measured in TASKS if name == task):
            raise Refused(f"'{task}' is ticked by what is measured, not by hand")
        self.ticked[task] = at
        self._did("tick", at, task, task)

    def enter_phase(self, phase: Phase, at: int, reason: str = "") -> None:
        if phase == "remediation" and self.choice is None and not reason:
            raise NeedsReason(
                "No containment has been chosen: people go on being hurt meanwhile.",
                ["nobody is hurt", "the fix is minutes away", "every option is blocked", "told to"],
            )
        self.frozen.append(self._knowledge(at))
        self.phase = phase
        self._did("phase", at, phase, phase, reason)

    def choose(
        self, option: str, reason: str, companions: list[str], at: int, despite: str = ""
    ) -> None:
        row = next(row for row in self._options().rows if row.id == option)
        if row.blocked and not despite:
            raise NeedsReason(
                f"{row.label} is blocked: {row.blocked}", ["checked", "mended", "harmless", "told"]
            )
        self.choice = Choice(
            id="me:choice",
            option=option,
            label=row.label,
            reason=reason,
            companions=companions,
            expected=row.expected,
            chosen_at=at,
        )
        self._did(
            "choose",
            at,
            f"{row.label}: {reason}",
            option,
            reason,
            companions,
            *([despite] if despite else []),
        )

    def execute(self, at: int) -> None:
        if self.choice is None:
            raise Refused("nothing has been chosen yet; press c to choose")
        self.choice = Choice(
            **{f: getattr(self.choice, f) for f in self.choice.__struct_fields__}
            | {"executed_at": at}
        )
        self._did("execute", at, self.choice.label)

    def write_criteria(self, criteria: Criteria, at: int) -> None:
        self.criteria = replace(criteria, written_at=at)
        self._did("experiment", at, criteria.kind, criteria.kind)

    def note(self, text: str, at: int) -> None:
        if not text.strip():
            raise Refused("a note is empty; nothing was written")
        self._did("note", at, text, text)

    def report(self, text: str, segment: str, at: int) -> None:
        self._did("report", at, text, text, segment)

    def ask(self, who: str, what: str, deadline: int | None, default: str, at: int) -> None:
        self.asks.append(
            Ask(
                id=f"a:{len(self.asks) + 1}",
                who=who,
                what=what,
                deadline=deadline,
                default=default,
                asked_at=at,
            )
        )
        self._did("ask", at, f"{who}: {what}", who, what, deadline, default)

    def answer_ask(self, ask: str, answer: str, at: int) -> None:
        self.asks = [
            Ask(
                id=a.id,
                who=a.who,
                what=a.what,
                deadline=a.deadline,
                default=a.default,
                asked_at=a.asked_at,
                answer=answer,
                answered_at=at,
                state="answered",
            )
            if a.id == ask
            else a
            for a in self.asks
        ]
        self._did("ask_answer", at, answer, ask, answer)

    def flag(self, kind: str, text: str, at: int) -> None:
        self.harm = kind.replace("_", " ")
        self.severity, self.confirmed = "SEV0", True
        self._did(kind, at, text, kind, text)

    def mark_onset(self, onset: int, at: int) -> None:
        self._did("onset", at, "", onset)

    def clear_flag(self, by: str, reason: str, at: int) -> None:
        self.harm = ""
        self._did("clear_flag", at, reason, by, reason)

    def set_severity(self, severity: str, reason: str, at: int) -> None:
        if severity not in ("SEV0", "SEV1", "SEV2", "SEV3"):
            raise Refused(f"'{severity}' is no severity; write SEV0 to SEV3")
        self.severity, self.confirmed = severity, True
        self._did("severity", at, severity, severity, reason)

    def override_evidence(self, sign: str, state: SignState, reason: str, at: int) -> None:
        if not reason:
            raise Refused("a reason is needed; nothing was written")
        self.called[sign] = (state, reason)
        self._did("evidence", at, f"{sign}: {state}", sign, state, reason)

    def set_value(self, key: str, value: str, at: int) -> None:
        if key == "service":
            raise Refused("'service' cannot be set here")
        self.values[key] = value
        self._did("set", at, f"{key} = {value}", key, value)

    def undo(self, at: int) -> str:
        if not self.done:
            raise Refused("there is nothing to undo")
        kind, arguments = self.done[-1]
        if kind == "answer":
            self.answers.pop(str(arguments[0]), None)
        self.called.pop(str(arguments[0]), None)
        self.values.pop(str(arguments[0]), None)
        self._did("undo", at, kind)
        return f"undone: {kind}"

    # Words

    def draft(self, audience: str, at: int) -> str:
        return self.drafts.get(audience) or self.fresh_draft(audience, at)

    def fresh_draft(self, audience: str, at: int) -> str:
        return (
            f"# Card payments in Brazil are blocked wrongly ({audience})\n\n"
            "**TL;DR** Since 02:48 UTC about 1 in 12 card payments in Brazil is wrongly blocked: "
            "8 % of all requests. SEV2, getting worse.\n\n"
            "**Confidence** Likely (71 %) an upstream change of amounts, not the model.\n\n"
            "## Actions\n\n- Switch the model off for Brazil: effect in 2 min, undone in 1 min.\n\n"
            "## Asks\n\n- **infra**: warm 12 workers by 02:58 UTC.\n"
        )

    def save_draft(self, audience: str, text: str, at: int) -> None:
        self.drafts[audience] = text
        self._did("draft", at, f"{audience} draft", audience, text)

    def export(self, audience: str, text: str, path: Path | None, at: int) -> Path:
        target = path or Path(f"/briefings/card-fraud-{audience}.md")
        self._did("export", at, str(target), audience, text, path)
        return target
