"""Estimates of the service: requests, errors, latency, and the gauges someone else computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.baseline import Source, earlier, source, window_before
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods.measurement import unmeasured
from cockpit.assess.service.buckets import Buckets, uncounted
from cockpit.assess.service.gauges import Gauge, gauges, in_unit, reading, readings, unit_of
from cockpit.assess.service.latency import QUANTILES, log_buckets
from cockpit.assess.service.latency_series import (
    Counted,
    by_version,
    counted,
    latency_counters,
    of_all,
)
from cockpit.assess.service.traffic import (
    error_rate,
    requests_and_errors,
    requests_per_second,
    unevenness,
)
from cockpit.assess.slices import WHOLE, Slice, Subject, dimensions, segment_name, slices
from cockpit.assess.verdicts import Verdict
from cockpit.assess.words import number
from cockpit.text import inert
from cockpit.units import clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.records import Counts, Estimate, VerdictWord


def infra_estimates(moment: Moment) -> list[Estimate]:
    """Requests, error rate and latency for the service and for each version, then the gauges.

    A gauge of the same name as a figure from counts is left out: counts have an interval.
    """
    inputs = moment.inputs
    measured = _traffic(moment) + _latency(moment)
    had = {(e.name, e.version, e.segment) for e in measured if e.value is not None}
    found = [_gauge(moment, gauge) for gauge in gauges(inputs.series, dimensions(inputs.map))]
    read = [e for e in found if (e.name, e.version, e.segment) not in had]
    instead = {(e.name, e.version, e.segment) for e in read}
    return [e for e in measured if (e.name, e.version, e.segment) not in instead] + read


def _whole(counts: Counts | None) -> list[Slice]:
    """The slices of a table; the whole service alone where there are no rows."""
    if counts is None or len(counts) == 0:
        return [Slice(WHOLE, np.zeros(0, dtype=np.bool_))]
    return slices(counts)


def _traffic(moment: Moment) -> list[Estimate]:
    inputs = moment.inputs
    counts = inputs.now.get("traffic")
    base = source(inputs, "traffic", moment.begun)
    before = earlier(inputs, "traffic", moment.begun)  # only time has requests per second
    base_errors = Compared(base.what, error_rate(*_asked(base))) if base else None
    base_rate = None
    if before is not None and before.window is not None:
        uneven = unevenness(before.counts, before.window)
        rate = requests_per_second(_asked(before)[0], before.window, uneven)
        base_rate = Compared(before.what, rate)
    uneven = unevenness(inputs.history.get("traffic"), inputs.infra_window)
    everything = requests_and_errors(counts)[0]
    found = []
    for part in _whole(counts):
        requests, errors = requests_and_errors(counts, part.mask)
        share = requests / max(everything, 1)  # of bursts a part has its share: random thinning
        rate = requests_per_second(requests, inputs.infra_window, 1.0 + share * (uneven - 1.0))
        recorded = errors > 0 or inputs.errors_recorded
        failing = error_rate(requests, errors) if recorded else unmeasured("errors not recorded")
        found += [
            moment.estimate(name, now, compared, part.subject, source="traffic", fast=True)
            for name, now, compared in (
                ("requests", rate, base_rate if part.subject == WHOLE else None),
                ("error_rate", failing, base_errors if recorded else None),
            )
        ]
    return found


def _asked(base: Source) -> tuple[int, int]:
    return requests_and_errors(base.counts, base.mask)


def _latency(moment: Moment) -> list[Estimate]:
    """From the requests' own log buckets; where there are none, from `le` counters."""
    inputs = moment.inputs
    counts = inputs.now.get("latency")
    read = latency_counters(inputs) if counts is None or len(counts) == 0 else []
    if read:
        return _latency_read(moment, read)
    base = source(inputs, "latency", moment.begun)
    before = None if base is None else (base.what, log_buckets(base.counts, base.mask))
    found = []
    for part in _whole(counts):
        now = log_buckets(counts, part.mask)
        if now.rows == 0 and len(inputs.now.get("traffic", ())):
            now = uncounted("latency not recorded")
        found += _quantiles(moment, part.subject, now, before, "latency")
    return found


def _latency_read(moment: Moment, read: list[Counted]) -> list[Estimate]:
    """Of the service and of each version, as their processes counted them in `le` buckets."""
    inputs = moment.inputs
    window, earlier_window = inputs.infra_window, window_before(inputs, "latency", moment.begun)
    every = of_all(read)
    before = None
    if earlier_window is not None:
        before = f"before {clock(earlier_window.end)}", counted(every, earlier_window)
    parts = {WHOLE: every}
    parts |= {Subject(inert(version)): of_it for version, of_it in by_version(read).items()}
    return [
        estimate
        for subject, of_it in parts.items()
        for estimate in _quantiles(
            moment, subject, counted(of_it, window), before, "latency buckets"
        )
    ]


def _quantiles(
    moment: Moment, subject: Subject, now: Buckets, before: tuple[str, Buckets] | None, source: str
) -> list[Estimate]:
    return [
        moment.estimate(
            name,
            now.quantile(q),
            None if before is None else Compared(before[0], before[1].quantile(q)),
            subject,
            source=source,
            fast=True,
        )
        for name, q in QUANTILES.items()
    ]


def _gauge(moment: Moment, gauge: Gauge) -> Estimate:
    inputs = moment.inputs
    series = in_unit(gauge.series, inputs)
    window = inputs.gauge_window or inputs.infra_window
    now = reading(series, window)
    return moment.estimate(
        inert(gauge.name),
        now,
        subject=Subject(
            version=None if gauge.version is None else inert(gauge.version),
            segment=segment_name(gauge.dimension, gauge.value) if gauge.dimension else None,
        ),
        fast=True,
        source=f"gauge {inert(gauge.series)}",
        unit=unit_of(gauge.series, inputs),
        verdict=_gauge_verdict(moment, gauge, readings(series, window)),
    )


def _gauge_verdict(moment: Moment, gauge: Gauge, values: NDArray[np.float64]) -> Verdict:
    """A gauge against its promise: every reading beyond it is degraded, none is fine."""
    bound = moment.bounds.get(gauge.name)
    if bound is None or values.size == 0:
        return Verdict("", "")
    missed = int((values < bound.limit if bound.at_least else values > bound.limit).sum())
    word: VerdictWord = "fine" if missed == 0 else "degraded" if missed == len(values) else "watch"
    side = "below" if bound.at_least else "over"
    limit = number(bound.limit, unit_of(gauge.series, moment.inputs))
    return Verdict(word, f"{side} {limit} in {missed} of {len(values)} readings")
