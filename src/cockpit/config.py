"""`cockpit.yaml` as typed settings, with every default in one place.

Durations, shares and conditions stay the strings people write; `cockpit.units` reads them where
they are used, and `check` reads each of them once so that a bad one is reported when the file is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal, dataclass_transform

import msgspec
from msgspec import Meta, field

from cockpit.records import BadInput, naming
from cockpit.signs import known as known_sign
from cockpit.units import parse_duration, parse_share
from cockpit.yamlfile import nearest

NotBelow0 = Annotated[float, Meta(ge=0)]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every block: immutable, and an unknown key is an error."""


class Every(Settings, kw_only=True):
    """Times made from the row number: row i happened at start + i · every."""

    start: str  # when row 0 happened: 2018-01-01T00:00:00Z
    every: str  # time from one row to the next: 12ms


class Label(Settings, kw_only=True):
    """Labels kept apart from predictions."""

    path: str = ""  # a file beside the map; --labels replaces it
    table: str = ""  # or a table of the engine that holds the predictions
    column: str  # the column that holds 0 or 1
    time: str | None = None  # the column that says when each label was known
    horizon: str = "30d"  # a label known later than this after its event is not used


class NamedColumn(Settings, kw_only=True):
    """A rate (k of n) or a mean a team names."""

    name: str  # what it is called everywhere
    column: str  # of a rate: yes or no; of a mean: a number
    step: float = 1e-6  # of a mean: the resolution its sums are kept in
    unit: str = ""  # printed after the value; empty for a rate means a share
    # which way is better; only with one can it be judged
    direction: Literal["higher_is_better", "lower_is_better", "neither"] = "neither"


class Features(Settings, kw_only=True):
    """Which columns are the model's inputs."""

    numeric: list[str] = []  # binned by the reference's quantiles
    categorical: list[str] = []  # the 50 most frequent values of the reference, one bin each


class MetricColumn(Settings, kw_only=True):
    """A column (wide file) or a name (long file) of the metrics file."""

    name: str  # what it is called here: latency_p99, saturation, …
    column: str = ""  # what it is called in the file; empty: the same
    unit: str = ""  # ms, s, 1/s, cores, …; latencies are shown in ms


class Shadow(Settings, kw_only=True):
    """A version that scored the same rows without deciding."""

    version: str  # its name
    score: str  # the column of its scores
    threshold: float | None = None  # from which score on it would decide 1


class Predictions(Settings, kw_only=True):
    """The map from the columns people have to what they mean (`sources.predictions`)."""

    service: str = ""  # what people call the service; empty: that of the configuration
    path: str = ""  # not read yet: the file is given by --predictions
    # the engine that holds the predictions and counts them: duckdb:///path.db,
    # clickhouse://reader:${CLICKHOUSE_PASSWORD}@host/database, pyspark://local; the environment
    # gives each ${NAME}, and a password stands nowhere else
    ibis: str = ""
    table: str = ""  # of that engine: one row a prediction; --predictions replaces both
    reference: str = ""  # a file beside the map; --reference replaces it
    reference_table: str = ""  # or a table of the engine
    time: str | Every | None = None  # the column of event times, or {start, every}; required
    bucket: str = "1m"  # the slow bucket, a whole number of seconds from 1s to 1d
    score: str | None = None  # the column of scores from 0 to 1
    # from which score on the decision is 1, for all versions or by version: {v41: 0.5, v42: 0.4}
    threshold: float | dict[str, float] | None = None
    prediction: str | None = None  # the column of decisions, 0 or 1, instead of a threshold
    label: str | Label | None = None  # the column of labels, 0 or 1, or a block
    label_time: str | None = None  # the column that says when each label was known
    label_delay: str | None = None  # else labels are known this long after their event
    labels_only_when: str | None = None  # decision=0: only such decisions ever get a label
    id: str | None = None  # the column that joins predictions and labels; else by row order
    user: str | None = None  # the column of users; counted, never stored
    version: str = ""  # a column, else the name of the one version
    segments: list[str | list[str]] = []  # columns, and pairs of them: [region, device]
    protected: list[str] = []  # columns counted as segments too, whose groups are compared
    features: Features | Literal["auto"] = field(default_factory=Features)  # auto: every other one
    rates: list[NamedColumn] = []  # any k of n: {name: manual_review, column: sent_to_review}
    means: list[NamedColumn] = []  # any mean: {name: mae, column: abs_error}
    latency: str | None = None  # the column of each request's latency
    latency_unit: Literal["s", "ms"] = "ms"  # what it is in
    error: str | None = None  # the column of errors; empty, 0 or no is none, any word is its kind
    metrics: list[MetricColumn] = []  # of the metrics file; empty: all of them, as they are called
    schemas: dict[str, str] = {}  # version: a file with the columns it reads, kept as it is
    shadow: Shadow | None = None  # a second model that scored the same rows


