"""Is the fix proved: pass, fail or keep learning, by the criteria as they were written.

Three watches run at once: whether the fix surely is within the margin, whether it surely is beyond
it, and whether a guardrail surely broke. However often one looks, a fix that is no better than the
margin passes with a chance of at most alpha, and one within it, its guardrails kept, fails with a
chance of at most alpha. The watch goes on after a pass: what is surely worse later has failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit.assess.methods.e_process import first_crossing, value_of
from cockpit.decide.experiment.arms import Recorded, requests
from cockpit.decide.experiment.bets import against_fixed, log_evidence_above, log_evidence_below
from cockpit.decide.experiment.compared import Compared, compared
from cockpit.decide.experiment.criteria import points
from cockpit.decide.experiment.gauges import by_doublings
from cockpit.decide.experiment.power import SEQUENTIAL
from cockpit.decide.experiment.stakes import BAD, percent
from cockpit.records import MINUTE
from cockpit.units import clock, duration
from cockpit.views import Criteria, ExperimentArm, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    End = tuple[int, str]  # when it was sure, µs, and of what


_TOLERATED = 1.1  # times the control's gauge


def watch(criteria: Criteria, recorded: Recorded, at: int) -> Verdict:
    """The verdict at `at` (µs) from what was counted since the criteria were written."""
    if criteria.kind == "probes":
        return _undecided(criteria, "probes leave no rows here: note how many failed")
    found = compared(criteria, recorded)
    if found is None:
        return _undecided(criteria, _not_begun(criteria))
    below = log_evidence_below(found.rows, criteria.margin)
    above = log_evidence_above(found.rows, criteria.margin)
    until = None if criteria.latest is None else found.begun + criteria.latest
    verdict = Verdict(
        criteria=criteria,
        word="keep learning",
        reason="",
        until=until,
        arms=found.arms,
        for_it=value_of(below),
        against_it=value_of(above),
        sentences=[arm_sentence(arm, criteria) for arm in found.arms],
    )
    sure = (1.0 + len(criteria.guardrails)) / criteria.alpha  # the ways to fail share alpha
    fails = _broken(criteria, recorded, found, sure)
    fails += _crossed(criteria, found, above, sure, "more")
    passes = [] if found.doubt else _crossed(criteria, found, below, 1.0 / criteria.alpha, "less")
    passes = [end for end in passes if until is None or end[0] <= until]
    if fails:
        when, reason = min(fails)
        had = f"; it had passed at {clock(passes[0][0])}" if passes and passes[0][0] < when else ""
        return replace(verdict, word="fail", reason=reason + had, at=min(when, at))
    if passes:
        when, reason = passes[0]
        return replace(verdict, word="pass", reason=reason, at=min(when, at))
    return replace(verdict, reason=_not_yet(criteria, found, until, at))


def _crossed(
    criteria: Criteria, found: Compared, path: Floats, threshold: float, side: str
) -> list[End]:
    """When the fix was surely on one side of the margin, if it ever was."""
    step = first_crossing(path, threshold)
    if step is None:
        return []
    if criteria.control:
        beyond = f"{points(criteria.margin)} above {found.arms[1].name}"
    else:
        beyond = percent(criteria.baseline + criteria.margin)
    where = f" in {criteria.segment}" if criteria.segment else ""
    when = found.steps.begin(step + 1) + criteria.label_delay
    what = f"{BAD[criteria.metric]}{where} of {found.arms[0].name}"
    return [(when, f"{what}: surely {side} than {beyond}, since {clock(when)}")]


def _broken(criteria: Criteria, recorded: Recorded, found: Compared, sure: float) -> list[End]:
    """Guardrails that surely broke since the fix began, by counts, else by gauges of both arms."""
    broken: list[End] = []
    for guard in criteria.guardrails:
        counted = requests(recorded, guard.name, guard.slowest)
        if counted is None:
            broken += _gauge_broken(criteria, recorded, found, guard.name, 1.0 / sure)
            continue
        row = counted.of(found.fix)
        if found.fix and row is None:
            continue
        since = max(found.begun - counted.steps.start, 0) // counted.steps.step
        judged, bad = (
            (counts.sum(axis=0) if row is None else counts[row])[since:]
            for counts in (counted.judged, counted.bad)
        )
        path = log_evidence_above(against_fixed(bad, judged, guard.limit, 0.0), guard.limit)
        step = first_crossing(path, sure)
        if step is not None:
            share = percent(int(bad.sum()) / max(int(judged.sum()), 1))
            when = counted.steps.begin(since + step + 1)
            reason = f"surely more than {guard.text} ({share}), since {clock(when)}"
            broken.append((when, f"{guard.name}: {reason}"))
    return broken


def _gauge_broken(
    criteria: Criteria, recorded: Recorded, found: Compared, name: str, alpha: float
) -> list[End]:
    """A gauge of the fix against the control's and a tenth more, by rank, where both have one."""
    names = [f'{name}{{version="{version}"}}' for version in (criteria.control, found.fix)]
    if not set(names) <= set(recorded.gauges):
        return []
    arms = (recorded.gauges[gauge] for gauge in names)
    control, ours = (values[times >= found.begun] for times, values in arms)
    judged = by_doublings(control * _TOLERATED, ours, alpha=alpha)
    if judged.word != "fail":
        return []
    return [(recorded.as_of_fast, f"{name} of {found.fix}, a gauge: {judged.reason}")]


def _not_begun(criteria: Criteria) -> str:
    since = clock(criteria.written_at)
    if criteria.kind == "shadow":
        return (
            f"{criteria.fix or 'a new version'} has not scored as a shadow since {since}: not begun"
        )
    if not (criteria.fix or criteria.control):
        return f"nothing was changed and no new version has served since {since}: not begun"
    who = criteria.fix or "a new version"
    beside = f" beside {criteria.control}" if criteria.control else ""
    return f"{who} has not served{beside} since {since}: not begun"


def arm_sentence(arm: ExperimentArm, criteria: Criteria) -> str:
    """'v42: 120 of 2,310 bad, 5.2 %'."""
    if not arm.judged:
        return f"{arm.name}: none of {arm.asked:,} judged yet"
    share = percent(arm.bad / arm.judged)
    return f"{arm.name}: {arm.bad:,} {BAD[criteria.metric]} of {arm.judged:,}, {share}"


def _not_yet(criteria: Criteria, found: Compared, until: int | None, at: int) -> str:
    fix = found.arms[0]
    if until is not None and at > until:
        return f"not proven by {clock(until)}, when it was to end: take it for not proven"
    if found.doubt:
        return found.doubt
    if not fix.judged:
        wait = f"; labels take {duration(criteria.label_delay)}" if criteria.label_delay else ""
        return f"none of {fix.asked:,} decisions of {fix.name} judged yet{wait}"
    missing = criteria.rows * SEQUENTIAL - fix.judged
    if missing <= 0:
        return "sure of nothing yet, though it has more rows than planned: it is near the margin"
    counted_for = max(found.steps.window.end - found.begun, MINUTE)
    left = round(missing / fix.judged * counted_for)
    return f"sure of nothing yet; at most about {duration(left)} more at this rate"


def _undecided(criteria: Criteria, reason: str) -> Verdict:
    return Verdict(criteria=criteria, word="keep learning", reason=reason)
