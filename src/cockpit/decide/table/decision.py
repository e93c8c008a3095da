"""From what is measured and assumed to the option to take: everything the table's words rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cockpit.config import Config
from cockpit.decide.choice.groups import close, ranked
from cockpit.decide.choice.loss import (
    Losses,
    Scoring,
    losses,
    score_of,
    scoring,
    tail_weight,
)
from cockpit.decide.choice.traits import Traits
from cockpit.decide.facts.measured import REST, Measured
from cockpit.decide.options.assumptions import Rules, assumed_rules
from cockpit.decide.options.plans import Plan, plans
from cockpit.decide.options.preflight import Preflight, preflight
from cockpit.decide.outcomes import chance
from cockpit.decide.outcomes.forecast import Forecast, Mixture, tolerance_of
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.outcomes.simulated import Simulated, simulated
from cockpit.decide.outcomes.worlds import Basis
from cockpit.records import Assessment
from cockpit.state import State


@dataclass(frozen=True, eq=False)
class Basics:
    """What stays the same whatever is assumed."""

    measured: Measured
    assessment: Assessment
    state: State
    posterior: Mapping[str, float]
    level: str  # the severity that holds


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


@dataclass(frozen=True, eq=False)
class Decision:
    """Every plan with its preflight and traits; null where nothing can be priced."""

    plans: list[Plan]
    checks: dict[str, Preflight]
    rules: Rules
    simulated: Simulated | None
    forecasts: dict[str, Forecast]
    traits: dict[str, Traits]
    choosing: Choosing | None


def decide(basics: Basics, config: Config, size: int = chance.DRAWS) -> Decision:
    """Plans, preflight, simulation and choice under one configuration."""
    measured = basics.measured
    built = plans(measured, config)
    checks = _checks(built, basics, config)
    rules = assumed_rules(config, _healthy(measured))
    found = simulated(built, checks, measured, rules, basics.posterior, config, size)
    forecasts = {}
    if found is not None:
        mixture = Mixture.of(found)
        forecasts = {one.option: Forecast(one, found, mixture) for one in found.courses}
    traits = {
        plan.kind: _traits(
            plan, checks[plan.kind], forecasts.get(plan.kind), config, measured.bound
        )
        for plan in built
    }
    choosing = None if found is None else _choose(found.outcomes, traits, checks, basics, config)
    return Decision(built, checks, rules, found, forecasts, traits, choosing)


def _checks(built: list[Plan], basics: Basics, config: Config) -> dict[str, Preflight]:
    return {
        plan.kind: preflight(plan, basics.measured, basics.assessment, basics.state, config)
        for plan in built
    }


def recommended(basics: Basics, config: Config, size: int, worlds: Basis | None = None) -> str:
    """The id of the option to take under another configuration, and nothing else; "" for none.

    `worlds` are those of a decision that differs in nothing they rest on.
    """
    built = plans(basics.measured, config)
    checks = _checks(built, basics, config)
    rules = assumed_rules(config, _healthy(basics.measured))
    found = simulated(built, checks, basics.measured, rules, basics.posterior, config, size, worlds)
    if found is None:
        return ""
    mixture = Mixture.of(found)
    free = [one for one in found.courses if not checks[one.option].blocked]
    plan_of = {plan.kind: plan for plan in built}
    traits = [
        _traits(
            plan_of[one.option],
            checks[one.option],
            Forecast(one, found, mixture),
            config,
            basics.measured.bound,
        )
        for one in free
    ]
    outcomes = found.outcomes.only([one.option for one in free])
    weight = tail_weight(basics.level, config.decisions)
    return outcomes.options[ranked(score_of(outcomes, weight), traits, outcomes.ordinary)[0]]


def _choose(
    outcomes: Outcomes,
    traits: Mapping[str, Traits],
    checks: Mapping[str, Preflight],
    basics: Basics,
    config: Config,
) -> Choosing:
    free = outcomes.only([name for name in outcomes.options if not checks[name].blocked])
    scores = scoring(free, tail_weight(basics.level, config.decisions))
    lost = losses(free, scores)
    those = [traits[name] for name in free.options]
    order = [free.options[index] for index in ranked(lost.score, those, free.ordinary)]
    near = frozenset(np.array(free.options)[close(lost.score, free.ordinary)].tolist())
    return Choosing(free, scores, lost, those, order, near)


def _traits(
    plan: Plan, check: Preflight, forecast: Forecast | None, config: Config, bound: float | None
) -> Traits:
    return Traits(
        label=plan.label,
        exposed=None if forecast is None else forecast.exposed(tolerance_of(config)),
        minutes=plan.assumed.minutes[0] + check.warm_up,
        undo=plan.assumed.undo,
        irreversible=bool(plan.assumed.irreversible),
        broken=0 if forecast is None else _broken(forecast, config, bound),
    )


def _broken(forecast: Forecast, config: Config, bound: float | None) -> int:
    """How many objectives are more likely broken than met in an hour."""
    chances = [promise.in_60 for promise in forecast.promises(config, bound)]
    return sum(chance is not None and chance < 0.5 for chance in chances)


def _healthy(measured: Measured) -> float | None:
    """The healthy share of wrong decisions over everything."""
    if measured.settled is not None:
        settled = measured.settled
        return (settled.false_positives + settled.false_negatives) / settled.n
    health = measured.health[REST]
    if health is not None:
        return health.wrong
    shares = (c.healthy for (_, part), c in measured.cells.items() if part == REST)
    return next((share for share in shares if share is not None), None)
