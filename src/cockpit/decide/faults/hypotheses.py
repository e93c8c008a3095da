"""What may be wrong, as a person says it, and how likely each is before any sign is looked at.

Safety is none of them: it is a limit on what may be done, and has no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cockpit import numbers
from cockpit.config import FAULTS, Config
from cockpit.text import inert
from cockpit.units import clock_near, parse_duration
from cockpit.views import Change

LABELS: dict[str, str] = {
    "model": "the model",
    "data": "its data or features",
    "capacity": "capacity or infrastructure",
    "mix": "the traffic mix",
    "noise": "noise",
}
# Most outages of a large pipeline are not the model's (Papasian & Underwood, OpML 2020).
WEIGHTS: dict[str, float] = {
    "model": 0.35,
    "data": 0.25,
    "capacity": 0.25,
    "mix": 0.05,
    "noise": 0.10,
}
_RECENTLY = {"model": "deploy", "data": "schema"}  # fault: the kind of change that brings it


class Prior(NamedTuple):
    """How likely a fault is before any sign, and why."""

    probability: float
    why: str


def prior(changes: Sequence[Change], at: int, config: Config) -> dict[str, Prior]:
    """The prior of each of FAULTS at `at` (µs); they sum to 1.

    A recent deploy makes the model likelier, a recent change of schema or pipeline the data, unless
    it came after the onset.
    """
    weights = {fault: config.faults.prior.get(fault, WEIGHTS[fault]) for fault in FAULTS}
    if not any(weights.values()):
        weights = dict(WEIGHTS)
    whys = {fault: _weighed(fault, weights[fault], config) for fault in FAULTS}
    for fault, kind in _RECENTLY.items():
        change = _latest(kind, changes, at, config)
        if change is not None:
            weights[fault] *= config.faults.recent_times
            whys[fault] += (
                f", times {config.faults.recent_times:g} for a {kind} within "
                f"{config.faults.recent}: {clock_near(change.at, at)} {inert(change.text)}"
            )
    total = sum(weights.values())
    return {fault: Prior(weights[fault] / total, whys[fault]) for fault in FAULTS}


def _weighed(fault: str, weight: float, config: Config) -> str:
    source = "" if fault in config.faults.prior else " (default)"
    return f"weight {numbers.proportion(weight, 2)}{source}"


def _latest(kind: str, changes: Sequence[Change], at: int, config: Config) -> Change | None:
    """The latest change of a kind that is recent and may have caused it."""
    since = at - parse_duration(config.faults.recent)
    recent = (c for c in changes if c.kind == kind and since < c.at <= at)
    return max((c for c in recent if c.fit != "after onset"), key=lambda c: c.at, default=None)
