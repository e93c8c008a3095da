"""What the panes show: one record a pane, all together a `View` of the incident at one time.

Each is the return value of one plain function, drawn by the interface and printed as JSON by a
command. Strings are already sentences, and already inert.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cockpit.records import DAY, Burn, Drift, Estimate, Monitor, Record, ReliabilityBin, Window

Phase = Literal["detection", "scope", "containment", "remediation", "validation", "postmortem"]
PHASES: tuple[Phase, ...] = (
    "detection",
    "scope",
    "containment",
    "remediation",
    "validation",
    "postmortem",
)


Level = Literal["SEV0", "SEV1", "SEV2", "SEV3", "SEV4"]
LEVELS: tuple[Level, ...] = ("SEV0", "SEV1", "SEV2", "SEV3", "SEV4")  # the gravest first


class Status(Record, kw_only=True):
    """The first line: what state we are in. Times are µs; null where there is none."""

    service: str
    severity: str  # "SEV2"
    confirmed: bool  # a human said so
    safety: str  # "" or "safety", "privacy", "data loss"
    phase: Phase
    onset: int | None
    paged_at: int | None
    update_due: int | None  # when the next update is due
    data_age: int  # µs between now and the end of the last closed bucket
    containment: str  # "not chosen", "rollback to v41 chosen, not yet executed", "… executed 02:55"
    timezone: str


class Impact(Record, kw_only=True):
    """The second line: who is hurt and how badly."""

    sentence: str
    unknown: list[str] = []
    share: float | None = None  # of users, or of requests where users are not counted
    of: Literal["users", "requests"] = "requests"
    affected: int | None = None
    segment: str | None = None  # "region BR"
    since: int | None = None
    wrong_one_in: float | None = None
    healthy_one_in: float | None = None
    trend: Literal["", "getting worse", "steady", "getting better"] = ""
    unlabelled_share: float | None = None
    evidence: list[Estimate] = []


class EscalationStep(Record, kw_only=True):
    """Whom the policy has called, and when; `done` once the journal says that they were."""

    after: float  # minutes from the start of the severity
    whom: str
    by: str  # page, call, ticket or message
    due: int | None = None  # µs; null where it is not known when it began
    done: bool = False

    @property
    def text(self) -> str:
        """'page the primary on-call at once', 'call the director after 15 min'."""
        when = f"after {self.after:g} min" if self.after else "at once"
        return f"{self.by} {self.whom} {when}"


class Escalation(Record, kw_only=True):
    """What a mark of safety, privacy or data loss sets going."""

    steps: list[EscalationStep]
    tree: list[str]  # whom to call, in which order, by the configuration
    actions: list[str]
    contain_by: int | None = None


class Trap(Record, kw_only=True):
    """A kind of fault that the figures look like: what it is by default, and what misleads."""

    case: str
    level: Level
    first: str  # what contains it first
    trap: str

    @property
    def text(self) -> str:
        """'features missing, SEV2 by default: rollback reads the same feature'."""
        return f"{self.case}, {self.level} by default: {self.trap}"


class Severity(Record, kw_only=True):
    """How bad it is. `level` holds; `suggested` is what the policy says of the measurements.

    The two differ where a person said otherwise, and where the policy leaves it to a person.
    """

    level: Level
    suggested: Level
    evidence: list[str]  # why it is suggested, the weightiest first
    confirmed: bool
    safety: str  # "", "safety", "privacy" or "data loss"
    cadence: int  # µs between updates
    update_due: int | None
    external: str = ""  # when those outside hear of it
    actions: list[str] = []
    contain_by: int | None = None
    escalation: list[EscalationStep] = []
    tree: list[str] = []  # whom to call, in which order, where safety is marked
    traps: list[Trap] = []
    people_know: list[str] = []  # what no figure tells and would make it graver


class PhaseMark(Record, kw_only=True):
    """One phase of the strip."""

    phase: Phase
    state: Literal["done", "current", "todo"]
    detail: str = ""  # "not chosen", "chosen, not executed"


class Chart(Record, kw_only=True):
    """One small chart: points aligned to absolute time, null where nothing was measured."""

    name: str
    title: str
    unit: str
    step: int  # µs between points
    start: int  # µs of the first point
    points: list[float | None]
    threshold: float | None = None


class ModelPane(Record, kw_only=True):
    """Quality, calibration and drift of what serves now; `metrics` are of the whole service."""

    versions: list[tuple[str, float]]  # version, share of requests in the window
    metrics: list[Estimate]
    by_version: list[Estimate] = []
    charts: list[Chart]
    drift: list[Drift]
    drift_sentence: str
    worst: str  # "worst: region BR, 2.4× wrong decisions", or ""
    segments: list[Estimate] = []
    against: list[Estimate] = []  # a version against another one, at the same time
    estimated: list[Estimate] = []  # of rows without labels, told from scores alone
    gaps: list[Estimate] = []  # between the groups of a protected column
    reliability: list[ReliabilityBin] = []
    monitors: list[Monitor] = []
    findings: list[str] = []  # what several figures say together


class Change(Record, kw_only=True):
    """A recorded change, and how well its time fits the onset."""

    at: int
    kind: str
    text: str
    fit: Literal["best fit", "fits", "poor fit", "after onset", "onset unknown"]


class InfraPane(Record, kw_only=True):
    """Latency, errors, traffic, and what changed; `metrics` are of the whole service."""

    metrics: list[Estimate]
    by_version: list[Estimate] = []
    charts: list[Chart]
    changes: list[Change]
    against: list[Estimate] = []  # a version against another one, at the same time
    burns: list[Burn] = []
    monitors: list[Monitor] = []


class Proposal(Record, kw_only=True):
    """The cockpit's own answer to a question, with its evidence."""

    answer: str
    evidence: str


