"""Means of two arms watched every minute, while the mean of both moves."""

from __future__ import annotations

import numpy as np

from cockpit.assess.methods.e_process import THRESHOLD
from cockpit.assess.methods.mean_process import Sums, log_mean_process
from studies._pages import Floats, Ints, first, head, median_of, row, share_of

ROWS = 600  # a minute
TUNED = 5  # minutes
WANDERS = 2.0  # standard deviations, in both arms, from the first minute to the last


def table(runs: int, seed: int, steady: Floats, ramp: Floats) -> list[str]:
    """False alarms of identical arms, and how soon a mean 0.3 standard deviations higher is found.

    `steady` and `ramp` are the canary's share of the rows in each minute.
    """
    rng = np.random.default_rng(seed)
    lines = head("rows", "false alarms", "false alarms, ramp", "0.3 sd higher is found after")
    for kind in ("normal", "exponential"):
        watches = ((steady, 0.0), (ramp, 0.0), (steady[:60], 0.3))
        still, ramped, found = (
            np.array([_alarm(rng, shares, kind, apart) for _ in range(runs)])
            for shares, apart in watches
        )
        lines.append(row(kind, share_of(still), share_of(ramped), median_of(found, "min")))
    return lines


def _alarm(rng: np.random.Generator, shares: Floats, kind: str, apart: float) -> float:
    moving = np.linspace(0.0, WANDERS, shares.size)
    canary, control = (
        _sums(rng, rng.poisson(ROWS * share), kind, moving + shift)
        for share, shift in ((shares, apart), (1 - shares, 0.0))
    )
    path = log_mean_process(canary, control, TUNED)
    return float(first(path >= np.log(THRESHOLD)))


def _sums(rng: np.random.Generator, n: Ints, kind: str, mean: Floats) -> Sums:
    step = np.repeat(np.arange(n.size), n)
    drawn = rng.standard_normal(step.size) if kind == "normal" else rng.exponential(size=step.size)
    x = drawn + mean[step]
    total, squares = (np.bincount(step, w, n.size).astype(np.float64) for w in (x, x * x))
    return Sums(n, total, squares)
