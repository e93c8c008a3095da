"""Is a canary's gauge as good as its control's: readings alone, without the rows behind them.

By ranks, which know no unit and no distribution, and with guards for what ranks forgive: too few
readings, neighbours that say the same twice, a level that moved meanwhile, and a few readings far
out. It passes only where a difference worth seeing would have been seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Word = Literal["pass", "fail", "not enough data"]

ALPHA = 0.05
FEWEST = 20  # readings of an arm, below which nothing is said
# A shift of the whole distribution by one standard deviation moves .38 of it past a point: a pass
# needs readings enough to have seen that.
_WORTH_SEEING = 0.38
_FAR = 3.0  # times the quartiles' distance beyond them: far out (Tukey 1977)
_SUSPECT = 0.1  # chance of so many far readings, below which a pass would prove nothing


@dataclass(frozen=True)
class Judgement:
    """The word, and why in one line."""

    word: Word
    reason: str


def judge(
    control: Sequence[float] | Floats,
    canary: Sequence[float] | Floats,
    *,
    lower_is_better: bool = True,
    alpha: float = ALPHA,
) -> Judgement:
    """The readings of two arms in order of time; those that are not finite do not count.

    Fail where the canary's distribution surely lies on the bad side of the control's anywhere: the
    one-sided test of Smirnov (1939), D⁺ = max F_control − F_canary, against √(−ln α / 2)·√(1/n +
    1/m); or where surely more of its readings lie far out, which ranks hardly see. The two share
    alpha. Readings like their neighbours count for less: n is divided by (1 + ρ)/(1 − ρ), ρ the
    correlation of neighbouring ranks (Bartlett 1935). One look; `by_doublings` is for many.
    """
    theirs, ours = (_finite(values, lower_is_better) for values in (control, canary))
    if min(len(theirs), len(ours)) < FEWEST:
        few = f"{len(ours)} and {len(theirs)} readings; {FEWEST} of each are the least"
        return Judgement("not enough data", few)
    n, m = effective(ours), effective(theirs)
    line, apart = _line(n, m, alpha / 2), _above(theirs, ours)
    if apart > line:
        return Judgement("fail", f"{apart:.0%} of its readings lie beyond the control's, surely")
    far, usual = _far(ours, theirs), _far(theirs, theirs)
    chance = _chance_of_far(far * n, usual * m, n / (n + m))
    told = f"{far:.0%} of its readings lie far out, {usual:.0%} of the control's"
    if chance < alpha / 2:
        return Judgement("fail", f"{told}, surely more")
    if chance < _SUSPECT:
        return Judgement("not enough data", f"{told}: too few to tell")
    doubt = _doubt(ours, theirs, line)
    if doubt:
        return Judgement("not enough data", doubt)
    return Judgement("pass", f"at most {apart + line:.0%} of its readings lie beyond the control's")


def by_doublings(
    control: Sequence[float] | Floats,
    canary: Sequence[float] | Floats,
    *,
    lower_is_better: bool = True,
    alpha: float = ALPHA,
) -> Judgement:
    """The same for who looks again and again: judged each time the readings have doubled.

    The k-th of those looks has 6/(π²k²) of alpha, which adds up to alpha however many come.
    """
    size = min(len(control), len(canary))
    looks = max(int(math.log2(max(size, 1) / FEWEST)) + 1, 1) if size >= FEWEST else 1
    found = Judgement("not enough data", f"{size} readings; {FEWEST} of each are the least")
    for k in range(1, looks + 1):
        most = FEWEST * 2 ** (k - 1)
        share = alpha * 6.0 / (math.pi * k) ** 2
        found = judge(control[:most], canary[:most], lower_is_better=lower_is_better, alpha=share)
        if found.word == "fail":
            return found
    return found


def effective(values: Floats) -> float:
    """How many independent readings tell as much as these, in their order."""
    n = len(values)
    ranks = _ranks(values)
    spread = float(ranks @ ranks)
    if spread == 0.0:  # a constant: nothing says how alike neighbours would be
        return float(n)
    rho = float(ranks[1:] @ ranks[:-1]) / spread
    rho += (1.0 + 3.0 * rho) / n  # by so much it comes out too small (Kendall 1954)
    rho = min(max(rho, 0.0), 1.0 - 1.0 / n)
    return n * (1.0 - rho) / (1.0 + rho)


def _finite(values: Sequence[float] | Floats, lower_is_better: bool) -> Floats:
    """As numbers of which more are worse."""
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    return found if lower_is_better else -found


def _ranks(values: Floats) -> Floats:
    """Mid-ranks about their mean."""
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(size) - (size - 1) / 2.0
    ranks: Floats = middle[place] - (len(values) + 1) / 2.0
    return ranks


def _line(n: float, m: float, alpha: float) -> float:
    return math.sqrt(-math.log(alpha) / 2.0 * (1.0 / n + 1.0 / m))


def _above(control: Floats, canary: Floats) -> float:
    """By how much of them the canary's readings lie above the control's, D⁺."""
    at = np.concatenate([control, canary])
    theirs, ours = (
        np.searchsorted(np.sort(values), at, side="right") / len(values)
        for values in (control, canary)
    )
    return float(np.max(theirs - ours))


def _far(values: Floats, control: Floats) -> float:
    """Share of readings far out on the bad side of the control's quartiles."""
    low, high = np.quantile(control, [0.25, 0.75])
    return float(np.mean(values > high + _FAR * (high - low)))


def _chance_of_far(ours: float, theirs: float, share: float) -> float:
    """Chance of at least so many far readings of the canary among those of both, if equally apt."""
    from scipy.special import bdtr

    k, both = math.floor(ours), math.floor(ours) + math.floor(theirs)
    return 1.0 if k == 0 else 1.0 - float(bdtr(k - 1, both, share))


def _doubt(ours: Floats, theirs: Floats, line: float) -> str:
    """Why a pass would prove nothing, "" where it would."""
    for values, name in ((ours, "its"), (theirs, "the control's")):
        half = len(values) // 2
        before, after = values[:half], values[half:]
        moved = max(_above(before, after), _above(after, before))
        if moved > _line(effective(before), effective(after), ALPHA / 2):
            return f"{name} readings moved to another level meanwhile"
    if line > _WORTH_SEEING:
        return "too few readings that are not like their neighbours"
    return ""
