"""How likely each fault is after the signs, what speaks for it, and what one more look would tell.

Bayes' rule over the ledger, in logarithms. It is no proof of a cause: ratios are judgement, signs
overlap, and two faults may be there at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from cockpit import numbers
from cockpit.config import FAULTS, Config
from cockpit.decide.faults.hypotheses import LABELS, Prior
from cockpit.decide.faults.ratios import chances
from cockpit.views import Hypothesis, Sign

_NAMED = 4  # signs in the evidence of one hypothesis
_TELLING = 1.1  # a sign that moves the odds by less is not named


def posterior(prior: Mapping[str, float], signs: Iterable[Sign]) -> dict[str, float]:
    """P(fault | signs) ∝ prior · Π ratio, for each fault of the prior; they sum to 1."""
    counted = [sign.ratios for sign in signs if sign.state != "not measurable"]
    logs = {
        fault: math.log(p) + math.fsum(math.log(ratios.get(fault, 1.0)) for ratios in counted)
        for fault, p in prior.items()
        if p > 0.0
    }
    return _normalised(prior, logs)


def hypotheses(signs: Sequence[Sign], before: Mapping[str, Prior]) -> list[Hypothesis]:
    """Each fault with its probability and what speaks for and against it, the likeliest first."""
    prior = {fault: before[fault].probability for fault in FAULTS}
    after = posterior(prior, signs)
    found = [
        Hypothesis(
            id=fault,
            label=LABELS[fault],
            prior=prior[fault],
            probability=after[fault],
            evidence=[
                *_evidence(fault, prior, signs),
                f"before any sign {numbers.probability(prior[fault])}: {before[fault].why}",
            ],
        )
        for fault in FAULTS
    ]
    return sorted(found, key=lambda hypothesis: -hypothesis.probability)


def _evidence(fault: str, prior: Mapping[str, float], signs: Sequence[Sign]) -> list[str]:
    """'for, 8.6×: onset fits a model deploy · deploy 04:12 v42 fits best', the weightiest first."""
    weighed = [(_weight(fault, prior, sign), sign) for sign in signs]
    telling = [(w, sign) for w, sign in weighed if abs(w) > math.log(_TELLING)]
    telling.sort(key=lambda pair: -abs(pair[0]))
    return [
        f"{'for' if weight > 0 else 'against'}, {math.exp(abs(weight)):.2g}×: "
        f"{'' if sign.state == 'seen' else 'not seen: '}{sign.text} · {sign.why}"
        for weight, sign in telling[:_NAMED]
    ]


def _weight(fault: str, prior: Mapping[str, float], sign: Sign) -> float:
    """By how much (log) a sign moves the odds of a fault against all others (Good 1950).

    The others count by their prior, so that the order in which signs came does not matter.
    """
    if sign.state == "not measurable":
        return 0.0
    others = {other: p for other, p in prior.items() if other != fault}
    total = sum(others.values())
    if total <= 0.0:
        return 0.0
    against = sum(p * sign.ratios.get(other, 1.0) for other, p in others.items()) / total
    return math.log(sign.ratios.get(fault, 1.0) / against)


def chance_of_seeing(sign: Sign, now: Mapping[str, float], config: Config) -> float:
    """P(seen) of a sign that is not measurable yet, given how likely each fault is now."""
    seen = chances(sign.id, sign.softened, config)
    return math.fsum(p * seen[fault] for fault, p in now.items())


def posterior_if(
    sign: Sign, seen: bool, now: Mapping[str, float], config: Config
) -> dict[str, float]:
    """How likely each fault would be if a sign that is not measurable yet were seen, or not.

    Weighed with `chance_of_seeing`, the two give back what is now: the worth of a look is computed
    from them without new draws (preposterior analysis, Raiffa & Schlaifer 1961).
    """
    chance = chances(sign.id, sign.softened, config)
    logs = {
        fault: math.log(p) + math.log(chance[fault] if seen else 1.0 - chance[fault])
        for fault, p in now.items()
        if p > 0.0
    }
    return _normalised(now, logs)


def _normalised(faults: Iterable[str], logs: Mapping[str, float]) -> dict[str, float]:
    """Probabilities from logarithms; 0 for a fault without one."""
    most = max(logs.values(), default=0.0)
    weights = {fault: math.exp(log - most) for fault, log in logs.items()}
    total = math.fsum(weights.values()) or 1.0
    return {fault: weights.get(fault, 0.0) / total for fault in faults}
