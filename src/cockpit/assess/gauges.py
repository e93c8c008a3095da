"""Gauges someone else computed: the last readings of a series, without an interval."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.measurement import Measurement, unmeasured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cockpit.records import Window

    Series = tuple[NDArray[np.int64], NDArray[np.float64]]  # times (µs), values

_NAME = re.compile(r"(?P<name>[^{]+)(?:\{(?P<labels>.*)\})?")
_VERSION = re.compile(r'version="([^"]*)"')


@dataclass(frozen=True)
class Gauge:
    """A series about the whole service, or about one version of it."""

    series: str
    name: str
    version: str | None


def gauges(names: Mapping[str, Series]) -> list[Gauge]:
    """The series that carry no label but `version`, in order of name."""
    found = []
    for series in sorted(names):
        match = _NAME.fullmatch(series)
        if match is None:
            continue
        version = _VERSION.fullmatch(match["labels"] or "")
        if version or not match["labels"]:
            found.append(Gauge(series, match["name"], version[1] if version else None))
    return found


def reading(series: Series, window: Window) -> Measurement:
    """Median of the finite readings in the window; n is how many there are."""
    values = readings(series, window)
    if values.size == 0:
        return unmeasured("no readings")
    return Measurement(value=float(np.median(values)), n=len(values), note="gauge, no interval")


def readings(series: Series, window: Window) -> NDArray[np.float64]:
    """The finite readings of the window."""
    times, values = series
    inside = (times >= window.start) & (times < window.end) & np.isfinite(values)
    return values[inside]
