"""How many requests of each version would be slow or fail, under each fault.

A faulty model is slow by itself, so the one before is as fast as it is measured, or as a healthy
service; under any other fault what serves nothing now is as slow as the service; by noise none is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.facts.measured import Measured
from cockpit.decide.facts.tails import exponential_tail
from cockpit.decide.outcomes import chance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PROMISED = 0.01  # share of requests that may be slower than the bound of a p99
ROWS = 1_000  # requests that a share told by nothing better is worth


def healthy_slow(measured: Measured, size: int) -> Floats:
    """Share of requests over the latency bound in a healthy service, (draws,).

    Without a baseline it is as slow as now, but no slower than is promised.
    """
    share = measured.healthy_slow
    if measured.bound is None:
        return np.zeros(size)
    if share is None:
        service = _service(_slow, measured, size)
        return np.zeros(size) if service is None else np.minimum(service, PROMISED)
    return chance.share("healthy slow", share * ROWS, (1.0 - share) * ROWS, size)


def healthy_failing(measured: Measured, size: int) -> Floats:
    """Share of requests that fail in a healthy service, (draws,); without a baseline as now."""
    usual = measured.healthy_failing
    if usual is None:
        service = _service(_failing, measured, size)
        return np.zeros(size) if service is None else service
    rows = usual.rows
    return chance.share("healthy failing", usual.value * rows, (1.0 - usual.value) * rows, size)


def slow_under(fault: str, version: str, measured: Measured, size: int) -> Floats:
    """Share of a version's requests over the latency bound if that fault is the cause."""
    if measured.bound is None:
        return np.zeros(size)
    own = _slow(version, measured, size) if version in measured.serving else None
    return _under(fault, own, _service(_slow, measured, size), healthy_slow(measured, size))


def failing_under(fault: str, version: str, measured: Measured, size: int) -> Floats:
    """Share of a version's requests that fail if that fault is the cause."""
    own = _failing(version, measured, size) if version in measured.serving else None
    return _under(fault, own, _service(_failing, measured, size), healthy_failing(measured, size))


def given_slow(p99: float | None, bound: float | None) -> float:
    """Share of requests over the bound (ms) of something of which only the p99 (ms) is given."""
    return 0.0 if p99 is None or bound is None else exponential_tail(p99).slower(bound)


def _under(fault: str, own: Floats | None, service: Floats | None, healthy: Floats) -> Floats:
    if fault == "noise":
        return healthy
    if fault == "model":
        return healthy if own is None else own
    if own is not None:
        return own
    return healthy if service is None else service


def _slow(version: str, measured: Measured, size: int) -> Floats | None:
    tail, p99 = measured.tails.get(version), measured.latency.get(version)
    if tail is None or measured.bound is None:
        return None
    rows = p99.n if p99 is not None and p99.n else ROWS
    slow = tail.slower(measured.bound) * rows
    return chance.share(f"slow {version}", slow, rows - slow, size)


def _failing(version: str, measured: Measured, size: int) -> Floats | None:
    counted = measured.failing.get(version)
    if counted is None:
        return None
    failed, rows = counted
    return chance.share(f"failing {version}", failed, rows - failed, size)


def _service(
    of: Callable[[str, Measured, int], Floats | None], measured: Measured, size: int
) -> Floats | None:
    """The share over all that serves; null where one of the versions tells nothing."""
    total = np.zeros(size)
    for version, weight in measured.serving.items():
        own = of(version, measured, size)
        if own is None:
            return None
        total = total + weight * own
    return total
