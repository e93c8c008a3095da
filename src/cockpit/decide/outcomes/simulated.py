"""The options simulated: every plan as a course, its harm by fault, and the draws behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cockpit.config import FAULTS, Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import Plan, now
from cockpit.decide.options.preflight import Preflight
from cockpit.decide.outcomes import chance
from cockpit.decide.outcomes.mixture import Mixture
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.outcomes.simulation import Chances, Course, Path, Situation, simulate
from cockpit.decide.outcomes.worlds import Basis, basis
from cockpit.records import HOUR, MINUTE
from cockpit.units import parse_duration


@dataclass(frozen=True, eq=False)
class Simulated:
    """What the table tells and the choice rests on.

    `courses` are those of `outcomes.options`, in that order: the options that can be priced.
    `by_service` says that nothing tells of wrong decisions, so that slow, failing and unserved
    requests alone are counted.
    """

    outcomes: Outcomes
    courses: tuple[Course, ...]
    basis: Basis
    mixture: Mixture
    situation: Situation
    by_service: bool


def simulated(
    plans: Sequence[Plan],
    checks: Mapping[str, Preflight],
    measured: Measured,
    rules: Rules,
    posterior: Mapping[str, float],
    config: Config,
    size: int = chance.DRAWS,
) -> Simulated | None:
    """Every plan that can be priced; null where there is no traffic or nothing at all to price."""
    if measured.requests_per_hour is None or not plans:
        return None
    found = basis(measured, plans, rules, config, size)
    by_service = all(part is None for part in found.parts.values())
    if by_service and not measured.service_bad:
        return None
    courses = tuple(
        course(plan, checks[plan.kind], found, measured)
        for plan in plans
        if by_service or not _served(plan) & found.unknown
    )
    if not any(one.option == "observe" for one in courses):
        return None
    situation = situation_of(measured, found, config, size)
    believed = np.array([posterior[fault] for fault in FAULTS])
    fault_of = chance.faults_of(believed, size)
    return Simulated(
        outcomes=Outcomes(
            options=tuple(one.option for one in courses),
            faults=FAULTS,
            posterior=believed,
            harm=simulate(courses, situation),
            fault_of=fault_of,
            ordinary=float(situation.healthy.mean()),
        ),
        courses=courses,
        basis=found,
        mixture=Mixture(found, fault_of),
        situation=situation,
        by_service=by_service,
    )


def situation_of(measured: Measured, found: Basis, config: Config, size: int) -> Situation:
    """What every course runs through, from now on."""
    return Situation(
        now=found.weights(now(measured), measured),
        worlds=found.worlds,
        chances=Chances(
            haste=chance.normal("haste", size),
            luck=chance.uniform("luck", size),
            minutes_to_fix=chance.lognormal(
                config.decisions.minutes_to_fix, chance.normal("fix", size)
            ),
        ),
        harm=config.model.harm,
        requests=(measured.requests_per_hour or 0.0) * MINUTE / HOUR,
        horizon=parse_duration(config.decisions.horizon) / MINUTE,
    )


def _served(plan: Plan) -> set[Path]:
    return {(version, part) for part, shares in plan.serving.items() for version in shares}


def course(plan: Plan, check: Preflight, found: Basis, measured: Measured) -> Course:
    """A plan in numbers; what it takes to warm workers up is waited for."""
    given = plan.assumed
    median, late = given.minutes
    return Course(
        option=plan.kind,
        weights=found.weights(plan.serving, measured),
        minutes=(median + check.warm_up, late + check.warm_up),
        fails=given.fails,
        slow_left=given.slow_left if check.slow_left is None else check.slow_left,
        cost=given.cost,
    )
