"""The e-detector: how seldom it alarms where nothing is wrong, how soon where something is."""

from __future__ import annotations

import numpy as np

from cockpit.assess.methods.e_detector import log_e_detector
from studies._pages import Floats, batches, first, head, median_of, row, share_of

TOLERATED = 0.01
WEEK = 604_800  # seconds, the threshold of a monitor that is looked at every second
DAY = 86_400


def tables(runs: int, seed: int) -> list[str]:
    """Where just the tolerated share is bad, the worst that is not wrong; and beyond it."""
    rng = np.random.default_rng(seed)
    lines = head("requests a second", "threshold, steps", "bad", "mean steps until an alarm")
    for threshold in (100, 1_000):
        longest = 20 * threshold
        found = _alarms(rng, runs, longest, 50, TOLERATED, threshold)
        mean = np.minimum(found, longest).mean()
        lines.append(row("50", f"{threshold:,}", "1 %", f"at least {mean:,.0f}"))
    days = max(runs // 10, 1)
    found = _alarms(rng, days, DAY, 50, TOLERATED, WEEK)
    lines += [
        "",
        f"With the threshold of a week, {WEEK:,} steps, {share_of(found)} of {days:,} days had a "
        "false alarm; one a week would be 14 %. Beyond what is tolerated:",
        "",
        *head("requests a second", "bad (1 % is tolerated)", "found after"),
    ]
    for rate in (50, 1_000):
        for bad in (0.015, 0.02, 0.04):
            found = _alarms(rng, runs, 1_800, rate, bad, WEEK)
            lines.append(row(f"{rate:,}", f"{100 * bad:g} %", median_of(found, "s")))
    return lines


def _alarms(
    rng: np.random.Generator, runs: int, seconds: int, rate: int, bad: float, threshold: float
) -> Floats:
    found = []
    for many in batches(runs):
        n = rng.poisson(rate, (many, seconds))
        path = log_e_detector(rng.binomial(n, bad), n, TOLERATED)
        found.append(first(path >= np.log(threshold)))
    return np.concatenate(found)
