"""What each option would do in the next hour, from the measured shares and the time it takes.

Until an option takes effect everything goes on as now; then it serves as planned. With weights w
over versions and parts, and q how often each is wrong, wrong decisions in the hour are
λ·[τ·Σ w_now·q + (1 − τ)·Σ w_after·q], τ the part of the hour that the option takes to effect,
lognormal through the assumed median and 90th percentile. Requests not served are counted apart:
a decision that was not made is not a decision that was right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import Harm
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan, Serving, now
from cockpit.decide.outcomes.draws import Draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z90 = 1.2815515655446004  # the normal quantile at .90
SURE = 0.9  # how sure one must be to call a path bad
NEGLIGIBLE = 0.05  # share of requests of which it may be unknown whether they are on a bad path
LATE = 0.01  # share of requests over the bound of a p99
INTERVAL = (5, 95)  # percentiles of every interval in the table


Weights = dict[tuple[str, str], float]  # (version, part) → share of all requests


@dataclass(frozen=True)
class Interval:
    """A mean with its 5th and 95th percentile; without them nothing measured is in it."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Price:
    """One option's hour. Null where it rests on something that nothing tells.

    `harm` is in missed positives, per draw, comparable between options draw by draw; while
    nothing at all is labelled and p99 is over its bound it is that of slow and unserved requests.
    """

    plan: Plan
    wrong: Interval | None  # decisions
    unserved: float  # requests turned away
    harm: Floats | None
    exposed: float | None  # share of requests on a path measured as bad, once it is in effect
    slow: float | None  # share of served requests over the latency bound
    guessed: bool  # something assumed is in `wrong`
    draws: Draws
    weights: tuple[Weights, Weights] | None  # now and after; null where a quality is not known

    @cached_property
    def precision(self) -> Interval | None:
        """Change against now."""
        return None if self.weights is None else _precision_change(self.draws, *self.weights)

    @cached_property
    def right(self) -> Interval | None:
        """Change in the share of served decisions that are right."""
        return None if self.weights is None else _right_change(self.draws, *self.weights)


def price(plan: Plan, measured: Measured, draws: Draws, harm: Harm, tolerance: float) -> Price:
    """Price one plan; `tolerance` above the healthy share, as a share of it, is still healthy."""
    current, after = _weights(measured, now(measured)), _weights(measured, plan.serving)
    used = set(current) | set(after)
    shed = max(1.0 - sum(after.values()), 0.0)
    until = _until_effect(plan, draws)
    rate = measured.requests_per_hour
    slow_now, slow_after = _slow(measured, current), _slow(measured, after)
    known = used <= set(draws.quality)
    wrong: Interval | None = None
    total: Floats | None = None
    if rate is not None and known:
        before, then = _sum(draws, current, "wrong"), _sum(draws, after, "wrong")
        wrong = _interval(rate * (until * before + (1.0 - until) * then), draws, used)
    by_latency = not measured.labelled and slow_now is not None and slow_now > LATE
    if rate is not None and ((known and measured.labelled) or by_latency):
        cost_now = harm.slow * (slow_now or 0.0)
        cost_after = harm.slow * (slow_after or 0.0) * (1.0 - shed) + harm.shed * shed
        total = rate * (until * cost_now + (1.0 - until) * cost_after)
        if measured.labelled:
            before, then = _sum(draws, current, "harm"), _sum(draws, after, "harm")
            total = total + rate * (until * before + (1.0 - until) * then)
    return Price(
        plan=plan,
        wrong=wrong,
        unserved=0.0 if rate is None else rate * shed * float(np.mean(1.0 - until)),
        harm=total,
        exposed=_exposed(measured, draws, after, tolerance),
        slow=slow_after,
        guessed=any(not draws.quality[key].measured for key in used if key in draws.quality),
        draws=draws,
        weights=(current, after) if known else None,
    )


def _weights(measured: Measured, serving: Serving) -> Weights:
    return {
        (version, part): measured.share_of(part) * share
        for part, shares in serving.items()
        for version, share in shares.items()
        if share > 0 and measured.share_of(part) > 0
    }


