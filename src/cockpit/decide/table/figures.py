"""The rows of the containment table: prices as figures with their derivation, and as a sentence."""

from __future__ import annotations

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.facts.measured import Cell, Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import Plan
from cockpit.decide.outcomes.pricing import Price
from cockpit.decide.table.latency import latency_after
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.units import clock
from cockpit.views import Figure, OptionRow

MEASURING = 5 * MINUTE  # the window over which an effect becomes visible


def row(
    price: Price,
    now: Price | None,
    facts: Measured,
    rules: Rules,
    in_precision: bool,
    config: Config,
) -> OptionRow:
    """One option as the table shows it; `now` is the price of observing."""
    plan = price.plan
    figures = {
        "quality": _quality(price, facts, rules, in_precision),
        "latency": latency_after(plan, facts),
        "exposed": _exposed(price, facts, config),
        "wrong": _wrong(price, facts, rules, config),
        "effect": _minutes(plan, plan.assumed.minutes[0], "minutes", plan.assumed.minutes_given),
        "undo": _minutes(plan, plan.assumed.undo, "undo", plan.assumed.undo_given),
    }
    return OptionRow(
        id=plan.kind,
        label=plan.label,
        kind=plan.kind,
        quality=figures["quality"],
        latency=figures["latency"],
        exposed=figures["exposed"],
        wrong=figures["wrong"],
        effect=figures["effect"],
        undo=figures["undo"],
        needs=plan.needs,
        blocked=plan.blocked,
        sentence=_sentence(price, now, facts, figures),
        expected=_expected(plan, facts),
        expected_by=None
        if plan.kind == "observe"
        else round(plan.assumed.minutes[1] * MINUTE) + MEASURING,
    )


def _quality(price: Price, facts: Measured, rules: Rules, in_precision: bool) -> Figure:
    what = "precision" if in_precision else "right decisions"
    if not price.plan.serves:
        return Figure(text="no decisions", unit=what, derivation=["nothing is decided"])
    change = price.precision if in_precision else price.right
    if change is None:
        return Figure(text="not measured", unit=what, derivation=_why_not(facts))
    formula = (
        "precision after − precision now; precision = Σ w·TP / Σ w·(TP + FP)"
        if in_precision
        else "share of decisions right after − now; Σ w·(1 − wrong)"
    )
    half = None if change.low is None or change.high is None else (change.high - change.low) / 2
    return Figure(
        text=numbers.change(change.value, half),
        value=change.value,
        low=change.low,
        high=change.high,
        unit=what,
        assumed=price.guessed,
        derivation=[formula, *_counts(price.plan, facts, rules)],
    )


def _exposed(price: Price, facts: Measured, config: Config) -> Figure:
    lines = [
        "share of requests on a version that is, in that part of the traffic, wrong more often "
        f"than its baseline by {config.tolerance} with P ≥ .9",
    ]
    if facts.bound is not None:
        lines.append(f"or whose p99 is over {numbers.milliseconds(facts.bound)}")
    if price.exposed is None:
        return Figure(text="not measured", unit="share", derivation=_why_not(facts))
    sticky = " sticky" if price.plan.assumed.sticky and price.exposed > 0 else ""
    return Figure(
        text=numbers.share(price.exposed) + sticky,
        value=price.exposed,
        unit="share",
        derivation=[*lines, "what is only assumed is not called bad"],
    )


def _wrong(price: Price, facts: Measured, rules: Rules, config: Config) -> Figure:
    unit = config.model.harm.unit
    unserved = f" + {numbers.count(price.unserved)} unserved" if price.unserved >= 0.5 else ""
    if price.wrong is None or facts.requests_per_hour is None:
        return Figure(text="not measured" + unserved, unit=unit, derivation=_why_not(facts))
    median, late = price.plan.assumed.minutes
    lines = [
        f"{numbers.count(facts.requests_per_hour)} requests an hour, "
        f"{clock(facts.rate_window.start)}–{clock(facts.rate_window.end)}",
        *_counts(price.plan, facts, rules),
        "5–95 % of the Jeffreys posterior of each share; labels to come taken as those known",
    ]
    if median > 0:
        lines.append(
            f"as now until it takes effect: {median:g} min, {late:g} at the 90th percentile"
        )
    if unserved:
        lines.append("a request not served is no wrong decision; it is counted apart")
    value = price.wrong
    return Figure(
        text=numbers.with_interval(value.value, value.low, value.high) + unserved,
        value=value.value,
        low=value.low,
        high=value.high,
        unit=unit,
        assumed=price.guessed,
        derivation=lines,
    )


