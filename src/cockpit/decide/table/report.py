"""The containment table: what each option would do, which one to take, and what that rests on.

Its figures come from the versions, segments, latencies and traffic of one assessment, from how
likely each fault is by the ledger of signs and, where neither tells, from named assumptions.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.choice.flips import fault_flips
from cockpit.decide.choice.guard import GOES_ON, diagnose
from cockpit.decide.choice.robust import robust
from cockpit.decide.choice.threshold import ActIf, act_if
from cockpit.decide.facts.measured import Measured, measured
from cockpit.decide.faults.hypotheses import prior
from cockpit.decide.faults.ledger import ledger
from cockpit.decide.faults.posterior import hypotheses
from cockpit.decide.outcomes.simulated import Simulated
from cockpit.decide.table.assumed import assumptions
from cockpit.decide.table.decision import Basics, Choosing, Decision, choose, decide
from cockpit.decide.table.footnotes import footnotes
from cockpit.decide.table.recommend import nothing_told, recommend, recommend_safety
from cockpit.decide.table.rows import option_rows
from cockpit.decide.table.sentences import unit_of, weighed
from cockpit.decide.table.tries import survives, tried
from cockpit.decide.table.worth import looking
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.views import Change, OptionRow, OptionTable

SAFETY = "safety: does not end the exposure"


def option_table(
    assessment: Assessment,
    state: State,
    config: Config,
    changes: Sequence[Change] = (),
    level: str = "SEV3",
) -> OptionTable:
    """Every option the configuration allows, best first, with one recommended.

    `changes` are the recorded ones with how well each fits the onset; `level` is the severity,
    which says how much the tail of the harm counts.
    """
    signs = ledger(assessment, changes, state, config)
    believed = hypotheses(signs, prior(changes, assessment.at, config))
    facts = measured(assessment, state, config)
    basics = Basics(facts, assessment, state, {h.id: h.probability for h in believed}, level)
    decision = decide(basics, config)
    choosing = choose(decision, level)
    rows = option_rows(decision, choosing, facts)
    table = OptionTable(
        header=_header(rows, facts, config),
        rows=rows,
        footnotes=footnotes(decision, choosing, facts, believed),
        assumptions=assumptions(decision, basics),
        recommendation=nothing_told(),
        hypotheses=believed,
        signs=signs,
        chosen="" if state.choice is None else state.choice.option,
        executed=state.choice is not None and state.choice.executed_at is not None,
    )
    if choosing is not None and decision.simulated is not None:
        table = _analysed(table, decision, decision.simulated, choosing, basics)
    if state.safety is not None:
        table = _safe(table, decision, basics)
    return table


def _analysed(
    table: OptionTable,
    decision: Decision,
    simulated: Simulated,
    choosing: Choosing,
    basics: Basics,
) -> OptionTable:
    """With the recommendation, what would change it, and what finding out is worth."""
    outcomes, traits, best = choosing.outcomes, choosing.traits, choosing.best
    told, flips = tried(table.assumptions, decision, best, basics)
    flips = [*fault_flips(outcomes, choosing.scores, traits), *flips]
    line = act_if(outcomes)
    steady = robust(outcomes, choosing.scores, traits, best, weighed(decision.config))
    found = looking(decision, simulated, choosing, table.signs, basics.measured)
    chosen = basics.state.choice is not None
    return replace(
        table,
        recommendation=recommend(table.rows, decision, choosing, basics, line, found, flips),
        assumptions=told,
        act=_act(line, best, choosing),
        robust=f"{survives(told)}; {steady.sentence}",
        flips=flips,
        diagnosis_budget_minutes=found.budget,
        diagnose="" if chosen else diagnose(best, found.budget, found.probe),
        unknowns=found.unknowns,
    )


def _act(line: ActIf, best: str, choosing: Choosing) -> str:
    """The act-if line, with why the recommendation goes another way where it does."""
    if line.acts == (best not in GOES_ON):
        return line.sentence
    if len(choosing.close) > 1:
        return "harm alone cannot tell acting from observing: promises, then what is undone, decide"
    return f"{line.sentence}; its worst cases say otherwise"


def _safe(table: OptionTable, decision: Decision, basics: Basics) -> OptionTable:
    """Under a safety mark nothing is weighed: what ends the exposure comes first, soonest first."""
    recommendation, ends = recommend_safety(decision, basics)
    by_id = {row.id: row for row in table.rows}
    rest = [replace(row, blocked=row.blocked or SAFETY) for row in table.rows if row.id not in ends]
    return replace(
        table,
        rows=[*(by_id[kind] for kind in ends), *rest],
        recommendation=recommendation,
        diagnose="contain now",
        act="safety: costs are not weighed",
    )


def _header(rows: Sequence[OptionRow], facts: Measured, config: Config) -> str:
    unit = unit_of(config)
    now = next((row for row in rows if row.kind == "observe"), None)
    if now is None or now.wrong.value is None:
        return f"{unit} per hour now: not measured yet"
    wrong = now.wrong
    text = numbers.with_interval(now.wrong.value, wrong.low, wrong.high)
    told = "" if facts.labelled else " assumed: no decision is labelled yet"
    return f"{unit} per hour now {text}{told}"
