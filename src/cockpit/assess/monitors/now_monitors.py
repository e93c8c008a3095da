"""Is it wrong now: the whole service against what is tolerated, one monitor a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.assess.methods.e_detector import RUN_LENGTH, log_e_detector, threshold_of
from cockpit.assess.methods.e_process import first_crossing, value_of
from cockpit.assess.verdicts import Comparison, tolerated
from cockpit.assess.words import number
from cockpit.records import Baseline, Monitor
from cockpit.units import clock, duration

if TYPE_CHECKING:
    from cockpit.assess.estimates import Moment
    from cockpit.assess.monitors.watched import Watched
    from cockpit.records import Window


def wrong_now(moment: Moment, watched: Watched, window: Window) -> Monitor | None:
    """The e-detector of one rate since the incident began, else in the present `window`.

    What is tolerated is the upper bound of the rate's baseline, so that a short baseline raises no
    alarm, and the tolerance of the verdicts; without a baseline, the promise. The alarm is the
    first since the incident began; `evidence` is that of the present window alone, so that it fades
    when the rate is well again. Null where there is nothing to compare with, or nothing was asked.

    A rate that needs labels is read anew as they come: its run length holds if right and wrong
    decisions get theirs equally soon, or as unequally as in the equally young baseline.
    """
    limit = _limit(moment, watched)
    steps = watched.steps
    since = window.start if moment.begun is None else min(moment.begun.low, window.start)
    first, present = (max((at - steps.start) // steps.step, 0) for at in (since, window.start))
    bad, n = watched.bad.sum(axis=0), watched.judged.sum(axis=0)
    if limit is None or not n[first:].any():
        return None
    share, held_true = limit
    threshold = threshold_of(steps.step)
    crossed = first_crossing(log_e_detector(bad[first:], n[first:], share), threshold)
    evidence = value_of(log_e_detector(bad[present:], n[present:], share))
    alarm_at = None if crossed is None else steps.begin(first + crossed + 1)
    return Monitor(
        id=watched.name,
        name=watched.name,
        kind="e-detector",
        null=f"at most {number(share, 'share')} {watched.what} ({held_true})",
        evidence=evidence,
        threshold=threshold,
        start=steps.begin(first),
        run_length=RUN_LENGTH,
        alarm_at=alarm_at,
        n=int(n[first:].sum()),
        sentence=f"{watched.what}: {_said(alarm_at, evidence >= threshold, share, window)}",
        source=watched.source,
    )


def _limit(moment: Moment, watched: Watched) -> tuple[float, str] | None:
    """The share that is tolerated, and where it comes from."""
    base, bound = watched.base, watched.bound
    if base is None or base.measured.value is None or base.measured.high is None:
        return None if bound is None else (bound.limit, "as promised")
    before = Baseline(what=base.what, value=base.measured.value)
    held = Comparison(
        direction="lower_is_better",
        unit="share",
        base=before,
        bound=bound,
        tolerance=moment.tolerance,
        fraction=1.0,
        elapsed=1,
    )
    share = base.measured.high + tolerated(before, held)
    return share, f"{base.what}, and the tolerance"


def _said(alarm_at: int | None, still: bool, share: float, window: Window) -> str:
    if alarm_at is None:
        return f"no sign of more than {number(share, 'share')} now"
    if not still:
        past = duration(window.end - window.start)
        return f"wrong at {clock(alarm_at, True)}, not surely in the last {past}"
    return (
        f"wrong now, sure since {clock(alarm_at, True)}; "
        "without cause such an alarm comes once a week on average, or more seldom"
    )
