"""Tails of latency: the p99 of a mixture of versions, from each version's own quantiles.

Between two known quantiles the share of slower requests falls exponentially, and beyond the last
one it goes on as before. That is exact at the quantiles and an interpolation between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cockpit.decide.facts.estimates import find
from cockpit.records import Assessment

_AT_ONCE = 1e-3  # ms
_SLOWER = {"latency_p50": 0.5, "latency_p95": 0.05, "latency_p99": 0.01}


@dataclass(frozen=True)
class Tail:
    """Points (ms, share of requests slower than that), ascending in ms, from (0, 1).

    `assumed` where they are not this version's own, measured now.
    """

    points: tuple[tuple[float, float], ...]
    assumed: bool = False

    def slower(self, ms: float) -> float:
        """Share of requests slower than `ms`."""
        pairs = list(zip(self.points, self.points[1:], strict=False))
        (left, above), (right, below) = next(
            (pair for pair in pairs if ms <= pair[1][0]), pairs[-1]
        )
        slope = math.log(below / above) / (right - left)
        return min(above * math.exp(slope * (ms - left)), 1.0)


def tail_of(assessment: Assessment, version: str | None) -> Tail | None:
    """The tail of a version as measured; null unless p99 and a lower quantile were."""
    return _tail([(_value(assessment, name, version), slower) for name, slower in _SLOWER.items()])


def baseline_tail(assessment: Assessment) -> Tail | None:
    """The whole service's tail in its baseline: what a version that serves nothing now is given."""
    points = [(_baseline(assessment, name), slower) for name, slower in _SLOWER.items()]
    return _tail(points, assumed=True)


def exponential_tail(p99: float) -> Tail:
    """The tail of something of which only the p99 (ms) is given; 0 is as good as at once."""
    return Tail(((0.0, 1.0), (max(p99, _AT_ONCE), 0.01)), assumed=True)


def _tail(quantiles: list[tuple[float | None, float]], assumed: bool = False) -> Tail | None:
    points = [(0.0, 1.0)]
    for value, slower in quantiles:
        if value is not None and value > points[-1][0]:
            points.append((value, slower))
    whole = len(points) > 2 and points[-1][1] == _SLOWER["latency_p99"]
    return Tail(tuple(points), assumed) if whole else None


def _value(assessment: Assessment, name: str, version: str | None) -> float | None:
    estimate = find(assessment, name, version)
    return None if estimate is None else estimate.value


def _baseline(assessment: Assessment, name: str) -> float | None:
    estimate = find(assessment, name)
    return None if estimate is None or estimate.baseline is None else estimate.baseline.value


def mixture_quantile(parts: list[tuple[float, Tail]], slower: float = 0.01) -> float:
    """The latency (ms) that a share `slower` of a mixture exceeds, by bisection.

    `parts` are (weight, tail); weights sum to one. The answer lies between the parts' own.
    """
    low, high = 0.0, max(tail.points[-1][0] for _, tail in parts)
    while sum(weight * tail.slower(high) for weight, tail in parts) > slower:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if sum(weight * tail.slower(middle) for weight, tail in parts) > slower:
            low = middle
        else:
            high = middle
    return high
