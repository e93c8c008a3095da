"""Fine, not enough data, watch, degraded, critical: one rule for every metric, and why in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import ndtr

from cockpit.assess.anytime import widening
from cockpit.assess.differences import difference
from cockpit.assess.measurement import Z
from cockpit.assess.words import move, number
from cockpit.records import DAY
from cockpit.units import duration

if TYPE_CHECKING:
    from cockpit.assess.measurement import Measurement
    from cockpit.assess.objectives import Bound
    from cockpit.records import Baseline, Difference, Direction, VerdictWord

SURE = 0.9  # probability that an objective is missed which counts as missed
LIKELY = 0.5  # and above which a figure is not called fine
SMALLEST_TOLERANCE = 0.01  # a share that moves by less than a point in a hundred wakes nobody


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
    if now.low is None and now.high is None:
        return Verdict("", "", found)
    tolerance = tolerated(base, held)
    excess = _excess(now, found, held)
    missed = 0.0 if held.relative else probability_missed(now, held.bound)
    told = _told(now, base, held)
    if excess.low > tolerance or missed >= SURE:
        word: VerdictWord = "critical" if excess.low > 2 * tolerance else "degraded"
        return Verdict(word, f"{told}; {_why(excess, tolerance, base, held)}", found)
    if excess.high <= tolerance and missed <= LIKELY:
        return Verdict("fine", f"{told}; within {number(tolerance, held.unit)}", found)
    if excess.high - excess.low > 2 * tolerance:
        return Verdict("not enough data", f"{told}; {_wait(now, base, held, tolerance)}", found)
    if missed > LIKELY:
        return Verdict("watch", f"{told}; likely misses the promise of {_promise(held)}", found)
    return Verdict("watch", f"{told}; it may be worse by {number(excess.high, held.unit)}", found)


def tolerated(base: Baseline | None, held: Comparison) -> float:
    """The tolerance: declared, else what lies between baseline and promise, else a share."""
    bound = held.bound
    if bound is not None and bound.tolerance is not None:
        return bound.tolerance
    centre = base.value if base is not None and base.value is not None else None
    if bound is not None and centre is not None:
        slack = centre - bound.limit if bound.at_least else bound.limit - centre
        if slack > 0:
            return slack
    if centre is None:
        centre = bound.limit if bound is not None else 1.0
    share = held.tolerance * abs(centre)
    return max(share, SMALLEST_TOLERANCE) if held.unit in ("", "share") else share


def probability_missed(now: Measurement, bound: Bound | None) -> float:
    """Chance that the objective is missed: a normal as wide as the interval's nearer side."""
    if bound is None or now.value is None:
        return 0.0
    over = bound.limit - now.value if bound.at_least else now.value - bound.limit
    towards_high = (over > 0) == bound.at_least
    end = now.high if towards_high else now.low
    if end is None:
        return 0.5
    half = abs(end - now.value)
    if half == 0:
        return float(over > 0)
    return float(ndtr(over * Z / half))


def _excess(now: Measurement, found: Difference | None, held: Comparison) -> _Excess:
    if found is not None:
        value, low, high = found.value, found.low, found.high
    else:
        assert now.value is not None
        centre = held.bound.limit if held.bound is not None else 1.0
        value, low, high = (
            now.value - centre,
            None if now.low is None else now.low - centre,
            None if now.high is None else now.high - centre,
        )
    wider = widening(held.fraction)
    down = -math.inf if low is None else value - wider * (value - low)
    up = math.inf if high is None else value + wider * (high - value)
    if held.direction == "higher_is_better":
        return _Excess(-value, -up, -down)
    if held.direction == "lower_is_better":
        return _Excess(value, down, up)
    return _Excess(abs(value), max(down, -up, 0.0), max(abs(down), abs(up)))


def _told(now: Measurement, base: Baseline | None, held: Comparison) -> str:
    assert now.value is not None
    if base is None or base.value is None:
        return number(now.value, held.unit)
    return f"{move(base.value, now.value, held.unit)} ({base.what})"


def _why(excess: _Excess, tolerance: float, base: Baseline | None, held: Comparison) -> str:
    if excess.low > tolerance:
        limit = _limit(tolerance, base, held)
        twice = ", beyond twice the tolerance" if excess.low > 2 * tolerance else ""
        if limit is None:
            return f"even the kindest reading is off by over {number(tolerance, held.unit)}{twice}"
        side = "below" if held.direction == "higher_is_better" else "above"
        return f"even the optimistic end is {side} {number(limit, held.unit)}{twice}"
    return f"very likely misses the promise of {_promise(held)}"


def _promise(held: Comparison) -> str:
    """'at least .860', 'at most 250 ms'."""
    assert held.bound is not None
    side = "at least" if held.bound.at_least else "at most"
    return f"{side} {number(held.bound.limit, held.unit)}"


def _limit(tolerance: float, base: Baseline | None, held: Comparison) -> float | None:
    centre = base.value if base is not None else None
    if centre is None and held.bound is not None:
        centre = held.bound.limit
    if centre is None or held.direction == "nearer_one_is_better":
        return None
    return centre - tolerance if held.direction == "higher_is_better" else centre + tolerance


def _wait(now: Measurement, base: Baseline | None, held: Comparison, tolerance: float) -> str:
    """How long until the interval is as narrow as ± the tolerance, if rows keep coming as they do.

    Widths add in squares and this one's shrinks with 1/√n; the baseline's stays.
    """
    if now.low is None or now.high is None:
        return "too few rows to bound it"
    ours = now.high - now.low
    theirs = 0.0
    if base is not None and base.low is not None and base.high is not None:
        theirs = base.high - base.low
    room = (2 * tolerance / widening(held.fraction)) ** 2 - theirs**2
    if room <= 0:
        return "the baseline has too few rows to tell"
    needed = held.elapsed * ours**2 / room
    if needed > DAY:
        return "too few rows to tell, and not within a day at this rate"
    if needed > held.elapsed / held.fraction:  # more than the full window will ever hold
        return f"too few rows to tell, a window of {duration(round(needed))} would"
    more = max(needed - held.elapsed, 0.0)
    return f"too few rows to tell, known in about {duration(round(more))} at this rate"
