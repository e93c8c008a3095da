"""Each option in a sentence a person would say, and what to watch for after it."""

from __future__ import annotations

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan
from cockpit.decide.options.preflight import Preflight
from cockpit.text import inert
from cockpit.views import OptionRow


def sentence(row: OptionRow, observe: OptionRow | None, plan: Plan, facts: Measured) -> str:
    """'Rollback to v41: precision +.081 ±.02, p99 418 → 238 ms, 0 % on the bad path after …'"""
    clauses = []
    if row.quality.value is not None:
        clauses.append(f"{row.quality.unit} {row.quality.text}")
    elif not plan.serves:
        clauses.append("nothing is decided")
    before = None if facts.latency_now is None else facts.latency_now.value
    if row.latency.value is not None:
        was = f"{before:,.0f} → " if before is not None and row.latency.value != before else ""
        clauses.append(f"p99 {was}{row.latency.text}")
    if row.exposed.value is not None:
        after = "" if plan.kind == "observe" else f" after {row.effect.text}"
        clauses.append(f"{numbers.share(row.exposed.value)} of requests on the bad path{after}")
    if row.until.value is not None:
        against = ""
        if observe is not None and observe.until.value is not None and plan.kind != "observe":
            against = f", {numbers.count(observe.until.value)} doing nothing"
        clauses.append(f"{row.until.text} {row.until.unit} beyond healthy until resolved{against}")
    told = f"{plan.label[:1].upper()}{plan.label[1:]}: {', '.join(clauses) or 'not measured yet'}"
    lost = _lost(row, plan, facts)
    return f"{told}; {lost}." if lost else f"{told}."


def unit_of(config: Config) -> str:
    """The team's own word for what is counted."""
    return inert(config.model.harm.unit, 30)


def weighed(config: Config) -> str:
    """The unit of harm: the same word, each kind weighed by what it costs (`model.harm`)."""
    return f"{unit_of(config)} (weighted)"


def gain_given_up(row: OptionRow, facts: Measured) -> str:
    """What choosing it costs of what the new version brought."""
    new = inert(facts.versions.new or "the new version")
    if row.improvement.value is None or row.improvement.value < 1e-6:
        return ""
    return f"{row.improvement.text} of decisions that {new} gets right when healthy"


def _lost(row: OptionRow, plan: Plan, facts: Measured) -> str:
    new = inert(facts.versions.new or "the new version")
    match plan.kind:
        case "canary" | "split":
            return f"keeps {numbers.share(plan.assumed.share)} on {new} to learn from"
        case "shadow":
            return "changes nothing for users"
        case "segment_off":
            return f"keeps {new} elsewhere"
        case "kill":
            return "nobody is served"
        case "pin":
            return f"keeps {new}, on older features"
        case _:
            gain = gain_given_up(row, facts)
            return f"gives up {gain}" if gain else ""


def expected(plan: Plan, facts: Measured) -> str:
    """What to watch for once it is executed."""
    new, previous = inert(facts.versions.new), inert(facts.versions.previous)
    share = numbers.share(plan.assumed.share)
    match plan.kind:
        case "rollback" | "blue_green":
            return f"{new} serves nobody, wrong decisions and p99 back as they were"
        case "canary":
            return f"{new} serves {share}, wrong decisions and p99 nearly as they were"
        case "split":
            return f"{new} serves {share}, wrong decisions fall"
        case "shadow":
            return f"{previous} scores the same requests"
        case "rules":
            return f"{inert(facts.versions.fallback)} serves everybody"
        case "throttle":
            return f"requests down by {numbers.share(plan.assumed.shed)}, p99 falls"
        case "kill":
            return "no request is served by a model"
        case "segment_off":
            segment = inert(facts.segment or "that segment")
            return f"no model serves {segment}, wrong decisions there fall"
        case "pin":
            return "wrong decisions fall while the features are the last good ones"
        case "observe":
            return ""
        case _:
            return "traffic as the option says, wrong decisions and p99 no worse"


def companions_of(plan: Plan, check: Preflight) -> list[str]:
    """What is done beside an option: what the configuration says, else what goes with its kind."""
    if plan.assumed.companions:
        return [inert(one, 60) for one in plan.assumed.companions]
    usual = {
        "rollback": ["keep the new version in shadow"],
        "blue_green": ["keep the new version in shadow"],
        "throttle": ["cap retries"],
        "pin": ["stop the feature job"],
    }.get(plan.kind, [])
    return [*(["warm workers up first"] if check.warm_up else []), *usual]