class Question(Record, kw_only=True):
    """One of the opening questions."""

    id: str
    text: str
    phase: Phase
    proposal: Proposal
    answer: str | None = None
    unknown: bool = False
    answered_at: int | None = None


class Task(Record, kw_only=True):
    """One item of a phase's checklist; `measured` items are ticked by evidence, not by hand."""

    id: str
    text: str
    phase: Phase
    done: bool = False
    done_at: int | None = None
    measured: bool = False


class Checklist(Record, kw_only=True):
    """Questions and tasks, all phases."""

    questions: list[Question]
    tasks: list[Task]


class Figure(Record, kw_only=True):
    """One cell of the containment table: a number with its interval, or why there is none."""

    text: str  # as printed: "+.077 ±.02", "190 [120,280]", "not measured"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    assumed: bool = False
    derivation: list[str] = []  # which counts, window, formula, assumption: one line each


class Promise(Record, kw_only=True):
    """The chance that an objective is met some minutes after the option was begun; null: why."""

    objective: str
    within: float | None = None  # ms, of an objective that bounds latency
    in_15: float | None = None
    in_60: float | None = None
    reason: str = ""


class Aim(Record, kw_only=True):
    """What traffic is like once an option has been carried out, by whatever means.

    `serves` are shares of the requests of `segment`, or of all of them; empty where who serves does
    not change. An aim of nothing at all cannot be seen in traffic.
    """

    serves: dict[str, float] = {}  # version → share of requests
    segment: str = ""
    shed: float = 0.0  # share of requests turned away
    shadow: str = ""  # the version that then scores beside the one that decides


class OptionRow(Record, kw_only=True):
    """What one containment option would do.

    Harm and wrong decisions are beyond those of a healthy service. `by_fault` is the harm until
    resolved if that fault were the cause, by its id; `best` the chance that no other option does
    less harm; `regret` the harm it does on average beyond that of the best one; `tail` the mean of
    the worst tenth (CVaR 90).
    """

    id: str
    label: str
    kind: str  # observe, rollback, canary, …, or the name a team gave its own
    quality: Figure  # change of quality against now
    latency: Figure  # p99 after, ms
    latency_p95: Figure = Figure(text="not measured")
    exposed: Figure  # share of requests on the bad path
    exposed_users: Figure = Figure(text="not measured")  # share of users who meet it at least once
    wrong: Figure  # wrong decisions in the next hour
    until: Figure = Figure(text="not measured")  # excess wrong decisions until resolved
    tail: float | None = None
    harm: Figure = Figure(text="not measured")  # until resolved, in missed positives
    effect: Figure  # minutes to effect
    undo: Figure  # minutes
    irreversible: str = ""  # what cannot be undone
    improvement: Figure = Figure(text="not measured")  # what is given up of the new version's gain
    gain: str = ""  # the same in words
    promises: list[Promise] = []
    budget: list[Figure] = []  # share of each error budget spent until resolved
    by_fault: dict[str, Figure] = {}
    best: float | None = None
    regret: float | None = None
    dominated: str = ""  # by which option, "" by none; "nearly, by …"
    close: bool = False  # among the options that harm cannot tell from the recommended one
    companions: list[str] = []
    guarantee: str = ""  # the promise of the service that it protects
    needs: str
    warnings: list[str] = []  # what to know before it is done
    blocked: str = ""  # why it cannot or should not be done, in words
    sentence: str = ""  # the trade in one sentence a person would say
    expected: str = ""  # effect to watch for after it is executed
    expected_by: int | None = None  # µs after execution
    aim: Aim | None = None  # null: nothing changes


