"""How slow a fleet truly is under its load, and how callers who try again keep it overloaded.

Latency is lognormal; its median grows with ρ/(1 − ρ), the use of the fleet. Beyond ρ = 1 queues
grow until callers give up, and each of them tries again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from bench.decisions.quality import Floats

GIVEN_UP = 10_000.0  # ms: when a caller gives up
_FULLEST = 0.97  # use from which latency grows no more: callers give up instead
_MOST_GIVE_UP = 0.9
_SLOWER = 0.25  # how a longer service time shows in the median: its power


@dataclass(frozen=True, kw_only=True)
class Load:
    """A fleet for each version, sized for its share of the traffic: `use` of it is used."""

    median: float  # ms, of an idle fleet
    spread: float  # standard deviation of the logarithm of latency
    crowding: float  # how much the median grows with ρ/(1 − ρ)
    use: float  # of a fleet that is warm and of full size, at the traffic of now
    bound: float  # ms, the promise
    retries: int  # how often a caller tries again
    service: tuple[float, float] = (1.0, 1.0)  # of each version since onset, against before
    lost: float = 0.0  # share of all workers gone since onset
    storm: bool = False  # since onset callers try again, and that keeps it overloaded
    warm: float = 1.0  # share of the previous version's full fleet that is warm
    warming: float = 12.0  # minutes until all of it is

    def used(self, version: int, traffic: float, running: float, faulty: bool) -> float:
        """ρ of a version's fleet at first tries alone.

        `traffic` is a share of that of now, `running` the share of a full fleet that is running.
        """
        left = 1.0 - self.lost if faulty else 1.0
        longer = self.service[version] if faulty else 1.0
        return self.use * traffic * longer / max(running * left, 1e-6)

    def failing(self, used: float, faulty: bool) -> tuple[float, float]:
        """ρ with the callers that try again, and the share of tries given up.

        In a storm it begins from many given up, from which a fleet may not recover by itself.
        """
        given_up = _MOST_GIVE_UP if self.storm and faulty else 0.0
        for _ in range(60):
            given_up = _give_up(used * self._tries(given_up))
        return used * self._tries(given_up), given_up

    def _tries(self, given_up: float) -> float:
        return sum(given_up**i for i in range(self.retries + 1))

    def typical(self, version: int, used: float, faulty: bool) -> float:
        """The median latency, ms, of what is answered."""
        full = min(used, _FULLEST)
        longer = self.service[version] ** _SLOWER if faulty else 1.0
        return self.median * longer * (1.0 + self.crowding * full / (1.0 - full))

    def slow(self, version: int, used: float, faulty: bool) -> float:
        """The share of requests beyond the bound, those given up among them."""
        used, given_up = self.failing(used, faulty)
        median = self.typical(version, used, faulty)
        late = float(ndtr(math.log(median / self.bound) / self.spread))
        return given_up + (1.0 - given_up) * late

    def chances(self, version: int, used: float, faulty: bool, edges: Floats) -> Floats:
        """Chance of a latency between each two edges, ms; the last cell holds the given up."""
        used, given_up = self.failing(used, faulty)
        median = self.typical(version, used, faulty)
        below = ndtr(np.log(edges / median) / self.spread)
        below[0], below[-1] = 0.0, 1.0
        cells = (1.0 - given_up) * np.diff(below)
        cells[-1] += given_up
        return np.asarray(cells)


def _give_up(used: float) -> float:
    return _MOST_GIVE_UP / (1.0 + math.exp(-min(max((used - 1.03) / 0.015, -50.0), 50.0)))


def bound_for(load: Load, slow: float) -> float:
    """The bound that so small a share of requests misses while all is well, ms."""
    return load.typical(0, load.use, False) * math.exp(-load.spread * float(ndtri(slow)))
