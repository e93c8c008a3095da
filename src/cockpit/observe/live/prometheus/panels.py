"""Panels: figures that a server computes, read on a grid of times as named series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.observe.live.prometheus.answers import RawSeries
from cockpit.observe.live.prometheus.grid import GridSource, Stretch, grid_step
from cockpit.observe.metrics_file import series_name
from cockpit.records import Counts
from cockpit.tables import SERIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cockpit.config import Panel, Prometheus
    from cockpit.observe.live.prometheus.answers import Matrix
    from cockpit.observe.live.prometheus.client import Client
    from cockpit.observe.live.prometheus.grid import Reading
    from cockpit.records import Window

_LONGEST_NAME = 1_000  # characters of a series with its labels


def panels_source(
    name: str, client: Client, settings: Prometheus, panels: Mapping[str, Panel]
) -> GridSource:
    """The source of the panels of one server. Values stay in the unit of the panel."""
    step = grid_step(settings)
    parts = {panel: _reading(panel, of.query, client, step) for panel, of in panels.items()}
    return GridSource(name, client, settings, parts, counts=False)


def _reading(panel: str, query: str, client: Client, step: int) -> Reading:
    async def read(stretch: Window) -> Stretch:
        matrix = await client.query_range(query, stretch.start + step, stretch.end, step)
        return series_rows(panel, matrix)

    return read


def series_rows(panel: str, matrix: Matrix) -> Stretch:
    """The samples of a panel as rows of SERIES, less those that are NaN or infinite.

    A series that vanished has no samples: the server knows when it was seen last.
    """
    kept: dict[str, RawSeries] = {}
    warning = matrix.warning
    for series in matrix.series:
        labels = {label: word for label, word in series.labels.items() if label != "__name__"}
        name = series_name(panel, labels)
        finite = np.isfinite(series.x)
        if len(name) > _LONGEST_NAME:
            warning = f"labels over {_LONGEST_NAME:,} characters"
        elif name in kept:
            warning = "several series with the same labels: the first is shown"
        elif finite.any():
            kept[name] = RawSeries(labels, series.at[finite], series.x[finite])
    code = np.arange(len(kept), dtype=np.int64)
    valid = np.concatenate([np.zeros(0, np.int64), *(each.at for each in kept.values())])
    columns = {
        "name": np.repeat(code, [len(each.at) for each in kept.values()]),
        "valid": valid,
        "observed": valid,  # until the recorder says when
        "x": np.concatenate([np.zeros(0), *(each.x for each in kept.values())]),
    }
    return Stretch([Counts(SERIES, columns, {"name": tuple(kept)})], warning=warning)
