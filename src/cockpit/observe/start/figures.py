"""The query of a figure that an exporter is known for, from the metrics that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.observe.start.candidates import first_there
from cockpit.observe.start.exporters import bare
from cockpit.observe.start.promql import as_version, by_version, narrowed, with_suffix

if TYPE_CHECKING:
    from collections.abc import Collection

    from cockpit.observe.start.exporters import Figure

_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_AVERAGES = {"sum": "sum", "max": "max", "mean": "avg"}


def query_of(
    figure: Figure, names: Collection[str], matchers: str, version: str, window: str
) -> str:
    """The query; "" where its metrics are not there. `version` is the label that says which."""
    label = version if figure.by_version else ""
    if figure.aggregate in _QUANTILES:
        return _quantile(figure, names, matchers, window)
    series = first_there(figure.series, names)
    if not series:
        return ""
    selected = narrowed(series, matchers)
    if figure.aggregate in _AVERAGES:
        return as_version(by_version(_AVERAGES[figure.aggregate], selected, label), label)
    rate = by_version("sum", f"rate({selected}[{window}])", label)
    if figure.aggregate == "rate":
        return as_version(rate, label)
    parts = [
        by_version("sum", f"rate({narrowed(each, matchers)}[{window}])", label)
        for each in figure.per
        if bare(each) in names
    ]
    if not parts:
        return ""
    whole = f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]
    return as_version(f"{rate} / {whole}", label)


def _quantile(figure: Figure, names: Collection[str], matchers: str, window: str) -> str:
    there = (each for each in figure.series if f"{bare(each)}_bucket" in names)
    histogram = next(there, "")
    if not histogram:
        return ""
    buckets = narrowed(with_suffix(histogram, "_bucket"), matchers)
    rates = by_version("sum", f"rate({buckets}[{window}])", "", ["le"])
    return f"histogram_quantile({_QUANTILES[figure.aggregate]:g}, {rates})"
