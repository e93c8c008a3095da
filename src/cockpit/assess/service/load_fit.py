"""Fitting a latency quantile to load: p(λ) = s + k·ρ/(1 − ρ) with ρ = λ/λ_max, and how surely.

Service time s, and a queue that grows as that of M/M/1 does (in heavy traffic any queue has this
shape; Kingman 1961). λ_max is searched on a grid, s ≥ 0 and k ≥ 0 are weighted least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cockpit.assess.service.load_steps import CountedSteps, ReadSteps

    Floats = NDArray[np.float64]

DRAWS = 40
_GROUPS = 10
_ROOM = np.geomspace(0.02, 9.0, 30)  # capacity beyond the greatest load, as a share of it


@dataclass(frozen=True, eq=False)
class Sample:
    """Loads (requests/s), a latency quantile (ms) at each, and how much it counts.

    Shape (1 + DRAWS, points): the first row is what was seen, the others resamples of it.
    """

    load: Floats
    latency: Floats
    weight: Floats


def fit(sample: Sample) -> Floats:
    """(s, k, λ_max) for each row of the sample, λ_max over its greatest load; shape (draws, 3).

    Where load does not matter k is 0, and λ_max the end of the grid.
    """
    capacity = sample.load.max(axis=1)[:, None] * (1.0 + _ROOM)
    rho = sample.load[:, None, :] / capacity[:, :, None]
    x, y, w = rho / (1.0 - rho), sample.latency[:, None, :], sample.weight[:, None, :]
    wx, wy = w * x, w * y
    n, ys, yys = (each.sum(axis=2) for each in (w, wy, wy * y))
    xs, xxs, xys = (each.sum(axis=2) for each in (wx, wx * x, wx * y))
    spread = n * xxs - xs * xs
    k = np.divide(n * xys - xs * ys, spread, out=np.zeros_like(xs), where=spread > 0)
    k = np.maximum(k, 0.0)
    s = (ys - k * xs) / n
    through_zero = np.divide(xys, xxs, out=np.zeros_like(xs), where=xxs > 0)
    k, s = np.where(s < 0, through_zero, k), np.maximum(s, 0.0)
    squares = yys - 2 * s * ys - 2 * k * xys + s * s * n + 2 * s * k * xs + k * k * xxs
    at = squares.argmin(axis=1)
    rows = np.arange(len(at))
    s, k = s[rows, at], k[rows, at]
    return np.stack([s, k, np.where(k > 0, capacity[rows, at], capacity[:, -1])], axis=1)


def pooled(steps: CountedSteps, quantiles: Sequence[float]) -> list[Sample]:
    """Quantiles of all requests of steps with like loads, in ten groups of steps or fewer.

    Not the mean of the steps' own quantiles: in a queue slow requests come together, so most steps
    have fewer than their share and the mean is too low. A quantile's error is in proportion to
    itself and to 1/√n, so a group counts as n / latency².
    """
    order = np.argsort(steps.load, kind="stable")
    taken = _taken(len(order))
    size = groups(len(order))
    up_to = steps.n.cumsum(axis=1)
    load, rows = np.zeros((len(taken), size)), np.zeros((len(taken), size))
    latency = np.zeros((len(quantiles), len(taken), size))
    for g, members in enumerate(np.array_split(order, size)):
        times = taken[:, members]
        cumulative = times @ up_to[members]
        rows[:, g] = cumulative[:, -1]
        load[:, g] = times @ steps.load[members] / np.maximum(times.sum(axis=1), 1.0)
        for i, q in enumerate(quantiles):
            latency[i, :, g] = steps.ms[(cumulative < q * rows[:, g, None]).sum(axis=1)]
    return [Sample(load, each, rows / each**2) for each in latency]


def groups(steps: int) -> int:
    """Into how many groups so many steps are put."""
    return min(_GROUPS, steps // 2)


def one_by_one(steps: ReadSteps) -> Sample:
    """Each step a point: where only a gauge showed the quantile there is nothing to pool."""
    taken = _taken(len(steps.load))
    load, latency = (np.broadcast_to(x, taken.shape) for x in (steps.load, steps.latency))
    return Sample(load, latency, taken / latency**2)


def _taken(n: int) -> Floats:
    """How often each of n steps is taken: once, then as in each resample; always the same ones.

    Circular blocks of neighbours (Politis & Romano 1992), about n^⅓ long: what lasts longer than a
    step would make steps taken one by one seem surer than they are.
    """
    length = max(round(n ** (1 / 3)), 1)
    starts = np.random.default_rng(n).integers(0, n, (DRAWS, -(-n // length)))
    chosen = ((starts[:, :, None] + np.arange(length)) % n).reshape(DRAWS, -1)[:, :n]
    taken = np.zeros((DRAWS + 1, n))
    taken[0] = 1.0
    np.add.at(taken[1:], (np.arange(DRAWS)[:, None], chosen), 1.0)
    return taken