SignState = Literal["seen", "not seen", "not measurable"]


class Sign(Record, kw_only=True):
    """One line of the ledger: a sign, whether it is seen, and what that says of each fault.

    `ratios` are likelihood ratios as they were counted: capped, and softened where a stronger sign
    of the same kind was counted already. `reason` is that of the person who overrode it.
    """

    id: str
    text: str
    state: SignState
    why: str
    ratios: dict[str, float] = {}
    softened: bool = False
    overridden: bool = False
    reason: str = ""


class Hypothesis(Record, kw_only=True):
    """What may be wrong, and how likely that is."""

    id: str  # model, data, capacity, mix, noise
    label: str
    prior: float
    probability: float
    evidence: list[str]  # what speaks for it and against it, the weightiest first


class Flip(Record, kw_only=True):
    """The value of one input at which another option would be recommended."""

    input: str  # "P(data)", or a key of the configuration
    now: float
    at: float
    option: str
    sentence: str


class Worth(Record, kw_only=True):
    """Something not known: what knowing it would spare, in missed positives.

    `perfect` is the worth of knowing it exactly (EVPPI), `probe` that of the next look (EVSI),
    which takes `minutes`; null where no look is known.
    """

    id: str
    text: str
    perfect: float | None = None
    probe: float | None = None
    minutes: float | None = None
    sentence: str = ""


class Assumption(Record, kw_only=True):
    """A value that was not measured: the key that sets it, and whether the choice rests on it."""

    key: str
    value: str
    source: Literal["default", "configuration", "set here"] = "default"
    holds: str = ""  # "" untested, "holds", or what is recommended at twice or half of it

    @property
    def text(self) -> str:
        """'options.canary.share = 10% (default)'."""
        said = f"{self.key} = {self.value}" if self.value else self.key
        return (
            said if self.source == "configuration" or not self.value else f"{said} ({self.source})"
        )


class Recommendation(Record, kw_only=True):
    """The option to take, "" where none is recommended, and why in one line."""

    option: str = ""
    label: str = ""
    why: str = ""
    gain: str = ""  # what is given up
    guarantee: str = ""  # what it protects
    guard: str = ""  # contain now, diagnose first, shadow first: which rule speaks
    recheck: int | None = None  # µs: when to look again, where observing is recommended


class OptionTable(Record, kw_only=True):
    """Containment: the rows, best first, with what they rest on.

    `act` compares the chance of a real fault with the chance from which acting is worth it.
    `diagnosis_budget_minutes` is how long looking for the cause may take before containing.
    """

    header: str
    rows: list[OptionRow]
    footnotes: list[str]
    assumptions: list[Assumption]
    recommendation: Recommendation = Recommendation()
    hypotheses: list[Hypothesis] = []
    signs: list[Sign] = []
    act: str = ""
    robust: str = ""  # whether the ranking survives other posteriors, twice and half of each key
    flips: list[Flip] = []
    diagnosis_budget_minutes: float | None = None
    diagnose: str = ""  # "diagnose ≤ 9 min", "contain now", or ""
    unknowns: list[Worth] = []
    chosen: str = ""
    executed: bool = False
    noticed: str = ""  # what traffic says was done, where nothing was chosen


class Unknown(Record, kw_only=True):
    """Something not known, and what would tell."""

    text: str
    tells: str = ""
    owner: str = ""
    by: int | None = None


class Knowledge(Record, kw_only=True):
    """Known, not known, next, for one phase; `frozen_at` once the phase was left."""

    phase: Phase
    known: list[str]
    unknown: list[Unknown]
    next: list[str]
    frozen_at: int | None = None


class Ask(Record, kw_only=True):
    """A request to a person: who, what, by when, and what happens if nobody answers."""

    id: str
    who: str
    what: str
    deadline: int | None
    default: str
    asked_at: int
    answer: str | None = None
    answered_at: int | None = None
    state: Literal["open", "answered", "overdue"] = "open"


