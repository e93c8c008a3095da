"""What the configuration promises, as one bound on one metric each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.assess.latency import QUANTILES
from cockpit.config import LATENCY, NO_ERROR
from cockpit.records import BadInput
from cockpit.units import parse_duration, parse_share

if TYPE_CHECKING:
    from cockpit.config import Config, Objective


@dataclass(frozen=True)
class Bound:
    """At least, or at most, `limit`, in the metric's own unit; `tolerance` where declared."""

    limit: float
    at_least: bool
    tolerance: float | None = None


def bounds(config: Config) -> dict[str, Bound]:
    """Bound of each metric that has an objective; the first objective of a metric counts.

    "latency <= 250ms, target 99%" bounds latency_p99 (ms) and every lower quantile;
    "no error, target 99.9%" error_rate.
    """
    found: dict[str, Bound] = {}
    for objective in config.objectives:
        for name, bound in _read(objective):
            found.setdefault(name, bound)
    return found


def _read(objective: Objective) -> list[tuple[str, Bound]]:
    if objective.metric and objective.at_least is not None:
        return [(objective.metric, Bound(objective.at_least, True, objective.tolerance))]
    if objective.metric and objective.at_most is not None:
        return [(objective.metric, Bound(objective.at_most, False, objective.tolerance))]
    if not objective.target:
        return []
    target = parse_share(objective.target)
    if objective.good.strip() == NO_ERROR:
        return [("error_rate", Bound(1.0 - target, False, objective.tolerance))]
    latency = LATENCY.fullmatch(objective.good.strip())
    if latency is None:
        return []
    try:
        limit = parse_duration(latency[1]) / 1000.0
    except BadInput:
        return []
    return [
        (name, Bound(limit, False, objective.tolerance))
        for name, q in QUANTILES.items()
        if q <= target + 1e-9
    ]
