"""The option to take if an assumption were another: what does not rest on it is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cockpit.config import Config
from cockpit.decide.choice.groups import ranked
from cockpit.decide.choice.loss import score_of, tail_weight
from cockpit.decide.options.assumptions import assumed_rules
from cockpit.decide.options.plans import Plan, plan
from cockpit.decide.options.preflight import Preflight, preflight
from cockpit.decide.outcomes.forecast import Forecast
from cockpit.decide.outcomes.mixture import Mixture
from cockpit.decide.outcomes.promises import broken
from cockpit.decide.outcomes.simulated import course, situation_of
from cockpit.decide.outcomes.simulation import harm_of
from cockpit.decide.outcomes.worlds import basis
from cockpit.decide.table.decision import Basics, Decision, healthy_share, traits_of


def option_taken(before: Decision, basics: Basics, config: Config) -> str:
    """The id of the option to take under `config`; "" where nothing is priced.

    `config` differs from that of `before` in assumptions alone. The draws are the same, so it is
    the option that a whole new decision would take.
    """
    old = before.simulated
    if old is None:
        return ""
    measured, size = basics.measured, old.outcomes.fault_of.size
    plans, checks = _plans(before, basics, config)
    rules = assumed_rules(config, healthy_share(measured))
    worlds = basis(measured, list(plans.values()), rules, config, size, old.basis)
    same_price = _same_price(before.config, config)
    same_now = worlds.same_for(old.situation.now, old.basis)
    situation, mixture = old.situation, old.mixture
    if worlds is not old.basis or not same_price:
        situation = situation_of(measured, worlds, config, size)
        mixture = Mixture(worlds, old.outcomes.fault_of)
    harms, traits = {}, {}
    for run, harm in zip(old.courses, old.outcomes.harm, strict=True):
        kind = run.option
        if checks[kind].blocked:
            continue
        same_plan = plans[kind] is before.plans[kind]
        if same_plan and same_now and worlds.same_for(run.weights, old.basis):
            traits[kind] = before.traits[kind]
            harms[kind] = harm if same_price else harm_of(run, situation)
            continue
        changed = course(plans[kind], checks[kind], worlds, measured)
        kept = broken(Forecast(changed, situation, mixture), before.promised)
        traits[kind] = replace(traits_of(plans[kind], checks[kind]), broken=kept)
        harms[kind] = harm_of(changed, situation)
    outcomes = replace(
        old.outcomes,
        options=tuple(harms),
        harm=np.stack(list(harms.values())),
        ordinary=float(situation.healthy.mean()),
    )
    score = score_of(outcomes, tail_weight(basics.level, config.decisions))
    return outcomes.options[ranked(score, list(traits.values()), outcomes.slack)[0]]


def _plans(
    before: Decision, basics: Basics, config: Config
) -> tuple[dict[str, Plan], dict[str, Preflight]]:
    """Those of before, but for the options whose settings differ."""
    plans, checks = dict(before.plans), dict(before.checks)
    for kind in plans:
        if config.options.get(kind) == before.config.options.get(kind):
            continue
        made = plan(kind, basics.measured, config)
        if made is not None:
            plans[kind] = made
            checks[kind] = preflight(made, basics.measured, basics.assessment, basics.state, config)
    return plans, checks


def _same_price(one: Config, other: Config) -> bool:
    """Whether harm costs as much, and is counted for as long."""
    ours, theirs = one.decisions, other.decisions
    return (
        one.model.harm == other.model.harm
        and ours.minutes_to_fix == theirs.minutes_to_fix
        and ours.horizon == theirs.horizon
    )
