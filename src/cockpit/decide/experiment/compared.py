"""What an experiment compares: the fix with its control, with what was served, or the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.e_process import first_crossing
from cockpit.assess.monitors.arm_monitors import labels_are_unlike
from cockpit.decide.experiment.arms import (
    WHAT_SERVED,
    Counted,
    Recorded,
    decisions,
    pairs,
    shadow_and_served,
    shadows,
)
from cockpit.decide.experiment.bets import (
    Rows,
    against_control,
    against_fixed,
    against_served,
    log_evidence_above,
)
from cockpit.decide.experiment.power import discordance
from cockpit.decide.experiment.stakes import percent
from cockpit.views import Criteria, ExperimentArm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.history import Steps

    Ints = NDArray[np.int64]

ALL = "everything served"  # the fix where it is no version of its own


@dataclass(frozen=True, eq=False)
class Compared:
    """Rows with their excess over the margin, by step, and what each arm did, the fix first.

    `doubt` says why a pass would prove nothing.
    """

    fix: str  # "" is everything served
    steps: Steps
    rows: Rows
    arms: list[ExperimentArm]
    begun: int  # when the fix first served, µs
    doubt: str = ""


def compared(criteria: Criteria, recorded: Recorded) -> Compared | None:
    """What the criteria compare; null where the fix has not begun."""
    if criteria.kind == "shadow":
        return _shadow(criteria, recorded)
    counted = decisions(recorded, criteria)
    if counted is None:
        return None
    fix = criteria.fix or newcomer(counted, criteria.control)
    ours, theirs = counted.of(fix), counted.of(criteria.control)
    if criteria.control:
        if ours is None or theirs is None or ours == theirs:
            return None
        return _two_arms(criteria, counted, ours, theirs)
    if fix:
        return None if ours is None else _alone(criteria, counted, fix, ours)
    return None if recorded.changed is None else _everything(criteria, counted, recorded.changed)


def newcomer(counted: Counted, control: str) -> str:
    """The first version that began to serve after the first minute; "" where none did."""
    begun = [
        (int(np.argmax(asked > 0)), v)
        for asked, v in zip(counted.asked, counted.versions, strict=True)
    ]
    late = [(step, version) for step, version in begun if step > 0 and version != control]
    return min(late)[1] if late else ""


def _alone(criteria: Criteria, counted: Counted, fix: str, row: int) -> Compared | None:
    """One version against the baseline."""
    asked, judged, bad = (counts[row] for counts in (counted.asked, counted.judged, counted.bad))
    return _against_baseline(criteria, counted.steps, fix, asked, judged, bad)


def _everything(criteria: Criteria, counted: Counted, changed: int) -> Compared | None:
    """Everything served since a change, against the baseline: a fix upstream is no version."""
    after = counted.steps.start + np.arange(counted.steps.size) * counted.steps.step >= changed
    asked, judged, bad = (
        counts.sum(axis=0) * after for counts in (counted.asked, counted.judged, counted.bad)
    )
    return _against_baseline(criteria, counted.steps, "", asked, judged, bad)


def _against_baseline(
    criteria: Criteria, steps: Steps, fix: str, asked: Ints, judged: Ints, bad: Ints
) -> Compared | None:
    begun = _first(steps, asked)
    if begun is None:
        return None
    rows = against_fixed(bad, judged, criteria.baseline, criteria.margin)
    return Compared(fix, steps, rows, [_arm(fix or ALL, asked, judged, bad)], begun)


def _two_arms(criteria: Criteria, counted: Counted, ours: int, theirs: int) -> Compared | None:
    """The fix against a control of the same minutes."""
    pair = [ours, theirs]
    asked, judged, bad = (counts[pair] for counts in (counted.asked, counted.judged, counted.bad))
    begun = _first(counted.steps, asked[0])
    if begun is None:
        return None
    share = asked[0] / np.maximum(asked.sum(axis=0), 1)
    names = [counted.versions[row] for row in pair]
    doubt = _beyond(criteria, names[1], judged[1], bad[1])
    if labels_are_unlike(judged[0], judged.sum(axis=0), share):
        doubt = "labels come unequally soon to the two arms"
    rows = against_control(bad, judged, share, criteria.baseline, criteria.margin)
    arms = [_arm(*arm) for arm in zip(names, asked, judged, bad, strict=True)]
    return Compared(names[0], counted.steps, rows, arms, begun, doubt)


def _shadow(criteria: Criteria, recorded: Recorded) -> Compared | None:
    """The shadow on the rows that were served; of a segment, as two arms of the same rows.

    That is no less careful as long as the two are not wrong on different rows more often than by
    chance, and takes more rows.
    """
    fix = criteria.fix or next(iter(shadows(recorded, criteria)), "")
    both = shadow_and_served(recorded, criteria, fix)
    if both is None:
        return None
    if not criteria.control:
        return _alone(criteria, both, fix, 0)
    found = _two_arms(criteria, both, 0, 1)
    paired = pairs(recorded, criteria, fix)
    if found is None or paired is None or not paired.judged.any():
        return found
    alone = discordance(criteria.baseline, criteria.margin)
    rows = against_served(paired.worse, paired.better, paired.judged, alone, criteria.margin)
    doubt = _beyond(criteria, WHAT_SERVED, both.judged[1], both.bad[1])
    return Compared(fix, paired.steps, rows, found.arms, found.begun, doubt)


def _beyond(criteria: Criteria, name: str, judged: Ints, bad: Ints) -> str:
    """That an arm is surely worse itself than what is tolerated of the fix; "" where it is not."""
    rows = against_fixed(bad, judged, criteria.baseline, criteria.margin)
    path = log_evidence_above(rows, criteria.margin)
    if first_crossing(path, 1.0 / criteria.alpha) is None:
        return ""
    limit = percent(criteria.baseline + criteria.margin)
    return f"{name} itself is surely over {limit}: to be no worse than it proves nothing"


def _first(steps: Steps, asked: Ints) -> int | None:
    served = np.flatnonzero(asked > 0)
    return steps.begin(int(served[0])) if served.size else None


def _arm(name: str, asked: Ints, judged: Ints, bad: Ints) -> ExperimentArm:
    return ExperimentArm(
        name=name, asked=int(asked.sum()), judged=int(judged.sum()), bad=int(bad.sum())
    )
