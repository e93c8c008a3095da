"""Which part of the users is hurt: the segments whose wrong decisions surely stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtrc

from cockpit.assess.methods.differences import chance_not_above, difference, ratio_of_rates
from cockpit.assess.methods.false_discovery import adjusted
from cockpit.assess.methods.intervals import normal_quantile, wilson
from cockpit.assess.methods.measurement import LEVEL, Z

if TYPE_CHECKING:
    from cockpit.assess.methods.measurement import Measurement

FALSE_NAMES = 1 - LEVEL  # of the segments that are named, the share that may be chance


@dataclass(frozen=True)
class SegmentRate:
    """Wrong decisions of one segment now, and in the baseline if there is one."""

    segment: str  # "region BR"
    k: int
    n: int
    now: Measurement
    base: Measurement | None
    pair: bool  # a pair of dimensions rather than one


@dataclass(frozen=True)
class Standout:
    """A segment that stands out, by how many times the wrong decisions of the rest.

    [low, high] is how much its rate lies above its baseline, or above the rest without one. Both
    intervals hold for what was picked: of those named, 5 % may miss the truth on average (false
    coverage rate; Benjamini & Yekutieli 2005).
    """

    segment: str
    ratio: Measurement
    low: float
    high: float
    pair: bool

    def __str__(self) -> str:
        """'region BR: 2.4× the wrong decisions of the rest'."""
        return f"{self.segment}: {self.ratio.value:.1f}× the wrong decisions of the rest"


def standouts(rates: list[SegmentRate], k_all: int, n_all: int) -> list[Standout]:
    """Segments with surely more wrong decisions than their baseline and than the rest, worst first.

    `k_all` of `n_all` are the wrong decisions of the whole service. The false discovery rate over
    all segments and pairs is held at 5 % (Benjamini & Hochberg 1995). A pair of dimensions comes
    before the single ones only where its low end is above the high end of the worst of them.
    """
    rates = [rate for rate in rates if 0 < rate.n < n_all]
    chance = adjusted(np.array([_chance(rate, k_all, n_all) for rate in rates]))
    named = [rate for rate, p in zip(rates, chance, strict=True) if p <= FALSE_NAMES]
    z = normal_quantile(1 - FALSE_NAMES * len(named) / max(len(rates), 1))
    found = [_standout(rate, k_all, n_all, z) for rate in named]
    highest = max(((one.low, one.high) for one in found if not one.pair), default=(0.0, 0.0))[1]
    return sorted(found, key=lambda one: (one.pair and one.low <= highest, not one.pair, -one.low))


def chance_above_rest(k: int, n: int, k_all: int, n_all: int) -> float:
    """One-sided p-value of "no more than the rest", for k of n out of k_all of n_all.

    Given k_all wrong decisions, each falls in the segment with its share of the rows: binomial,
    which varies more than drawing without replacement does and so is on the safe side.
    """
    return float(bdtrc(k - 1, k_all, n / n_all)) if 0 < k <= k_all and n <= n_all else 1.0


def _chance(rate: SegmentRate, k_all: int, n_all: int) -> float:
    """One-sided p-value of the weaker of both: above the rest, and above the baseline."""
    above_rest = chance_above_rest(rate.k, rate.n, k_all, n_all)
    if rate.base is None or rate.base.value is None:
        return above_rest
    return max(above_rest, chance_not_above(difference(rate.now.interval, rate.base.interval)))


def _standout(rate: SegmentRate, k_all: int, n_all: int, z: float) -> Standout:
    rest = k_all - rate.k, n_all - rate.n
    against = rate.base if rate.base is not None and rate.base.value is not None else wilson(*rest)
    found = difference(rate.now.interval, against.interval)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    wider = z / Z
    return Standout(
        segment=rate.segment,
        ratio=ratio_of_rates(rate.k, rate.n, *rest, z),
        low=found.value - wider * (found.value - found.low),
        high=found.value + wider * (found.high - found.value),
        pair=rate.pair,
    )
