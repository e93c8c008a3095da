"""Estimates of the service: requests, errors, latency, and the gauges someone else computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import Source, earlier, source
from cockpit.assess.estimates import WHOLE, Compared, Dresser, Subject
from cockpit.assess.gauges import Gauge, gauges, reading, readings
from cockpit.assess.latency import QUANTILES, Latencies
from cockpit.assess.slices import Slice, slices
from cockpit.assess.traffic import error_rate, requests_and_errors, requests_per_second
from cockpit.assess.verdicts import Verdict
from cockpit.assess.words import number
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.measurement import Measurement
    from cockpit.records import Counts, Estimate, VerdictWord


def infra_estimates(dresser: Dresser) -> list[Estimate]:
    """Requests, error rate and latency for the service and for each version, then the gauges."""
    found = _traffic(dresser) + _latency(dresser)
    measured = {(e.name, e.version) for e in found if e.value is not None}
    for gauge in gauges(dresser.inputs.series):
        if (gauge.name, gauge.version) not in measured:
            found = [e for e in found if (e.name, e.version) != (gauge.name, gauge.version)]
            found.append(_gauge(dresser, gauge))
    return found


def _whole(counts: Counts | None) -> list[Slice]:
    """The slices of a table; the whole service alone where there are no rows."""
    if counts is None or len(counts) == 0:
        return [Slice(WHOLE, np.zeros(0, dtype=np.bool_))]
    return slices(counts)


def _traffic(dresser: Dresser) -> list[Estimate]:
    inputs = dresser.inputs
    counts = inputs.now.get("traffic")
    base = source(inputs, "traffic", dresser.begun)
    before = earlier(inputs, "traffic", dresser.begun)  # only time has requests per second
    base_errors = Compared(base.what, error_rate(*_asked(base))) if base else None
    base_rate = None
    if before is not None and before.window is not None:
        base_rate = Compared(before.what, requests_per_second(_asked(before)[0], before.window))
    found = []
    for part in _whole(counts):
        requests, errors = requests_and_errors(counts, part.mask)
        rate = requests_per_second(requests, inputs.infra_window)
        found += [
            dresser.estimate(name, now, compared, part.subject, source="traffic", fast=True)
            for name, now, compared in (
                ("requests", rate, base_rate if part.subject == WHOLE else None),
                ("error_rate", error_rate(requests, errors), base_errors),
            )
        ]
    return found


def _asked(base: Source) -> tuple[int, int]:
    return requests_and_errors(base.counts, base.mask)


def _latency(dresser: Dresser) -> list[Estimate]:
    inputs = dresser.inputs
    counts = inputs.now.get("latency")
    base = source(inputs, "latency", dresser.begun)
    before = Latencies(base.counts, base.mask) if base else None
    found = []
    for part in _whole(counts):
        latencies = Latencies(counts, part.mask)
        for name, q in QUANTILES.items():
            compared = Compared(base.what, before.quantile(q)) if base and before else None
            found.append(
                dresser.estimate(
                    name,
                    latencies.quantile(q),
                    compared,
                    part.subject,
                    source="latency",
                    fast=True,
                )
            )
    return found


def _gauge(dresser: Dresser, gauge: Gauge) -> Estimate:
    inputs = dresser.inputs
    now = reading(inputs.series[gauge.series], inputs.infra_window)
    return dresser.estimate(
        inert(gauge.name),
        now,
        subject=Subject(None if gauge.version is None else inert(gauge.version)),
        fast=True,
        source=f"gauge {inert(gauge.series)}",
        unit=inputs.series_units.get(gauge.series, inputs.series_units.get(gauge.name)),
        verdict=_gauge_verdict(dresser, gauge, now),
    )


def _gauge_verdict(dresser: Dresser, gauge: Gauge, now: Measurement) -> Verdict:
    """A gauge against its promise: every reading beyond it is degraded, none is fine."""
    bound = dresser.bounds.get(gauge.name)
    if bound is None or now.value is None:
        return Verdict("", now.reason)
    values = readings(dresser.inputs.series[gauge.series], dresser.inputs.infra_window)
    missed = int((values < bound.limit if bound.at_least else values > bound.limit).sum())
    word: VerdictWord = "fine" if missed == 0 else "degraded" if missed == len(values) else "watch"
    side = "below" if bound.at_least else "over"
    unit = dresser.inputs.series_units.get(gauge.name, "")
    return Verdict(
        word, f"{side} {number(bound.limit, unit)} in {missed} of {len(values)} readings"
    )
