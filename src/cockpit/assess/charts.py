"""The small charts of the panes: figures over the history, in steps aligned to absolute time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import history, scores
from cockpit.assess.baseline import source
from cockpit.assess.drift.divergence import divergence
from cockpit.assess.drift.record import quantile_groups
from cockpit.assess.objectives import bounds
from cockpit.assess.quality.ranking import FEWEST, areas
from cockpit.assess.service.gauges import in_unit
from cockpit.views import Chart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs
    from cockpit.assess.onset.changes import Onset
    from cockpit.records import Counts

    Points = list[float | None]

_FEWEST_ROWS = 50  # of a step: below it a point would be noise drawn as news


def charts(inputs: Inputs, begun: Onset | None) -> list[Chart]:
    """p99, errors and requests by fast steps; precision, wrong decisions, score drift by slow."""
    fast = history.steps_of(inputs.history_window, inputs.fast_bucket)
    slow = history.steps_of(inputs.history_window, inputs.slow_bucket)
    return _infra(inputs, fast) + _model(inputs, slow, begun)


def _chart(
    inputs: Inputs, name: str, title: str, unit: str, steps: history.Steps, points: Points
) -> Chart:
    bound = bounds(inputs.config).get(name)
    return Chart(
        name=name,
        title=title,
        unit=unit,
        step=steps.step,
        start=steps.start,
        points=points,
        threshold=None if bound is None else bound.limit,
    )


def _ratio(k: NDArray[np.int64], n: NDArray[np.int64], fewest: int = 1) -> Points:
    return [int(a) / int(b) if b >= fewest else None for a, b in zip(k, n, strict=True)]


def _infra(inputs: Inputs, steps: history.Steps) -> list[Chart]:
    found = []
    latency, traffic = inputs.history.get("latency"), inputs.history.get("traffic")
    if latency is not None and len(latency):
        points = history.quantile_ms(latency, steps, 0.99)
        found.append(_chart(inputs, "latency_p99", "p99", "ms", steps, points))
    elif "latency_p99" in inputs.series:
        points = _gauge_points(inputs, "latency_p99", steps)
        found.append(_chart(inputs, "latency_p99", "p99", "ms", steps, points))
    if traffic is not None and len(traffic):
        requests, errors = history.requests_and_errors(traffic, steps)
        covered = steps.seconds()
        rate: Points = [
            float(n / s) if s > 0 else None for n, s in zip(requests, covered, strict=True)
        ]
        if inputs.errors_recorded or errors.any():  # else none were recorded, which is not none
            shares = _ratio(errors, requests)
            found.append(_chart(inputs, "error_rate", "errors", "share", steps, shares))
        found.append(_chart(inputs, "requests", "requests", "/s", steps, rate))
    return found


def _gauge_points(inputs: Inputs, name: str, steps: history.Steps) -> Points:
    """Mean of the finite readings of each step."""
    times, values = in_unit(name, inputs)
    inside = (times >= steps.window.start) & (times < steps.window.end) & np.isfinite(values)
    index = steps.index(times[inside])
    n = np.bincount(index, minlength=steps.size)
    total = np.bincount(index, values[inside], steps.size)
    return [float(t / c) if c else None for t, c in zip(total, n, strict=True)]


def _model(inputs: Inputs, steps: history.Steps, begun: Onset | None) -> list[Chart]:
    counts = inputs.history.get("score")
    if counts is None or len(counts) == 0:
        return []
    right = _ratio(*history.precision(counts, steps))
    wrong = _ratio(*history.wrong_decisions(counts, steps))
    found = [
        _chart(inputs, "precision", "precision", "", steps, right),
        _chart(inputs, "wrong_rate", "wrong decisions", "share", steps, wrong),
        _chart(inputs, "auc", "AUC", "", steps, _areas(counts, steps)),
    ]
    base = source(inputs, "score", begun)
    if base is not None:
        reference = scores.of(base.counts, base.served()).every
        drift = _drift(reference, counts, steps)
        found.append(_chart(inputs, "psi", "score drift", "", steps, drift))
    return found


def _areas(counts: Counts, steps: history.Steps) -> Points:
    """AUC of each step with enough labels of both classes."""
    positive, negative = history.labelled_histograms(counts, steps)
    enough = np.minimum(positive.sum(axis=1), negative.sum(axis=1)) >= FEWEST
    points: Points = [None] * steps.size
    found, _ = areas(positive[enough], negative[enough])
    for i, area in zip(np.flatnonzero(enough), found.tolist(), strict=True):
        points[i] = area
    return points


def _drift(reference: NDArray[np.int64], counts: Counts, steps: history.Steps) -> Points:
    """Corrected PSI of the score in each step against the reference."""
    groups = quantile_groups(reference)
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    was = np.add.reduceat(reference, starts)
    each = np.add.reduceat(history.score_histograms(counts, steps), starts, axis=1)
    enough = each.sum(axis=1) >= _FEWEST_ROWS
    points: Points = [None] * steps.size
    if was.any():
        corrected = divergence(was, each[enough]).corrected.tolist()
        for i, value in zip(np.flatnonzero(enough), corrected, strict=True):
            points[i] = value
    return points
