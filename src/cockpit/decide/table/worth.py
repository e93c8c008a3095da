"""What is not known, by what knowing it would spare, and how long looking may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cockpit import numbers
from cockpit.config import Config
from cockpit.decide.choice.guard import GOES_ON
from cockpit.decide.choice.value import (
    diagnosis_budget,
    evpi,
    evppi_of_fault,
    evppi_of_parameters,
    evsi_of_sign,
    harm_of_waiting,
)
from cockpit.decide.choice.waiting import Labels, best_wait, excess
from cockpit.decide.facts.measured import Measured
from cockpit.decide.faults.hypotheses import LABELS
from cockpit.decide.faults.ratios import chances, minutes_to_look
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.decide.outcomes.parameters import parameters
from cockpit.decide.outcomes.simulated import Simulated
from cockpit.decide.outcomes.simulation import along
from cockpit.decide.table.decision import Choosing, Decision
from cockpit.decide.table.sentences import weighed
from cockpit.views import Sign, Worth

TELLING = 0.01  # of the worth of knowing everything: less is not worth a line
LEAST = 0.5  # in the unit of harm: less is printed as none


@dataclass(frozen=True)
class Looking:
    """What looking is worth: the list, the budget, the best next look, the best wait, in minutes.

    `budget` is null where waiting costs nothing, `probe` where no look could change the choice,
    `wait` where waiting for labels is not worth the harm done meanwhile.
    """

    unknowns: list[Worth]
    budget: float | None
    probe: float | None
    wait: float | None


def looking(
    decision: Decision,
    simulated: Simulated,
    choosing: Choosing,
    signs: Sequence[Sign],
    facts: Measured,
) -> Looking:
    """The worth of each thing not known."""
    config = decision.config
    outcomes = replace(choosing.outcomes, parameters=parameters(simulated, facts, decision.rules))
    everything = evpi(outcomes)
    unit = weighed(config)
    looks = sorted(_looks(outcomes, signs, unit, config), key=lambda w: -_per_minute(w))
    labels = _waiting(simulated, choosing, facts, everything, unit)
    found = [
        _fault(outcomes, looks, unit),
        *looks,
        *([] if labels is None else [labels]),
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
    telling = [w for w in found if _worth(w) > TELLING * everything and _worth(w) >= LEAST]
    useful = [w.minutes for w in looks if w.minutes is not None and (w.probe or 0.0) >= LEAST]
    minutes = float(simulated.situation.until_mended.mean())
    return Looking(
        unknowns=sorted(telling, key=lambda w: -_worth(w)),
        budget=diagnosis_budget(everything, harm_of_waiting(outcomes, minutes)),
        probe=min(useful, default=None),
        wait=None if labels is None else labels.minutes,
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
                text=f"“{sign.text}”",
                probe=worth,
                minutes=minutes,
                sentence=f"“{sign.text}” is not known ({sign.why}): looking takes "
                f"{numbers.minutes(minutes)} and would spare {numbers.count(worth)} {unit}",
            )
        )
    return found


def _fault(outcomes: Outcomes, looks: Sequence[Worth], unit: str) -> Worth:
    """What is at fault, and the look that tells most of it a minute."""
    worth = evppi_of_fault(outcomes)
    first, second = np.argsort(-outcomes.posterior)[:2]
    one, other = (LABELS[outcomes.faults[index]] for index in (first, second))
    told = (
        f"{one[:1].upper()}{one[1:]} or {other}? Knowing would spare {numbers.count(worth)} {unit}"
    )
    best = looks[0] if looks else None
    if best is not None and (best.probe or 0.0) >= LEAST and best.minutes is not None:
        told += f"; {best.text} tells, {numbers.minutes(best.minutes)}"
    return Worth(
        id="fault",
        text="what is at fault",
        perfect=worth,
        probe=None if best is None else best.probe,
        minutes=None if best is None else best.minutes,
        sentence=f"{told}.",
    )


def _waiting(
    simulated: Simulated, choosing: Choosing, facts: Measured, most: float, unit: str
) -> Worth | None:
    """Going on as now until more labels tell, where that is worth the harm done meanwhile.

    Labels come as often as the window's decisions have one, and tell of wrong decisions alone;
    they are worth `most` at most, as everything known would be.
    """
    if simulated.by_service or not facts.coverage or not simulated.situation.requests:
        return None
    acting = [name for name in choosing.order if name not in GOES_ON]
    if not acting:
        return None
    situation = simulated.situation
    mean, deviation = excess(
        choosing.outcomes, acting[0], situation.requests * situation.until_mended
    )
    labels = Labels(
        mean=mean,
        deviation=deviation,
        variance=_variance(simulated),
        requests=situation.requests,
        share=1.0,
        label_rate=facts.coverage,
        horizon=float(situation.until_mended.mean()),
        cost=1.0,
    )
    minutes, worth = best_wait(labels)
    if minutes <= 0.0:
        return None
    minutes, worth = float(max(round(minutes), 1)), min(worth, most)
    when = numbers.minutes(minutes)
    many = numbers.count(labels.requests * labels.label_rate * minutes)
    return Worth(
        id="labels",
        text=f"labels of the next {when}",
        probe=worth,
        minutes=minutes,
        sentence=f"labels of the next {when}, about {many}: waiting for them would spare "
        f"{numbers.count(worth)} {unit} beyond what goes wrong meanwhile",
    )


def _variance(simulated: Simulated) -> float:
    """Variance of the harm by the decision on one request of now."""
    harm, mixture = simulated.situation.harm, simulated.mixture
    wrong, false_positives = (
        float(along(simulated.situation.now, rates).mean())
        for rates in (mixture.wrong, mixture.false_positives)
    )
    chances = np.array([false_positives, wrong - false_positives])
    costs = np.array([harm.false_positive, harm.false_negative])
    return float(chances @ costs**2 - (chances @ costs) ** 2)
