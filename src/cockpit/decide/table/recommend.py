"""Which option to take, and why in one line; under a safety mark without weighing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cockpit import numbers
from cockpit.decide.choice.groups import close_call
from cockpit.decide.choice.guard import HASTY, allowed, guard, recheck, shadow_before
from cockpit.decide.choice.safety import ending_exposure, safety_choice
from cockpit.decide.choice.threshold import ActIf
from cockpit.decide.facts.estimates import LABELLED, enough_labels, failing, find
from cockpit.decide.faults.hypotheses import LABELS
from cockpit.decide.table.decision import Basics, Choosing, Decision
from cockpit.decide.table.worth import Looking
from cockpit.records import HOUR, MINUTE
from cockpit.text import inert
from cockpit.views import Flip, OptionRow, Recommendation

ENDS = frozenset({"kill", "rules", "segment_off"})  # options that take people off the model


def nothing_told() -> Recommendation:
    """What is said where nothing can be priced."""
    return Recommendation(
        why="nothing: wrong decisions are not measured, and latency is no reason to act"
    )


def recommend(
    rows: Sequence[OptionRow],
    decision: Decision,
    choosing: Choosing,
    basics: Basics,
    line: ActIf,
    found: Looking,
    flips: Sequence[Flip],
) -> Recommendation:
    """The best option that may be taken on what is known, and the rule that speaks for it."""
    wrong = find(basics.assessment, "wrong_rate", None, basics.measured.segment)
    enough = enough_labels(wrong)
    traits = {name: decision.traits[name] for name in choosing.order}
    policy = basics.level in HASTY
    kind = next(iter(allowed(choosing.order, traits, enough=enough, policy=policy)), "")
    errors = failing(basics.assessment)
    if kind == "observe" and errors is not None and errors.value is not None:
        share = numbers.share(errors.value)
        return Recommendation(
            why=f"nothing: {share} of requests fail, and no option here does less harm"
        )
    row = next((row for row in rows if row.id == kind), None)
    if row is None:
        return nothing_told()
    verdict = _verdict(basics, found)
    speaks = guard(
        kind,
        row.label,
        line,
        budget=found.budget,
        probe=found.probe,
        verdict=verdict,
        flip=flips[0].sentence if flips else "",
    )
    first = shadow_before(kind, basics.level, enough, verdict)
    return Recommendation(
        option=kind,
        label=row.label,
        why=_why(row, rows, choosing, basics),
        gain=row.gain,
        guarantee=row.guarantee,
        guard=first or speaks.sentence,
        recheck=recheck(kind, decision.config.decisions, found.probe),
    )


def _verdict(basics: Basics, found: Looking) -> float | None:
    """Minutes until there are labels enough, at the rate they come; null where that is not known.

    Where there are enough already it is how long waiting for more of them is worth it.
    """
    facts = basics.measured
    wrong = find(basics.assessment, "wrong_rate", None, facts.segment)
    missing = LABELLED - (0 if wrong is None else wrong.n)
    if missing <= 0:
        return found.wait
    a_minute = (facts.requests_per_hour or 0.0) * MINUTE / HOUR * (facts.coverage or 0.0)
    a_minute *= facts.share_of(facts.parts[0])
    return missing / a_minute if a_minute > 0.0 else None


def _why(row: OptionRow, rows: Sequence[OptionRow], choosing: Choosing, basics: Basics) -> str:
    """'least harm: 1,775 wrong decisions beyond healthy until resolved, 14,241 doing nothing …'."""
    observe = next((one for one in rows if one.kind == "observe"), None)
    fault, chance = max(basics.posterior.items(), key=lambda item: item[1])
    cause = f"likeliest fault: {LABELS[fault]}, {numbers.probability(chance)}"
    if row.kind == "observe" or observe is None:
        return f"nothing that can be done now does clearly less harm than observing; {cause}"
    return f"{_how(row, choosing)}; {_spared(row, observe)}; {cause}"


def _how(row: OptionRow, choosing: Choosing) -> str:
    """'least harm (less than observing with P 96 %)', or 'close call with observe: …'."""
    outcomes = choosing.outcomes
    close = close_call(choosing.losses.score, choosing.traits, outcomes.slack)
    if close and row.id == choosing.best:
        return close
    mixture = outcomes.mixture
    mine, nothing = (mixture[outcomes.options.index(name)] for name in (row.id, "observe"))
    sure = numbers.probability(float(np.mean(mine < nothing)))
    return f"least harm (less than observing with P {sure})"


def _spared(row: OptionRow, observe: OptionRow) -> str:
    if row.until.value is None or observe.until.value is None:
        return "no labels yet, by slow and failing requests alone"
    return (
        f"{numbers.count(row.until.value)} {row.until.unit} beyond healthy, "
        f"{numbers.count(observe.until.value)} doing nothing"
    )


def recommend_safety(decision: Decision, basics: Basics) -> tuple[Recommendation, list[str]]:
    """What ends the exposure soonest, and all that end it, in that order.

    A segment alone is enough only where the mark itself names that segment.
    """
    mark = basics.state.safety
    marked = mark is not None and bool(mark.segment) and mark.segment == basics.measured.segment
    ends_it = ENDS if marked else ENDS - {"segment_off"}
    traits = {}
    for kind, found in decision.traits.items():
        if not decision.checks[kind].blocked:
            traits[kind] = replace(found, exposed=0.0 if kind in ends_it else None)
    kind, why = safety_choice(traits)
    label = traits[kind].label if kind else ""
    kept = inert(mark.kind.replace("_", " ")) if mark is not None else "safety"
    return (
        Recommendation(option=kind, label=label, why=why, guarantee=kept, guard=why),
        ending_exposure(traits),
    )
