"""What could be done about an incident, as it truly is: minutes, failures, shares, costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.decisions.world import World

FIXED_LATE = 1.6  # the 90th percentile of the minutes to a fix, in medians
TO_PREVIOUS = ("rollback", "canary", "split")  # what moves traffic to the previous version


@dataclass(frozen=True, kw_only=True)
class Lever:
    """What is true of doing one thing: minutes to effect (median, 90th) and how often it fails."""

    minutes: tuple[float, float]
    fails: float
    share: float = 0.0  # of requests that stay on the new version
    shed: float = 0.0  # of requests turned away
    cost: float = 0.0  # of doing it once, in missed positives


Levers = dict[str, Lever]  # by the name of the option


def draw_levers(rng: Generator, world: World) -> Levers:
    """What could be done in this incident."""

    def lever(median: float, fails: float, share: float = 0.0, shed: float = 0.0) -> Lever:
        median *= float(np.exp(rng.normal(0.0, 0.3)))
        late = median * float(rng.uniform(1.6, 2.5))
        cost = float(rng.uniform(0.0, 0.02)) * world.requests
        return Lever(minutes=(median, late), fails=fails, share=share, shed=shed, cost=cost)

    levers = {
        "observe": Lever(minutes=(0.0, 0.0), fails=0.0),
        "shadow": lever(1.0, 0.01),
        "rollback": lever(4.0, 0.05),
        "canary": lever(3.0, 0.03, share=0.1),
        "split": lever(3.0, 0.03, share=0.5),
        "rules": lever(2.0, 0.02),
        "throttle": lever(1.0, 0.01, shed=float(rng.choice([0.2, 0.4, 0.6]))),
        "kill": lever(0.5, 0.01, shed=1.0),
        "segment_off": lever(2.0, 0.02),
    }
    if rng.uniform() < 0.5:
        levers["pin"] = lever(5.0, 0.05)
    return levers
