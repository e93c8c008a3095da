"""A view made by hand: the incident of the design's picture, moving with the clock."""

from __future__ import annotations

from cockpit.records import MINUTE, SECOND, Window
from cockpit.units import clock
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
    PhaseMark,
    Proposal,
    Question,
    RecordingInfo,
    SignState,
    Status,
    Task,
    TimelineEntry,
    Unknown,
    View,
)
from tests.ui.hand_decided import option_table
from tests.ui.hand_measured import ONSET, PAGED, START, infra_pane, model_pane

QUESTIONS = (
    (
        "who",
        "who is hurt?",
        "scope",
        "region BR, all devices",
        "precision .71 there, .89 elsewhere",
    ),
    ("how", "how was it found?", "detection", "alert, 02:49", "page at 02:50, no user report"),
    ("safety", "safety, privacy, data loss?", "detection", "no", "0 reports, 0 marks"),
    ("what", "what changed?", "scope", "schema amount (BR), 02:47", "its time fits the onset best"),
    ("worse", "is it getting worse?", "scope", "yes", "errors per minute rose 3 times in a row"),
)
TASKS = (
    ("confirm-severity", "confirm the severity", "scope", False),
    ("choose", "choose containment", "containment", True),
    ("do", "do it", "containment", True),
    ("effect", "see the effect", "containment", True),
    ("pause-retraining", "pause retraining", "containment", False),
    ("freeze", "freeze deploys", "containment", False),
    ("fix", "fix the cause", "remediation", False),
    ("compare", "compare on live traffic", "validation", False),
    ("write", "write what happened", "postmortem", False),
)


class HandMade:
    """Builds views from what was done; `labels` is added to every text that comes from outside."""

    recording: RecordingInfo
    labels: str
    empty: bool
    answers: dict[str, str | None]
    ticked: dict[str, int]
    phase: Phase
    choice: Choice | None
    asks: list[Ask]
    harm: str
    severity: str
    confirmed: bool
    entries: list[TimelineEntry]
    frozen: list[Knowledge]
    called: dict[str, tuple[SignState, str]]
    values: dict[str, str]

    def _view(self, at: int) -> View:
        if self.empty:
            return self._empty(at)
        phase = PHASES.index(self.phase)
        details = {"containment": self._containment()}
        label = self.labels
        return View(
            recording=self.recording.content_id,
            at=at,
            as_of=at - at % SECOND,
            window=Window(start=at - 60 * MINUTE, end=at),
            span=self.recording.span,
            status=Status(
                service=self.recording.service,
                severity=self.severity,
                confirmed=self.confirmed,
                safety=self.harm,
                phase=self.phase,
                onset=ONSET if at >= ONSET else None,
                paged_at=PAGED if at >= PAGED else None,
                update_due=PAGED + 30 * MINUTE if at >= PAGED else None,
                data_age=SECOND,
                containment=self._containment(),
                timezone="Europe/Berlin",
            ),
            impact=Impact(
                sentence=f"8 % of requests (BR{label}) · about 1 in 12 payments there wrong · "
                "since 02:48 · getting worse",
                unknown=["77 % not labelled yet"],
                share=0.08,
            ),
            phases=[
                PhaseMark(
                    phase=name,
                    state="done" if i < phase else "current" if i == phase else "todo",
                    detail=details.get(name, "") if i == phase else "",
                )
                for i, name in enumerate(PHASES)
            ],
            model=model_pane(at, self.labels),
            infra=infra_pane(at, self.labels),
            checklist=self._checklist(),
            options=self._options(),
            knowledge=self._knowledge(at),
            frozen=self.frozen,
            timeline=self._timeline(at),
            asks=self.asks,
            choice=self.choice,
        )

    def _containment(self) -> str:
        if self.choice is None:
            return "not chosen"
        if self.choice.executed_at is None:
            return f"{self.choice.label} chosen, not yet executed"
        return f"{self.choice.label} executed {clock(self.choice.executed_at)}"

    def _checklist(self) -> Checklist:
        return Checklist(
            questions=[
                Question(
                    id=name,
                    text=text + self.labels,
                    phase=phase,  # type: ignore[arg-type]
                    proposal=Proposal(answer=answer, evidence=evidence),
                    answer=self.answers.get(name),
                    unknown=name in self.answers and self.answers[name] is None,
                )
                for name, text, phase, answer, evidence in QUESTIONS
            ],
            tasks=[
                Task(
                    id=name,
                    text=text,
                    phase=phase,
                    measured=measured,
                    done=name in self.ticked,  # type: ignore[arg-type]
                    done_at=self.ticked.get(name),
                )
                for name, text, phase, measured in TASKS
            ],
        )

    def _options(self) -> OptionTable:
        return option_table(self.labels, self.choice, self.called, self.values)

    def _knowledge(self, at: int) -> Knowledge:
        return Knowledge(
            phase=self.phase,
            known=[
                "Since 02:48 precision fell 8 points, nearly all in Brazil.",
                "v41 on the same rows is as wrong.",
            ],
            unknown=[
                Unknown(
                    text="Model or data?",
                    tells="Comparing v41 on the same rows tells, 40 s.",
                    owner="on-call",
                    by=ONSET + 9 * MINUTE,
                ),
                Unknown(text="Labels for 77 % arrive by 03:35."),
            ],
            next=["Choose containment.", "Tell support which payments are hit."],
        )

    def _timeline(self, at: int) -> list[TimelineEntry]:
        recorded = [
            (START + MINUTE, "deploy", "v42 to 90 %"),
            (ONSET - MINUTE, "schema", "amount (BR) changed" + self.labels),
            (ONSET + MINUTE, "alert", "precision below .85 for 1 min"),
            (PAGED, "page", "card-fraud: quality"),
        ]
        entries = [
            TimelineEntry(id=f"recording:{i}", at=t, observed_at=t, kind=kind, who="", text=text)
            for i, (t, kind, text) in enumerate(recorded)
            if t <= at
        ]
        return entries + [entry for entry in self.entries if entry.at <= at]

    def _empty(self, at: int) -> View:
        return View(
            recording=self.recording.content_id,
            at=at,
            as_of=at,
            window=Window(start=at, end=at),
            span=self.recording.span,
            status=Status(
                service="card-fraud",
                severity="SEV3",
                confirmed=False,
                safety="",
                phase="detection",
                onset=None,
                paged_at=None,
                update_due=None,
                data_age=0,
                containment="not chosen",
                timezone="UTC",
            ),
            impact=Impact(sentence=""),
            phases=[PhaseMark(phase=p, state="todo") for p in PHASES],
            model=ModelPane(
                versions=[], metrics=[], charts=[], drift=[], drift_sentence="", worst=""
            ),
            infra=InfraPane(metrics=[], charts=[], changes=[]),
            checklist=Checklist(questions=[], tasks=[]),
            options=OptionTable(header="", rows=[], footnotes=[], assumptions=[]),
            knowledge=Knowledge(phase="detection", known=[], unknown=[], next=[]),
            frozen=[],
            timeline=[],
            asks=[],
        )
