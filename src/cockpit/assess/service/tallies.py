"""Bad requests, of how many, over each span that a budget is watched over; or bad minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.inputs import BURN_SPANS
from cockpit.assess.service.burn import Tally
from cockpit.assess.service.gauges import in_unit
from cockpit.assess.service.latency import log_buckets
from cockpit.assess.service.latency_series import around, counted, latency_counters, of_all
from cockpit.assess.service.traffic import requests_and_errors
from cockpit.records import MINUTE, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cockpit.assess.inputs import Inputs, Series
    from cockpit.assess.objectives import Budget
    from cockpit.assess.service.buckets import Buckets

SPANS = sorted({span for pair in BURN_SPANS for span in pair})


Found = tuple[dict[int, Tally], str]  # the tally of each span (µs), and what it was counted from


def tallies(inputs: Inputs, budget: Budget) -> Found:
    """The tally of each span, and what it was counted from.

    Requests where they were counted, in tables or by `le` counters. Where there is but a gauge of
    the promised figure: minutes, bad if half its readings or more are beyond the promise.
    """
    found = _of_tables(inputs, budget) or _of_counters(inputs, budget) or _of_gauge(inputs, budget)
    return found or _of_nothing(inputs, budget)


def _windows(inputs: Inputs, since: int) -> dict[int, Window]:
    """The known part of each span."""
    end = inputs.as_of_fast
    return {span: Window(start=min(max(end - span, since), end), end=end) for span in SPANS}


def _size(window: Window) -> int:
    return window.end - window.start


def _of_tables(inputs: Inputs, budget: Budget) -> Found | None:
    """From tables of counts; null where they hold no request, or errors are not recorded."""
    table = "traffic" if budget.slowest is None else "latency"
    counts = {span: inputs.spans.get(span, {}).get(table) for span in SPANS}
    if not any(part is not None and len(part) for part in counts.values()):
        return None
    windows = _windows(inputs, inputs.recorded_since)
    if budget.slowest is not None:
        slow = {
            span: _slower(log_buckets(part), budget.slowest, span, windows[span])
            for span, part in counts.items()
        }
        return slow, table
    asked = {span: requests_and_errors(part) for span, part in counts.items()}
    if not inputs.errors_recorded and not any(errors for _, errors in asked.values()):
        return None
    failed = {
        span: Tally(
            span=span,
            known=_size(windows[span]),
            n=requests,
            least=errors,
            bad=errors,
            most=errors,
            reason="more errors than requests" if errors > requests else "",
        )
        for span, (requests, errors) in asked.items()
    }
    return failed, table


def _of_counters(inputs: Inputs, budget: Budget) -> Found | None:
    """From `le` counters, read since the history begins; null where there are none."""
    if budget.slowest is None:
        return None
    counters = around(of_all(latency_counters(inputs)), budget.slowest)
    if not counters:
        return None
    found = {}
    since = _since(inputs, [series for each in counters for series in each.counters])
    for span, window in _windows(inputs, since).items():
        buckets = counted(counters, window)
        found[span] = _slower(
            buckets, budget.slowest, span, window, buckets.astride(budget.slowest)
        )
    return found, "latency buckets"


def _slower(buckets: Buckets, slowest: float, span: int, window: Window, note: str = "") -> Tally:
    beyond = buckets.beyond(slowest)
    return Tally(
        span=span,
        known=_size(window),
        n=buckets.rows,
        least=beyond.least,
        bad=beyond.likely,
        most=beyond.most,
        reason=buckets.reason,
        note=note,
    )


def _of_gauge(inputs: Inputs, budget: Budget) -> Found | None:
    """From the minutes in which a gauge was read; null where there is none."""
    gauge = next((name for name in budget.metrics if name in inputs.series), None)
    if gauge is None:
        return None
    limit = budget.allowed if budget.slowest is None else budget.slowest
    times, values = in_unit(gauge, inputs)
    windows = _windows(inputs, _since(inputs, [(times, values)]))
    kept = np.isfinite(values) & (times < inputs.as_of_fast)
    minutes, where, readings = np.unique(
        times[kept] // MINUTE, return_inverse=True, return_counts=True
    )
    is_bad = 2 * np.bincount(where, values[kept] > limit, minutes.size) >= readings
    found = {}
    for span, window in windows.items():
        inside = minutes * MINUTE >= window.start
        bad = int(is_bad[inside].sum())
        found[span] = Tally(
            span=span,
            known=_size(window),
            n=int(inside.sum()),
            least=bad,
            bad=bad,
            most=bad,
            reason="" if inside.any() else "no readings",
            note="share of good minutes, from a gauge",
        )
    return found, f"gauge {gauge}"


def _of_nothing(inputs: Inputs, budget: Budget) -> Found:
    """No tally, and why."""
    reason = "no requests"
    if any(len(tables.get("traffic", ())) for tables in inputs.spans.values()):
        reason = "errors not recorded" if budget.slowest is None else "latency not recorded"
    windows = _windows(inputs, inputs.recorded_since)
    return {s: Tally(span=s, known=_size(w), reason=reason) for s, w in windows.items()}, ""


def _since(inputs: Inputs, series: Iterable[Series]) -> int:
    """When series begin to be known: they are fetched for the history alone."""
    first = min((int(times[0]) for times, _ in series if times.size), default=inputs.as_of_fast)
    return max(inputs.history_window.start, inputs.recorded_since, first)