def _until_effect(plan: Plan, draws: Draws) -> Floats:
    """The part of the hour that passes before the option takes effect, per draw."""
    median, late = plan.assumed.minutes
    if median <= 0:
        return np.zeros_like(draws.haste)
    spread = math.log(max(late, median) / median) / Z90
    return np.minimum(median * np.exp(spread * draws.haste) / 60.0, 1.0)


def _sum(draws: Draws, weights: Weights, what: str) -> Floats:
    """Σ w·x over cells, per draw."""
    total = np.zeros_like(draws.haste)
    for key, weight in weights.items():
        total = total + weight * getattr(draws.quality[key], what)
    return total


def _interval(values: Floats, draws: Draws, used: set[tuple[str, str]]) -> Interval:
    if not any(draws.quality[key].measured for key in used):
        return Interval(float(np.mean(values)), None, None)
    low, high = np.percentile(values, INTERVAL)
    return Interval(float(np.mean(values)), float(low), float(high))


def _precision_change(draws: Draws, current: Weights, after: Weights) -> Interval | None:
    if any(draws.quality[key].true_positives is None for key in {*current, *after}) or not after:
        return None

    def precision(weights: Weights) -> Floats:
        hits = _sum(draws, weights, "true_positives")
        return hits / np.maximum(hits + _sum(draws, weights, "false_positives"), 1e-12)

    return _change(precision(after) - precision(current), current == after)


def _right_change(draws: Draws, current: Weights, after: Weights) -> Interval | None:
    if not after or not current:
        return None

    def wrong(weights: Weights) -> Floats:
        return _sum(draws, weights, "wrong") / sum(weights.values())

    return _change(wrong(current) - wrong(after), current == after)


def _change(values: Floats, same: bool) -> Interval:
    if same:
        return Interval(0.0, None, None)
    low, high = np.percentile(values, INTERVAL)
    return Interval(float(np.mean(values)), float(low), float(high))


def _slow(measured: Measured, weights: Weights) -> float | None:
    """Share of served requests over the latency bound; null where a tail or bound is missing."""
    served = sum(weights.values())
    if measured.bound is None or served <= 0:
        return None
    if any(version not in measured.tails for version, _ in weights):
        return None
    slow = sum(w * measured.tails[v].slower(measured.bound) for (v, _), w in weights.items())
    return slow / served


def _exposed(measured: Measured, draws: Draws, weights: Weights, tolerance: float) -> float | None:
    """Share of requests on versions that are wrong more often than is healthy, or too slow."""
    verdicts = {key: bad_path(measured, draws, *key, tolerance) for key in weights}
    if sum(weights[key] for key, verdict in verdicts.items() if verdict is None) > NEGLIGIBLE:
        return None
    return sum((weights[key] for key, verdict in verdicts.items() if verdict), 0.0)


def bad_path(
    measured: Measured, draws: Draws, version: str, part: str, tolerance: float
) -> bool | None:
    """Whether a version in a part is too slow or wrong too often; null where nothing tells."""
    p99 = measured.latency.get(version) if version in measured.serving else None
    ms = None if p99 is None else p99.value
    if measured.bound is not None and ms is not None and ms > measured.bound:
        return True
    return wrong_too_often(measured, draws, version, part, tolerance)


def wrong_too_often(
    measured: Measured, draws: Draws, version: str, part: str, tolerance: float
) -> bool | None:
    """Whether P(wrong > healthy) ≥ .9; null where it has no labels, or no baseline to go by.

    Healthy is the baseline's share of wrong decisions there, times one plus `tolerance`. What is
    only assumed of something that serves nothing yet is not called bad.
    """
    quality = draws.quality.get((version, part))
    if quality is None:
        return None
    if not quality.measured:
        return None if version in measured.serving else False
    healthy = measured.cells[version, part].healthy
    if healthy is None:
        return None
    return bool(np.mean(quality.wrong > healthy * (1.0 + tolerance)) >= SURE)
