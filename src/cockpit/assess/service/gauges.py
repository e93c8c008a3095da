"""Gauges someone else computed: the last readings of a series, without an interval."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.units import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cockpit.assess.inputs import Inputs, Series
    from cockpit.records import Window

_NAME = re.compile(r"(?P<name>[^{]+)(?:\{(?P<labels>.*)\})?")
_LABEL = re.compile(r'(?P<key>\w+)="(?P<value>[^"]*)"')
_LATELY = 20  # readings that tell how far apart they are
_LATE = 4  # so many times as far from now: they have stopped
TO_MS = {"s": 1000.0, "us": 0.001, "µs": 0.001}


@dataclass(frozen=True)
class Gauge:
    """A series about the whole service, or about one version or one segment of it."""

    series: str
    name: str
    version: str | None = None
    dimension: str = ""
    value: str = ""


def gauges(names: Iterable[str], dimensions: Iterable[str]) -> list[Gauge]:
    """The series without labels, or with one that is `version` or a declared dimension."""
    found = []
    declared = frozenset(dimensions)
    for series in sorted(names):
        match = _NAME.fullmatch(series)
        if match is None:
            continue
        name, label = match["name"], _LABEL.fullmatch(match["labels"] or "")
        if not match["labels"]:
            found.append(Gauge(series, name))
        elif label and label["key"] == "version":
            found.append(Gauge(series, name, version=label["value"]))
        elif label and label["key"] in declared:
            found.append(Gauge(series, name, dimension=label["key"], value=label["value"]))
    return found


def unit_of(series: str, inputs: Inputs) -> str:
    """The unit of a series as given, of itself or of its name; latencies are read in ms."""
    name = series.split("{")[0]
    unit = inputs.series_units.get(series, inputs.series_units.get(name, ""))
    return "ms" if name.startswith("latency") and unit in TO_MS else unit


def in_unit(series: str, inputs: Inputs) -> Series:
    """Times and values of a series in the unit of `unit_of`."""
    times, values = inputs.series[series]
    name = series.split("{")[0]
    given = inputs.series_units.get(series, inputs.series_units.get(name, ""))
    if name.startswith("latency"):
        values = values * TO_MS.get(given, 1.0)
    return times, values


def reading(series: Series, window: Window) -> Measurement:
    """Median of the finite readings in the window; n is how many there are.

    Its note says so where the readings have stopped.
    """
    values = readings(series, window)
    times, every = series
    finite = times[(times < window.end) & np.isfinite(every)]
    age = int(window.end - finite[-1]) if finite.size else 0
    if values.size == 0:
        return unmeasured(f"no reading for {duration(age)}" if age else "no readings")
    note = "gauge, no interval"
    apart = float(np.median(np.diff(finite[-_LATELY:]))) if finite.size > 1 else age
    if age > _LATE * apart:
        note = f"{note}, last read {duration(age)} ago"
    return Measurement(value=float(np.median(values)), n=len(values), note=note)


def readings(series: Series, window: Window) -> NDArray[np.float64]:
    """The finite readings of the window."""
    times, values = series
    inside = (times >= window.start) & (times < window.end) & np.isfinite(values)
    return values[inside]
