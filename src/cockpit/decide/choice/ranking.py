"""The order of the containment options, and which one is recommended.

By harm in the next hour: a missed positive counts as one, a false alarm, a slow and an unserved
request as the configuration's `model.harm` says. Options within 5 % of each other are a close
call: first comes one that keeps p99 within its bound, then the one that takes effect sooner, then
the one undone sooner. Where safety is at stake nothing is weighed: only what ends the exposure,
soonest first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cockpit import numbers
from cockpit.decide.outcomes.pricing import LATE, Price

CLOSE = 0.05
SURE = 0.9
ENDS_EXPOSURE = frozenset({"kill", "rules", "segment_off"})
SAFETY_MINUTES = 10.0
ORDER = (
    "ranked by harm in the next hour; within 5 % of each other, by p99 within its objective, "
    "then minutes to effect and undo"
)
SAFETY_ORDER = "what ends the exposure comes first, soonest first; harm is not weighed"


@dataclass(frozen=True)
class Recommendation:
    """The id of an option, or "" where nothing tells; and why, in one line."""

    option: str
    why: str


def ranked(prices: list[Price]) -> list[Price]:
    """Best first; what cannot be priced comes last, sooner effect first."""
    waiting = sorted(prices, key=lambda price: (_harm(price), *_effort(price)))
    order: list[Price] = []
    while waiting:
        bar = _harm(waiting[0]) * (1.0 + CLOSE)
        close = [price for price in waiting if _harm(price) <= bar]
        order += sorted(close, key=lambda price: (_late(price), *_effort(price)))
        waiting = [price for price in waiting if _harm(price) > bar]
    return order


def safety_ranked(prices: list[Price], marked_segment: bool) -> list[Price]:
    """What ends the exposure within ten minutes, soonest first; then the rest as they were."""
    ends = [price for price in prices if ends_exposure(price, marked_segment)]
    rest = [price for price in prices if price not in ends]
    return sorted(ends, key=_effort) + rest


def ends_exposure(price: Price, marked_segment: bool) -> bool:
    """Whether an option takes everybody concerned off the model in time.

    A segment alone is enough only where the mark itself names that segment.
    """
    kind = price.plan.kind
    if kind not in ENDS_EXPOSURE or (kind == "segment_off" and not marked_segment):
        return False
    return price.plan.assumed.minutes[0] <= SAFETY_MINUTES


def recommend(order: list[Price]) -> Recommendation:
    """The first option nothing stands in the way of; observing, while no path is measured bad."""
    observe = next((price for price in order if price.plan.kind == "observe"), None)
    best = next((price for price in order if not price.plan.blocked), None)
    if best is None or best.harm is None:
        return Recommendation(
            "", "nothing: wrong decisions are not measured, and latency is no reason to act"
        )
    passed = "" if best is order[0] else f"; {order[0].plan.label}: {order[0].plan.blocked}"
    if observe is None or best is observe or observe.harm is None:
        none = "nothing that can be done now does clearly less harm than observing"
        return Recommendation(best.plan.kind, none + passed)
    if observe.exposed == 0:
        return Recommendation("observe", "no version is measured to be wrong too often or too slow")
    least = min(order, key=_harm)
    if least is best or least.plan.blocked:
        how = "least harm in the next hour"
    else:
        better = "p99 within its bound" if _late(least) > _late(best) else "sooner"
        how = f"a close call with {least.plan.label}, and {better}"
    sure = float(np.mean(best.harm < observe.harm))
    told = "less than observing" if sure >= SURE else "not yet told apart from observing"
    less = f"{told} (P {numbers.probability(sure)})"
    return Recommendation(best.plan.kind, f"{how}: {_reason(best, observe)}, {less}{passed}")


def recommend_safety(order: list[Price], marked_segment: bool) -> Recommendation:
    """The soonest unblocked option that ends the exposure."""
    open_ones = [p for p in order if ends_exposure(p, marked_segment) and not p.plan.blocked]
    if not open_ones:
        return Recommendation("", "safety: nothing here ends the exposure in 10 minutes; escalate")
    plan = open_ones[0].plan
    return Recommendation(
        plan.kind,
        f"safety: ends the exposure soonest, {numbers.minutes(plan.assumed.minutes[0])}; "
        "costs are not weighed",
    )


def _reason(best: Price, observe: Price) -> str:
    if best.wrong is None or observe.wrong is None:
        return f"no labels yet, by latency alone {numbers.share(best.slow or 0.0)} of requests slow"
    return (
        f"{numbers.count(best.wrong.value)} wrong decisions against "
        f"{numbers.count(observe.wrong.value)} doing nothing"
    )


def _harm(price: Price) -> float:
    return math.inf if price.harm is None else float(np.mean(price.harm))


def _late(price: Price) -> bool:
    """Whether more requests are slow than a promise on p99 allows."""
    return price.slow is not None and price.slow > LATE


def _effort(price: Price) -> tuple[float, float, str]:
    return price.plan.assumed.minutes[0], price.plan.assumed.undo, price.plan.kind
