"""The rows of the containment table, best first; what is blocked or cannot be priced comes last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from cockpit.config import Config
from cockpit.decide.choice.dominance import dominated
from cockpit.decide.choice.loss import Losses, losses, scoring
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan
from cockpit.decide.outcomes.forecast import Forecast, interval
from cockpit.decide.outcomes.simulated import Simulated
from cockpit.decide.table import figures
from cockpit.decide.table.decision import Decision
from cockpit.decide.table.latency import latency_after
from cockpit.decide.table.sentences import companions_of, expected, sentence
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.views import OptionRow

MEASURING = 5 * MINUTE  # the window over which an effect becomes visible


@dataclass(frozen=True, eq=False)
class _Compared:
    """The harm of every option that can be priced, also of those that cannot be taken."""

    simulated: Simulated
    losses: Losses
    dominated: dict[str, str]


def option_rows(decision: Decision, facts: Measured, config: Config) -> list[OptionRow]:
    """One row for each plan."""
    compared = None if decision.simulated is None else _compare(decision, decision.simulated)
    in_precision = all(
        forecast.precision_change is not None
        for forecast in decision.forecasts.values()
        if forecast.course.weights.any()
    )
    rows: dict[str, OptionRow] = {}
    for plan in decision.plans:
        row = _plain(plan, decision, facts, config)
        forecast = decision.forecasts.get(plan.kind)
        if forecast is not None and compared is not None:
            row = _priced(row, plan, forecast, decision, compared, facts, config, in_precision)
        rows[plan.kind] = row
    observe = rows.get("observe")
    plans = {plan.kind: plan for plan in decision.plans}
    return [
        replace(rows[kind], sentence=sentence(rows[kind], observe, plans[kind], facts))
        for kind in _order(decision, compared)
    ]


def _compare(decision: Decision, simulated: Simulated) -> _Compared:
    outcomes = simulated.outcomes
    lost = losses(outcomes, scoring(outcomes, 0.0))
    traits = [decision.traits[kind] for kind in outcomes.options]
    by_whom = dominated(outcomes, lost, traits)
    return _Compared(simulated, lost, dict(zip(outcomes.options, by_whom, strict=True)))


def _order(decision: Decision, compared: _Compared | None) -> list[str]:
    """As chosen from; then what is blocked, by harm; then what cannot be priced, by effort."""
    first = [] if decision.choosing is None else decision.choosing.order
    blocked: list[str] = []
    if compared is not None:
        options = compared.simulated.outcomes.options
        blocked = [options[index] for index in np.argsort(compared.losses.expected)]
    rest = sorted((plan.kind for plan in decision.plans), key=lambda k: decision.traits[k].effort)
    return list(dict.fromkeys([*first, *blocked, *rest]))


def _plain(plan: Plan, decision: Decision, facts: Measured, config: Config) -> OptionRow:
    """What is known of an option before it is priced."""
    check, given = decision.checks[plan.kind], plan.assumed
    late = round((given.minutes[1] + check.warm_up) * MINUTE) + MEASURING
    return OptionRow(
        id=plan.kind,
        label=plan.label,
        kind=plan.kind,
        quality=figures.not_priced(plan, facts, "precision"),
        latency=latency_after(plan, facts),
        exposed=figures.not_priced(plan, facts, "share of requests"),
        wrong=figures.not_priced(plan, facts, config.model.harm.unit),
        effect=figures.minutes(plan, given.minutes[0], "minutes", check.warm_up),
        undo=figures.minutes(plan, given.undo, "undo"),
        irreversible=inert(given.irreversible),
        companions=companions_of(plan, check),
        guarantee=inert(given.guarantee or next(iter(config.guarantees), "")),
        needs=check.needs,
        warnings=list(check.warnings),
        blocked=check.blocked,
        expected=expected(plan, facts),
        expected_by=None if plan.kind == "observe" else late,
    )


def _priced(
    row: OptionRow,
    plan: Plan,
    forecast: Forecast,
    decision: Decision,
    compared: _Compared,
    facts: Measured,
    config: Config,
    in_precision: bool,
) -> OptionRow:
    """The same row with what the simulation tells."""
    simulated, lost = compared.simulated, compared.losses
    outcomes, unit = simulated.outcomes, config.model.harm.unit
    index = outcomes.options.index(plan.kind)
    draws = np.arange(outcomes.fault_of.size)
    excess = simulated.flow.wrong[index, outcomes.fault_of, draws]
    lines = figures.quality_lines(plan, facts, decision.rules)
    exposed = figures.exposed(plan, forecast, config)
    told = None if simulated.by_service else figures.wrong_next_hour(forecast, facts, config, lines)
    until = None
    if not simulated.by_service:
        until = figures.until_resolved(interval(excess), excess, config, lines)
    best, regret, close = _chances(plan, decision)
    return replace(
        row,
        quality=row.quality
        if simulated.by_service
        else figures.quality(plan, forecast, in_precision, lines),
        exposed=exposed,
        exposed_users=figures.exposed_users(plan, exposed.value or 0.0, config),
        wrong=told or row.wrong,
        until=until or row.until,
        tail=float(lost.tail[index]),
        harm=float(lost.expected[index]),
        improvement=figures.improvement(forecast, facts, config),
        promises=forecast.promises(config, facts.bound),
        budget=[figures.budget(name, spent) for name, spent in forecast.spent(config, facts.bound)],
        by_fault={
            fault: figures.harm(outcomes.harm[index, h], unit)
            for h, fault in enumerate(outcomes.faults)
        },
        best=best,
        regret=regret,
        dominated=compared.dominated[plan.kind],
        close=close,
    )


def _chances(plan: Plan, decision: Decision) -> tuple[float | None, float | None, bool]:
    """P(best), regret, and whether it is a close call, among the options that can be taken."""
    choosing = decision.choosing
    if choosing is None or plan.kind not in choosing.outcomes.options:
        return None, None, False
    index = choosing.outcomes.options.index(plan.kind)
    lost = choosing.losses
    close = plan.kind in choosing.close and len(choosing.close) > 1
    return float(lost.best[index]), float(lost.regret[index]), close
