"""The rows of the containment table, best first; what is blocked or cannot be priced comes last."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace

from cockpit.decide.choice.dominance import dominated
from cockpit.decide.choice.loss import TAIL
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.aim import aim
from cockpit.decide.options.plans import Plan
from cockpit.decide.outcomes.promises import promises, spent
from cockpit.decide.outcomes.simulated import Simulated
from cockpit.decide.table import figures
from cockpit.decide.table.counts import quality_lines
from cockpit.decide.table.decision import Choosing, Decision
from cockpit.decide.table.latency import latency_after, p95_after
from cockpit.decide.table.sentences import (
    companions_of,
    expected,
    gain_given_up,
    sentence,
    unit_of,
    weighed,
)
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.views import OptionRow

MEASURING = 5 * MINUTE  # the window over which an effect becomes visible


def option_rows(decision: Decision, choosing: Choosing | None, facts: Measured) -> list[OptionRow]:
    """One row for each plan."""
    rows = {plan.kind: _plain(plan, decision, facts) for plan in decision.plans.values()}
    found = decision.simulated
    if found is not None:
        in_precision = _in_precision(decision)
        for index, one in enumerate(found.courses):
            row = _simulated(rows[one.option], index, found, decision)
            if not found.by_service:
                row = _with_quality(row, decision, facts, in_precision)
            rows[one.option] = row
    if choosing is not None:
        for kind, row in _compared(rows, choosing).items():
            rows[kind] = row
    observe = rows.get("observe")
    return [
        replace(
            rows[kind],
            gain=gain_given_up(rows[kind], facts),
            sentence=sentence(rows[kind], observe, decision.plans[kind], facts),
        )
        for kind in _order(decision, choosing)
    ]


def _in_precision(decision: Decision) -> bool:
    """Whether precision is told of every option that still decides; else the share right is."""
    return all(
        forecast.precision_change is not None
        for forecast in decision.forecasts.values()
        if forecast.course.weights.any()
    )


def _order(decision: Decision, choosing: Choosing | None) -> list[str]:
    """As chosen from; then what is blocked, by harm; then what cannot be priced, by effort."""
    first = [] if choosing is None else choosing.order
    blocked: list[str] = []
    if decision.simulated is not None:
        outcomes = decision.simulated.outcomes
        harm = outcomes.harm.mean(axis=2) @ outcomes.posterior
        blocked = [outcomes.options[index] for index in np.argsort(harm)]
    rest = sorted(decision.plans, key=lambda kind: decision.traits[kind].effort)
    return list(dict.fromkeys([*first, *blocked, *rest]))


def _plain(plan: Plan, decision: Decision, facts: Measured) -> OptionRow:
    """What is known of an option before it is priced."""
    check, given, config = decision.checks[plan.kind], plan.assumed, decision.config
    late = round((given.minutes[1] + check.warm_up) * MINUTE) + MEASURING
    return OptionRow(
        id=plan.kind,
        label=plan.label,
        kind=plan.kind,
        quality=figures.not_priced(facts, "precision"),
        latency=latency_after(plan, facts),
        latency_p95=p95_after(plan, facts),
        exposed=figures.not_priced(facts, "share of requests"),
        wrong=figures.not_priced(facts, unit_of(config)),
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
        aim=aim(plan, facts),
    )


def _simulated(row: OptionRow, index: int, found: Simulated, decision: Decision) -> OptionRow:
    """With what the simulation tells of harm, exposure and promises."""
    outcomes, config = found.outcomes, decision.config
    plan, forecast = decision.plans[row.id], decision.forecasts[row.id]
    harm = outcomes.harm[index]
    mixture = harm[outcomes.fault_of, np.arange(outcomes.fault_of.size)]
    worst = int((1.0 - TAIL) * mixture.size)
    exposed = figures.exposed(plan, forecast, config)
    return replace(
        row,
        exposed=exposed,
        exposed_users=figures.exposed_users(plan, exposed.value or 0.0, config),
        tail=float(np.partition(mixture, worst)[worst:].mean()),
        harm=figures.expected_harm(
            float(harm.mean(axis=1) @ outcomes.posterior), mixture, weighed(config)
        ),
        promises=promises(forecast, decision.promised),
        budget=[figures.budget(name, share) for name, share in spent(forecast, decision.promised)],
        by_fault={
            fault: figures.harm(draws, weighed(config))
            for fault, draws in zip(outcomes.faults, harm, strict=True)
        },
    )


def _with_quality(
    row: OptionRow, decision: Decision, facts: Measured, in_precision: bool
) -> OptionRow:
    """With what the simulation tells of wrong decisions."""
    plan, forecast, config = decision.plans[row.id], decision.forecasts[row.id], decision.config
    lines = quality_lines(plan, facts, decision.rules)
    parts = {} if decision.simulated is None else decision.simulated.basis.parts
    return replace(
        row,
        quality=figures.quality(plan, forecast, in_precision, lines),
        wrong=figures.wrong_next_hour(plan, forecast, facts, config, lines),
        until=figures.until_resolved(plan, forecast, facts, config, lines),
        improvement=figures.improvement(forecast, parts, facts, config),
    )


def _compared(rows: Mapping[str, OptionRow], choosing: Choosing) -> dict[str, OptionRow]:
    """The options that can be taken, each against the others."""
    outcomes, lost = choosing.outcomes, choosing.losses
    by_whom = dominated(outcomes, lost, choosing.traits)
    several = len(choosing.close) > 1
    return {
        kind: replace(
            rows[kind],
            best=float(lost.best[index]),
            regret=float(lost.regret[index]),
            dominated=by_whom[index],
            close=several and kind in choosing.close,
        )
        for index, kind in enumerate(outcomes.options)
    }
