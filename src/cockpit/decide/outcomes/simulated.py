"""The options simulated: every plan as a course, its harm by fault, and the draws behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import FAULTS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import Plan, now
from cockpit.decide.options.preflight import Preflight
from cockpit.decide.outcomes import chance
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.outcomes.simulation import Chances, Course, Flow, Path, simulate
from cockpit.decide.outcomes.worlds import Basis, basis, minutes_to_fix
from cockpit.records import HOUR, MINUTE
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Simulated:
    """What the table tells and the choice rests on.

    `courses` and `flow` are those of `outcomes.options`, in that order: the options that can be
    priced. `by_service` says that nothing tells of wrong decisions, so that slow, failing and
    unserved requests alone are counted.
    """

    outcomes: Outcomes
    courses: tuple[Course, ...]
    flow: Flow
    basis: Basis
    chances: Chances
    now: Floats  # (paths,) weights of this moment
    requests: float  # a minute
    by_service: bool


def simulated(
    plans: Sequence[Plan],
    checks: Mapping[str, Preflight],
    measured: Measured,
    rules: Rules,
    posterior: Mapping[str, float],
    config: Config,
    size: int = chance.DRAWS,
    worlds: Basis | None = None,
) -> Simulated | None:
    """Every plan that can be priced; null where there is no traffic or nothing at all to price.

    `worlds` are those of the same facts and assumptions, where they were made before.
    """
    if measured.requests_per_hour is None or not plans:
        return None
    found = worlds or basis(measured, plans, rules, config, size)
    by_service = all(part is None for part in found.parts.values())
    if by_service and not _service_suffers(found):
        return None
    courses = tuple(
        course(plan, checks[plan.kind], found, measured)
        for plan in plans
        if by_service or not _served(plan) & found.unknown
    )
    if not any(one.option == "observe" for one in courses):
        return None
    chances = Chances(
        haste=chance.normal("haste", size),
        luck=chance.uniform("luck", size),
        minutes_to_fix=minutes_to_fix(config, size),
    )
    weights = found.weights(now(measured), measured)
    requests = measured.requests_per_hour * MINUTE / HOUR
    horizon = parse_duration(config.decisions.horizon) / MINUTE
    flow = simulate(courses, weights, found.worlds, chances, config.model.harm, requests, horizon)
    believed = np.array([posterior[fault] for fault in FAULTS])
    return Simulated(
        outcomes=Outcomes(
            options=tuple(one.option for one in courses),
            faults=FAULTS,
            posterior=believed,
            harm=flow.harm,
            fault_of=chance.faults_of(believed, size),
            parameters=found.parameters,
            ordinary=_ordinary(found, chances, config, requests, horizon),
        ),
        courses=courses,
        flow=flow,
        basis=found,
        chances=chances,
        now=weights,
        requests=requests,
        by_service=by_service,
    )


def _ordinary(
    found: Basis, chances: Chances, config: Config, requests: float, horizon: float
) -> float:
    """The harm a healthy service does until the fault is mended."""
    cost = found.worlds.healthy.cost(config.model.harm)
    a_request = sum(
        share * float(cost[index].mean()) for index, share in found.worlds.parts.items()
    )
    return requests * a_request * float(np.minimum(chances.minutes_to_fix, horizon).mean())


def _served(plan: Plan) -> set[Path]:
    return {(version, part) for part, shares in plan.serving.items() for version in shares}


def _service_suffers(found: Basis) -> bool:
    """Whether more requests are slow or fail than in a healthy service."""
    rates, healthy = found.worlds.rates, found.worlds.healthy
    slow = float(rates.slow.mean() - healthy.slow.mean())
    return slow > 0.0 or float(rates.failing.mean() - healthy.failing.mean()) > 0.0


def course(plan: Plan, check: Preflight, found: Basis, measured: Measured) -> Course:
    """A plan in numbers; what it takes to warm workers up is waited for."""
    given = plan.assumed
    median, late = given.minutes
    return Course(
        option=plan.kind,
        weights=found.weights(plan.serving, measured),
        minutes=(median + check.warm_up, late + check.warm_up),
        fails=given.fails,
        slow_left=given.slow_left,
        cost=given.cost,
    )
