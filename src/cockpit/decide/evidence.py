"""What is known of whether an option would help: footnotes of the containment table."""

from __future__ import annotations

import numpy as np

from cockpit import numbers
from cockpit.decide.draws import Draws
from cockpit.decide.measured import REST, Cell, Measured
from cockpit.decide.pricing import SURE, wrong_too_often
from cockpit.text import inert


def footnotes(facts: Measured, draws: Draws, tolerance: float) -> list[str]:
    """Whether rolling back would help, and what the figures rest on, most useful first."""
    lines = [_rollback(facts, draws, tolerance)] if facts.versions.previous else []
    if facts.coverage is not None and facts.coverage < 1.0:
        lines.append(_unlabelled(facts.coverage))
    lines.append(
        "ranked by harm in the next hour; within 5 % of each other, by minutes to effect and undo"
    )
    return lines


def rollback_would_help(facts: Measured, draws: Draws, tolerance: float) -> bool | None:
    """Whether the previous version, on live traffic now, is right where the new one is wrong.

    Null where it serves nothing now, or too few of its decisions are labelled to tell.
    """
    new, previous, part = facts.versions.new, facts.versions.previous, facts.parts[0]
    ours, theirs = draws.quality.get((new, part)), draws.quality.get((previous, part))
    if ours is None or theirs is None or not ours.measured or not theirs.measured:
        return None
    if float(np.mean(theirs.wrong < ours.wrong)) >= SURE:
        return True
    return False if wrong_too_often(facts, draws, previous, part, tolerance) else None


def _rollback(facts: Measured, draws: Draws, tolerance: float) -> str:
    part = facts.parts[0]
    new, previous = inert(facts.versions.new), inert(facts.versions.previous)
    where = f" in {part}" if part != REST else ""
    theirs = facts.cells.get((facts.versions.previous, part))
    if theirs is None or theirs.source != "measured":
        return (
            f"{previous} has no labelled decisions{where} now: "
            "were the data at fault, rollback would not help"
        )
    ours = facts.cells.get((facts.versions.new, part))
    against = f", {_counted(theirs)} against {_counted(ours)}" if ours is not None else ""
    match rollback_would_help(facts, draws, tolerance):
        case True:
            return (
                f"rollback would help: {previous} is wrong less on the same traffic{where}{against}"
            )
        case False:
            return (
                f"rollback would not help: {previous} is as wrong as {new} on the same traffic"
                f"{where}{against}"
            )
        case _:
            return f"too few labels to tell whether {previous} is better{where}{against}"


def _unlabelled(coverage: float) -> str:
    if coverage == 0.0:
        return "no decision is labelled yet: ranked by latency and unserved requests alone"
    share = numbers.share(1.0 - coverage)
    return f"{share} of decisions not labelled yet: taken to be as wrong as the others"


def _counted(cell: Cell) -> str:
    if cell.source != "measured":
        return "no labels yet"
    return f"{cell.wrong:,} of {cell.labelled:,} wrong"
