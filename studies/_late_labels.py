"""Wrong decisions of two arms whose labels come late, all minutes read anew each time."""

from __future__ import annotations

import numpy as np

from cockpit.assess.methods.e_process import THRESHOLD, log_e_process
from studies._pages import Floats, first, head, row, share_of

DECISIONS = 200  # a minute
DELAY = 30.0  # minutes until a wrong decision is known, on average


def table(runs: int, seed: int, steady: Floats, ramp: Floats) -> list[str]:
    """False alarms of identical arms; `steady` and `ramp` are the canary's share each minute."""
    rng = np.random.default_rng(seed)
    lines = head("wrong", "false alarms", "false alarms, ramp")
    for wrong in (0.02, 0.2):
        found = [
            share_of(np.array([_alarm(rng, shares, wrong) for _ in range(runs)]))
            for shares in (steady, ramp)
        ]
        lines.append(row(f"{100 * wrong:g} %", *found))
    return lines


def _alarm(rng: np.random.Generator, shares: Floats, wrong: float) -> float:
    """Each wrong decision as a step of its own, in the order in which they come to light.

    The evidence is a product over wrong decisions, so this is what reading all minutes anew after
    each of them gives.
    """
    asked = rng.poisson(DECISIONS * np.stack([shares, 1 - shares]))
    bad = rng.binomial(asked, wrong)
    minute = np.repeat(np.tile(np.arange(shares.size), 2), bad.ravel())
    of_canary = np.repeat([1, 0], bad.sum(axis=1))
    known = minute + rng.exponential(DELAY, minute.size)
    order = np.argsort(known)
    order = order[known[order] <= shares.size]
    share = asked[0] / np.maximum(asked.sum(axis=0), 1)
    path = log_e_process(of_canary[order], np.ones_like(order), share[minute[order]])
    return float(first(path >= np.log(THRESHOLD)))
