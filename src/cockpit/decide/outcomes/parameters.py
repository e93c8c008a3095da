"""What was drawn, by the words for it: what knowing one of them better would be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.outcomes.quality import given_wrong
from cockpit.decide.outcomes.serving import slow_under
from cockpit.decide.outcomes.simulated import Simulated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def parameters(simulated: Simulated, measured: Measured, rules: Rules) -> dict[str, Floats]:
    """Every parameter the harm rests on, (draws,), by what people call it."""
    chances = simulated.situation.chances
    size = chances.minutes_to_fix.size
    found = {
        "minutes until it is mended": chances.minutes_to_fix,
        "how soon an option takes effect": chances.haste,
    }
    known = {name: part for name, part in simulated.basis.parts.items() if part is not None}
    if known and len(known) == len(simulated.basis.parts):

        def everywhere(of: str) -> Floats:
            shares = ((measured.share_of(name), getattr(part, of)) for name, part in known.items())
            return sum((share * rates.sum(axis=0) for share, rates in shares), np.zeros(size))

        found["how often decisions are wrong now"] = everywhere("spoiled")
        found["how often a healthy service is wrong"] = everywhere("healthy")
        found["how much of a fault in its data the version before shares"] = next(
            iter(known.values())
        ).shared
        found["by how much the new version is better when healthy"] = everywhere("gain")
    if rules.wrong_share is not None:
        rates, _ = given_wrong(f"wrong {measured.versions.fallback}", rules, None, size)
        found["how often the fallback is wrong"] = rates.sum(axis=0)
    if measured.bound is not None:
        found["how many requests are slow"] = slow_under(
            "capacity", measured.versions.new, measured, size
        )
    return found
