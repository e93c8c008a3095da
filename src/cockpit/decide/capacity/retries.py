"""Callers that try again: the load they make, and whether an overload then keeps itself alive.

Of R retries with a share f of attempts failing, λ_eff = λ·Σ_{i≤R} fⁱ, and f grows with λ_eff. Where
that has two fixed points the service is metastable: once overloaded it stays so after the cause is
gone (Bronson et al. HotOS 2021; Huang et al. OSDI 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit import numbers
from cockpit.decide.capacity.queueing import slower_than

Failing = Callable[[float], float]  # share of attempts that fail at so many a second

_UPSET = 0.9  # share that fails in the overload it starts from
_ROUNDS = 200
_CLOSE = 1e-7
_APART = 1.05  # times the healthy load, from which the two are not the same


@dataclass(frozen=True)
class Retrying:
    """Attempts a second and the share that fails: from a calm start, and after an overload."""

    calm: float
    calm_failing: float
    upset: float
    upset_failing: float
    times: int

    @property
    def metastable(self) -> bool:
        """Whether an overload outlives its cause."""
        return self.upset > _APART * self.calm

    @property
    def sentence(self) -> str:
        """What to know before acting; "" where retries keep nothing alive."""
        if not self.metastable:
            return ""
        often = "once" if self.times == 1 else f"{self.times} times"
        loads = f"{numbers.count(self.calm)} attempts a second become {numbers.count(self.upset)}"
        return (
            f"callers retry {often}: once overloaded it stays overloaded after the cause is gone "
            f"({loads}); shed first"
        )


def attempts(load: float, failing: float, times: int) -> float:
    """Attempts a second of callers who try again up to so many times: λ·Σ_{i≤R} fⁱ."""
    return load * sum(failing**i for i in range(times + 1))


def retrying(load: float, times: int, failing: Failing) -> Retrying:
    """The fixed points of a load of requests a second, reached from f = 0 and from f = .9."""
    calm, upset = (_settled(load, times, failing, start) for start in (0.0, _UPSET))
    return Retrying(
        calm=attempts(load, calm, times),
        calm_failing=calm,
        upset=attempts(load, upset, times),
        upset_failing=upset,
        times=times,
    )


def _settled(load: float, times: int, failing: Failing, start: float) -> float:
    """Where the share of failing attempts settles; it moves in one direction, so it does."""
    share = start
    for _ in range(_ROUNDS):
        after = failing(attempts(load, share, times))
        if abs(after - share) < _CLOSE:
            return after
        share = after
    return share


def failing_in_queue(servers: int, service_rate: float, timeout: float) -> Failing:
    """Attempts that outlast a timeout (s) in a queue of c servers: P(T > timeout), M/M/c."""
    return lambda load: float(slower_than(timeout, load, servers, service_rate))


def failing_over(capacity: float) -> Failing:
    """None below a measured capacity, all from there on: the queue outgrows any timeout."""
    return lambda load: float(load >= capacity)
