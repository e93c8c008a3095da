"""What the configuration promises: a bound on one metric each, and budgets of bad requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.assess.service.latency import QUANTILES
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


@dataclass(frozen=True)
class Budget:
    """A promised share of good requests, `allowed` of them may be bad over `window` µs.

    Bad are requests slower than `slowest` ms, or those that fail where it is null. `metrics` are
    the figures that tell the same promise, the one nearest to it first.
    """

    objective: str
    allowed: float
    slowest: float | None
    window: int
    metrics: tuple[str, ...]


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


def budgets(config: Config) -> list[Budget]:
    """The budget of each objective about good requests; the first objective of a name counts."""
    found: dict[str, Budget] = {}
    for objective in config.objectives:
        budget = _budget(objective)
        if budget is not None:
            found.setdefault(objective.name, budget)
    return list(found.values())


def _read(objective: Objective) -> list[tuple[str, Bound]]:
    if objective.metric and objective.at_least is not None:
        return [(objective.metric, Bound(objective.at_least, True, objective.tolerance))]
    if objective.metric and objective.at_most is not None:
        return [(objective.metric, Bound(objective.at_most, False, objective.tolerance))]
    budget = _budget(objective)
    if budget is None:
        return []
    limit = budget.allowed if budget.slowest is None else budget.slowest
    return [(name, Bound(limit, False, objective.tolerance)) for name in budget.metrics]


def _budget(objective: Objective) -> Budget | None:
    if objective.metric or not objective.target:
        return None
    target, good = parse_share(objective.target), objective.good.strip()
    slowest: float | None = None
    metrics: tuple[str, ...] = ("error_rate",)
    if good != NO_ERROR:
        latency = LATENCY.fullmatch(good)
        if latency is None:
            return None
        try:
            slowest = parse_duration(latency[1]) / 1000.0
        except BadInput:
            return None
        bounded = [name for name, q in QUANTILES.items() if q <= target + 1e-9]
        metrics = tuple(reversed(bounded))
    return Budget(
        objective=objective.name,
        allowed=1.0 - target,
        slowest=slowest,
        window=parse_duration(objective.window),
        metrics=metrics,
    )
