"""Fine, not enough data, watch, degraded, critical: one rule for every metric, and why in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import ndtr

from cockpit.assess.methods.anytime import widening
from cockpit.assess.methods.differences import difference
from cockpit.assess.methods.measurement import Z
from cockpit.assess.words import amount, move, number
from cockpit.numbers import probability
from cockpit.records import DAY
from cockpit.units import duration

if TYPE_CHECKING:
    from cockpit.assess.methods.measurement import Measurement
    from cockpit.assess.objectives import Bound
    from cockpit.records import Baseline, Difference, Direction, VerdictWord

SURE = 0.9  # probability that an objective is missed which counts as missed
LIKELY = 0.5  # and above which a figure is not called fine
# A share that moves by less than a point in a hundred wakes nobody; one that is rarer than that,
# where it less than doubles, or moves by less than one in a thousand.
SMALLEST_TOLERANCE, SMALLEST_RARE = 0.01, 0.001


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a measurement is held against.

    `fraction` is the share of the metric's full window that has passed (see `anytime.widening`),
    `elapsed` the µs in which the rows came; `tolerance` is a share of the baseline. `difference` is
    that from `base`, null where their ends tell it. Where the question is `relative`, of one
    version against another, the promise lends its tolerance and is not itself judged.
    """

    direction: Direction
    unit: str
    base: Baseline | None
    bound: Bound | None
    tolerance: float
    fraction: float
    elapsed: int
    difference: Difference | None = None
    relative: bool = False


@dataclass(frozen=True)
class Verdict:
    """The word, the sentence that says why, and the difference from the baseline."""

    word: VerdictWord
    sentence: str
    difference: Difference | None = None


@dataclass(frozen=True)
class _Excess:
    """How much worse than expected: positive is worse; ends are anytime, ±∞ where unbounded."""

    value: float
    low: float
    high: float

    def __neg__(self) -> _Excess:
        return _Excess(-self.value, -self.high, -self.low)


def judge(now: Measurement, held: Comparison) -> Verdict:
    """The verdict on one measurement.

    Worse by more than the tolerance even at the kind end of the anytime interval, or an objective
    missed with 90 %: degraded; beyond twice the tolerance: critical. No worse than the tolerance
    at the unkind end, and the objective likely kept: fine. Else the interval spans it: not enough
    data where it is wider than the band of ± the tolerance, watch where it is narrower.
    """
    if now.value is None:
        return Verdict("not enough data", now.reason)
    base = held.base if held.base is not None and held.base.value is not None else None
    found = held.difference
    if base is not None and found is None:
        found = difference(now.interval, (base.value, base.low, base.high))
    if held.direction == "neither":
        return Verdict("", _told(now, base, held) if base else "", found)
    alone = held.bound is None and held.direction != "nearer_one_is_better"
    if base is None and (alone or held.relative):
        return Verdict("", "nothing to compare with")
    tolerance = tolerated(base, held)
    excess = _excess(now, found, base, held)
    missed = 0.0
    if not held.relative:
        missed = probability_missed(now, held.bound, held.fraction) or 0.0
    word: VerdictWord
    if excess.low > tolerance or missed >= SURE:
        word = "critical" if excess.low > 2 * tolerance else "degraded"
        why = _beyond(excess, tolerance, base, held) if excess.low > tolerance else ""
    elif excess.high <= tolerance and missed <= LIKELY:
        word, why = "fine", _kept(excess, tolerance, base, held)
    elif excess.high - excess.low > 2 * tolerance:
        word, why = "not enough data", _wait(excess, base, held, tolerance)
    else:
        word, why = "watch", _worse(excess, tolerance, held) if excess.high > tolerance else ""
    likely = _likely(missed, held) if missed > LIKELY else ""
    return Verdict(word, "; ".join(filter(None, (_told(now, base, held), why, likely))), found)


def tolerated(base: Baseline | None, held: Comparison) -> float:
    """The tolerance: declared, else what lies between baseline and promise, else a share."""
    bound = held.bound
    if bound is not None and bound.tolerance is not None:
        return bound.tolerance
    slack = _slack(base, bound)
    if slack is not None and slack > 0:
        return slack
    centre = base.value if base is not None and base.value is not None else None
    if centre is None:
        centre = bound.limit if bound is not None else 1.0
    share = held.tolerance * abs(centre)
    if held.unit not in ("", "share"):
        return share
    return max(share, min(SMALLEST_TOLERANCE, abs(centre)), SMALLEST_RARE)


def _slack(base: Baseline | None, bound: Bound | None) -> float | None:
    """How much worse than the baseline the promise allows; below zero where it allows none."""
    if bound is None or base is None or base.value is None:
        return None
    return base.value - bound.limit if bound.at_least else bound.limit - base.value


def probability_missed(now: Measurement, bound: Bound | None, fraction: float) -> float | None:
    """Chance that the objective is missed: a normal as wide as the anytime interval's nearer side.

    The interval is the one at which SURE is said, so an objective that is just kept is called
    missed in at most 1 − SURE of windows, however often they are looked at (`anytime.widening`).
    Null without an objective, and where the interval has no end on that side.
    """
    if bound is None or now.value is None:
        return None
    over = bound.limit - now.value if bound.at_least else now.value - bound.limit
    towards_high = (over > 0) == bound.at_least
    end = now.high if towards_high else now.low
    if end is None:
        return None
    half = abs(end - now.value) * widening(fraction, 2 * SURE - 1)
    if half == 0:
        return float(over > 0)
    return float(ndtr(over * Z / half))


