"""What an option makes of the service's objectives: the chance to meet each, and budget spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.objectives import Bound, Budget, bounds, budgets
from cockpit.config import Config
from cockpit.decide.outcomes.forecast import Forecast, Interval, interval
from cockpit.decide.outcomes.simulation import along
from cockpit.records import MINUTE
from cockpit.views import Promise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

SOON, LATER = 15.0, 60.0  # minutes after which a promise is asked about


@dataclass(frozen=True)
class Promised:
    """The objectives: budgets of bad requests, and metrics with their limits, by name.

    `bound` (ms) is that of the objective whose slow requests were simulated; null: none was.
    """

    budgets: list[Budget]
    metrics: list[tuple[str, str, Bound]]
    bound: float | None


def promised(config: Config, bound: float | None) -> Promised:
    """What the configuration promises."""
    limits = bounds(config)
    metrics = [
        (objective.name, objective.metric, limits[objective.metric])
        for objective in config.objectives
        if objective.metric in limits
    ]
    return Promised(budgets(config), metrics, bound)


def promises(forecast: Forecast, what: Promised) -> list[Promise]:
    """The chance of each objective to be met in 15 and in 60 minutes."""
    found = []
    for budget in what.budgets:
        if _can_tell(budget, what):
            kept = _kept(budget, forecast)
            found.append(_promise(budget.objective, kept, forecast, budget.slowest))
        else:
            found.append(
                Promise(objective=budget.objective, within=budget.slowest, reason="not measured")
            )
    for name, metric, limit in what.metrics:
        if metric != "precision" or forecast.mixture.hits is None:
            found.append(Promise(objective=name, reason="not simulated"))
        elif (precise := _precise(limit, forecast)) is None:
            found.append(Promise(objective=name, reason="nothing is decided"))
        else:
            found.append(_promise(name, precise, forecast))
    return found


def broken(forecast: Forecast, what: Promised) -> int:
    """How many objectives are more likely broken than met in an hour."""
    kept = [_kept(budget, forecast) for budget in what.budgets if _can_tell(budget, what)]
    precise = [
        _precise(limit, forecast) for _, metric, limit in what.metrics if metric == "precision"
    ]
    told = [*kept, *(one for one in precise if one is not None)]
    return sum(_chance(one, forecast, LATER) < 0.5 for one in told)


def spent(forecast: Forecast, what: Promised) -> list[tuple[str, Interval]]:
    """Share of each error budget spent until it is resolved, by objective."""
    minutes = forecast.situation.until_mended
    found = []
    for budget in what.budgets:
        if _can_tell(budget, what) and budget.allowed > 0.0:
            now, after = _breaking(budget, forecast)
            whole = budget.allowed * budget.window / MINUTE
            found.append((budget.objective, interval(forecast.over(minutes, now, after) / whole)))
    return found


def _can_tell(budget: Budget, what: Promised) -> bool:
    return budget.slowest is None or budget.slowest == what.bound


def _breaking(budget: Budget, forecast: Forecast) -> tuple[Floats, Floats]:
    """Share of requests that break a promise now, and once the option is in effect, (draws,)."""
    course = forecast.course
    return (
        _bad(forecast, forecast.now, budget, 1.0),
        _bad(forecast, course.weights, budget, course.slow_left),
    )


def _bad(forecast: Forecast, weights: Floats, budget: Budget, slow_left: float) -> Floats:
    """A request that is turned away breaks the promise to answer it; only one served is slow."""
    served = float(weights.sum())
    if budget.slowest is None:
        return slow_left * along(weights, forecast.mixture.failing) + max(1.0 - served, 0.0)
    return slow_left * along(weights, forecast.mixture.slow) / max(served, 1e-12)


def _kept(budget: Budget, forecast: Forecast) -> tuple[Bools, Bools]:
    now, after = _breaking(budget, forecast)
    return now <= budget.allowed, after <= budget.allowed


def _precise(limit: Bound, forecast: Forecast) -> tuple[Bools, Bools] | None:
    now = forecast.precision(forecast.now)
    after = forecast.precision(forecast.course.weights)
    if now is None or after is None:
        return None
    if limit.at_least:
        return now >= limit.limit, after >= limit.limit
    return now <= limit.limit, after <= limit.limit


def _promise(
    name: str, kept: tuple[Bools, Bools], forecast: Forecast, within: float | None = None
) -> Promise:
    soon, later = (_chance(kept, forecast, minutes) for minutes in (SOON, LATER))
    return Promise(objective=name, within=within, in_15=soon, in_60=later)


def _chance(kept: tuple[Bools, Bools], forecast: Forecast, minutes: float) -> float:
    """P(kept) so many minutes from now; `kept` is whether it is now, and once in effect."""
    now, after = kept
    return float(np.where(forecast.effect <= minutes, after, now).mean())
