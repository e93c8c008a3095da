"""`cockpit.yaml` as typed settings, with every default in one place.

Durations, shares and conditions stay the strings people write; `cockpit.units` reads them where
they are used, and `check` reads each of them once so that a bad one is reported when the file is.
"""

from __future__ import annotations

from typing import Annotated, Literal, dataclass_transform

import msgspec
from msgspec import Meta, field

from cockpit.records import BadInput
from cockpit.units import parse_duration, parse_share


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every block: immutable, and an unknown key is an error."""


class Secret(Settings, kw_only=True):
    """Where a secret is to be found; never the secret itself."""

    env: str | None = None
    file: str | None = None


class Every(Settings, kw_only=True):
    """Times made from the row number: row i happened at start + i · every."""

    start: str
    every: str


class Label(Settings, kw_only=True):
    """Labels kept apart from predictions (`horizon`: the longest they may take)."""

    path: str = ""
    column: str
    time: str | None = None
    horizon: str = "30d"


class NamedColumn(Settings, kw_only=True):
    """A rate (k of n) or a mean a team names; `step` is the resolution sums are kept in."""

    name: str
    column: str
    step: float = 1e-6
    unit: str = ""
    direction: Literal["higher_is_better", "lower_is_better", "neither"] = "neither"


class Features(Settings, kw_only=True):
    """Which columns are the model's inputs."""

    numeric: list[str] = []
    categorical: list[str] = []


class MetricColumn(Settings, kw_only=True):
    """A column (wide file) or a name (long file) of the metrics file."""

    name: str
    column: str = ""
    unit: str = ""


class Shadow(Settings, kw_only=True):
    """A version that scored the same rows without deciding."""

    version: str
    score: str
    threshold: float | None = None


class Predictions(Settings, kw_only=True):
    """The map from the columns people have to what they mean (`sources.predictions`)."""

    service: str = ""
    path: str = ""
    reference: str = ""
    time: str | Every | None = None
    bucket: str = "1m"
    score: str | None = None
    threshold: float | dict[str, float] | None = None
    prediction: str | None = None
    label: str | Label | None = None
    label_time: str | None = None
    label_delay: str | None = None
    labels_only_when: str | None = None
    id: str | None = None
    user: str | None = None
    version: str = ""
    segments: list[str | list[str]] = []
    protected: list[str] = []
    features: Features | Literal["auto"] = field(default_factory=Features)
    rates: list[NamedColumn] = []
    means: list[NamedColumn] = []
    latency: str | None = None
    latency_unit: Literal["s", "ms"] = "ms"
    error: str | None = None
    metrics: list[MetricColumn] = []
    schemas: dict[str, str] = {}
    shadow: Shadow | None = None


class Versions(Settings, kw_only=True):
    """Which versions serve, and which could."""

    current: str = ""
    previous: str = ""
    fallback: str = "rules"


class Harm(Settings, kw_only=True):
    """What a wrong decision costs, relative to one missed positive."""

    unit: str = "wrong decisions"
    false_negative: float = 1.0
    false_positive: float = 0.2
    slow: float = 0.02
    shed: float = 0.1


class Model(Settings, kw_only=True):
    """The model behind the service."""

    versions: Versions = field(default_factory=Versions)
    threshold: float | None = None
    harm: Harm = field(default_factory=Harm)
    positive: str = "positive"  # what one positive is called: "fraud", "default", "spam"
    label_delay: str = ""


class Objective(Settings, kw_only=True):
    """A promise: a share of good events over a window, or a bound on a metric."""

    name: str
    good: str = ""
    target: str = ""
    window: str = "28d"
    metric: str = ""
    at_least: float | None = None
    at_most: float | None = None
    tolerance: float | None = None


class Capacity(Settings, kw_only=True):
    """Warm workers an option finds, and how many it needs."""

    warm_workers: int
    needed: int


class OptionSettings(Settings, kw_only=True):
    """What is particular to one containment option here."""

    minutes: tuple[float, float] | None = None  # median, 90th percentile
    undo: float | None = None  # minutes
    capacity: Capacity | None = None
    share: str | None = None
    sticky: bool | None = None
    shed: str | None = None
    segments: list[str] | None = None
    precision: float | None = None
    latency_p99: float | None = None  # ms
    wrong_share: str | None = None
    needs: str | None = None
    action: str | None = None
    enabled: bool = True


class Stakeholder(Settings, kw_only=True):
    """Who is asked for what."""

    ask: str
    owner: str
    default: str = ""


class Owner(Settings, kw_only=True):
    """Whose service it is."""

    team: str = ""
    commander: str = ""
    compliance: str = ""


class IncidentSettings(Settings, kw_only=True):
    """How much is kept, and what opens an incident."""

    look_back: str = "6h"
    keep: str = "7d"
    declare_on: list[str] = field(default_factory=lambda: ["page", "alert"])


class Drifting(Settings, kw_only=True):
    """When drift may be said: the classes of PSI, and the rows it takes."""

    min_rows: Annotated[int, Meta(ge=1)] = 1000
    noticeable: float = 0.1
    major: float = 0.25
    importance: dict[str, float] = {}


class Sources(Settings, kw_only=True):
    """Where facts come from."""

    predictions: Predictions | None = None


class Config(Settings, kw_only=True):
    """One `cockpit.yaml`."""

    service: str = ""
    owner: Owner = field(default_factory=Owner)
    timezone: str = "UTC"
    model: Model = field(default_factory=Model)
    objectives: list[Objective] = []
    sources: Sources = field(default_factory=Sources)
    options: dict[str, OptionSettings] = {}
    drift: Drifting = field(default_factory=Drifting)
    tolerance: str = "10%"  # of the baseline, where no objective says otherwise
    incident: IncidentSettings = field(default_factory=IncidentSettings)
    guarantees: list[str] = field(default_factory=lambda: ["safety", "availability"])
    stakeholders: dict[str, Stakeholder] = {}
    escalation: dict[str, list[str]] = {}
    glossary: dict[str, str] = {}


def check(config: Config) -> None:
    """Read every duration, share and zone once. Raises BadInput naming the key."""
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
    for name, option in config.options.items():
        for key, share in (
            ("share", option.share),
            ("shed", option.shed),
            ("wrong_share", option.wrong_share),
        ):
            if share is not None:
                _read(f"options.{name}.{key}", share, parse_share)


def _read(key: str, text: str, reader: object) -> None:
    try:
        reader(text)  # type: ignore[operator]
    except BadInput as error:
        raise BadInput(f"{key}: {error}") from None
