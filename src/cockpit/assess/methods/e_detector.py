"""Is it wrong now: a detector that restarts itself, with a stated time between false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.e_process import log_average, log_ratio
from cockpit.records import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RUN_LENGTH = 7 * DAY  # µs between false alarms of one metric, on average at least
_ODDS = (1.5, 2.0, 4.0)  # a rise this many times beyond what is tolerated is found soonest


def log_e_detector(bad: Ints, n: Ints, tolerated: float) -> Floats:
    """Log evidence after each step that more than the share `tolerated` is bad now.

    An e-detector (Shin, Ramdas & Rinaldo 2022, §2–3): M_t = max(1, M_{t−1})·L_t with L the
    likelihood ratio of odds 1.5, 2 and 4 times those tolerated, averaged. As long as the chance of
    a bad one, given all before it, is at most `tolerated`, whatever it is and however it moves,
    the steps until M reaches a threshold are on average at least as many as the threshold. Steps
    in which nothing was asked add nothing. Counts and evidence have the shape (…, steps).
    """
    if bad.size == 0 or not 0.0 < tolerated < 1.0:
        return np.zeros(bad.shape)
    return log_average([_restarted(log_ratio(bad, n, tolerated, odds)) for odds in _ODDS])


def threshold_of(step: int) -> float:
    """Steps of `step` µs in the run length: the threshold that gives it; at least 2."""
    return max(RUN_LENGTH / step, 2.0)


def _restarted(increments: Floats) -> Floats:
    """max(0, S_{t−1}) + l_t, by the running minimum of the sums (Lindley 1952)."""
    path: Floats = np.cumsum(increments, axis=-1)
    lowest = np.minimum.accumulate(path, axis=-1)
    path[..., 1:] -= np.minimum(lowest[..., :-1], 0.0)
    return path