class Versions(Settings, kw_only=True):
    """Which versions serve, and which could."""

    current: str = ""  # the new one; empty: that of the last deploy, else the one that serves most
    previous: str = ""  # what a rollback goes back to; empty: another that serves or was deployed
    fallback: str = "rules"  # what decides without a model


class Harm(Settings, kw_only=True):
    """What a wrong decision costs, relative to one missed positive."""

    unit: str = "wrong decisions"  # the team's own word
    false_negative: NotBelow0 = 1.0  # a missed positive
    false_positive: NotBelow0 = 0.2  # a false alarm
    slow: NotBelow0 = 0.02  # a request over the latency objective
    shed: NotBelow0 = 0.1  # a request that is not served


class Model(Settings, kw_only=True):
    """The model behind the service."""

    versions: Versions = field(default_factory=Versions)  # which versions there are
    threshold: float | None = None  # not read yet: decisions come from the map
    harm: Harm = field(default_factory=Harm)  # what wrong decisions cost
    positive: str = "positive"  # what one positive is called: fraud, default, spam
    label_delay: str = ""  # how long labels usually take; said in briefings


class Objective(Settings, kw_only=True):
    """A promise: a share of good events (`good`, `target`), or a bound on a metric."""

    name: str  # what the team calls it
    good: str = ""  # "latency <= 250ms" or "no error"
    target: str = ""  # the share of good requests: 99%
    window: str = "28d"  # the time over which its budget of bad requests is spent
    metric: str = ""  # else the metric that is bound, as `assess` names it
    at_least: float | None = None  # its lower bound
    at_most: float | None = None  # or its upper bound
    # how much worse than its baseline it may be; else the distance from baseline to bound
    tolerance: float | None = None


class Capacity(Settings, kw_only=True):
    """Warm workers an option finds, and how many it needs."""

    warm_workers: int  # used where no gauge warm_replicas says how many there are
    needed: int  # to carry all traffic
    # requests a second that one worker carries, where no load curve tells
    per_worker: Annotated[float, Meta(gt=0)] | None = None


class Retries(Settings, kw_only=True):
    """How callers try again: what may keep an overload alive after its cause is gone."""

    times: Annotated[int, Meta(ge=0, le=20)] = 0  # at most, after the first attempt
    timeout: str = "1s"  # after which a caller tries again


