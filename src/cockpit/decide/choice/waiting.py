"""What waiting for labels is worth, against the harm done meanwhile.

Excess harm a request of going on is δ ~ N(m, s²). After n labels of variance v each its mean will
have moved by s̃ = s·√(n ÷ (n + v/s²)) standard deviations, and the worth of being able to change
one's mind is λ·(H − Δ)·[s̃·φ(z) − |m|·Φ(−z)] with z = |m| ÷ s̃ (Raiffa & Schlaifer 1961).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.outcomes.outcome import Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEP = 0.5  # minutes between the waits that are tried
FARTHEST = 1e-3  # of the mean: a smaller move never changes the choice


@dataclass(frozen=True)
class Labels:
    """What labels of a path would tell, and how fast they come.

    `cost` is the share of requests that the path harms while one waits: its own share where it
    decides, 0 where it only runs in shadow.
    """

    mean: float  # excess harm a request, in missed positives
    deviation: float  # standard deviation of what is believed of that mean
    variance: float  # of the harm of one labelled request
    requests: float  # a minute, of the whole service
    share: float  # of requests that go through the path
    label_rate: float  # labels per request that come within the wait
    horizon: float  # minutes
    cost: float


def evsi_of_waiting(labels: Labels, minutes: Floats) -> Floats:
    """What the labels of so many minutes would spare, in missed positives."""
    from scipy.special import ndtr

    n = labels.requests * labels.share * labels.label_rate * minutes
    told = n * labels.deviation**2
    share_told = np.divide(told, told + labels.variance, where=told > 0, out=np.zeros_like(n))
    moved = labels.deviation * np.sqrt(share_told)
    mean = abs(labels.mean)
    z = np.divide(mean, moved, where=moved > FARTHEST * mean, out=np.full_like(n, np.inf))
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    left = np.maximum(labels.horizon - minutes, 0.0)
    worth: Floats = labels.requests * left * (moved * density - mean * ndtr(-z))
    return np.maximum(worth, 0.0)


def best_wait(labels: Labels) -> tuple[float, float]:
    """Minutes to wait for labels and what that is worth beyond its harm; (0, 0): not at all."""
    minutes = np.arange(0.0, labels.horizon, STEP)
    harm = labels.requests * labels.cost * max(labels.mean, 0.0) * minutes
    net = evsi_of_waiting(labels, minutes) - harm
    best = int(net.argmax()) if net.size else 0
    return (float(minutes[best]), float(net[best])) if net.size and net[best] > 0 else (0.0, 0.0)


def excess(outcomes: Outcomes, option: str, requests: Floats | float) -> tuple[float, float]:
    """Mean and standard deviation of the harm a request of observing beyond that of an option.

    `requests` are those that come until it is resolved, above 0: in each draw, or in all of them.
    """
    mixture = outcomes.mixture
    observing, other = (mixture[outcomes.options.index(name)] for name in ("observe", option))
    beyond = (observing - other) / requests
    return float(beyond.mean()), float(beyond.std())
