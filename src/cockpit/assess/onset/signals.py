"""The rates whose rise would be an onset: errors, slow requests, wrong decisions, a team's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import history
from cockpit.assess.objectives import bounds
from cockpit.assess.onset.changes import Onset, Signal, onset
from cockpit.assess.service.gauges import gauges, in_unit, unit_of
from cockpit.assess.service.latency import QUANTILES, log_buckets, slower_than
from cockpit.assess.slices import groups, mask_of, segment_name
from cockpit.assess.words import number
from cockpit.tables import ALL
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs

_FEWEST = 200  # labelled rows, or rows of a rate, before a segment is scanned on its own


def find_onset(inputs: Inputs) -> Onset | None:
    """When the incident began, by the history of every signal; null where nothing surely rose."""
    return onset(signals(inputs))


def signals(inputs: Inputs) -> list[Signal]:
    """Each signal in steps over the history window."""
    fast = history.steps_of(inputs.history_window, inputs.fast_bucket)
    slow = history.steps_of(inputs.history_window, inputs.slow_bucket)
    found: list[Signal] = []
    traffic, latency = inputs.history.get("traffic"), inputs.history.get("latency")
    if traffic is not None and len(traffic):
        requests, errors = history.requests_and_errors(traffic, fast)
        found.append(Signal("errors", errors, requests, fast))
    if latency is not None and len(latency):
        limit = _slow_limit(inputs)
        slower = slower_than(latency.columns["bin"], limit)
        found.append(
            Signal(
                f"requests over {limit:.0f} ms",
                history.add_up(latency, fast, slower),
                history.add_up(latency, fast),
                fast,
            )
        )
    scores = inputs.history.get("score")
    if scores is not None and len(scores):
        found.append(Signal("wrong decisions", *history.wrong_decisions(scores, slow), slow))
    found += _segment_signals(inputs, slow) + _rate_signals(inputs, slow)
    return found + _gauge_signals(inputs, fast, {signal.what for signal in found})


def _slow_limit(inputs: Inputs) -> float:
    """The promised latency in ms, else what one request in twenty of the history exceeded."""
    for name in ("latency_p99", "latency_p95", "latency_p50"):
        bound = bounds(inputs.config).get(name)
        if bound is not None and not bound.at_least:
            return bound.limit
    return log_buckets(inputs.history["latency"]).quantile(0.95).value or 0.0


def _gauge_signals(inputs: Inputs, steps: history.Steps, had: set[str]) -> list[Signal]:
    """Readings of the service's gauges beyond their promise, where counts do not tell it better."""
    promised = bounds(inputs.config)
    counted = {"error_rate"} if "errors" in had else set()
    if len(inputs.history.get("latency", ())):
        counted |= set(QUANTILES)
    found = []
    for gauge in gauges(inputs.series, ()):
        bound = promised.get(gauge.name)
        if bound is None or gauge.version is not None or gauge.name in counted:
            continue
        times, values = in_unit(gauge.series, inputs)
        kept = np.isfinite(values) & (times >= steps.window.start) & (times < steps.window.end)
        index = steps.index(times[kept])
        missed = values[kept] < bound.limit if bound.at_least else values[kept] > bound.limit
        n = np.bincount(index, minlength=steps.size)
        k = np.bincount(index, missed, steps.size).astype(np.int64)
        side = "below" if bound.at_least else "over"
        limit = number(bound.limit, unit_of(gauge.series, inputs))
        found.append(Signal(f"readings of {inert(gauge.name)} {side} {limit}", k, n, steps))
    return found


def _segment_signals(inputs: Inputs, steps: history.Steps) -> list[Signal]:
    scores = inputs.history.get("score_by_segment")
    if scores is None or len(scores) == 0:
        return []
    found = []
    for (dimension, value), rows in groups(scores, ("dimension", "value")):
        mask = mask_of(scores, rows)
        k, n = history.wrong_decisions(scores, steps, mask)
        if n.sum() >= _FEWEST:
            found.append(Signal(f"wrong decisions ({segment_name(dimension, value)})", k, n, steps))
    return found


def _rate_signals(inputs: Inputs, steps: history.Steps) -> list[Signal]:
    rates = inputs.history.get("rate")
    if rates is None or len(rates) == 0:
        return []
    better_high = {r.name for r in inputs.map.rates if r.direction == "higher_is_better"}
    found = []
    for (name, dimension, value), rows in groups(rates, ("name", "dimension", "value")):
        mask = mask_of(rates, rows)
        k = history.add_up(rates, steps, mask, "k")
        n = history.add_up(rates, steps, mask)
        if n.sum() < _FEWEST:
            continue
        what = (
            inert(name) if dimension == ALL else f"{inert(name)} ({segment_name(dimension, value)})"
        )
        if name in better_high:
            what, k = f"requests without {what}", n - k
        found.append(Signal(what, k, n, steps))
    return found
