"""What is known of whether an option would help: footnotes of the containment table."""

from __future__ import annotations

import numpy as np

from cockpit import numbers
from cockpit.decide.facts.measured import REST, Cell, Measured
from cockpit.decide.outcomes.draws import Draws
from cockpit.decide.outcomes.pricing import SURE, wrong_too_often
from cockpit.text import inert

UNEVEN = 0.1  # difference in the share of labelled decisions that is worth a warning


def footnotes(facts: Measured, draws: Draws, tolerance: float) -> list[str]:
    """Whether rolling back would help, and what the figures rest on, most useful first."""
    compared = facts.versions.previous and facts.labelled
    lines = [_rollback(facts, draws, tolerance)] if compared else []
    if (uneven := _uneven(facts)) is not None:
        lines.append(uneven)
    if facts.coverage is not None and facts.coverage < 1.0:
        lines.append(_unlabelled(facts.coverage))
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
    if ours is not None and ours.source == "service":
        return f"{new} has no labelled decisions{where} yet: whether rollback helps is not known"
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


def _uneven(facts: Measured) -> str | None:
    """A warning where one version's decisions had more time to be labelled than the other's."""
    new, previous = facts.versions.new, facts.versions.previous
    ours, theirs = _coverage(facts, new), _coverage(facts, previous)
    if ours is None or theirs is None or abs(ours - theirs) < UNEVEN:
        return None
    return (
        f"not like for like: {numbers.share(ours)} of {inert(new)}'s decisions are labelled, "
        f"{numbers.share(theirs)} of {inert(previous)}'s; labels that come late may differ"
    )


def _coverage(facts: Measured, version: str) -> float | None:
    """Share of a version's decisions in the window whose label is known."""
    cells = [cell for (name, _), cell in facts.cells.items() if name == version]
    rows = sum(cell.requests for cell in cells)
    labelled = sum(cell.labelled for cell in cells)
    return labelled / rows if rows and labelled else None


def _unlabelled(coverage: float) -> str:
    if coverage == 0.0:
        return "no decision is labelled yet: nothing is known of wrong decisions"
    share = numbers.share(1.0 - coverage)
    return f"{share} of decisions not labelled yet: taken to be as wrong as the others"


def _counted(cell: Cell) -> str:
    if cell.source != "measured":
        return "no labels yet"
    return f"{cell.wrong:,} of {cell.labelled:,} wrong"