class OptionSettings(Settings, kw_only=True):
    """What is particular to one containment option here, or to one of the team's own."""

    label: str = ""  # of a team's own option: what people call it
    # of a team's own: which version then serves which share: {v41: 60%, rules: 40%}
    serves: dict[str, str] = {}
    minutes: tuple[float, float] | None = None  # to effect: median, 90th percentile
    undo: NotBelow0 | None = None  # minutes
    capacity: Capacity | None = None  # of rollback, blue_green, canary and split
    # while workers that are not warm yet warm up: the share of their requests that is slow, and
    # for how many minutes
    cold: tuple[Annotated[float, Meta(ge=0, le=1)], NotBelow0] | None = None
    share: str | None = None  # of canary and split: requests that stay on the new version
    sticky: bool | None = None  # whether a user stays on one version; shown beside the share
    shed: str | None = None  # of throttle: requests turned away
    segments: list[str] | None = None  # of segment_off: dimensions it can switch; none: any
    precision: Annotated[float, Meta(ge=0, le=1)] | None = None  # of rules
    latency_p99: NotBelow0 | None = None  # of rules, ms
    wrong_share: str | None = None  # of rules: decisions that are wrong
    slow_left: str | None = None  # of throttle: slow requests left, where no curve tells
    snapshot: str | None = None  # of pin: the last good features, in words
    restored: str | None = None  # of pin: the share of the harm by bad features that it ends
    fails: str | None = None  # how often it has to be done a second time
    cost: NotBelow0 | None = None  # of doing it, once, in missed positives
    irreversible: str | None = None  # what it does that cannot be undone, in words
    approval: str | None = None  # the key of the stakeholder who must agree
    companions: list[str] | None = None  # what is done beside it
    guarantee: str | None = None  # which of the guarantees it protects
    needs: str | None = None  # what must be there first, in words: legal OK
    action: str | None = None  # not read yet: what carries it out
    enabled: bool = True  # false: not in the table


class Faults(Settings, kw_only=True):
    """What may be wrong, before anything is looked at, and what each sign says of it."""

    # fault: weight, of model, data, capacity, mix, noise
    prior: dict[str, Annotated[float, Meta(ge=0)]] = {}
    recent: str = "24h"  # a deploy, or a change of schema or pipeline, younger than this …
    recent_times: Annotated[float, Meta(gt=0)] = 3.0  # … makes its fault so many times as likely
    # sign: fault: likelihood ratio against a service where nothing is known
    ratios: dict[str, dict[str, Annotated[float, Meta(gt=0)]]] = {}
    by_chance: str = "8%"  # how often a sign is seen where it says nothing
    probes: dict[str, Annotated[float, Meta(gt=0)]] = {}  # sign: minutes that looking takes


class Decisions(Settings, kw_only=True):
    """What the containment table takes for given beyond the options' own settings."""

    horizon: str = "4h"  # harm is counted until it is resolved, and no longer than this
    minutes_to_fix: tuple[float, float] = (90.0, 148.0)  # median, 90th percentile
    # how much of a fault in shared features the previous version has too: least, most
    shared_fault: tuple[float, float] = (0.6, 1.15)
    # by how much the new version is better than the one before, of the healthy share of wrong
    # decisions: mean, standard deviation
    improvement: tuple[str, str] = ("5%", "2.5%")
    requests_per_user: Annotated[float, Meta(ge=1)] = 10.0  # in an incident, where not counted
    # how much the mean of the worst tenth counts beside the mean
    tail: dict[str, Annotated[float, Meta(ge=0)]] = field(
        default_factory=lambda: {"SEV1": 1.0, "SEV2": 0.5, "SEV3": 0.0, "SEV4": 0.0}
    )
    # while no label tells: wrong decisions of a faulty model or on bad data, times the healthy
    # share: median, 90th percentile
    unlabelled: tuple[float, float] = (1.5, 3.0)
    recheck: str = "10m"  # when to look again after deciding to observe


class Stakeholder(Settings, kw_only=True):
    """Who is asked for what."""

    ask: str  # for what
    owner: str  # by name or role
    default: str = ""  # what happens without an answer


class Owner(Settings, kw_only=True):
    """Whose service it is."""

    team: str = ""  # owns what is not known where no commander is named
    commander: str = ""  # owns what is not known, on the screen and in briefings
    # who alone may clear a safety, privacy or data-loss mark; empty: anyone who gives a name
    compliance: str = ""


class PagerDuty(Settings, kw_only=True):
    """The paging service."""

    routing_key: dict[str, str] = {}  # not read yet: where the key is kept: {env: PD_KEY}