class TimelineEntry(Record, kw_only=True):
    """One line of the timeline."""

    id: str
    at: int
    observed_at: int
    kind: str
    who: str
    text: str
    undone: bool = False


class Hurt(Record, kw_only=True):
    """A figure that was bad when containment was chosen: by it the effect is judged."""

    name: str  # wrong_rate, latency_p99, error_rate
    segment: str | None = None
    value: float
    low: float | None = None
    high: float | None = None


class NextOption(Record, kw_only=True):
    """The option to take where the one that was chosen has no effect."""

    id: str
    label: str
    why: str


class Choice(Record, kw_only=True):
    """The containment that was chosen, and how far it got, as measured."""

    id: str  # of the journal entry
    option: str
    label: str
    reason: str
    companions: list[str]
    expected: str
    chosen_at: int
    guarantee: str = ""  # what it protects
    gain: str = ""  # what it gives up
    override: str = ""  # why it was chosen all the same, where a guard spoke against it
    aim: Aim | None = None
    hurt: list[Hurt] = []
    within: int | None = None  # µs from its execution to when the effect should be visible
    due: int | None = None  # when the effect should be visible, once executed
    executed_at: int | None = None
    noticed_at: int | None = None  # since when traffic says it was done, where nobody marked it
    effect: Literal["", "watching", "seen", "not seen in time"] = ""
    effect_why: str = ""  # what traffic and the figures do
    next_option: NextOption | None = None  # where its effect was not seen in time
    recheck_at: int | None = None  # when to look again, where nothing is changed


class Earlier(Record, kw_only=True):
    """An earlier incident that looked like this one, and what became of it."""

    file: str  # its name
    service: str
    began: int  # µs
    likeness: float  # 0 to 1: see `assess.signature`
    common: list[str]  # the signs both have
    done: str  # what was chosen: "segment off: BR"; "" where nothing was
    took: int | None  # µs from its onset until that was executed, or chosen where it never was
    open: list[str]  # asks nobody has answered


ExperimentKind = Literal["shadow", "canary", "ab", "probes"]
# What the rows of an arm can be bad in; a ranking is of all rows together.
Countable = Literal["wrong_rate", "precision", "recall", "latency_p99", "error_rate"]
_Share = Annotated[float, Meta(gt=0, lt=1)]
_Milliseconds = Annotated[float, Meta(gt=0, le=1e9)]
_Span = Annotated[int, Meta(ge=0, le=366 * DAY)]
_Rate = Annotated[float, Meta(ge=0, le=1)]


class ExperimentWish(Record, kw_only=True):
    """What a person asks of an experiment; where empty or null, the cockpit proposes it.

    `against` is a version, or "baseline" for what was measured before the incident.
    """

    metric: str = ""
    fix: str = ""  # the version that is to be proved
    against: str = ""
    share: _Share | None = None  # of requests, to the fix, of a canary
    margin: _Share | None = None  # how much worse the fix may be
    power: _Share = 0.8


class Guardrail(Record, kw_only=True):
    """What the fix must not break: the share of its requests that may be slow, or fail."""

    name: Literal["latency_p99", "error_rate"]
    limit: _Share
    slowest: _Milliseconds | None = (
        None  # ms from which a request is slow; null: requests that fail
    )
    text: str = ""


class Criteria(Record, kw_only=True):
    """What proves the fix, written before it is tried.

    Rates are of bad rows: wrong decisions, slow requests, or one less precision. The fix passes
    once it surely has less than `margin` more of them than the control, or than `baseline`.
    """

    kind: ExperimentKind
    metric: Countable
    segment: str | None = None
    fix: str = ""  # "" is the first version that begins to serve after this was written
    control: str = ""  # "" is none: the baseline
    share: _Share = 0.1
    baseline: _Rate
    margin: _Share
    alpha: _Share = 0.05
    power: _Share = 0.8
    rows: Annotated[int, Meta(ge=1)]  # of the fix, for one look
    latest: _Span | None = None  # µs after which it is given up
    label_delay: _Span = 0  # µs; younger decisions are not counted
    slowest: _Milliseconds | None = None  # ms from which a request is slow, where those are counted
    guardrails: list[Guardrail] = []
    sentences: list[str] = []  # the same in words
    id: str = ""  # of the journal's entry
    written_at: int = 0
    before: int | None = None  # when those were written that these replace


