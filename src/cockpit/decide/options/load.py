"""What an option makes of the load, by the measured latency–load curves where there are any."""

from __future__ import annotations

import numpy as np

from cockpit.config import Config
from cockpit.decide.capacity.curve import curve_of, slow_share
from cockpit.decide.capacity.retries import Retrying, failing_over, retrying
from cockpit.decide.capacity.shedding import shedding, shedding_in_queue
from cockpit.decide.capacity.warm import fleet
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import Plan

TOLD = ("measured", "rate")  # by a load curve, or by what a worker is said to carry
SURE = 0.9  # chance that p99 stays within its bound, to call a fleet enough
HOUR = 3_600.0  # seconds


def load_now(measured: Measured) -> float | None:
    """Requests a second."""
    return None if measured.requests_per_hour is None else measured.requests_per_hour / HOUR


def carried_by_warm(plan: Plan, warm: int, measured: Measured) -> bool:
    """Whether the warm workers of the version before carry what it would serve.

    By the measured curve, else by the queueing formula where the configuration says what a worker
    carries; a mere number of workers needed says nothing of fewer.
    """
    load, bound = load_now(measured), measured.bound
    if load is None or bound is None or warm <= 0:
        return False
    found = fleet(
        load * (1.0 - plan.assumed.share),
        warm,
        bound,
        curves=measured.curves,
        version=measured.versions.previous,
        capacity=plan.assumed.capacity,
        total=load,
    )
    chance = found.p99.chance_within(bound)
    return found.source in TOLD and chance is not None and chance >= SURE


def slow_left(plan: Plan, measured: Measured) -> float | None:
    """The share of slow requests left after shedding load, by the curves of now; null: not told."""
    load, bound = load_now(measured), measured.bound
    if load is None or bound is None or plan.assumed.shed <= 0.0:
        return None
    p95, p99 = (curve_of(measured.curves, quantile) for quantile in (0.95, 0.99))
    before, after = (
        slow_share(p95, p99, at, bound) for at in (load, load * (1.0 - plan.assumed.shed))
    )
    if not before.values.size or not after.values.size:
        return None
    slow = float(np.mean(before.values))
    return min(float(np.mean(after.values)) / slow, 1.0) if slow > 0.0 else 1.0


def shedding_told(plan: Plan, measured: Measured) -> str:
    """How much would have to be shed, or that shedding cannot help; "" where nothing tells."""
    load, bound = load_now(measured), measured.bound
    if plan.assumed.shed <= 0.0 or load is None or bound is None:
        return ""
    now = curve_of(measured.curves, 0.99)
    if now is not None and now.draws:
        return shedding(now, load, bound).sentence
    capacity = plan.assumed.capacity
    if capacity is None or capacity.per_worker is None:
        return ""
    found = shedding_in_queue(load, capacity.warm_workers, capacity.per_worker, bound)
    return f"{found.sentence}, by the queueing formula"


def retries_told(measured: Measured, config: Config) -> str:
    """That callers would keep an overload alive; "" where they do not, or nothing tells."""
    load, again = load_now(measured), config.retries
    if load is None or again is None or again.times == 0:
        return ""
    capacities = [c.capacity for c in measured.curves if c.version is None and c.capacity]
    if not capacities:
        return (
            f"callers try again up to {again.times} times: shed load first, "
            "or an overload outlives its cause"
        )
    found: Retrying = retrying(load, again.times, failing_over(min(capacities)))
    return found.sentence
