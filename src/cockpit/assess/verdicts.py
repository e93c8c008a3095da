"""Fine, not enough data, watch, degraded, critical: one rule for every metric, and why in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import ndtr

from cockpit.assess.methods.anytime import widening
from cockpit.assess.methods.differences import difference
from cockpit.assess.methods.measurement import Z
from cockpit.assess.words import move, number
from cockpit.numbers import probability
from cockpit.records import DAY
from cockpit.units import duration

if TYPE_CHECKING:
    from cockpit.assess.methods.measurement import Measurement
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
        surely = "surely worse, but " if excess.low > 0 else ""
        word, why = "fine", f"{surely}within {number(tolerance, held.unit)}"
    elif excess.high - excess.low > 2 * tolerance:
        word, why = "not enough data", _wait(excess, base, held, tolerance)
    else:
        surely = "surely worse, perhaps" if excess.low > 0 else "it may be worse"
        word, why = "watch", f"{surely} by {number(max(excess.high, 0.0), held.unit)}"
    likely = _likely(missed, held) if missed > LIKELY else ""
    return Verdict(word, "; ".join(filter(None, (_told(now, base, held), why, likely))), found)


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
    return f"{move(base.value, now.value, held.unit)} ({base.what})"


def _beyond(excess: _Excess, tolerance: float, base: Baseline | None, held: Comparison) -> str:
    limit = _limit(tolerance, base, held)
    twice = ", beyond twice the tolerance" if excess.low > 2 * tolerance else ""
    if limit is None:
        return f"even the kindest reading is off by over {number(tolerance, held.unit)}{twice}"
    side = "below" if held.direction == "higher_is_better" else "above"
    return f"even the optimistic end is {side} {number(limit, held.unit)}{twice}"


def _likely(missed: float, held: Comparison) -> str:
    return f"{probability(missed)} likely to miss the promise of {_promise(held)}"


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


def _wait(excess: _Excess, base: Baseline | None, held: Comparison, tolerance: float) -> str:
    """How long until the interval is as narrow as ± the tolerance, if rows keep coming as they do.

    Widths add in squares and this one's shrinks with 1/√n; the baseline's stays, unless it is
    another version's of the same time.
    """
    wider = widening(held.fraction)
    width = (excess.high - excess.low) / wider
    if not math.isfinite(width):
        return "too few rows to bound it"
    theirs = 0.0
    stays = held.difference is None and not held.relative
    if stays and base is not None and base.low is not None and base.high is not None:
        theirs = base.high - base.low
    room = (2 * tolerance / wider) ** 2 - theirs**2
    if room <= 0:
        return "the baseline has too few rows to tell"
    needed = held.elapsed * (width**2 - theirs**2) / room
    if needed > DAY:
        return "too few rows to tell, and not within a day at this rate"
    if needed > held.elapsed / held.fraction:  # more than the full window will ever hold
        return f"too few rows to tell, a window of {duration(round(needed))} would"
    more = max(needed - held.elapsed, 0.0)
    return f"too few rows to tell, known in about {duration(round(more))} at this rate"
