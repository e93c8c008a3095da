"""A latency quantile at another load, by the measured curve, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cockpit import numbers
from cockpit.assess.service.load_curve import BEYOND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from cockpit.records import LoadCurve

    Floats = NDArray[np.float64]

_P95, _P99 = 0.95, 0.99


@dataclass(frozen=True, eq=False)
class AtLoad:
    """A latency (ms) or a share at some load, in each draw of a curve: shape (draws,).

    Where it cannot be told there are none, and `reason` says why.
    """

    values: Floats
    reason: str = ""
    note: str = ""  # what to know of it

    @property
    def middle(self) -> float | None:
        """The median; ∞ where most draws see a queue without end, null where nothing is told."""
        if not self.values.size:
            return None
        return float(np.quantile(self.values, 0.5, method="nearest"))

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """From the 5th percentile of the draws to the 95th."""
        if not self.values.size:
            return None, None
        low, high = np.quantile(self.values, (0.05, 0.95), method="nearest")
        return float(low), float(high)

    def chance_within(self, bound: float) -> float | None:
        """The share of draws at or below a bound; null where nothing is told."""
        return float(np.mean(self.values <= bound)) if self.values.size else None


def untold(reason: str) -> AtLoad:
    """Nothing, and why."""
    return AtLoad(np.zeros(0), reason)


def curve_of(
    curves: Iterable[LoadCurve],
    quantile: float,
    version: str | None = None,
    regime: Literal["now", "before"] = "now",
) -> LoadCurve | None:
    """The curve of a quantile of a version (null: of the service), null if none was tried."""
    for curve in curves:
        if (curve.version, curve.regime) == (version, regime) and curve.quantile == quantile:
            return curve
    return None


def latency_at(curve: LoadCurve | None, load: float) -> AtLoad:
    """The curve's quantile (ms) at a load in requests a second; refused beyond 1.1× the greatest.

    A load below the least that was seen is told from the fitted shape, and noted.
    """
    refused = _refused(curve, load)
    if curve is None or refused:
        return untold(refused)
    return AtLoad(latencies(curve, load), note=_note(curve, load))


def latencies(curve: LoadCurve, load: ArrayLike) -> Floats:
    """s + k·ρ/(1 − ρ) in ms, ∞ from ρ = 1 on: loads of shape (…) give (…, draws)."""
    service, queue, capacity = np.array(curve.draws, dtype=np.float64).reshape(-1, 3).T
    rho = np.asarray(load, dtype=np.float64)[..., None] / capacity
    waiting = np.divide(rho, 1.0 - rho, out=np.full_like(rho, np.inf), where=rho < 1.0)
    return np.where(queue > 0, service + np.where(queue > 0, queue, 1.0) * waiting, service)


def slow_share(p95: LoadCurve | None, p99: LoadCurve | None, load: float, bound: float) -> AtLoad:
    """Share of requests slower than a bound (ms) at a load, by the curves of p95 and p99."""
    refused = _refused(p95, load) or _refused(p99, load)
    if p95 is None or p99 is None or refused:
        return untold(refused)
    shares = tail_share(latencies(p95, load), latencies(p99, load), bound)
    return AtLoad(shares, note=_note(p99, load))


def tail_share(p95: Floats, p99: Floats, bound: float) -> Floats:
    """Share slower than a bound, from p95 and p99 in the same unit; shapes alike.

    It falls exponentially up to p95, from there to p99 and beyond (like `facts.tails`). A queue
    without end makes all of them slow.
    """
    unending = ~(np.isfinite(p95) & np.isfinite(p99))
    first = np.where(unending, 1.0, np.maximum(p95, 1e-9))
    # Curves are fitted one by one and may touch.
    width = np.where(unending, 1.0, np.maximum(p99 - first, 1e-9 * first))
    below = (1.0 - _P95) ** (bound / first)
    times = (1.0 - _P99) / (1.0 - _P95)
    beyond = (1.0 - _P95) * times ** (np.maximum(bound - first, 0.0) / width)
    return np.where(unending, 1.0, np.where(bound <= first, below, beyond))


def _refused(curve: LoadCurve | None, load: float) -> str:
    """Why the curve does not tell this load; "" where it does."""
    if curve is None:
        return "how latency grows with load was not measured"
    if not curve.draws or curve.greatest is None:
        return curve.reason or "how latency grows with load was not measured"
    if load > BEYOND * curve.greatest:
        seen = numbers.count(curve.greatest)
        return f"{numbers.count(load)} requests a second: no more than {seen} were seen"
    return ""


def _note(curve: LoadCurve, load: float) -> str:
    if curve.least is not None and load < curve.least / BEYOND:
        return f"no load below {numbers.count(curve.least)} requests a second was seen"
    return ""