class ExperimentPlan(Record, kw_only=True):
    """One way to prove the fix: what it takes, what it shows and what it cannot."""

    kind: ExperimentKind
    label: str  # "canary 10 %"
    rows: int | None = None  # of the fix, for one look; null: see `blocked`
    control_rows: int | None = None
    minutes: float | None = None  # to the stated power at this traffic and label rate
    minutes_at_most: float | None = None  # where it is looked at every minute
    exposed: Figure  # requests that the fix decides until then
    exposed_users: Figure  # share of users who meet it
    tells: str
    cannot: str
    blocked: str = ""  # why it shows nothing here
    reason: str = ""  # why it stands at this place of the order
    criteria: Criteria | None = None


class ExperimentArm(Record, kw_only=True):
    """What one arm did since the criteria were written."""

    name: str
    asked: int
    judged: int
    bad: int


class Verdict(Record, kw_only=True):
    """Whether the fix is proved, by the criteria as they were written."""

    criteria: Criteria
    word: Literal["pass", "fail", "keep learning"]
    reason: str
    at: int | None = None  # when it became sure
    until: int | None = None  # when it is given up
    arms: list[ExperimentArm] = []
    for_it: float = 1.0  # evidence that it is within the margin; 1/alpha is a pass
    against_it: float = 1.0  # evidence that it is beyond the margin
    sentences: list[str] = []


class Experiment(Record, kw_only=True):
    """How the fix would be proved: the plans in the order to try them, and how far it is."""

    at: int
    metric: str
    segment: str | None
    stake: str  # what is at stake, in one sentence
    traffic: str  # at which rate rows and labels come
    plans: list[ExperimentPlan]
    notes: list[str] = []
    verdict: Verdict | None = None


class SourceState(Record, kw_only=True):
    """How a source of a running system does, by the journal: what fails, since when, and why.

    `name` is that of the source, or "source/part" where a part of it fails: "metrics/latency_p99".
    """

    name: str
    failing: bool
    since: int  # µs
    cause: str = ""  # a few words: "connection refused", "HTTP 500", "an HTML page"


class Reached(Record, kw_only=True):
    """What one source answered when it was asked whether it is there, and what to do about it."""

    source: str  # its key in the configuration: sources.metrics, panels.latency_p99
    address: str  # where it was asked; no password is in it
    outcome: Literal["answered", "doubtful", "failed"]
    said: str  # the answer or the cause, in a few words
    mend: str = ""  # what to do; empty where it answered


class Checked(Record, kw_only=True):
    """What can be had of one service of a configuration."""

    service: str
    sources: list[Reached]
    left: list[str] = []  # of files of promises: what is no objective, and why


class ServicePick(Record, kw_only=True):
    """One of the services of a configuration, to go to."""

    name: str
    declared: bool  # an incident of it is open
    severity: str = ""  # of that incident: "SEV2"
    since: int | None = None  # µs: when it was declared


class View(Record, kw_only=True):
    """Everything on the screen at time `at`, from facts observed by `as_of`."""

    recording: str  # content id
    at: int
    as_of: int
    window: Window
    span: Window  # of the whole recording
    status: Status
    impact: Impact
    phases: list[PhaseMark]
    model: ModelPane
    infra: InfraPane
    checklist: Checklist
    options: OptionTable
    knowledge: Knowledge
    frozen: list[Knowledge]
    timeline: list[TimelineEntry]
    asks: list[Ask]
    choice: Choice | None = None
    companions: list[str] = []  # what goes with a choice at this severity, as tasks are called
    notes: list[str] = []  # what could not be computed, and why
    seen: list[Earlier] = []  # earlier incidents like it, once a folder was searched
    experiment: Verdict | None = None  # once criteria were written
    severity: Severity | None = None  # null in a view that an earlier cockpit kept
    sources: list[SourceState] = []  # of a recording that was made live, those that fail first


class Stakeholder(Record, kw_only=True):
    """Whom the configuration says to ask, for what, and what happens without an answer."""

    who: str
    what: str
    owner: str
    default: str = ""


class RecordingInfo(Record, kw_only=True):
    """Which recording this is, known before anything is computed."""

    service: str
    content_id: str
    path: str
    span: Window
    bucket: int  # µs of the slow bucket
    timezone: str
    opens_at: int  # where a replay starts: shortly before the page
    stakeholders: list[Stakeholder] = []