def _minutes(plan: Plan, value: float, key: str, given: bool) -> Figure:
    if plan.kind == "observe":
        return Figure(text="–", unit="min", derivation=["nothing is changed"])
    source = "" if given else " (default)"
    return Figure(
        text=numbers.minutes(value),
        value=value,
        unit="min",
        assumed=True,
        derivation=[f"options.{plan.kind}.{key} = {value:g}{source}"],
    )


def _counts(plan: Plan, facts: Measured, rules: Rules) -> list[str]:
    """One line for each version and part the option leaves serving."""
    lines = []
    for part, shares in plan.serving.items():
        where = part or ("elsewhere" if facts.segment else "everywhere")
        for version, share in shares.items():
            cell = facts.cells.get((version, part))
            lines.append(f"{inert(version)} {where}, {numbers.share(share)}: {_rate(cell, rules)}")
    return lines


def _rate(cell: Cell | None, rules: Rules) -> str:
    if cell is None or cell.rate is None:
        if cell is None and rules.wrong_share is not None:
            return f"wrong {numbers.share(rules.wrong_share)}, assumed ({rules.lines[0]})"
        return "no labels yet"
    if cell.source == "measured":
        return f"{cell.wrong:,} of {cell.labelled:,} labelled wrong"
    if cell.source == "service":
        return f"wrong {numbers.share(cell.rate)}, assumed: as the whole service, no labels yet"
    return f"wrong {numbers.share(cell.rate)}, assumed: as in the baseline, it serves nothing now"


def _why_not(facts: Measured) -> list[str]:
    if facts.requests_per_hour is None:
        return ["no traffic was measured"]
    if not facts.labelled:
        return ["no decision is known to be right or wrong"]
    return ["a version this would serve has no labels and no baseline, or is not known"]


def _sentence(price: Price, now: Price | None, facts: Measured, figures: dict[str, Figure]) -> str:
    """'Rollback to v41: precision +.081 ±.02, p99 418 → 238 ms, 0 % on the bad path after …'"""
    plan = price.plan
    clauses = []
    quality, latency, exposed, wrong = (
        figures[name] for name in ("quality", "latency", "exposed", "wrong")
    )
    if quality.value is not None:
        clauses.append(f"{quality.unit} {quality.text}")
    elif not plan.serves:
        clauses.append("nothing is decided")
    before = _p99_now(facts)
    if latency.value is not None:
        was = f"{before:,.0f} → " if before is not None and latency.value != before else ""
        clauses.append(f"p99 {was}{latency.text}")
    if exposed.value is not None:
        after = "" if plan.kind == "observe" else f" after {figures['effect'].text}"
        clauses.append(f"{exposed.text} on the bad path{after}")
    if price.wrong is not None:
        against = (
            f" against {numbers.count(now.wrong.value)}"
            if now is not None and now.wrong is not None and plan.kind != "observe"
            else ""
        )
        clauses.append(f"{wrong.text} {wrong.unit} in the next hour{against}")
    text = (
        f"{plan.label[:1].upper()}{plan.label[1:]}: {', '.join(clauses) or 'nothing measured yet'}"
    )
    lost = _lost(plan, facts)
    return text + (f"; {lost}." if lost else ".")


def _lost(plan: Plan, facts: Measured) -> str:
    new = inert(facts.versions.new or "the new version")
    return {
        "rollback": f"loses what {new} brought",
        "canary": f"keeps {numbers.share(plan.assumed.share)} on {new} to learn from",
        "split": f"keeps {numbers.share(plan.assumed.share)} on {new} to learn from",
        "shadow": "changes nothing for users",
        "segment_off": f"keeps {new} elsewhere",
        "kill": "nobody is served",
    }.get(plan.kind, "")


def _p99_now(facts: Measured) -> float | None:
    """The p99 of all requests, ms."""
    return None if facts.latency_now is None else facts.latency_now.value


def _expected(plan: Plan, facts: Measured) -> str:
    """What to watch for once it is executed."""
    new, previous = inert(facts.versions.new), inert(facts.versions.previous)
    share = numbers.share(plan.assumed.share)
    return {
        "rollback": f"{new} serves nobody, wrong decisions and p99 back as they were",
        "canary": f"{new} serves {share}, wrong decisions and p99 nearly as they were",
        "split": f"{new} serves {share}, wrong decisions fall",
        "shadow": f"{previous} scores the same requests",
        "rules": f"{inert(facts.versions.fallback)} serves everybody",
        "throttle": f"requests down by {numbers.share(plan.assumed.shed)}, p99 falls",
        "kill": "no request is served by a model",
        "segment_off": f"no model serves {facts.segment}, wrong decisions there fall",
    }.get(plan.kind, "")