def _excess(
    now: Measurement, found: Difference | None, base: Baseline | None, held: Comparison
) -> _Excess:
    centre = held.bound.limit if held.bound is not None else 1.0
    if base is not None and base.value is not None:
        centre = base.value
    rise = _anytime(found or _above(now, centre), held.fraction)
    if held.direction == "higher_is_better":
        return -rise
    if held.direction == "lower_is_better":
        return rise
    # Nearer one is better: worse is what lies beyond the baseline, or beyond one on its other side.
    past_one = _anytime(_above(now, 1.0), held.fraction)
    over, under = (rise, -past_one) if centre >= 1.0 else (past_one, -rise)
    return _Excess(
        max(over.value, under.value), max(over.low, under.low), max(over.high, under.high)
    )


def _above(now: Measurement, fixed: float) -> Difference:
    found = difference(now.interval, (fixed, fixed, fixed))
    assert found is not None
    return found


def _anytime(found: Difference, fraction: float) -> _Excess:
    wider = widening(fraction)
    return _Excess(
        found.value,
        -math.inf if found.low is None else found.value - wider * (found.value - found.low),
        math.inf if found.high is None else found.value + wider * (found.high - found.value),
    )


def _told(now: Measurement, base: Baseline | None, held: Comparison) -> str:
    assert now.value is not None
    if base is None or base.value is None:
        return number(now.value, held.unit)
    if held.relative:
        return (
            f"{number(now.value, held.unit)} against {number(base.value, held.unit)} ({base.what})"
        )
    return f"{move(base.value, now.value, held.unit)} ({base.what})"


def _kept(excess: _Excess, tolerance: float, base: Baseline | None, held: Comparison) -> str:
    """That it is within what is tolerated: the promise where that is as far as the promise."""
    bound = held.bound
    if bound is not None and base is None:  # then it is the promise that it is better than
        within = f"within the promise of {_promise(bound, held.unit)}"
        return f"surely {within}" if excess.high < 0 else _worse(excess, tolerance, held)
    if excess.high < 0 or bound is None or (base and tolerance != _slack(base, bound)):
        return _worse(excess, tolerance, held)
    worse = "surely worse, but " if excess.low > 0 else ""
    return f"{worse}within the promise of {_promise(bound, held.unit)}"


def _worse(excess: _Excess, tolerance: float, held: Comparison) -> str:
    """By how much it is worse at most, beside what is tolerated."""
    if excess.high < 0:
        return "surely better"
    most, tolerated_ = (amount(x, held.unit) for x in (excess.high, tolerance))
    if excess.low > 0:
        return f"surely worse, by up to {most}, tolerated: {tolerated_}"
    worse = f"at most {most} worse" if excess.high <= tolerance else f"may be worse by up to {most}"
    return f"{worse}, tolerated: {tolerated_}"


def _beyond(excess: _Excess, tolerance: float, base: Baseline | None, held: Comparison) -> str:
    twice = excess.low > 2 * tolerance
    beyond = 2 * tolerance if twice else tolerance
    limit = _limit(beyond, base, held)
    if limit is None:
        found = f"even at best off by more than {amount(beyond, held.unit)}"
    else:
        side = "below" if held.direction == "higher_is_better" else "above"
        found = f"even at best {side} {number(limit, held.unit)}"
    return f"{found}, twice as far off as tolerated" if twice else found


def _likely(missed: float, held: Comparison) -> str:
    assert held.bound is not None
    promise = _promise(held.bound, held.unit)
    return f"{probability(missed)} likely to miss the promise of {promise}"


def _promise(bound: Bound, unit: str) -> str:
    """'at least .860', 'at most 250 ms'."""
    return f"{'at least' if bound.at_least else 'at most'} {number(bound.limit, unit)}"


def _limit(tolerance: float, base: Baseline | None, held: Comparison) -> float | None:
    centre = base.value if base is not None else None
    if centre is None and held.bound is not None:
        centre = held.bound.limit
    if centre is None or held.direction == "nearer_one_is_better":
        return None
    return centre - tolerance if held.direction == "higher_is_better" else centre + tolerance


def _wait(excess: _Excess, base: Baseline | None, held: Comparison, tolerance: float) -> str:
    """How long until the interval is as narrow as ± the tolerance, if rows keep coming as they do.

    Widths add in squares and this one's shrinks with 1/√n; the baseline's stays, unless it is
    another version's of the same time.
    """
    wider = widening(held.fraction)
    width = (excess.high - excess.low) / wider
    worse, tell = ("surely worse, but ", "tell how much") if excess.low > 0 else ("", "tell")
    too_few = f"{worse}too few rows to {tell}"
    if not math.isfinite(width):
        return f"{worse}too few rows to bound it"
    theirs = 0.0
    stays = held.difference is None and not held.relative
    if stays and base is not None and base.low is not None and base.high is not None:
        theirs = base.high - base.low
    room = (2 * tolerance / wider) ** 2 - theirs**2
    if room <= 0:
        return f"{worse}the baseline has too few rows to {tell}"
    needed = held.elapsed * (width**2 - theirs**2) / room
    if needed > DAY:
        return f"{too_few}, and not within a day at this rate"
    if needed > held.elapsed / held.fraction:  # more than the full window will ever hold
        return f"{too_few}, a window of {duration(round(needed))} would"
    more = max(needed - held.elapsed, 0.0)
    return f"{too_few}, known in about {duration(round(more))} at this rate"
