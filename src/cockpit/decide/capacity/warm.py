"""What a fleet of warm workers makes of a load: rolling back is a change of capacity too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cockpit import numbers
from cockpit.config import Capacity
from cockpit.decide.capacity.curve import AtLoad, curve_of, latency_at, slow_share, untold
from cockpit.decide.capacity.queueing import (
    response_quantile,
    slower_than,
    utilisation,
    warning,
)
from cockpit.records import LoadCurve

Source = Literal["measured", "rate", "need", ""]

_MS = 1000.0
_UNKNOWN = "what a warm worker carries is neither measured nor configured"
_REGIMES: tuple[Literal["now", "before"], ...] = ("now", "before")


@dataclass(frozen=True, eq=False)
class Fleet:
    """p95 and p99 (ms) and the share of requests over a bound, of `warm` workers under a load.

    `source` is what tells: a "measured" curve at the same load on each worker, the configured
    "rate" of a worker, the configured "need" of workers; "" where nothing does. `utilisation` is
    null where the capacity is not known. From 1 on the queue has no end: latencies are ∞ and all
    requests slow. `warnings` are to be read before the fleet is given that load.
    """

    warm: int
    utilisation: float | None
    p95: AtLoad
    p99: AtLoad
    slow: AtLoad
    source: Source
    warnings: list[str]


def fleet(
    load: float,
    warm: int,
    bound: float,
    *,
    curves: Sequence[LoadCurve] = (),
    version: str | None = None,
    capacity: Capacity | None = None,
    total: float | None = None,
) -> Fleet:
    """`warm` workers of a version under `load` of `total` requests a second; `bound` in ms.

    Told by the version's measured curve of now, else of before the incident, else by what is
    configured: a worker's rate (M/M/c), else how many workers all traffic needs, which tells no
    latency but whether the queue has an end.
    """
    if warm <= 0:
        return _endless(load, warm, None, "need")
    found = _measured(load, warm, bound, curves, version)
    if found.source or capacity is None:
        return found
    if capacity.per_worker is not None:
        told = _by_rate(load, warm, bound, capacity.per_worker)
    else:
        told = _by_need(load, warm, capacity.needed * (load / total if total else 1.0))
    return replace(told, warnings=[*found.warnings, *told.warnings])


def _measured(
    load: float, warm: int, bound: float, curves: Sequence[LoadCurve], version: str | None
) -> Fleet:
    """By the curve at equal load on each worker: of now, else of before the incident."""
    reason, seen = _UNKNOWN, 0.0
    for regime in _REGIMES:
        p95, p99 = (curve_of(curves, q, version, regime) for q in (0.95, 0.99))
        if p95 is None or p99 is None or not p99.workers:
            continue
        same = load * p99.workers / warm
        at = latency_at(p99, same)
        if at.reason:
            reason, seen = at.reason, max(seen, (p99.greatest or 0.0) / p99.workers)
            continue
        rho = None if p99.capacity is None else same / p99.capacity
        then = "" if regime == "now" else "by the load curve of before the incident"
        endless = "" if rho is None or rho < 1.0 else warning(rho)
        return Fleet(
            warm=warm,
            utilisation=rho,
            p95=latency_at(p95, same),
            p99=at,
            slow=slow_share(p95, p99, same, bound),
            source="measured",
            warnings=[told for told in (endless, then) if told],
        )
    if seen == 0.0:
        return _nothing(warm, reason)
    more = f"{load / warm:.3g} requests a second for each warm worker"
    return _nothing(warm, f"{more}: no more than {seen:.3g} were seen", warned=True)


def _by_rate(load: float, warm: int, bound: float, per_worker: float) -> Fleet:
    """A queue of `warm` workers, each of which serves `per_worker` requests a second (M/M/c)."""
    rho = float(utilisation(load, warm, per_worker))
    if rho >= 1.0:
        return _endless(load, warm, rho, "rate")
    p95, p99 = (
        AtLoad(np.atleast_1d(response_quantile(q, load, warm, per_worker)) * _MS)
        for q in (0.95, 0.99)
    )
    slow = AtLoad(np.atleast_1d(slower_than(bound / _MS, load, warm, per_worker)))
    unsure = warning(rho)
    return Fleet(warm, rho, p95, p99, slow, "rate", [unsure] if unsure else [])


def _by_need(load: float, warm: int, needed: float) -> Fleet:
    rho = needed / warm
    if rho > 1.0:
        return _endless(load, warm, rho, "need")
    reason = "how long a worker takes is not known"
    return Fleet(warm, rho, untold(reason), untold(reason), untold(reason), "need", [])


def _endless(load: float, warm: int, rho: float | None, source: Source) -> Fleet:
    workers = "worker" if warm == 1 else "workers"
    told = f"{warm} warm {workers} for {numbers.count(load)} requests a second: "
    told += warning(rho) if rho is not None and rho >= 1.0 else "the queue has no end"
    forever = AtLoad(np.array([np.inf]))
    return Fleet(warm, rho, forever, forever, AtLoad(np.ones(1)), source, [told])


def _nothing(warm: int, reason: str, warned: bool = False) -> Fleet:
    nothing = untold(reason)
    return Fleet(warm, None, nothing, nothing, nothing, "", [reason] if warned else [])
