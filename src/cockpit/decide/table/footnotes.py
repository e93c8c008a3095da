"""The notes under the containment table: why not the others, and what the figures rest on."""

from __future__ import annotations

from cockpit import numbers
from cockpit.decide.facts.measured import REST, Cell, Measured
from cockpit.decide.faults.hypotheses import LABELS
from cockpit.decide.options.plans import PINNED
from cockpit.decide.table.decision import Decision
from cockpit.text import inert
from cockpit.views import Hypothesis

UNEVEN = 0.1  # difference in the share of labelled decisions that is worth a warning
HELPS = 0.25  # of the harm of doing nothing: sparing less is no help
TOLD_OF = ("rollback", "observe")  # options that people ask about first


def footnotes(decision: Decision, facts: Measured, hypotheses: list[Hypothesis]) -> list[str]:
    """Why rolling back or observing is not recommended, and the state of the labels."""
    lines = [line for kind in TOLD_OF if (line := _why_not(kind, decision, hypotheses))]
    compared = _compared(facts)
    if compared:
        lines.append(compared)
    if (uneven := _uneven(facts)) is not None:
        lines.append(uneven)
    if facts.coverage is not None and facts.coverage < 1.0:
        lines.append(_unlabelled(facts.coverage))
    return lines


def _why_not(kind: str, decision: Decision, hypotheses: list[Hypothesis]) -> str:
    """Why an option is not the one to take: by the likeliest fault under which it does not help."""
    choosing = decision.choosing
    if choosing is None or choosing.best == kind or decision.simulated is None:
        return ""
    outcomes = decision.simulated.outcomes
    if kind not in outcomes.options:
        return ""
    label, best = decision.traits[kind].label, choosing.best
    if blocked := decision.checks[kind].blocked:
        return f"not {label}: {blocked}"
    means = outcomes.harm.mean(axis=2)
    mine, theirs, nothing = (
        means[outcomes.options.index(name)] for name in (kind, best, "observe")
    )
    expected = float((mine - theirs) @ outcomes.posterior)
    said = f"not {label}: {numbers.count(abs(expected))} more harm than {_short(best, decision)}"
    if expected <= 0.0:
        said = f"not {label}: a close call, and {_short(best, decision)} is undone sooner"
    if kind == "observe":
        return said
    for hypothesis in hypotheses:  # the likeliest first
        h = outcomes.faults.index(hypothesis.id)
        if hypothesis.probability < HELPS or nothing[h] <= 0.0:
            continue
        spared = float((nothing[h] - mine[h]) / nothing[h])
        if spared < HELPS:
            share = numbers.probability(hypothesis.probability)
            helps = "spares nothing" if spared <= 0.0 else f"spares {numbers.share(spared)}"
            return f"{said}; with {LABELS[hypothesis.id]} at fault ({share}) it {helps}"
    return said


def _short(kind: str, decision: Decision) -> str:
    return decision.traits[kind].label


def _compared(facts: Measured) -> str:
    """Both versions on the same traffic, in counts."""
    new, previous, part = facts.versions.new, facts.versions.previous, facts.parts[0]
    if not previous or previous == PINNED:
        return ""
    where = f" in {part}" if part != REST else ""
    theirs, ours = facts.cells.get((previous, part)), facts.cells.get((new, part))
    if theirs is None or ours is None or "measured" not in (theirs.source, ours.source):
        return ""
    return f"{inert(new)} {_counted(ours)}, {inert(previous)} {_counted(theirs)}{where}"


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
        return "no decision is labelled yet: what a fault does to decisions is assumed"
    share = numbers.share(1.0 - coverage)
    return f"{share} of decisions not labelled yet: taken to be as wrong as the others"


def _counted(cell: Cell) -> str:
    if cell.source != "measured":
        return "no labels yet"
    return f"{cell.wrong:,} of {cell.labelled:,} wrong"
