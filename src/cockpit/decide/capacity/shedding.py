"""The least share of requests to turn away so that the rest is fast enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.assess.service.load_curve import BEYOND
from cockpit.decide.capacity.curve import latencies
from cockpit.decide.capacity.queueing import response_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import LoadCurve

    Floats = NDArray[np.float64]

SURE = 0.9  # chance that the rest is fast enough
_SHARES = np.arange(0, 100) / 100.0
_MS = 1000.0


@dataclass(frozen=True)
class Shedding:
    """The least `share` and the chance that it suffices; null where none does or nothing tells."""

    share: float | None
    chance: float | None
    sentence: str


def shedding(curve: LoadCurve | None, load: float, bound: float) -> Shedding:
    """From a measured curve: the least s with P(p(λ(1 − s)) ≤ bound ms) ≥ .9, in whole percents.

    Only loads between the least and the greatest that were seen, a tenth beyond them allowed.
    """
    limit = numbers.milliseconds(bound)
    if curve is None or not curve.draws or curve.greatest is None or curve.least is None:
        reason = "not measured" if curve is None else curve.reason
        return Shedding(None, None, f"how much shedding helps is not known: {reason}")
    left = load * (1.0 - _SHARES)
    chances = np.mean(latencies(curve, left) <= bound, axis=1)
    seen = (left <= BEYOND * curve.greatest) & (left >= curve.least / BEYOND)
    enough = np.flatnonzero((chances >= SURE) & seen)
    if enough.size:
        return _shed(float(_SHARES[enough[0]]), float(chances[enough[0]]), limit)
    if np.mean(latencies(curve, 0.0) > bound) >= SURE:
        return _cannot(limit)
    least = numbers.count(curve.least)
    told = f"no share is seen to reach {limit}: no load below {least} requests a second was seen"
    return Shedding(None, None, told)


def shedding_in_queue(
    load: float, servers: int, service_rate: float, bound: float, q: float = 0.99
) -> Shedding:
    """The same by the queueing formula, where nothing is measured: it knows no chance but 1."""
    limit = numbers.milliseconds(bound)
    ms = response_quantile(q, load * (1.0 - _SHARES), servers, service_rate) * _MS
    enough = np.flatnonzero(ms <= bound)
    if enough.size:
        return _shed(float(_SHARES[enough[0]]), 1.0, limit)
    if response_quantile(q, 0.0, servers, service_rate) * _MS > bound:
        return _cannot(limit)
    return Shedding(None, None, f"no share up to {numbers.share(_SHARES[-1])} reaches {limit}")


def _shed(share: float, chance: float, limit: str) -> Shedding:
    if share == 0.0:
        return Shedding(0.0, chance, f"within {limit} without shedding")
    return Shedding(share, chance, f"shedding {numbers.share(share)} reaches {limit}")


def _cannot(limit: str) -> Shedding:
    return Shedding(None, None, f"shedding cannot reach {limit}: service time alone is over it")
