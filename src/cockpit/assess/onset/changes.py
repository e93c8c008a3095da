"""When did it begin, and which recorded change fits: a scan for the stretch that is worse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaincc, xlogy

from cockpit.assess.words import number
from cockpit.records import MINUTE
from cockpit.text import inert
from cockpit.units import clock
from cockpit.views import Change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from numpy.typing import NDArray

    from cockpit.assess.history import Steps
    from cockpit.records import Event

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

    Fit = Literal["best fit", "fits", "poor fit", "after onset", "onset unknown"]

RECORDED_CHANGES = ("deploy", "flag", "schema", "traffic")
_ALARM = 1e-3  # chance of naming an onset in a steady hour, over all windows and signals
_LEAST_RISE = 1.2  # a rate that rose by less is not what woke anyone
# Log-likelihoods this near the best are in the interval: the start of a stretch is no smooth
# parameter, and 1 − (1 − e^−x)² takes the place of χ² (Yao 1987; 5 % at 3.68, χ² would say 1.92).
_PROFILE = 3.68
_BURST = MINUTE  # µs: what is over sooner must not rest on one step alone
_NEAR = 120 * 1_000_000  # µs: a change this long before the onset may well have caused it


@dataclass(frozen=True)
class Signal:
    """k bad of n, in each step of time."""

    what: str
    k: Ints
    n: Ints
    steps: Steps


@dataclass(frozen=True)
class Onset:
    """When a rate rose: the likeliest time and its interval, µs; the rates outside and inside."""

    at: int
    low: int
    high: int
    what: str
    before: float
    since: float
    evidence: float  # log-likelihood ratio against one steady rate, per dispersion

    @property
    def sentence(self) -> str:
        """'wrong decisions rose from 2.1 % to 6.0 % at 02:48 (02:47 to 02:49)'."""
        before, since = number(self.before, "share"), number(self.since, "share")
        low, high = clock(self.low), clock(self.high)
        between = f" ({low} to {high})" if low != high else ""
        return f"{self.what} rose from {before} to {since} at {clock(self.at)}{between}"


def onset(signals: Sequence[Signal]) -> Onset | None:
    """The earliest onset; of those that may be as early, the one of the clearest signal."""
    found = [o for o in (onset_of(signal, len(signals)) for signal in signals) if o is not None]
    if not found:
        return None
    first = min(found, key=lambda o: o.at)
    together = [o for o in found if o.low <= first.high]
    return max(together, key=lambda o: o.evidence)


def onset_of(signal: Signal, tested: int = 1) -> Onset | None:
    """The stretch of steps whose rate is most likely higher than outside it, if surely so.

    Temporal scan statistic for binomial counts (Kulldorff 1997; a step that lasts is a stretch that
    ends with the data, Hinkley 1970): maximise the log-likelihood ratio over all stretches, divide
    by the dispersion of the rates around the two levels, correct for every stretch and signal
    looked at (Bonferroni). A stretch that starts with the data began earlier, or is a rate that got
    better: no onset. Nor is one of seconds that rests on a single step: a pause makes requests wait
    together. The interval is the profile likelihood of the start.
    """
    k = np.minimum(signal.k, signal.n).astype(np.float64)
    n = signal.n.astype(np.float64)
    size, total = len(n), float(n.sum())
    if size < 3 or total <= 0:
        return None
    starts, ends = _stretches(size)
    cumulative_k, cumulative_n = np.append(0.0, k.cumsum()), np.append(0.0, n.cumsum())
    ks = cumulative_k[ends] - cumulative_k[starts]
    ns = cumulative_n[ends] - cumulative_n[starts]
    ratio = _log_likelihood_ratio(ks, ns, float(k.sum()), total)
    best = int(np.argmax(ratio))
    inside, outside = ns[best], total - ns[best]
    if not np.isfinite(ratio[best]) or starts[best] == 0:
        return None
    since, before = ks[best] / inside, (k.sum() - ks[best]) / outside
    stretch = slice(int(starts[best]), int(ends[best]))
    dispersion = _dispersion(k, n, stretch, since, before)
    ratio = ratio / dispersion
    surely = ratio[best]
    if (stretch.stop - stretch.start) * signal.steps.step < _BURST:
        surely = _without_its_worst_step(k, n, stretch, before) / dispersion
    p_value = min(1.0, float(gammaincc(0.5, max(surely, 0.0))) * len(ratio) * tested)
    if p_value > _ALARM or since < _LEAST_RISE * before:
        return None
    near = starts[ratio >= ratio[best] - _PROFILE]
    step = signal.steps.step  # a slight change late in a step shows in the next, a great one in it
    return Onset(
        at=signal.steps.begin(stretch.start),
        low=max(signal.steps.begin(int(near.min())) - step // 2, signal.steps.window.start),
        high=signal.steps.begin(int(near.max())) + step,
        what=signal.what,
        before=float(before),
        since=float(since),
        evidence=float(ratio[best]),
    )


@lru_cache(maxsize=8)
def _stretches(size: int) -> tuple[Ints, Ints]:
    """First step of each stretch of so many, and the step after its last."""
    starts, ends = np.triu_indices(size + 1, 1)
    return starts, ends


def _without_its_worst_step(k: Floats, n: Floats, stretch: slice, before: float) -> float:
    """The log-likelihood ratio of a stretch whose most surprising step never was."""
    others = np.ones(len(k), dtype=np.bool_)
    others[stretch.start + int(np.argmax((k - n * before)[stretch]))] = False
    ks, ns = (x[stretch][others[stretch]].sum() for x in (k, n))
    k_all, n_all = (float(x[others].sum()) for x in (k, n))
    return float(_log_likelihood_ratio(np.array([ks]), np.array([ns]), k_all, n_all)[0])


def _log_likelihood_ratio(k: Floats, n: Floats, k_all: float, n_all: float) -> Floats:
    """Two rates against one, for each stretch; −∞ where the inside is not the worse."""
    k_out, n_out = k_all - k, n_all - n
    with np.errstate(divide="ignore", invalid="ignore"):
        inside: Floats = k / n
        outside: Floats = k_out / n_out
        ratio = _log_likelihood(k, n, inside) + _log_likelihood(k_out, n_out, outside)
    alike = _log_likelihood(np.array([k_all]), np.array([n_all]), np.array([k_all / n_all]))
    worse = (n > 0) & (n_out > 0) & (inside > outside)
    found: Floats = np.where(worse, ratio - alike, -np.inf)
    return found


def _log_likelihood(k: Floats, n: Floats, p: Floats) -> Floats:
    return np.asarray(xlogy(k, p) + xlogy(n - k, 1 - p), dtype=np.float64)


def _dispersion(k: Floats, n: Floats, stretch: slice, since: float, before: float) -> float:
    """Pearson χ² per degree of freedom around the two levels, at least 1.

    Steps at either end of the stretch are left out: the change may have happened inside one.
    """
    level = np.full(len(n), before)
    level[stretch] = since
    used = (n > 0) & (level > 0) & (level < 1)
    for edge in (stretch.start, stretch.stop):
        used[max(edge - 1, 0) : edge + 1] = False
    if used.sum() <= 2:
        return 1.0
    p = level[used]
    pearson = float(((k[used] - n[used] * p) ** 2 / (n[used] * p * (1 - p))).sum())
    return max(1.0, pearson / (int(used.sum()) - 2))


def fits(events: Sequence[Event], begun: Onset | None) -> list[Change]:
    """The recorded changes, those nearest before the onset first, then the rest by time."""
    changes = [event for event in events if event.kind in RECORDED_CHANGES]
    distances = [_distance(event.at, begun) for event in changes]
    nearest = min((d for d in distances if d <= _reach(begun)), default=math.inf)
    ranked = sorted(zip(distances, changes, strict=True), key=lambda x: (x[0], x[1].at))
    return [
        Change(
            at=event.at,
            kind=event.kind,
            text=inert(event.text),
            fit=_fit(distance, nearest, begun),
        )
        for distance, event in ranked
    ]


def _reach(begun: Onset | None) -> float:
    return -math.inf if begun is None else max(begun.high - begun.low, _NEAR)


def _distance(at: int, begun: Onset | None) -> float:
    """µs from a change to the onset interval; infinite where it came after."""
    if begun is None or at > begun.high:
        return math.inf
    return max(begun.low - at, 0)


def _fit(distance: float, nearest: float, begun: Onset | None) -> Fit:
    if begun is None:
        return "onset unknown"
    if math.isinf(distance):
        return "after onset"
    if distance == nearest:
        return "best fit"
    return "fits" if distance <= _reach(begun) else "poor fit"
