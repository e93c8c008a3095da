"""What every form of a dashboard says in the same words: units, thresholds, kinds, values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cockpit.observe.start.grafana.dashboard import PROMETHEUS, Threshold, block, entries, words
from cockpit.records import HOUR, BadInput
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable

# Panels that show no figure over time, whatever they ask.
FIGURELESS = {
    "text": "a text",
    "table": "a table",
    "table-old": "a table",
    "heatmap": "a heatmap, a figure for each bucket",
    "logs": "logs",
    "traces": "traces",
    "nodeGraph": "a graph of nodes",
    "flamegraph": "a flame graph",
    "alertlist": "a list of alerts",
    "dashlist": "a list of dashboards",
    "annolist": "a list of annotations",
    "news": "news",
    "welcome": "a text",
    "geomap": "a map",
}
# Transformations that change how figures are named or laid out, and no figure.
_LAYOUT = frozenset(
    {"organize", "renameByRegex", "sortBy", "labelsToFields", "filterFieldsByName", "limit"}
)
_COMPATIBLE = (PROMETHEUS, "victoriametrics", "mimir", "thanos", "cortex")
# What Grafana itself writes where nobody set a threshold.
_UNTOUCHED = ((80.0, "red"),)
_NOT_PROMETHEUS = ("loki", "elasticsearch", "influx", "tempo", "mysql", "postgres", "cloudwatch")


def unit_of(options: Any) -> str:
    """The unit of a panel's `fieldConfig`."""
    return words(block(block(options).get("defaults")).get("unit"))


def thresholds_of(options: Any) -> tuple[Threshold, ...]:
    """The absolute thresholds of a panel's `fieldConfig`, but for those nobody set."""
    told = block(block(block(options).get("defaults")).get("thresholds"))
    if words(told.get("mode")) == "percentage":
        return ()
    return set_by_someone(
        (block(step).get("value"), block(step).get("color")) for step in entries(told.get("steps"))
    )


def set_by_someone(steps: Iterable[tuple[Any, Any]]) -> tuple[Threshold, ...]:
    """The steps that have a value, as thresholds; none where they are what Grafana writes."""
    found = tuple(
        Threshold(float(value), words(color))
        for value, color in steps
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    )
    return () if found == _UNTOUCHED else found


def computing(transformations: Iterable[str]) -> tuple[str, ...]:
    """Those of a panel's transformations that compute what it shows."""
    return tuple(name for name in transformations if name not in _LAYOUT)


def source_named(name: str) -> str:
    """What kind of source a type or a plain name of one stands for."""
    lowered = name.lower()
    if not lowered or any(kind in lowered for kind in _COMPATIBLE):
        return PROMETHEUS
    return next((kind for kind in _NOT_PROMETHEUS if kind in lowered), lowered)


def time_shown(start: Any) -> int:
    """The time (µs) between now and a start such as `now-6h`; an hour where it says no such."""
    text = words(start)
    try:
        return parse_duration(text.removeprefix("now-"))
    except BadInput:
        return HOUR


def chosen(value: Any) -> tuple[str, ...]:
    """The values of a variable's `current`."""
    found = block(value).get("value")
    every = found if isinstance(found, list) else [found]
    return tuple(text for text in map(words, every) if text)
