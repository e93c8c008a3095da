"""The counts behind a row: what tells how often each version it leaves serving is wrong."""

from __future__ import annotations

from cockpit import numbers
from cockpit.decide.facts.cells import Cell
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.options.plans import PINNED, Plan
from cockpit.decide.outcomes.chance import DRAWS
from cockpit.text import inert


def assumed(plan: Plan, facts: Measured) -> bool:
    """Whether something the option leaves serving has no labelled decisions of its own."""
    return any(
        cell is None or cell.source != "measured"
        for part, shares in plan.serving.items()
        for version in shares
        for cell in [_cell(version, part, facts)]
    )


def quality_lines(plan: Plan, facts: Measured, rules: Rules) -> list[str]:
    """One line for each version and part the option leaves serving."""
    lines = []
    for part, shares in plan.serving.items():
        where = inert(part) or ("elsewhere" if facts.segment else "everywhere")
        for version, share in shares.items():
            told = _rate(_cell(version, part, facts), version, plan, rules, facts)
            lines.append(f"{named(version)} {where}, {numbers.share(share)}: {told}")
    lines.append(
        f"each draw under one fault, as often as it is believed; 5–95 % of {DRAWS:,} draws"
    )
    return lines


def named(version: str) -> str:
    """What serves, as a person says it."""
    return "the last good features" if version == PINNED else inert(version)


def _cell(version: str, part: str, facts: Measured) -> Cell | None:
    return facts.cells.get((facts.versions.new if version == PINNED else version, part))


def _rate(cell: Cell | None, version: str, plan: Plan, rules: Rules, facts: Measured) -> str:
    if cell is None:
        wrong = plan.assumed.wrong_share
        listed = [a for a in plan.assumed.listed if a.key.endswith(".wrong_share")]
        if version == facts.versions.fallback:
            wrong, listed = rules.wrong_share, list(rules.listed)
        if wrong is None or not listed:
            return "not known"
        return f"wrong {numbers.share(wrong)}, assumed ({listed[0].text})"
    if cell.source == "measured":
        return f"{cell.wrong:,} of {cell.labelled:,} labelled wrong"
    if cell.source == "service":
        return "no labels yet: by the fault, from the healthy share"
    return "serves nothing now: by the fault, from the healthy share"
