"""What is assumed of each option: from the configuration, else a default, always named by its key.

Each assumption is a key of the configuration, so that it can be disputed, and set while watching.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from cockpit.config import Capacity, Config, OptionSettings
from cockpit.setting import plain
from cockpit.text import inert
from cockpit.units import parse_share
from cockpit.views import Assumption


class Default(NamedTuple):
    """Of a built-in option: minutes to effect (median, 90th percentile) and to undo it."""

    minutes: tuple[float, float]
    undo: float
    fails: float  # how often it has to be done a second time


DEFAULTS: dict[str, Default] = {
    "observe": Default((0.0, 0.0), 0.0, 0.0),
    "rollback": Default((4.0, 9.0), 6.0, 0.05),
    "canary": Default((3.0, 6.0), 1.0, 0.03),
    "split": Default((3.0, 6.0), 1.0, 0.03),
    "blue_green": Default((0.5, 1.0), 0.5, 0.02),
    "shadow": Default((1.0, 2.0), 1.0, 0.0),
    "pin": Default((3.0, 6.0), 1.0, 0.03),
    "rules": Default((2.0, 5.0), 1.0, 0.02),
    "throttle": Default((1.0, 2.0), 1.0, 0.01),
    "kill": Default((0.5, 1.0), 2.0, 0.01),
    "segment_off": Default((2.0, 4.0), 1.0, 0.02),
}
OWN = Default((3.0, 6.0), 3.0, 0.03)  # of an option that a team added
SHARE: dict[str, float] = {"canary": 0.10, "split": 0.50}
SHED = 0.20  # of requests, by throttling
SLOW_LEFT = 0.15  # of slow requests, after throttling
RESTORED = 0.80  # of the harm by bad features, by pinning the last good ones
COLD = (0.5, 12.0)  # further slow requests, and minutes, while workers warm up
RULES_TIMES_HEALTHY = 2.0  # wrong decisions of the rules, against the healthy model
SET_UP = frozenset({"blue_green", "pin"})  # there only where the configuration says so


@dataclass(frozen=True)
class Assumed:
    """What is taken as given about one option; `listed` says where each value comes from."""

    kind: str
    label: str  # of a team's own option; "" for a built-in one
    minutes: tuple[float, float]  # to effect: median, 90th percentile
    undo: float
    fails: float
    cost: float
    share: float  # of requests that stay on the new version
    shed: float  # of requests turned away
    slow_left: float  # of slow and failing requests, by shedding
    restored: float  # of the harm by bad features, by pinning
    snapshot: str
    cold: tuple[float, float]
    sticky: bool
    capacity: Capacity | None
    serves: dict[str, float]  # of a team's own option: version → share
    wrong_share: float | None  # of what a team's own option serves that is no version
    latency_p99: float | None
    irreversible: str
    approval: str
    companions: tuple[str, ...]
    guarantee: str
    needs: str
    segments: tuple[str, ...] | None  # dimensions that can be switched off; null: any
    listed: tuple[Assumption, ...]


def assumed(kind: str, config: Config) -> Assumed | None:
    """The assumptions about one option; null where the configuration rules it out."""
    given = config.options.get(kind, OptionSettings())
    if not given.enabled or (kind in SET_UP and kind not in config.options):
        return None
    default = DEFAULTS.get(kind, OWN)
    shed = _share(given.shed, SHED if kind == "throttle" else 0.0)
    sheds = shed > 0.0 and kind != "kill"
    found = Assumed(
        kind=kind,
        label=inert(given.label, 30),
        minutes=default.minutes if given.minutes is None else given.minutes,
        undo=default.undo if given.undo is None else given.undo,
        fails=_share(given.fails, default.fails),
        cost=given.cost or 0.0,
        share=_share(given.share, SHARE.get(kind, 0.0)),
        shed=shed,
        slow_left=_share(given.slow_left, SLOW_LEFT) if sheds else 1.0,
        restored=_share(given.restored, RESTORED),
        snapshot=given.snapshot or "",
        cold=COLD if given.cold is None else given.cold,
        sticky=bool(given.sticky),
        capacity=given.capacity,
        serves={version: parse_share(text) for version, text in given.serves.items()},
        wrong_share=None if given.wrong_share is None else parse_share(given.wrong_share),
        latency_p99=given.latency_p99,
        irreversible=given.irreversible or "",
        approval=given.approval or "",
        companions=tuple(given.companions or ()),
        guarantee=given.guarantee or "",
        needs=given.needs or "",
        segments=None if given.segments is None else tuple(given.segments),
        listed=(),
    )
    return replace(found, listed=_listed(found, given))


def _listed(found: Assumed, given: OptionSettings) -> tuple[Assumption, ...]:
    """Every value that the option rests on, by its key."""
    acts, own = found.kind != "observe", found.kind not in DEFAULTS
    sheds = found.shed > 0.0 and found.kind != "kill"
    values = [
        ("minutes", pair_text(found.minutes), acts),
        ("undo", plain(found.undo), acts),
        ("fails", percent(found.fails), acts and found.fails > 0.0),
        ("share", percent(found.share), found.kind in SHARE),
        ("shed", percent(found.shed), sheds),
        ("slow_left", percent(found.slow_left), sheds),
        ("restored", percent(found.restored), found.kind == "pin"),
        ("cold", pair_text(found.cold), found.capacity is not None),
        ("cost", plain(found.cost), given.cost is not None),
    ]
    if found.capacity is not None:
        values += [
            ("capacity.warm_workers", f"{found.capacity.warm_workers}", True),
            ("capacity.needed", f"{found.capacity.needed}", True),
        ]
    if own and found.wrong_share is not None:
        values.append(("wrong_share", percent(found.wrong_share), True))
    if own and found.latency_p99 is not None:
        values.append(("latency_p99", plain(found.latency_p99), True))
    return tuple(
        Assumption(
            key=f"options.{found.kind}.{key}",
            value=text,
            source="default" if getattr(given, key.split(".")[0]) is None else "configuration",
        )
        for key, text, rests in values
        if rests
    )


def _share(given: str | None, default: float) -> float:
    return default if given is None else parse_share(given)


def percent(share: float) -> str:
    """As one writes it in the configuration: '10%', '0.25%'."""
    return f"{plain(100 * share)}%"


def pair_text(pair: tuple[float, float]) -> str:
    """As one writes it in the configuration: '[4, 9]'."""
    return f"[{plain(pair[0])}, {plain(pair[1])}]"


@dataclass(frozen=True)
class Rules:
    """What the rule-based fallback is taken to be; a null rate means that nothing tells."""

    wrong_share: float | None
    precision: float | None
    latency_p99: float | None  # ms
    listed: tuple[Assumption, ...]


def assumed_rules(config: Config, healthy: float | None) -> Rules:
    """The fallback's rates from the configuration; its wrong share by default twice the healthy."""
    given = config.options.get("rules", OptionSettings())
    wrong: float | None = None
    if given.wrong_share is not None:
        wrong = parse_share(given.wrong_share)
    elif healthy is not None:
        wrong = float(f"{min(RULES_TIMES_HEALTHY * healthy, 1.0):.3g}")  # as it is listed
    values = {
        "wrong_share": None if wrong is None else percent(wrong),
        "precision": None if given.precision is None else plain(given.precision),
        "latency_p99": None if given.latency_p99 is None else plain(given.latency_p99),
    }
    listed = (
        Assumption(
            key=f"options.rules.{key}",
            value=text,
            source="default" if getattr(given, key) is None else "configuration",
        )
        for key, text in values.items()
        if text is not None
    )
    return Rules(wrong, given.precision, given.latency_p99, tuple(listed))