class Escalation(Settings, kw_only=True):
    """Who is called when it is serious; the severity policy says when."""

    # whom to call, in which order, as it is printed when safety is marked: "on-call +49 …"
    tree: list[str] = []
    pagerduty: PagerDuty | None = None  # not read yet: the service that pages


class IncidentSettings(Settings, kw_only=True):
    """How much is kept, and what opens an incident."""

    look_back: str = "6h"  # how far back charts and the search for the onset look
    keep: str = "7d"  # not read yet: how long a rolling recording is kept
    # not read yet: which events open an incident
    declare_on: list[str] = field(default_factory=lambda: ["page", "alert"])


class Drifting(Settings, kw_only=True):
    """When drift may be said: the classes of PSI, and the rows it takes."""

    min_rows: Annotated[int, Meta(ge=1)] = 1000  # fewer rows, and no class unless it is certain
    noticeable: float = 0.1  # corrected PSI from which drift is noticeable
    major: float = 0.25  # corrected PSI above which it is major
    # feature: weight in the order of the list; one without a weight has the mean of the others
    importance: dict[str, Annotated[float, Meta(ge=0)]] = {}


class Sources(Settings, kw_only=True):
    """Where facts come from."""

    predictions: Predictions | None = None  # the import's map, where no --map is given


DEFAULT_SEVERITY = "default"  # the policy that comes with cockpit


class Config(Settings, kw_only=True):
    """One `cockpit.yaml`."""

    service: str = ""  # what people call the service; empty: that of the map
    owner: Owner = field(default_factory=Owner)  # whose service it is
    timezone: str = "UTC"  # shown beside UTC: Europe/Berlin
    # a service that its users cannot do without: the severity policy counts its failures for more
    tier1: bool = False
    severity: str = DEFAULT_SEVERITY  # or a file beside this one: a severity policy of your own
    model: Model = field(default_factory=Model)  # the model behind the service
    objectives: list[Objective] = []  # what was promised
    sources: Sources = field(default_factory=Sources)  # where facts come from
    options: dict[str, OptionSettings] = {}  # by option: rollback, canary, …, or a team's own name
    retries: Retries | None = None  # how callers try again
    faults: Faults = field(default_factory=Faults)  # what may be wrong
    decisions: Decisions = field(default_factory=Decisions)  # what a decision takes for given
    drift: Drifting = field(default_factory=Drifting)  # when drift may be said
    tolerance: str = "10%"  # of the baseline, where no objective says otherwise
    incident: IncidentSettings = field(default_factory=IncidentSettings)  # how much is looked at
    # what must hold whatever a model gains; the briefing says so
    guarantees: list[str] = field(default_factory=lambda: ["safety", "availability"])
    stakeholders: dict[str, Stakeholder] = {}  # who is asked for what, by one key
    escalation: Escalation = field(default_factory=Escalation)  # who is called
    glossary: dict[str, str] = {}  # not read yet: the team's own words


FAULTS = ("model", "data", "capacity", "mix", "noise")
# The containment options that are built in; `options` may name others, with what they serve.
OPTIONS = (
    "observe",
    "rollback",
    "canary",
    "split",
    "blue_green",
    "shadow",
    "pin",
    "rules",
    "throttle",
    "kill",
    "segment_off",
)
NO_ERROR = "no error"
LATENCY = re.compile(r"latency\s*<=?\s*(.+)")  # of an objective's `good`; a duration follows


