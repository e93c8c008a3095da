"""Queues by formula, where no measured curve tells: c servers that share one line (M/M/c).

Waiting by Erlang (1917); general arrivals and service by Allen and Cunneen (Allen 1990). Servers
that take several requests at once, as GPUs do, are no such queue: a measured curve comes first.
Rates are requests a second, times are seconds; arrays of rates give arrays of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

UNSURE_FROM = 0.9  # utilisation beyond which the formula and real queues part
_HALVINGS = 60
_LEVEL = 1e-9  # servers to spare, so few that the formula is at its limit


def utilisation(rate: ArrayLike, servers: int, service_rate: ArrayLike) -> Floats:
    """ρ = λ / (cμ); from 1 on the queue has no end. ∞ where there is no server."""
    carried = servers * np.asarray(service_rate, dtype=np.float64)
    rho: Floats = np.asarray(rate, dtype=np.float64) / np.where(carried > 0, carried, 1.0)
    return np.where(carried > 0, rho, np.inf)


def erlang_b(servers: int, offered: ArrayLike) -> Floats:
    """Share of requests that find every server busy and leave (Erlang 1917).

    `offered` is λ/μ. By the recursion B₀ = 1, B_k = aB_{k−1} / (k + aB_{k−1}), which never
    overflows.
    """
    a = np.asarray(offered, dtype=np.float64)
    blocked = np.ones_like(a)
    for k in range(1, servers + 1):
        blocked = a * blocked / (k + a * blocked)
    return blocked


def erlang_c(servers: int, offered: ArrayLike) -> Floats:
    """Share of requests that have to wait (Erlang 1917); all of them from ρ = 1 on."""
    a = np.asarray(offered, dtype=np.float64)
    rho = np.minimum(a / servers, 1.0) if servers else np.ones_like(a)
    blocked = erlang_b(servers, a)
    waits: Floats = blocked / (1.0 - rho * (1.0 - blocked))
    return np.where(rho < 1.0, waits, 1.0)


def slower_than(
    seconds: ArrayLike, rate: ArrayLike, servers: int, service_rate: ArrayLike
) -> Floats:
    """Share of requests whose response takes longer, waiting and service: P(T > t) of M/M/c.

    e^{−μt}·[1 + C·(1 − e^{−μt(c−1−a)}) / (c−1−a)] with a = λ/μ, where c−1−a = 0 its limit
    e^{−μt}·(1 + C·μt). From ρ = 1 on it is 1.
    """
    mu = np.asarray(service_rate, dtype=np.float64)
    a = np.asarray(rate, dtype=np.float64) / mu
    served = mu * np.asarray(seconds, dtype=np.float64)  # μt
    # Where the queue has no end nothing of this is used, so the spare is kept from overflowing.
    spare = np.maximum(servers - 1.0 - a, -1.0)
    width = np.where(np.abs(spare) < _LEVEL, 1.0, np.abs(spare))
    # (e^{−μt} − e^{−μt(1+y)})/y, from its slower part so that nothing is lost or overflows
    waited = np.exp(-served * (1.0 + np.minimum(spare, 0.0))) * -np.expm1(-served * width) / width
    waited = np.where(np.abs(spare) < _LEVEL, served * np.exp(-served), waited)
    tail: Floats = np.exp(-served) + erlang_c(servers, a) * waited
    return np.where(a < servers, np.clip(tail, 0.0, 1.0), 1.0)


def response_quantile(q: float, rate: ArrayLike, servers: int, service_rate: ArrayLike) -> Floats:
    """The time (s) in which a share q of requests is answered, by bisection; ∞ from ρ = 1 on."""
    rate, mu = np.broadcast_arrays(
        np.asarray(rate, dtype=np.float64), np.asarray(service_rate, dtype=np.float64)
    )
    rho = utilisation(rate, servers, mu)
    stable = rho < 1.0
    # P(T > t) ≤ P(service > t/2) + P(wait > t/2), and both fall exponentially
    slowest = np.where(stable, np.minimum(mu, servers * mu - rate), mu)
    low, high = np.zeros_like(slowest), 2.0 * np.log(2.0 / (1.0 - q)) / slowest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        late = slower_than(middle, rate, servers, mu) > 1.0 - q
        low, high = np.where(late, middle, low), np.where(late, high, middle)
    return np.where(stable, high, np.inf)


def mean_wait(
    rate: ArrayLike,
    servers: int,
    service_rate: ArrayLike,
    arrivals: float = 1.0,
    service: float = 1.0,
) -> Floats:
    """Mean wait (s) before service: C/(cμ − λ) · (C_a² + C_s²)/2 (Allen & Cunneen).

    `arrivals` and `service` are the squared coefficients of variation: 1 of exponential times, for
    which it is exact, 0 of constant ones. ∞ from ρ = 1 on.
    """
    rate, mu = np.asarray(rate, dtype=np.float64), np.asarray(service_rate, dtype=np.float64)
    spare = servers * mu - rate
    uneven = (arrivals + service) / 2.0
    wait = erlang_c(servers, rate / mu) * uneven / np.where(spare > 0, spare, 1.0)
    return np.where(spare > 0, wait, np.inf)


def warning(rho: float) -> str:
    """What to know of a figure by formula at this utilisation; "" where it needs no caution."""
    if rho >= 1.0:
        return f"{rho:.2f} times what the workers can carry: the queue has no end"
    if rho > UNSURE_FROM:
        return f"at {numbers.share(rho)} of capacity the queueing formula is no longer sure"
    return ""
