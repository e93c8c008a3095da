"""What would flip the recommendation: how likely each fault is, and any number it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cockpit import numbers
from cockpit.decide.choice.groups import recommended
from cockpit.decide.choice.loss import Scoring
from cockpit.decide.choice.posteriors import with_probability
from cockpit.decide.choice.traits import Traits
from cockpit.decide.outcomes.outcome import Outcomes
from cockpit.views import Flip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

STEPS = 100  # in which a probability is moved to its end, and then within the step that flips
TIMES = (2.0, 10.0)  # an input is tried at so many times its value, and so many parts of it
TOLERANCE = 0.01  # of an input's value
EVALUATIONS = 24  # of one input, at most


def fault_flips(outcomes: Outcomes, scores: Scoring, traits: Sequence[Traits]) -> list[Flip]:
    """The next probability of each fault, up and down, at which another option is recommended.

    The other faults keep their proportions. Nearest first. What is recommended within less than
    a point of probability alone may be missed.
    """
    flips = []
    for fault, name in enumerate(outcomes.faults):
        now = float(outcomes.posterior[fault])
        for end in (0.0, 1.0):
            found = _next_option(outcomes, scores, traits, fault, end)
            if found is not None:
                at, option = found
                sentence = _sentence(traits[option].label, f"P({name})", now, at, numbers.share)
                flips.append(
                    Flip(
                        input=f"P({name})",
                        now=now,
                        at=at,
                        option=outcomes.options[option],
                        sentence=sentence,
                    )
                )
    return sorted(flips, key=lambda flip: abs(flip.at - flip.now))


def input_flips(
    key: str,
    now: float,
    evaluate: Callable[[float], str],
    labels: Mapping[str, str],
    say: Callable[[float], str],
    most: float = math.inf,
) -> list[Flip]:
    """The next value of one input, up and down, at which `evaluate` recommends another option.

    Looked for from a tenth to ten times its value, but not above `most`: at twice, then ten times,
    then by bisection on a log scale to 1 %. `labels` are of the options by id, `say` prints a
    value. An input that is not above 0 has no scale to be moved on, and no flips.
    """
    if now <= 0:
        return []
    here, left = evaluate(now), EVALUATIONS - 1
    flips = []
    for power in (1.0, -1.0):
        same = now
        for times in TIMES:
            other = min(now * times**power, most)
            if other == same or left <= 0:
                break
            option, left = evaluate(other), left - 1
            if option == here:
                same = other
                continue
            while left > 0 and abs(math.log(other / same)) > TOLERANCE:
                middle = math.sqrt(same * other)
                between, left = evaluate(middle), left - 1
                if between == here:
                    same = middle
                else:
                    other, option = middle, between
            sentence = _sentence(labels.get(option, option), key, now, other, say)
            flips.append(Flip(input=key, now=now, at=other, option=option, sentence=sentence))
            break
    return sorted(flips, key=lambda flip: abs(math.log(flip.at / flip.now)))


def _next_option(
    outcomes: Outcomes, scores: Scoring, traits: Sequence[Traits], fault: int, end: float
) -> tuple[float, int] | None:
    """Where between now and `end` the recommendation first changes, and to which option."""

    def taken(probabilities: Floats) -> Ints:
        posteriors = with_probability(outcomes.posterior, fault, probabilities)
        return recommended(scores.under(posteriors), traits, outcomes.slack)

    points = np.linspace(outcomes.posterior[fault], end, STEPS + 1)
    options = taken(points)
    first = int(np.argmax(options != options[0]))
    if first == 0:
        return None
    closer = np.linspace(points[first - 1], points[first], STEPS + 1)
    nearer = taken(closer)
    first = int(np.argmax(nearer != options[0]))
    return float(closer[first]), int(nearer[first])


def _sentence(label: str, what: str, now: float, at: float, say: Callable[[float], str]) -> str:
    """'flips to rollback to v41 if P(data) < 31 %, now 71 %'."""
    if say(at) == say(now):
        side = "lower" if at < now else "higher"
        return f"flips to {label} if {what} is any {side} than now, {say(now)}"
    return f"flips to {label} if {what} {'<' if at < now else '>'} {say(at)}, now {say(now)}"
