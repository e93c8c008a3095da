"""The measured latency–load curves: how p95 and p99 grow with requests a second, and until where.

A fault changes the curve, so the present and the time before it each have their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from cockpit import numbers
from cockpit.assess.service.latency import QUANTILES
from cockpit.assess.service.load_fit import fit, groups, one_by_one, pooled
from cockpit.assess.service.load_steps import (
    ENOUGH,
    CountedSteps,
    ReadSteps,
    Steps,
    read_steps,
    read_versions,
    stretch,
)
from cockpit.records import HOUR, MINUTE, SECOND, LoadCurve, Window
from cockpit.text import inert

if TYPE_CHECKING:
    from typing import Literal

    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs
    from cockpit.assess.onset.changes import Onset
    from cockpit.assess.service.load_fit import Sample

    Floats = NDArray[np.float64]
    Regime = Literal["now", "before"]

BEYOND = 1.1  # times the greatest load seen: further a curve tells nothing
_NAMES = ("latency_p95", "latency_p99")
_SPAN = HOUR  # of each regime: the hour next to the onset, and the last one
_LEAST_STEPS = 8
_SLOWER = 3  # requests over the quantile that a group of steps has
_VARIED = 1.25  # the 90th percentile of the loads over the 10th, from which a slope can be seen
_NEAR = 3.0  # times the greatest load: a capacity beyond that bends nothing that was seen
_SURE = 0.95  # of the draws
_RISES = 1.05  # from the least load to the greatest, to be called a rise


def known_until(inputs: Inputs) -> int:
    """Up to when load curves look, µs: the last whole minute, so that they hold for a minute."""
    return inputs.as_of_fast - inputs.as_of_fast % MINUTE


def load_curves(inputs: Inputs, begun: Onset | None) -> list[LoadCurve]:
    """The curves of the service and, where several serve, of each version.

    Of the present, which is the time since it began, and of the time before it. Without an onset
    there is only the present.
    """
    end, first = known_until(inputs), inputs.history_window.start
    regimes: list[tuple[Regime, int, int]] = [("now", first if begun is None else begun.at, end)]
    if begun is not None:
        regimes.append(("before", first, min(begun.low, end)))
    return [
        curve
        for regime, start, until in regimes
        if start < until
        for curve in _of_regime(inputs, regime, Window(start=max(start, until - _SPAN), end=until))
    ]


def _of_regime(inputs: Inputs, regime: Regime, window: Window) -> list[LoadCurve]:
    """From requests that were counted; where none were, from gauges."""
    counted = stretch(inputs, window)
    found = []
    for version in (None, *(read_versions(inputs) if counted is None else counted.versions)):
        about = {
            name: LoadCurve(
                version=None if version is None else inert(version),
                quantile=QUANTILES[name],
                regime=regime,
                window=window,
                source="gauges" if counted is None else "traffic, latency",
            )
            for name in _NAMES
        }
        if counted is not None:
            found += _counted(counted.steps(version), list(about.values()))
            continue
        for name, curve in about.items():
            steps = read_steps(inputs, window, version, name)
            if steps is not None:
                found.append(_read(steps, curve))
    return found


def _counted(steps: CountedSteps, about: list[LoadCurve]) -> list[LoadCurve]:
    """Each of `about` with the curve of its quantile, or why there is none."""
    refused = _refused(steps)
    if refused:
        return [_without(curve, steps, refused) for curve in about]
    slower = [steps.n.sum() * (1.0 - curve.quantile) for curve in about]
    needed = _SLOWER * groups(len(steps.load))
    samples = pooled(steps, [curve.quantile for curve in about])
    return [
        _with(curve, steps, sample) if n >= needed else _without(curve, steps, _too_few(steps))
        for curve, sample, n in zip(about, samples, slower, strict=True)
    ]


def _read(steps: ReadSteps, about: LoadCurve) -> LoadCurve:
    refused = _refused(steps)
    return _without(about, steps, refused) if refused else _with(about, steps, one_by_one(steps))


def _refused(steps: Steps) -> str:
    """Why no curve can be told from the steps; "" where one can."""
    n, seconds = len(steps.load), steps.step // SECOND
    if n < _LEAST_STEPS:
        return f"too few steps of {seconds} s to tell: {n}"
    if isinstance(steps, CountedSteps) and steps.load.mean() * seconds < ENOUGH:
        return _too_few(steps)
    low, high = np.quantile(steps.load, (0.1, 0.9))
    if high < _VARIED * low:
        spread = f"{numbers.count(low)}–{numbers.count(high)}"
        return f"load varied too little to tell: {spread} requests a second"
    return ""


def _too_few(steps: Steps) -> str:
    seconds = steps.step // SECOND
    return f"too few requests to tell: {steps.load.mean() * seconds:.0f} in a step of {seconds} s"


def _without(about: LoadCurve, steps: Steps, reason: str) -> LoadCurve:
    return replace(about, n=len(steps.load), step=steps.step, workers=steps.workers, reason=reason)


def _with(about: LoadCurve, steps: Steps, sample: Sample) -> LoadCurve:
    """The curve fitted to a sample of the steps."""
    best, *draws = fit(sample)
    least, greatest = float(sample.load[0].min()), float(sample.load[0].max())
    low, high = (_latency(np.array(draws), load) for load in (least, greatest))
    rises = bool(np.mean(high >= _RISES * low) >= _SURE)
    capacities = np.array([draw[2] for draw in draws])
    near = capacities[capacities <= _NEAR * greatest]
    known = rises and near.size >= _SURE * len(draws)
    curve = replace(
        about,
        n=len(steps.load),
        step=steps.step,
        workers=steps.workers,
        service_ms=_short(best[0]),
        queue_ms=_short(best[1]),
        capacity=_short(np.median(near)) if known else None,
        least=_short(least),
        greatest=_short(greatest),
        draws=[(_short(s), _short(k), _short(most)) for s, k, most in draws],
    )
    ends = (least, float(np.median(low))), (greatest, float(np.median(high)))
    return replace(curve, sentence=_sentence(curve, rises, ends))


def _sentence(
    curve: LoadCurve, rises: bool, ends: tuple[tuple[float, float], tuple[float, float]]
) -> str:
    """'p99 rises with load: 296 ms at 47 requests a second, 394 ms at 86; not told beyond 95'."""
    of = "" if curve.version is None else f" of {curve.version}"
    what = f"p{100 * curve.quantile:.0f}{of}"
    few, many = (numbers.count(load) for load, _ in ends)
    if rises:
        low, high = (numbers.milliseconds(ms) for _, ms in ends)
        told = f"{what} rises with load: {low} at {few} requests a second, {high} at {many}"
    else:
        told = f"{what} is not seen to rise from {few} to {many} requests a second"
    if curve.capacity is not None:
        told = f"{told}, and about {numbers.count(curve.capacity)} is all it can carry"
    return f"{told}; not told beyond {numbers.count(BEYOND * ends[1][0])}"


def _latency(draws: Floats, load: float) -> Floats:
    """Latency (ms) of each draw at a load; ∞ from its capacity on."""
    rho = load / draws[:, 2]
    queue = np.divide(rho, 1.0 - rho, out=np.full_like(rho, np.inf), where=rho < 1.0)
    latency: Floats = draws[:, 0] + np.where(draws[:, 1] > 0, draws[:, 1] * queue, 0.0)
    return latency


def _short(x: float) -> float:
    """Four digits, which is more than is known."""
    return float(f"{x:.4g}")
