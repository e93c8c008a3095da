"""The notes under the containment table: why not the others, and what the figures rest on."""

from __future__ import annotations

from cockpit import numbers
from cockpit.decide.choice.groups import easier
from cockpit.decide.facts.cells import REST, Cell
from cockpit.decide.facts.measured import Measured
from cockpit.decide.faults.hypotheses import LABELS
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.table.decision import Choosing, Decision
from cockpit.decide.table.sentences import weighed
from cockpit.text import inert
from cockpit.views import Hypothesis

UNEVEN = 0.1  # difference in the share of labelled decisions that is worth a warning
HELPS = 0.25  # of the harm of doing nothing: sparing less is no help
TOLD_OF = ("rollback", "observe")  # options that people ask about first


def footnotes(
    decision: Decision, choosing: Choosing | None, facts: Measured, hypotheses: list[Hypothesis]
) -> list[str]:
    """Why rolling back or observing is not recommended, and the state of the labels."""
    lines = []
    if choosing is not None:
        whys = (_why_not(kind, decision, choosing, hypotheses) for kind in TOLD_OF)
        lines += [why for why in whys if why]
    compared = _compared(facts)
    if compared:
        lines.append(compared)
    if (uneven := _uneven(facts)) is not None:
        lines.append(uneven)
    if facts.coverage is not None and facts.coverage < 1.0:
        lines.append(_unlabelled(facts.coverage))
    return lines


def _why_not(
    kind: str, decision: Decision, choosing: Choosing, hypotheses: list[Hypothesis]
) -> str:
    """'not rollback to v41: 1,575 more wrong decisions (weighted) than …', or what blocks it."""
    if choosing.best == kind or kind not in decision.plans:
        return ""
    traits, best = decision.traits[kind], decision.traits[choosing.best]
    if blocked := decision.checks[kind].blocked:
        return f"not {traits.label}: {blocked}"
    outcomes = choosing.outcomes
    if kind not in outcomes.options:
        return ""
    mine, theirs = (outcomes.options.index(name) for name in (kind, choosing.best))
    lost, unit = choosing.losses, weighed(decision.config)
    beyond = lost.expected[mine] - lost.expected[theirs]
    if kind in choosing.close:
        said = f"a close call with {best.label}, which {easier(best, traits)}"
    elif beyond > 0.0:
        said = f"{numbers.more(beyond, unit)} than {best.label}"
    else:
        said = (
            f"at worst, in one case of ten, {numbers.count(lost.tail[mine])} {unit} against "
            f"{numbers.count(lost.tail[theirs])} with {best.label}"
        )
    return f"not {traits.label}: {said}{_no_help(mine, outcomes, hypotheses)}"


def _no_help(option: int, outcomes: Outcomes, hypotheses: list[Hypothesis]) -> str:
    """'; with its data or features at fault (86 %) it spares 5 %': where acting does not help."""
    observe = outcomes.options.index("observe")
    if option == observe:
        return ""
    means = outcomes.harm.mean(axis=2)
    for hypothesis in hypotheses:  # the likeliest first
        fault = outcomes.faults.index(hypothesis.id)
        nothing = means[observe, fault]
        if hypothesis.probability < HELPS or nothing <= 0.0:
            continue
        spared = float((nothing - means[option, fault]) / nothing)
        if spared < HELPS:
            share = numbers.probability(hypothesis.probability)
            helps = "spares nothing" if spared < 0.005 else f"spares {numbers.share(spared)}"
            return f"; with {LABELS[hypothesis.id]} at fault ({share}) it {helps}"
    return ""


def _compared(facts: Measured) -> str:
    """Both versions on the same traffic, in counts."""
    new, previous, part = facts.versions.new, facts.versions.previous, facts.parts[0]
    if not previous:
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
