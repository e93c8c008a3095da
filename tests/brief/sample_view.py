"""A view made by hand: the rollout of card-fraud v42, three minutes after it began to hurt."""

from __future__ import annotations

from typing import Any

import msgspec

from cockpit.config import Config, Model, Owner, Stakeholder, Versions
from cockpit.records import DAY, HOUR, MINUTE, SECOND, Baseline, Difference, Drift, Estimate, Window
from cockpit.views import (
    PHASES,
    Ask,
    Assumption,
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
    PhaseMark,
    Proposal,
    Question,
    Recommendation,
    Status,
    Task,
    TimelineEntry,
    Unknown,
    View,
)

MIDNIGHT = 20_760 * DAY  # 2026-11-03
AT = MIDNIGHT + 2 * HOUR + 51 * MINUTE
ONSET = MIDNIGHT + 2 * HOUR + 48 * MINUTE
WINDOW = Window(start=AT - HOUR, end=AT)

CONFIG = Config(
    service="card-fraud",
    owner=Owner(team="payments-ml", commander="Ada"),
    timezone="Europe/Berlin",
    model=Model(
        versions=Versions(current="v42", previous="v41"), positive="fraud", label_delay="45m"
    ),
    stakeholders={"infra": Stakeholder(ask="warm the previous fleet", owner="platform on-call")},
)


def estimate(name: str, value: float | None, **changes: Any) -> Estimate:
    """An estimate taken at AT over the last hour."""
    given: dict[str, Any] = {
        "id": f"{name}@{AT}",
        "name": name,
        "value": value,
        "window": WINDOW,
        "as_of": AT,
        "taken_at": AT,
        "n": 1_204,
    }
    return Estimate(**{**given, **changes})


PRECISION = estimate(
    "precision",
    0.812,
    low=0.790,
    high=0.833,
    direction="higher_is_better",
    baseline=Baseline(what="before the incident", value=0.893),
    difference=Difference(value=-0.081, low=-0.104, high=-0.058),
    verdict="degraded",
    sentence="was .893 · 1,204 of 5,310 labelled",
)
AUC = estimate("auc", 0.861, low=0.843, high=0.879, verdict="not enough data")
LATENCY = estimate(
    "latency_p99",
    418.0,
    low=402.0,
    high=431.0,
    unit="ms",
    n=60_000,
    direction="lower_is_better",
    baseline=Baseline(what="before the incident", value=238.0),
    verdict="degraded",
)
ERRORS = estimate("error_rate", 0.0031, low=0.0025, high=0.0038, n=60_000, verdict="fine")


def _row(option: str, label: str, wrong: str, **changes: Any) -> OptionRow:
    given: dict[str, Any] = {
        "id": option,
        "label": label,
        "kind": option,
        "quality": Figure(text="+.077 ±.02", value=0.077, low=0.057, high=0.097),
        "latency": Figure(text="231", value=231.0, unit="ms"),
        "exposed": Figure(text="1 %", value=0.01),
        "wrong": Figure(text=wrong),
        "effect": Figure(text="2 min", value=2.0, assumed=True),
        "undo": Figure(text="1 min", value=1.0, assumed=True),
        "needs": "flag",
    }
    return OptionRow(**{**given, **changes})


OPTIONS = OptionTable(
    header="wrong decisions per hour now 1,240 [980,1,530]",
    rows=[
        _row(
            "segment_off",
            "segment off: BR",
            "190 [120,280]",
            expected="wrong decisions in region BR below 1 in 40",
            expected_by=6 * MINUTE,
        ),
        _row("rollback", "rollback to v41", "310 [180,700]", blocked="24 of 36 workers warm"),
        _row("observe", "observe", "1,240 [980,1,530]", quality=Figure(text="±0", value=0.0)),
    ],
    footnotes=["if the data is at fault, rollback would not help"],
    assumptions=[Assumption(key="minutes to effect are assumed", value="")],
    recommendation=Recommendation(
        option="segment_off",
        why="fewest wrong decisions next hour, and undone in a minute",
    ),
)

CHOICE = Choice(
    id="ada:7",
    option="segment_off",
    label="segment off: BR",
    reason="fewest wrong decisions",
    companions=["pause retraining"],
    expected="wrong decisions in region BR below 1 in 40",
    chosen_at=AT - 30 * SECOND,
)

_TIMELINE = (
    (ONSET - 17 * MINUTE, "deploy", "recording", "deploy v42"),
    (ONSET - MINUTE, "schema", "recording", "schema amount (BR)"),
    (ONSET + MINUTE, "alert", "recording", "precision below 0.88"),
    (ONSET + 2 * MINUTE, "page", "recording", "card-fraud paged"),
    (AT - 30 * SECOND, "answer", "ada@host", "who? BR, all devices"),
)

