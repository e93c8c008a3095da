"""A session made by hand: the incident of the design's picture, moving with the clock."""

from __future__ import annotations

import math
from pathlib import Path

from cockpit.records import (
    MINUTE,
    SECOND,
    Baseline,
    Difference,
    Drift,
    Estimate,
    NeedsReason,
    Refused,
    Window,
)
from cockpit.units import clock, parse_instant
from cockpit.views import (
    PHASES,
    Ask,
    Change,
    Chart,
    Checklist,
    Choice,
    Figure,
    Impact,
    InfraPane,
    Knowledge,
    ModelPane,
    OptionRow,
    OptionTable,
    Phase,
    PhaseMark,
    Proposal,
    Question,
    RecordingInfo,
    Status,
    Task,
    TimelineEntry,
    Unknown,
    View,
)

START = parse_instant("2026-11-03T02:30:00Z")
ONSET = START + 18 * MINUTE
PAGED = START + 20 * MINUTE
END = START + 60 * MINUTE
OPENS = START + 21 * MINUTE + 10 * SECOND

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


class FakeSession:
    """The methods of `cockpit.session.Session`; what is done is kept in memory, in order."""

    def __init__(self, labels: str = "", stored: bool = False, empty: bool = False) -> None:
        self.recording = RecordingInfo(
            service="card-fraud" + labels,
            content_id="8f3a5be2c1d4",
            path="/incidents/card-fraud.incident",
            span=Window(start=START, end=END),
            bucket=MINUTE,
            timezone="Europe/Berlin",
            opens_at=OPENS,
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
            Ask(id="a:1", who="infra", what="warm 12 workers", deadline=PAGED + 8 * MINUTE,
                default="we roll back slowly", asked_at=PAGED),
        ]  # fmt: skip
        self.harm = ""
        self.severity, self.confirmed = "SEV2", False
        self.entries: list[TimelineEntry] = []
        self.drafts: dict[str, str] = {}
        self.frozen: list[Knowledge] = []
        self.saved_view: View | None = None
        self.closed = False

    # Looking

    def stored_view(self, at: int) -> View | None:
        return self._view(OPENS - MINUTE) if self.stored else None

    def view(self, at: int) -> View:
        if self.fail is not None:
            raise self.fail
        return self._view(at)

    def events(self) -> list[tuple[int, str]]:
        return [
            (START + MINUTE, "deploy"),
            (ONSET - MINUTE, "schema"),
            (ONSET + MINUTE, "alert"),
            (PAGED, "page"),
        ]

    def save_view(self, view: View) -> None:
        self.saved_view = view

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
                "No containment has been chosen: people go on being hurt while the cause is looked for.",
                ["nobody is hurt", "the fix is minutes away", "every option is blocked", "told to"],
            )
        self.frozen.append(self._knowledge(at))
        self.phase = phase
        self._did("phase", at, phase, phase, reason)

    def choose(self, option: str, reason: str, companions: list[str], at: int) -> None:
        row = next(row for row in self._options(at).rows if row.id == option)
        self.choice = Choice(
            id="me:choice", option=option, label=row.label, reason=reason, companions=companions,
            expected=row.expected, chosen_at=at,
        )  # fmt: skip
        self._did("choose", at, f"{row.label}: {reason}", option, reason, companions)

    def execute(self, at: int) -> None:
        if self.choice is None:
            raise Refused("nothing has been chosen yet; press c to choose")
        self.choice = Choice(
            **{f: getattr(self.choice, f) for f in self.choice.__struct_fields__}
            | {"executed_at": at}
        )
        self._did("execute", at, self.choice.label)

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
            Ask(id=a.id, who=a.who, what=a.what, deadline=a.deadline, default=a.default, asked_at=a.asked_at,
                answer=answer, answered_at=at, state="answered") if a.id == ask else a
            for a in self.asks
        ]  # fmt: skip
        self._did("ask_answer", at, answer, ask, answer)

    def flag(self, kind: str, text: str, at: int) -> None:
        self.harm = kind.replace("_", " ")
        self.severity, self.confirmed = "SEV0", True
        self._did(kind, at, text, kind, text)

    def clear_flag(self, by: str, reason: str, at: int) -> None:
        self.harm = ""
        self._did("clear_flag", at, reason, by, reason)

    def set_severity(self, severity: str, reason: str, at: int) -> None:
        if severity not in ("SEV0", "SEV1", "SEV2", "SEV3"):
            raise Refused(f"'{severity}' is no severity; write SEV0 to SEV3")
        self.severity, self.confirmed = severity, True
        self._did("severity", at, severity, severity, reason)

    def undo(self, at: int) -> str:
        if not self.done:
            raise Refused("there is nothing to undo")
        kind, arguments = self.done[-1]
        if kind == "answer":
            self.answers.pop(str(arguments[0]), None)
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
            "**Confidence** Likely (71 %) an upstream change of the field amount, not the model.\n\n"
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

    # The view, made by hand

    def _view(self, at: int) -> View:
        wave = math.sin(at / SECOND / 7)
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
                sentence=f"8 % of requests (BR{label}) · about 1 in 12 payments there wrong · since 02:48 · getting worse",
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
            model=self._model(at, wave),
            infra=self._infra(at, wave),
            checklist=self._checklist(),
            options=self._options(at),
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

    def _estimate(self, name: str, value: float | None, at: int, **more: object) -> Estimate:
        window = Window(start=at - 60 * MINUTE, end=at)
        return Estimate(  # type: ignore[arg-type]
            id=f"{name}:v42", name=name, value=value, window=window, as_of=at, taken_at=at, **more
        )

    def _chart(
        self,
        name: str,
        title: str,
        unit: str,
        at: int,
        rise: float,
        level: float,
        limit: float | None,
    ) -> Chart:
        start = at - 40 * MINUTE
        start -= start % MINUTE
        points: list[float | None] = []
        for minute in range((at - start) // MINUTE + 1):
            when = start + minute * MINUTE
            late = max(0.0, (when - ONSET) / (10 * MINUTE))
            points.append(level + rise * min(1.0, late) + 0.02 * abs(rise) * math.sin(minute))
        return Chart(
            name=name,
            title=title,
            unit=unit,
            step=MINUTE,
            start=start,
            points=points,
            threshold=limit,
        )

    def _model(self, at: int, wave: float) -> ModelPane:
        e = self._estimate
        return ModelPane(
            versions=[("v42" + self.labels, 0.9), ("v41", 0.1)],
            metrics=[
                e("precision", 0.812 + 0.001 * wave, at, low=0.790, high=0.833, n=1204, n_pos=311, verdict="degraded",
                  direction="higher_is_better", baseline=Baseline(what="reference", value=0.893),
                  difference=Difference(value=-0.081), source="score counts of v42, label known",
                  sentence="Precision is 8 points below the reference."),
                e("recall", 0.701, at, low=0.670, high=0.732, n=1204, verdict="fine", direction="higher_is_better"),
                e("auc", 0.861, at, low=0.843, high=0.879, n=1204, verdict="not enough data"),
                e("observed_expected", 1.31, at, low=1.2, high=1.43, n=1204, verdict="degraded"),
                e("label_coverage", 0.23, at, unit="share", n=5310, verdict=""),
            ],
            charts=[self._chart("precision", "precision", "", at, -0.081, 0.893, 0.88)],
            drift=[
                Drift(feature="amount" + self.labels, psi=0.44, psi_corrected=0.41, low=0.36, high=0.47, kl=0.2, n=5310,
                      drift_class="major", segment="BR", sentence="Amounts in BR are about 100 times larger."),
                Drift(feature="hour", psi=0.05, psi_corrected=0.03, low=0.0, high=0.06, kl=0.02, n=5310, drift_class="minor"),
                Drift(feature="device", psi=0.04, psi_corrected=0.02, low=0.0, high=0.05, kl=0.02, n=5310,
                      drift_class="minor", missing_share=0.012),
                Drift(feature="merchant", psi=None, psi_corrected=None, low=None, high=None, kl=None, n=310,
                      drift_class="too few rows", reason="310 rows, 1,000 needed"),
            ],
            drift_sentence="drift: amount major (BR) · 3 others minor",
            worst="worst: region BR, 2.4× wrong decisions",
            segments=[
                e("precision", 0.71, at, low=0.66, high=0.76, n=412, segment="region=BR", verdict="critical"),
                e("precision", 0.892, at, low=0.87, high=0.91, n=501, segment="region=DE", verdict="fine"),
                e("precision", None, at, reason="no labels yet", n=0, segment="region=JP"),
            ],
        )  # fmt: skip

    def _infra(self, at: int, wave: float) -> InfraPane:
        e = self._estimate
        return InfraPane(
            metrics=[
                e("latency_p99", round(418 + 6 * wave), at, unit="ms", verdict="degraded", direction="lower_is_better",
                  baseline=Baseline(what="limit", value=250.0), n=12_700),
                e("error_rate", 0.0031, at, low=0.0025, high=0.0038, unit="share", verdict="fine", n=12_700),
                e("requests", round(212 + 3 * wave), at, unit="/s", verdict="fine"),
                e("burn_rate", 6.1, at, unit="×", verdict="watch", sentence="The budget lasts 3 h."),
            ],
            charts=[self._chart("latency_p99", "p99", "ms", at, 190.0, 228.0, 250.0)],
            changes=[
                Change(at=ONSET - MINUTE, kind="schema", text="amount (BR)" + self.labels, fit="best fit"),
                Change(at=START + MINUTE, kind="deploy", text="v42", fit="poor fit"),
            ],
        )  # fmt: skip

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
                Task(id=name, text=text, phase=phase, measured=measured, done=name in self.ticked,  # type: ignore[arg-type]
                     done_at=self.ticked.get(name))
                for name, text, phase, measured in TASKS
            ],
        )  # fmt: skip

    def _options(self, at: int) -> OptionTable:
        def row(
            id: str, label: str, kind: str, cells: tuple[str, ...], needs: str, blocked: str = ""
        ) -> OptionRow:
            quality, latency, exposed, wrong, effect, undo = (
                Figure(
                    text=text,
                    value=0.0,
                    derivation=[f"counted: {text}", "window 02:21 to 02:51 UTC"],
                )
                for text in cells
            )
            return OptionRow(
                id=id, label=label + self.labels, kind=kind, quality=quality, latency=latency, exposed=exposed, wrong=wrong,
                effect=Figure(text=effect.text, value=2.0, assumed=True, derivation=["assumed: options in cockpit.yaml"]),
                undo=undo, needs=needs, blocked=blocked,
                sentence=f"{label}: fewer wrong decisions, at the price of {needs or 'nothing'}.",
                expected="wrong decisions below 300 an hour in BR", expected_by=4 * MINUTE,
            )  # fmt: skip

        executed = self.choice is not None and self.choice.executed_at is not None
        return OptionTable(
            header="wrong decisions per hour now 1,240 [980,1,530]",
            rows=[
                row("segment_off", "segment off: BR", "segment_off", ("+.077 ±.02", "231 ms", "1 %", "190 [120,280]", "2 min", "1 min"), "flag"),
                row("rollback", "rollback to v41", "rollback", ("+.081 ±.02", "238 ms", "0 %", "310 [180,700]", "4 min", "6 min"), "36 workers", "24 of 36 workers warm"),
                row("canary", "canary v42 10 %", "canary", ("+.073 ±.02", "244 ms", "10 % sticky", "290 [190,420]", "2 min", "1 min"), "36 workers"),
                row("rules", "rules fallback", "rules", ("−.010 ±.01", "40 ms", "0 %", "880 [810,950]", "1 min", "1 min"), "legal OK", "legal has not agreed"),
                row("shadow", "shadow v41", "shadow", ("±0", "418 ms", "90 %", "1,240 [980,1,530]", "1 min", "none"), ""),
                row("observe", "observe", "observe", ("±0", "418 ms", "90 %", "1,240 [980,1,530]", "now", "none"), ""),
            ],
            footnotes=["If the data is at fault rollback would not help."],
            assumptions=["minutes to effect", "costs of wrong decisions"],
            recommended="segment_off",
            why="Best: segment off, because nearly all wrong decisions are in BR and it undoes in a minute.",
            chosen=self.choice.option if self.choice else "",
            executed=executed,
        )  # fmt: skip

    def _knowledge(self, at: int) -> Knowledge:
        return Knowledge(
            phase=self.phase,
            known=["Since 02:48 precision fell 8 points, nearly all in Brazil.", "v41 on the same rows is as wrong."],
            unknown=[
                Unknown(text="Model or data?", tells="Comparing v41 on the same rows tells, 40 s.", owner="on-call", by=ONSET + 9 * MINUTE),
                Unknown(text="Labels for 77 % arrive by 03:35."),
            ],
            next=["Choose containment.", "Tell support which payments are hit."],
        )  # fmt: skip

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
            recording=self.recording.content_id, at=at, as_of=at, window=Window(start=at, end=at),
            span=self.recording.span,
            status=Status(service="card-fraud", severity="SEV3", confirmed=False, safety="", phase="detection",
                          onset=None, paged_at=None, update_due=None, data_age=0, containment="not chosen", timezone="UTC"),
            impact=Impact(sentence=""), phases=[PhaseMark(phase=p, state="todo") for p in PHASES],
            model=ModelPane(versions=[], metrics=[], charts=[], drift=[], drift_sentence="", worst=""),
            infra=InfraPane(metrics=[], charts=[], changes=[]), checklist=Checklist(questions=[], tasks=[]),
            options=OptionTable(header="", rows=[], footnotes=[], assumptions=[]),
            knowledge=Knowledge(phase="detection", known=[], unknown=[], next=[]), frozen=[], timeline=[], asks=[],
        )  # fmt: skip
