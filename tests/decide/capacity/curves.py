"""Load curves made by hand, and a queue simulated request by request."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cockpit.records import LoadCurve, Window

Floats = NDArray[np.float64]


def curve(quantile: float = 0.99, **changes: Any) -> LoadCurve:
    """40 draws around 100 ms of service, 20 ms of queue and a capacity of 120 a second."""
    spread = np.linspace(0.9, 1.1, 40)
    given: dict[str, Any] = {
        "version": None,
        "quantile": quantile,
        "regime": "now",
        "service_ms": 100.0,
        "queue_ms": 20.0,
        "capacity": 120.0,
        "least": 40.0,
        "greatest": 100.0,
        "n": 60,
        "window": Window(start=0, end=1),
        "draws": [(100.0 * x, 20.0 * x, 120.0) for x in spread],
    }
    return LoadCurve(**{**given, **changes})


def pair(**changes: Any) -> list[LoadCurve]:
    """The curves of p95 and p99; p95 is half of p99."""
    p99 = curve(0.99, **changes)
    halves = [(s / 2, k / 2, most) for s, k, most in p99.draws]
    return [curve(0.95, **{**changes, "draws": halves}), p99]


def queue(
    rate: float, servers: int, service: Callable[[np.random.Generator, int], Floats], n: int
) -> tuple[Floats, Floats]:
    """Waits and responses (s) of n requests at a steady rate; the first tenth is left out."""
    rng = np.random.default_rng(7)
    arrived, served = rng.exponential(1 / rate, n).cumsum(), service(rng, n)
    free = [0.0] * servers
    waits = np.empty(n)
    for i, (at, takes) in enumerate(zip(arrived.tolist(), served.tolist(), strict=True)):
        start = max(at, heapq.heappop(free))
        heapq.heappush(free, start + takes)
        waits[i] = start - at
    return waits[n // 10 :], (waits + served)[n // 10 :]
