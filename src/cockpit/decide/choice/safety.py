"""The choice where safety is at stake: a constraint, with no price. Harm is not weighed."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit import numbers
from cockpit.decide.choice.traits import Traits

WITHIN = 10.0  # minutes in which the exposure must have ended


def ending_exposure(traits: Mapping[str, Traits], most: float = 0.0) -> list[str]:
    """Options that leave at most a share `most` exposed within 10 minutes, soonest first.

    Among equally soon ones the least exposed comes first. An exposure that is not known does not
    count as ended.
    """
    ends = [
        (option.minutes, option.exposed, name)
        for name, option in traits.items()
        if option.exposed is not None and option.exposed <= most and option.minutes <= WITHIN
    ]
    return [name for _, _, name in sorted(ends)]


def safety_choice(traits: Mapping[str, Traits], most: float = 0.0) -> tuple[str, str]:
    """The option that ends the exposure soonest, else the kill switch, and why in one line.

    Without either the option is "".
    """
    ends = ending_exposure(traits, most)
    if ends:
        soon = numbers.minutes(traits[ends[0]].minutes)
        return ends[0], f"safety: ends the exposure soonest, in {soon}; costs are not weighed"
    none = f"safety: nothing ends the exposure within {numbers.minutes(WITHIN)}"
    if "kill" in traits:
        return "kill", f"{none}; the kill switch stops what can be stopped"
    return "", f"{none}; escalate"