VIEW = View(
    recording="4f2a9c1be07d55aa",
    at=AT,
    as_of=AT,
    window=WINDOW,
    span=Window(start=ONSET - HOUR, end=ONSET + HOUR),
    status=Status(
        service="card-fraud",
        severity="SEV2",
        confirmed=False,
        safety="",
        phase="containment",
        onset=ONSET,
        paged_at=ONSET + 2 * MINUTE,
        update_due=AT + 29 * MINUTE,
        data_age=SECOND,
        containment="not chosen",
        timezone="Europe/Berlin",
    ),
    impact=Impact(
        sentence="8 % of requests (region BR) · about 1 in 12 decisions there wrong · since 02:48",
        unknown=["how many users"],
        share=0.08,
        of="requests",
        affected=424,
        segment="region BR",
        since=ONSET,
        wrong_one_in=12.0,
        healthy_one_in=40.0,
        trend="getting worse",
        unlabelled_share=0.77,
        evidence=[PRECISION],
    ),
    phases=[
        PhaseMark(
            phase=phase,
            state="done" if i < 2 else "current" if i == 2 else "todo",
            detail="not chosen" if i == 2 else "",
        )
        for i, phase in enumerate(PHASES)
    ],
    model=ModelPane(
        versions=[("v42", 0.9), ("v41", 0.1)],
        metrics=[PRECISION, AUC],
        charts=[],
        drift=[
            Drift(
                feature="amount",
                psi=1.91,
                psi_corrected=1.9,
                low=1.7,
                high=2.1,
                kl=0.8,
                n=5_310,
                drift_class="major",
            )
        ],
        drift_sentence="drift amount major · 3 others minor",
        worst="worst: region BR, 2.4× wrong decisions",
    ),
    infra=InfraPane(
        metrics=[LATENCY, ERRORS],
        charts=[
            Chart(
                name="latency_p99",
                title="p99",
                unit="ms",
                step=MINUTE,
                start=AT - 6 * MINUTE,
                points=[238.0, 240.0, None, 310.0, 402.0, 418.0],
            )
        ],
        changes=[
            Change(at=ONSET - MINUTE, kind="schema", text="schema amount (BR)", fit="best fit"),
            Change(at=ONSET - 17 * MINUTE, kind="deploy", text="deploy v42", fit="poor fit"),
        ],
    ),
    checklist=Checklist(
        questions=[
            Question(
                id="who",
                text="Who is affected?",
                phase="detection",
                proposal=Proposal(answer="region BR", evidence="2.4× wrong decisions there"),
                answer="BR, all devices",
                answered_at=AT - 30 * SECOND,
            ),
            Question(
                id="harm",
                text="Safety, privacy or data loss?",
                phase="detection",
                proposal=Proposal(answer="no", evidence="0 reports"),
            ),
        ],
        tasks=[
            Task(id="acknowledge", text="acknowledge the page", phase="detection", done=True),
            Task(id="preserve", text="preserve logs", phase="containment"),
        ],
    ),
    options=OPTIONS,
    knowledge=Knowledge(
        phase="containment",
        known=["Since 02:48 about 1 in 12 decisions in region BR is wrong (before: 1 in 40)."],
        unknown=[
            Unknown(
                text="Is the model or its input data at fault?",
                tells="Comparing v41 on the same rows tells.",
                owner="Ada",
                by=AT + 29 * MINUTE,
            )
        ],
        next=["Choose containment: segment off: BR is recommended."],
    ),
    frozen=[
        Knowledge(
            phase="detection",
            known=["Paged at 02:50, 2 min after it began."],
            unknown=[Unknown(text="How many users are affected.", owner="Ada")],
            next=["Find who is hurt."],
            frozen_at=AT - MINUTE,
        )
    ],
    timeline=[
        TimelineEntry(id=f"recording:{i}", at=at, observed_at=at, kind=kind, who=who, text=text)
        for i, (at, kind, who, text) in enumerate(_TIMELINE)
    ],
    asks=[
        Ask(
            id="ada:5",
            who="infra",
            what="warm 12 workers",
            deadline=AT + 7 * MINUTE,
            default="rollback stays blocked",
            asked_at=AT - MINUTE,
        )
    ],
)

EXEC_ASK = Ask(
    id="ada:6",
    who="director",
    what="approve switching region BR off",
    deadline=AT + 14 * MINUTE,
    default="it is switched off at the deadline",
    asked_at=AT,
)


def quiet(at: int) -> View:
    """The same service before anything was noticed: no onset, no page, nothing measured."""
    return msgspec.structs.replace(
        VIEW,
        at=at,
        status=msgspec.structs.replace(
            VIEW.status, onset=None, paged_at=None, update_due=None, severity="", phase="detection"
        ),
        impact=Impact(sentence="Nobody is known to be hurt.", unknown=["who is affected"]),
        model=ModelPane(versions=[], metrics=[], charts=[], drift=[], drift_sentence="", worst=""),
        infra=InfraPane(metrics=[], charts=[], changes=[]),
        checklist=Checklist(questions=[], tasks=[]),
        options=OptionTable(header="", rows=[], footnotes=[], assumptions=[]),
        frozen=[],
        timeline=[],
        asks=[],
        knowledge=Knowledge(phase="detection", known=[], unknown=[], next=[]),
    )
