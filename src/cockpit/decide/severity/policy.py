"""The severity policy as typed settings: which facts propose which level, and what is done then.

One entry of `any` names facts that must hold together; a level is proposed where one of its entries
holds. What a fact means is written beside its settings here; `conditions` decides whether it holds.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from cockpit.config import Settings
from cockpit.records import DAY, HOUR, MINUTE, BadInput, naming
from cockpit.units import parse_duration, parse_share
from cockpit.views import LEVELS, Level
from cockpit.yamlfile import load

# The rates that error budgets are watched at, each over a long span and its short one
# (Beyer et al., The Site Reliability Workbook, 2018, ch. 5).
BURNS: dict[float, tuple[int, int]] = {
    14.4: (HOUR, 5 * MINUTE),
    6.0: (6 * HOUR, 30 * MINUTE),
    1.0: (3 * DAY, 6 * HOUR),
}
_SHARES = {  # of each fact, which of its settings are shares
    "protected_gap": ("at_least",),
    "wrong_decisions": ("sure", "of"),
    "share_hurt": ("at_least",),
    "requests_fail": ("at_least", "sure"),
    "burn": ("sure",),
    "missing_feature": ("share",),
    "objective_missed": ("sure",),
}


class WrongDecisions(Settings, kw_only=True):
    """Surely so many times the healthy share of wrong decisions, for so many users."""

    times_healthy: Annotated[float, Meta(gt=0)] = 2.0
    sure: str = "90%"
    of: str = "0%"  # of users (requests where they are not counted), at least


class ShareHurt(Settings, kw_only=True):
    """Measurably more wrong decisions, for so many users or requests."""

    at_least: str = "0%"


class RequestsFail(Settings, kw_only=True):
    """Surely so many requests fail."""

    at_least: str = "5%"
    sure: str = "90%"


class BurnsBudget(Settings, kw_only=True):
    """An error budget surely burns at so many times its rate, over both spans."""

    rate: float
    over: tuple[str, str]  # long, short
    sure: str = "90%"


class LatencyOver(Settings, kw_only=True):
    """The p99 is surely over the latency objective, and has been for so long."""

    lasting: str = field(name="for", default="15m")


class MissingFeature(Settings, kw_only=True):
    """A feature is missing in so many rows, more than it used to be."""

    share: str = "5%"
    top: Annotated[int, Meta(ge=1)] = 10  # of the features, by importance


class Calibration(Settings, kw_only=True):
    """Observed ÷ expected surely outside of these, and not as it was before."""

    outside: tuple[float, float] = (0.8, 1.25)


class Drifted(Settings, kw_only=True):
    """It drifted at least so much, by the classes of `drift` in cockpit.yaml."""

    drift_class: Literal["noticeable", "major"] = field(name="class", default="major")
    of: Literal["anything", "a feature"] = "anything"  # the score and the features, or these alone


class ObjectiveMissed(Settings, kw_only=True):
    """A promise on the model is surely missed; those on requests are judged by their budgets."""

    sure: str = "90%"


class ProtectedGap(Settings, kw_only=True):
    """Positives of a protected group are surely missed so much more often, and more than before."""

    at_least: str = "5%"


class Reports(Settings, kw_only=True):
    """So many people reported something; what they wrote is not read."""

    at_least: Annotated[int, Meta(ge=1)] = 3


class Entry(Settings, kw_only=True):
    """Facts that must hold together; those that are left out are not asked."""

    safety_mark: Literal["any", "safety", "privacy", "data loss"] | None = None  # set by a person
    protected_gap: ProtectedGap | None = None
    wrong_decisions: WrongDecisions | None = None
    share_hurt: ShareHurt | None = None
    requests_fail: RequestsFail | None = None
    burn: BurnsBudget | None = None
    latency_over_objective: LatencyOver | None = None
    missing_feature: MissingFeature | None = None
    calibration: Calibration | None = None
    objective_missed: ObjectiveMissed | None = None
    ranking_lost: bool = False  # AUC surely below its baseline
    ranking_kept: bool = False  # AUC measured, and not surely below its baseline
    drift: Drifted | None = None
    quality_falling: bool = False  # wrong decisions judged watch, degraded or critical
    own_figure_worse: bool = False  # a figure the team named, judged degraded or critical
    reports: Reports | None = None
    schema_changed: str | None = None  # an input schema changed, no longer ago than this: 6h
    service_quiet: bool = False  # nothing fails, nothing is slow, no budget burns
    tier1: bool = False  # the configuration calls the service tier 1
    confirm: bool = False  # no fact: the level is proposed, and holds only once a person says so

    @property
    def facts(self) -> dict[str, Any]:
        """What is asked: the name of each fact, and its settings."""
        every = {name: getattr(self, name) for name in self.__struct_fields__}
        return {k: v for k, v in every.items() if v not in (None, False) and k != "confirm"}


class Call(Settings, kw_only=True):
    """Who is called, how, and after how long."""

    after: str = "0m"
    whom: str
    by: Literal["page", "call", "ticket", "message"] = "page"


class Updates(Settings, kw_only=True):
    """How often people hear of it."""

    internal: str  # a length of time
    external: str = ""  # in words


class Row(Settings, kw_only=True):
    """One level: what proposes it, and what is done then."""

    level: Level
    any: list[Entry] = []
    people_know: list[str] = []  # what makes it so and no figure tells
    actions: list[str] = []
    contain_within: str | None = None
    escalate: list[Call] = []
    updates: Updates


class Case(Settings, kw_only=True):
    """A kind of fault: its level by default, what contains it first, and what misleads.

    It is shown where one of `when` holds; without one no figure tells: it is for people to read.
    """

    case: str
    when: list[Entry] = []
    level: Level
    tier1: Level | None = None  # its level in a tier-1 service
    first: str
    trap: str


class Lowering(Settings, kw_only=True):
    """When a severity may be lowered."""

    after: str = "30m"  # since it began or people were paged, whichever came first
    reason: bool = True  # whether it takes one


class Policy(Settings, kw_only=True):
    """One `severity.yaml`."""

    # A fact is seen, and a part of it cannot be told (for how long, for how many users): "higher"
    # counts it as if that part were so, "lower" as if it were not.
    unsure: Literal["higher", "lower"] = "higher"
    lowering: Lowering = field(default_factory=Lowering)
    paged: str = ""  # whom a recorded page has reached, as `escalate` calls them
    levels: list[Row]
    cases: list[Case] = []

    def row(self, level: Level) -> Row:
        """What is said of one level."""
        return next(row for row in self.levels if row.level == level)


@cache
def default_policy() -> Policy:
    """The policy that comes with cockpit."""
    text = (files("cockpit.decide.severity") / "severity.yaml").read_text("utf-8")
    return read_policy(text, "severity.yaml")


def read_policy(source: Path | str, where: str = "") -> Policy:
    """A policy from a file, or from text that errors call `where`. Raises BadInput."""
    return load(source, Policy, where, check=_check)


def _check(policy: Policy) -> None:
    """Read every share and duration once. Raises BadInput naming the key."""
    named = [row.level for row in policy.levels]
    if sorted(named) != list(LEVELS):
        raise BadInput(f"levels: each of {', '.join(LEVELS)} is there once; add or merge a row")
    with naming("lowering.after"):
        parse_duration(policy.lowering.after)
    for i, row in enumerate(policy.levels):
        _check_row(f"levels[{i}]", row)
    for i, case in enumerate(policy.cases):
        for j, entry in enumerate(case.when):
            _check_entry(f"cases[{i}].when[{j}]", entry)


def _check_row(where: str, row: Row) -> None:
    for j, entry in enumerate(row.any):
        _check_entry(f"{where}.any[{j}]", entry)
    if row.contain_within is not None:
        with naming(f"{where}.contain_within"):
            parse_duration(row.contain_within)
    for j, call in enumerate(row.escalate):
        with naming(f"{where}.escalate[{j}].after"):
            parse_duration(call.after)
    with naming(f"{where}.updates.internal"):
        if parse_duration(row.updates.internal) == 0:
            raise BadInput("no time at all; write one like 30m")


def _check_entry(where: str, entry: Entry) -> None:
    if not entry.facts:
        raise BadInput(f"{where}: names no fact; write one, as wrong_decisions: {{of: 25%}}")
    for name, fact in entry.facts.items():
        for key in _SHARES.get(name, ()):
            with naming(f"{where}.{name}.{key}"):
                parse_share(getattr(fact, key))
    if entry.latency_over_objective is not None:
        with naming(f"{where}.latency_over_objective.for"):
            parse_duration(entry.latency_over_objective.lasting)
    if entry.schema_changed is not None:
        with naming(f"{where}.schema_changed"):
            parse_duration(entry.schema_changed)
    if entry.burn is not None:
        _check_burn(f"{where}.burn", entry.burn)


def _check_burn(where: str, burn: BurnsBudget) -> None:
    with naming(f"{where}.over"):
        spans = tuple(parse_duration(span) for span in burn.over)
    if BURNS.get(burn.rate) != spans:
        raise BadInput(
            f"{where}: is not watched; there are: 14.4 over [1h, 5m], 6 over [6h, 30m],"
            " 1 over [3d, 6h]"
        )
