"""What is not known, by what knowing it would spare, and how long looking may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.choice.value import (
    diagnosis_budget,
    evpi,
    evppi_of_fault,
    evppi_of_parameters,
    evsi_of_sign,
    harm_of_waiting,
)
from cockpit.decide.faults.hypotheses import LABELS
from cockpit.decide.faults.ratios import chances, minutes_to_look
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.views import Sign, Worth

TELLING = 0.01  # of the worth of knowing everything: less is not worth a line


@dataclass(frozen=True)
class Looking:
    """What looking is worth: the list, the budget in minutes, and the best next look."""

    unknowns: list[Worth]
    budget: float | None  # minutes; null: waiting costs nothing
    probe: float | None  # minutes of the fastest look that could change the choice


def looking(outcomes: Outcomes, signs: Sequence[Sign], minutes: float, config: Config) -> Looking:
    """The worth of each thing not known; `minutes` is how long until it is mended, on average."""
    everything = evpi(outcomes)
    unit = config.model.harm.unit
    looks = sorted(_looks(outcomes, signs, unit, config), key=lambda w: -_per_minute(w))
    found = [
        Worth(
            id="fault",
            text="what is at fault",
            perfect=evppi_of_fault(outcomes),
            probe=looks[0].probe if looks else None,
            minutes=looks[0].minutes if looks else None,
            sentence=_fault_sentence(outcomes, looks, unit),
        ),
        *looks,
        *(
            Worth(
                id=name,
                text=name,
                perfect=worth,
                sentence=f"{name}: knowing it would spare {numbers.count(worth)} {unit}",
            )
            for name, worth in evppi_of_parameters(outcomes).items()
        ),
    ]
    telling = [w for w in found if _worth(w) > TELLING * everything and _worth(w) >= 0.5]
    useful = [w.minutes for w in looks if w.minutes is not None and (w.probe or 0.0) >= 0.5]
    return Looking(
        unknowns=sorted(telling, key=lambda w: -_worth(w)),
        budget=diagnosis_budget(everything, harm_of_waiting(outcomes, minutes)),
        probe=min(useful, default=None),
    )


def _worth(worth: Worth) -> float:
    return worth.perfect if worth.perfect is not None else worth.probe or 0.0


def _per_minute(worth: Worth) -> float:
    return (worth.probe or 0.0) / max(worth.minutes or np.inf, 0.1)


def _looks(outcomes: Outcomes, signs: Sequence[Sign], unit: str, config: Config) -> list[Worth]:
    """Signs that nobody could measure yet, and what the next look at each would spare."""
    found = []
    for sign in signs:
        minutes = minutes_to_look(sign.id, config)
        if sign.state != "not measurable" or minutes is None:
            continue
        seen = chances(sign.id, sign.softened, config)
        worth = evsi_of_sign(outcomes, np.array([seen[fault] for fault in outcomes.faults]))
        found.append(
            Worth(
                id=sign.id,
                text=f"whether {sign.text}",
                probe=worth,
                minutes=minutes,
                sentence=f"whether {sign.text}: looking takes {numbers.minutes(minutes)} and "
                f"spares {numbers.count(worth)} {unit} ({sign.why})",
            )
        )
    return found


def _fault_sentence(outcomes: Outcomes, looks: Sequence[Worth], unit: str) -> str:
    """'The model or its data? Knowing would spare 1,240 wrong decisions; “…” tells, 2 min.'"""
    first, second = np.argsort(-outcomes.posterior)[:2]
    names = [LABELS[outcomes.faults[index]] for index in (first, second)]
    told = (
        f"{names[0][:1].upper()}{names[0][1:]} or {names[1]}? Knowing would spare "
        f"{numbers.count(evppi_of_fault(outcomes))} {unit}"
    )
    if looks and (looks[0].probe or 0.0) >= 0.5 and looks[0].minutes is not None:
        told += f"; {looks[0].text} tells, {numbers.minutes(looks[0].minutes)}"
    return f"{told}."
