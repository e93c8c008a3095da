"""The containment table: what each option would do, from what was measured.

Its figures come from the versions, segments, latencies and traffic of one assessment and, where
those say nothing, from named assumptions (`assumptions.py`). `pricing.py` holds the arithmetic and
`ranking.py` the order; fault hypotheses would enter there, as weights over what each version does.
"""

from __future__ import annotations

from dataclasses import replace

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.choice.ranking import (
    ORDER,
    SAFETY_ORDER,
    Recommendation,
    ends_exposure,
    ranked,
    recommend,
    recommend_safety,
    safety_ranked,
)
from cockpit.decide.facts.estimates import failing
from cockpit.decide.facts.measured import REST, Measured, measured
from cockpit.decide.options.assumptions import Rules, assumed_rules
from cockpit.decide.options.plans import Plan, plans
from cockpit.decide.outcomes.draws import draw
from cockpit.decide.outcomes.pricing import Price, price
from cockpit.decide.table.figures import row
from cockpit.decide.table.footnotes import footnotes
from cockpit.records import Assessment
from cockpit.state import State
from cockpit.units import parse_share
from cockpit.views import Assumption, OptionTable
from cockpit.views import Recommendation as Recommended


def option_table(assessment: Assessment, state: State, config: Config) -> OptionTable:
    """Every option the configuration allows, best first, with one recommended."""
    facts = measured(assessment, state, config)
    built = plans(facts, state, config)
    rules = assumed_rules(config, _healthy(facts))
    prices = _prices(built, facts, rules, config)
    order = ranked(prices)
    if state.safety is None:
        recommendation = _unless_failing(recommend(order), assessment)
    else:
        marked = bool(state.safety.segment) and state.safety.segment == facts.segment
        order = [_guarded(p, marked) for p in safety_ranked(order, marked)]
        recommendation = recommend_safety(order, marked)
    priced = [p for p in order if p.plan.serves and p.weights is not None]
    in_precision = all(p.precision is not None for p in priced)
    now = next((p for p in prices if p.plan.kind == "observe"), None)
    rows = [row(p, now, facts, rules, in_precision, config) for p in order]
    notes = footnotes(facts, draw(facts, rules, config.model.harm), parse_share(config.tolerance))
    notes.append(SAFETY_ORDER if state.safety is not None else ORDER)
    if state.safety is None and recommendation.option and any(p.guessed for p in order):
        notes.append(_robust(recommendation.option, built, facts, rules, config))
    return OptionTable(
        header=_header(now, config),
        rows=rows,
        footnotes=notes,
        assumptions=_assumptions(order, rules, config),
        recommendation=Recommended(
            option=recommendation.option,
            label=next((r.label for r in rows if r.id == recommendation.option), ""),
            why=recommendation.why,
        ),
        chosen="" if state.choice is None else state.choice.option,
        executed=state.choice is not None and state.choice.executed_at is not None,
    )


def _unless_failing(found: Recommendation, assessment: Assessment) -> Recommendation:
    """Doing nothing is not recommended for want of other reasons while requests fail."""
    errors = failing(assessment)
    if errors is None or errors.value is None or found.option not in ("", "observe"):
        return found
    share = numbers.share(errors.value)
    return Recommendation("", f"nothing: {share} of requests fail, which no row here prices")


def _prices(built: list[Plan], facts: Measured, rules: Rules, config: Config) -> list[Price]:
    draws = draw(facts, rules, config.model.harm)
    tolerance = parse_share(config.tolerance)
    return [price(plan, facts, draws, config.model.harm, tolerance) for plan in built]


def _healthy(facts: Measured) -> float | None:
    """The baseline's share of wrong decisions over everything."""
    shares = (c.healthy for (_, part), c in facts.cells.items() if part == REST)
    return next((share for share in shares if share is not None), None)


def _guarded(priced: Price, marked_segment: bool) -> Price:
    """Under a safety mark, an option that leaves people exposed says so."""
    if ends_exposure(priced, marked_segment):
        return priced
    return replace(priced, plan=replace(priced.plan, blocked="safety: does not end the exposure"))


def _header(now: Price | None, config: Config) -> str:
    unit = config.model.harm.unit
    if now is None or now.wrong is None:
        return f"{unit} per hour now: not measured yet"
    text = numbers.with_interval(now.wrong.value, now.wrong.low, now.wrong.high)
    return f"{unit} per hour now {text}"


def _assumptions(order: list[Price], rules: Rules, config: Config) -> list[Assumption]:
    harm = config.model.harm
    weights = (
        f"model.harm: a false alarm counts {harm.false_positive:g}, a slow request {harm.slow:g}, "
        f"an unserved one {harm.shed:g} of a missed positive"
    )
    lines = [line for price in order for line in price.plan.assumed.lines]
    return [Assumption(key=line, value="") for line in (weights, *rules.lines, *lines)]


def _robust(option: str, built: list[Plan], facts: Measured, rules: Rules, config: Config) -> str:
    """Whether the same option is recommended where the rules are twice, or half, as wrong."""
    if rules.wrong_share is None:
        return "the rules' share of wrong decisions is not known: set options.rules.wrong_share"
    flips = []
    for times, word in ((2.0, "twice"), (0.5, "half")):
        changed = replace(rules, wrong_share=min(rules.wrong_share * times, 1.0))
        best = recommend(ranked(_prices(built, facts, changed, config))).option
        if best != option:
            label = next((plan.label for plan in built if plan.kind == best), "no option")
            flips.append(f"{label} if the rules are {word} as wrong as assumed")
    if flips:
        return "flips to " + ", ".join(flips)
    return "the recommendation holds if the rules are twice or half as wrong as assumed"