def check(config: Config) -> None:
    """Read every duration, share, name and zone once. Raises BadInput naming the key."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(config.timezone)
    except (KeyError, ValueError, OSError):
        raise BadInput(
            f"timezone: '{config.timezone}' is not a time zone; write one like Europe/Berlin"
        ) from None
    _read("incident.look_back", config.incident.look_back, parse_duration)
    _read("incident.keep", config.incident.keep, parse_duration)
    _read("tolerance", config.tolerance, parse_share)
    if config.model.label_delay:
        _read("model.label_delay", config.model.label_delay, parse_duration)
    for i, objective in enumerate(config.objectives):
        _read(f"objectives[{i}].window", objective.window, parse_duration)
        if objective.target:
            _read(f"objectives[{i}].target", objective.target, parse_share)
        if objective.good:
            _read(f"objectives[{i}].good", objective.good, _check_good)
    for name, option in config.options.items():
        _check_option(name, option, config)
    _check_decisions(config)


def _check_option(name: str, option: OptionSettings, config: Config) -> None:
    where = f"options.{name}"
    if name not in OPTIONS and not (option.serves or option.shed):
        known = nearest(name, OPTIONS) or f"there are: {', '.join(OPTIONS)}"
        own = "one of your own says what it `serves` or `shed`s"
        raise BadInput(f"{where}: no such option; {known}; {own}")
    for key in ("share", "shed", "wrong_share", "slow_left", "restored", "fails"):
        share = getattr(option, key)
        if share is not None:
            _read(f"{where}.{key}", share, parse_share)
    shares = [_share(f"{where}.serves.{version}", text) for version, text in option.serves.items()]
    if sum(shares) > 1.0 + 1e-9:
        raise BadInput(f"{where}.serves: more than 100% together; lower a share")
    if option.approval is not None and option.approval not in config.stakeholders:
        known = ", ".join(config.stakeholders) or "none yet"
        raise BadInput(f"{where}.approval: no stakeholder {option.approval!r}; there are: {known}")
    if option.minutes is not None and not 0 <= option.minutes[0] <= option.minutes[1]:
        raise BadInput(f"{where}.minutes: write the median, then the 90th percentile: [2, 6]")


def _share(key: str, text: str) -> float:
    with naming(key):
        return parse_share(text)


def _check_decisions(config: Config) -> None:
    decisions, faults = config.decisions, config.faults
    _read("decisions.horizon", decisions.horizon, parse_duration)
    _read("decisions.recheck", decisions.recheck, parse_duration)
    for i, share in enumerate(decisions.improvement):
        _read(f"decisions.improvement[{i}]", share, parse_share)
    _read("faults.recent", faults.recent, parse_duration)
    _read("faults.by_chance", faults.by_chance, parse_share)
    if not 0.0 < parse_share(faults.by_chance) < 0.1:
        raise BadInput("faults.by_chance: not between 0% and 10%; a sign counts up to ten times it")
    if faults.prior and not any(faults.prior.get(fault, 1.0) for fault in FAULTS):
        raise BadInput("faults.prior: every fault has no weight; give one of them some")
    for key, signs in (("faults.ratios", faults.ratios), ("faults.probes", faults.probes)):
        for sign in signs:
            _read(f"{key}.{sign}", sign, known_sign)
    if config.retries is not None:
        _read("retries.timeout", config.retries.timeout, parse_duration)
    for key, names in (
        ("faults.prior", faults.prior),
        *((f"faults.ratios.{sign}", ratios) for sign, ratios in faults.ratios.items()),
    ):
        for name in names:
            if name not in FAULTS:
                raise BadInput(f"{key}.{name}: no such fault; there are: {', '.join(FAULTS)}")
    for low, high, key in (
        (*decisions.minutes_to_fix, "minutes_to_fix"),
        (*decisions.shared_fault, "shared_fault"),
        (*decisions.unlabelled, "unlabelled"),
    ):
        if not 0 < low <= high:
            raise BadInput(f"decisions.{key}: the first is not below the second; swap them")


def _check_good(text: str) -> None:
    latency = LATENCY.fullmatch(text.strip())
    if latency is not None:
        parse_duration(latency[1])
    elif text.strip() != NO_ERROR:
        raise BadInput(f"'{text}' says nothing known; write 'latency <= 250ms' or '{NO_ERROR}'")


def _read(key: str, text: str, reader: Callable[[str], object]) -> None:
    with naming(key):
        reader(text)
