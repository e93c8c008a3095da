"""What is assumed where nothing was measured: from the configuration, else a default, always named.

Each assumption is a key of the configuration, so that it can be disputed. The default minutes are
medians and 90th percentiles.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.config import Capacity, Config, OptionSettings
from cockpit.units import parse_share

MINUTES: dict[str, tuple[float, float]] = {
    "rollback": (4.0, 9.0),
    "canary": (3.0, 6.0),
    "split": (3.0, 6.0),
    "shadow": (1.0, 2.0),
    "rules": (2.0, 5.0),
    "throttle": (1.0, 2.0),
    "kill": (0.5, 1.0),
    "segment_off": (2.0, 4.0),
}
UNDO: dict[str, float] = {
    "rollback": 6.0,
    "canary": 1.0,
    "split": 1.0,
    "shadow": 1.0,
    "rules": 1.0,
    "throttle": 1.0,
    "kill": 2.0,
    "segment_off": 1.0,
}
SHARE: dict[str, float] = {"canary": 0.10, "split": 0.50}
SHED = 0.20
RULES_TIMES_HEALTHY = 2.0  # wrong decisions of the rules, against the healthy model


@dataclass(frozen=True)
class Assumed:
    """What is taken as given about one option; `lines` say where each value comes from."""

    kind: str
    minutes: tuple[float, float]  # to effect: median, 90th percentile
    minutes_given: bool
    undo: float
    undo_given: bool
    share: float  # of requests that stay on the new version
    shed: float  # of requests turned away
    sticky: bool
    capacity: Capacity | None
    needs: str
    segments: tuple[str, ...] | None  # dimensions that can be switched off; null: any
    lines: tuple[str, ...]


def assumed(kind: str, config: Config) -> Assumed | None:
    """The assumptions about one option; null where the configuration rules it out."""
    given = config.options.get(kind, OptionSettings())
    if not given.enabled:
        return None
    lines: list[str] = []

    def settle(key: str, value: float, text: str, is_given: bool) -> float:
        lines.append(f"options.{kind}.{key} = {text}" + ("" if is_given else " (default)"))
        return value

    minutes = given.minutes or MINUTES.get(kind, (0.0, 0.0))
    undo = UNDO.get(kind, 0.0) if given.undo is None else given.undo
    if kind != "observe":
        settle("minutes", minutes[0], f"{minutes[0]:g}, {minutes[1]:g}", given.minutes is not None)
        settle("undo", undo, f"{undo:g}", given.undo is not None)
    share, shed = 0.0, 0.0
    if kind in SHARE:
        share = SHARE[kind] if given.share is None else parse_share(given.share)
        settle("share", share, _percent(share), given.share is not None)
    if kind == "throttle":
        shed = SHED if given.shed is None else parse_share(given.shed)
        settle("shed", shed, _percent(shed), given.shed is not None)
    return Assumed(
        kind=kind,
        minutes=minutes,
        minutes_given=given.minutes is not None,
        undo=undo,
        undo_given=given.undo is not None,
        share=share,
        shed=shed,
        sticky=bool(given.sticky),
        capacity=given.capacity,
        needs=given.needs or "",
        segments=None if given.segments is None else tuple(given.segments),
        lines=tuple(lines),
    )


def _percent(share: float) -> str:
    """As one writes it in the configuration: '10%', '0.25%'."""
    return f"{100 * share:.3g}%"


@dataclass(frozen=True)
class Rules:
    """What the rule-based fallback is taken to be; a null rate means that nothing tells."""

    wrong_share: float | None
    precision: float | None
    latency_p99: float | None  # ms
    lines: tuple[str, ...]


def assumed_rules(config: Config, healthy: float | None) -> Rules:
    """The fallback's rates from the configuration; its wrong share by default twice the healthy."""
    given = config.options.get("rules", OptionSettings())
    if given.wrong_share is not None:
        wrong: float | None = parse_share(given.wrong_share)
        line = f"options.rules.wrong_share = {given.wrong_share}"
    elif healthy is not None:
        wrong = min(RULES_TIMES_HEALTHY * healthy, 1.0)
        line = f"options.rules.wrong_share = {_percent(wrong)} (default: twice the healthy share)"
    else:
        wrong, line = None, "options.rules.wrong_share is not set, and nothing healthy to go by"
    lines = [line]
    if given.precision is not None:
        lines.append(f"options.rules.precision = {given.precision:g}")
    if given.latency_p99 is not None:
        lines.append(f"options.rules.latency_p99 = {given.latency_p99:g} ms")
    return Rules(wrong, given.precision, given.latency_p99, tuple(lines))
