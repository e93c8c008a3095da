"""The rules that stand before the best option: contain first, and nothing rash on too little data.

In this order: where looking takes longer than it may, contain now; where a real fault is too
improbable to act on and the tail asks for nothing else, shadow and sample; else the best option,
with what would flip it. Safety comes before all of them, and weighs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cockpit.config import Decisions
from cockpit.decide.choice.threshold import ActIf
from cockpit.decide.choice.traits import Traits
from cockpit.records import MINUTE
from cockpit.units import duration, parse_duration

Rule = Literal["contain now", "shadow first", "best"]

GOES_ON = frozenset({"observe", "shadow"})  # options that leave the serving as it is
ROLLS_BACK = frozenset({"rollback", "blue_green"})  # those that take the new version off altogether
HASTY = frozenset({"SEV0", "SEV1"})  # severities at which one does not wait for more data
SHORTEST = 1.0  # minutes that any look takes


@dataclass(frozen=True)
class Guard:
    """Which rule speaks, and its sentence."""

    rule: Rule
    sentence: str


def guard(
    option: str,
    label: str,
    line: ActIf,
    *,
    budget: float | None,
    probe: float | None,
    verdict: float | None,
    flip: str,
) -> Guard:
    """The rule that speaks for the recommended option.

    `budget` is the diagnosis budget and `probe` the fastest look that could change the choice, in
    minutes; null: waiting is free, no such look. `verdict` is the minutes until there are data
    enough, null where that is not known; `flip` the sentence of the nearest flip, or "".
    """
    goes_on = option in GOES_ON
    if not goes_on and budget is not None and _too_short(budget, probe):
        return Guard(
            "contain now",
            f"contain now: looking is worth {_minutes(budget)} of harm, and takes longer",
        )
    # Going on is recommended only where the score, which weighs the tail too, asks for no more.
    if goes_on and not line.acts:
        return Guard("shadow first", f"shadow and sample: {_until_verdict(verdict)}")
    return Guard("best", f"{label}; {flip}" if flip else label)


def diagnose(option: str, budget: float | None, probe: float | None) -> str:
    """'diagnose ≤ 9 min', 'contain now' where that is too short for any look, or "".

    "" where the recommended option goes on as it is, or waiting is free.
    """
    if option in GOES_ON or budget is None:
        return ""
    return "contain now" if _too_short(budget, probe) else f"diagnose ≤ {_minutes(budget)}"


def allowed(
    order: Sequence[str], traits: Mapping[str, Traits], *, enough: bool, policy: bool
) -> list[str]:
    """The options, in their order, without the irreversible ones on too little data.

    `policy` says that the policy asks for them whatever the data.
    """
    return [name for name in order if enough or policy or not traits[name].irreversible]


def shadow_before(option: str, level: str, enough: bool, verdict: float | None) -> str:
    """What a full rollback on too little data proposes to do first, below SEV1; else ""."""
    if option not in ROLLS_BACK or enough or level in HASTY:
        return ""
    return f"not enough data: shadow first, {_until_verdict(verdict)}"


def recheck(option: str, decisions: Decisions, probe: float | None) -> int | None:
    """µs after which to look again where nothing is changed: as configured, or at the next probe.

    `probe` is the minutes until it can tell; null: none is known.
    """
    if option not in GOES_ON:
        return None
    configured = parse_duration(decisions.recheck)
    return configured if probe is None else min(configured, round(probe * MINUTE))


def _until_verdict(verdict: float | None) -> str:
    if verdict is None or not math.isfinite(verdict):
        return "when there will be data enough is not known"
    return f"data enough for a verdict in {_minutes(math.ceil(verdict))}"


def _too_short(budget: float, probe: float | None) -> bool:
    """Whether no look that could change the choice fits in the budget, in minutes."""
    return budget < (SHORTEST if probe is None else probe)


def _minutes(minutes: float) -> str:
    """'9 min', '2 h 33 min'; never more than there is, and below one minute in seconds."""
    return duration(round((minutes if minutes < 1 else math.floor(minutes)) * MINUTE))
