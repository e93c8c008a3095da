"""From what is measured and assumed to the option to take: everything the table's words rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cockpit.config import Config
from cockpit.decide.choice.groups import close, ranked
from cockpit.decide.choice.loss import (
    Losses,
    Scoring,
    losses,
    scoring,
    tail_weight,
)
from cockpit.decide.choice.traits import Traits
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules, assumed_rules
from cockpit.decide.options.plans import Plan, plans
from cockpit.decide.options.preflight import Preflight, preflight
from cockpit.decide.outcomes import chance
from cockpit.decide.outcomes.forecast import Forecast
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.outcomes.promises import Promised, broken, promised
from cockpit.decide.outcomes.simulated import Simulated, simulated
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.units import parse_share


@dataclass(frozen=True, eq=False)
class Basics:
    """What stays the same whatever is assumed."""

    measured: Measured
    assessment: Assessment
    state: State
    posterior: Mapping[str, float]
    level: str  # the severity that holds


@dataclass(frozen=True, eq=False)
class Decision:
    """Every plan with its preflight and traits; `simulated` is null where nothing can be priced."""

    config: Config
    promised: Promised
    plans: dict[str, Plan]
    checks: dict[str, Preflight]
    rules: Rules
    simulated: Simulated | None
    forecasts: dict[str, Forecast]
    traits: dict[str, Traits]


@dataclass(frozen=True, eq=False)
class Choosing:
    """The options that can be taken, compared: `outcomes`, `scores`, `losses` are of these alone.

    `order` are their ids, best first: the first is the one to take.
    """

    outcomes: Outcomes
    scores: Scoring
    losses: Losses
    traits: list[Traits]
    order: list[str]
    close: frozenset[str]

    @property
    def best(self) -> str:
        """The option to take."""
        return self.order[0]


def decide(basics: Basics, config: Config, size: int = chance.DRAWS) -> Decision:
    """Plans, preflight and simulation under one configuration."""
    measured = basics.measured
    built = {one.kind: one for one in plans(measured, config)}
    checks = {
        kind: preflight(one, measured, basics.assessment, basics.state, config)
        for kind, one in built.items()
    }
    rules = assumed_rules(config, healthy_share(measured))
    found = simulated(list(built.values()), checks, measured, rules, basics.posterior, config, size)
    forecasts = {}
    if found is not None:
        forecasts = {
            one.option: Forecast(one, found.situation, found.mixture) for one in found.courses
        }
    goals, tolerance = promised(config, measured.bound), parse_share(config.tolerance)
    traits = {kind: traits_of(one, checks[kind]) for kind, one in built.items()}
    for kind, forecast in forecasts.items():
        traits[kind] = replace(
            traits[kind],
            exposed=forecast.exposed(tolerance),
            broken=broken(forecast, goals),
        )
    return Decision(config, goals, built, checks, rules, found, forecasts, traits)


def choose(decision: Decision, level: str) -> Choosing | None:
    """The options that can be taken, compared as the severity asks; null where none is priced."""
    if decision.simulated is None:
        return None
    every = decision.simulated.outcomes
    free = every.only([name for name in every.options if not decision.checks[name].blocked])
    scores = scoring(free, tail_weight(level, decision.config.decisions))
    lost = losses(free, scores)
    those = [decision.traits[name] for name in free.options]
    order = [free.options[index] for index in ranked(lost.score, those, free.slack)]
    near = frozenset(np.array(free.options)[close(lost.score, free.slack)].tolist())
    return Choosing(free, scores, lost, those, order, near)


def traits_of(plan: Plan, check: Preflight) -> Traits:
    """What sets an option apart besides its harm, before it is simulated."""
    return Traits(
        label=plan.label,
        exposed=None,
        minutes=plan.assumed.minutes[0] + check.warm_up,
        undo=plan.assumed.undo,
        irreversible=bool(plan.assumed.irreversible),
    )


def healthy_share(measured: Measured) -> float | None:
    """The healthy share of wrong decisions over everything."""
    if measured.settled is not None:
        settled = measured.settled
        return (settled.false_positives + settled.false_negatives) / settled.n
    if measured.healthy is not None:
        return measured.healthy.wrong
    shares = (cell.healthy for cell in measured.cells.values())
    return next((share for share in shares if share is not None), None)
