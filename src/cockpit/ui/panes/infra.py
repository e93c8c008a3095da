"""Pane 2: latency, errors and traffic of the service, and what was changed."""

from __future__ import annotations

from cockpit.ui.chart import Scale
from cockpit.ui.figures import worst_first
from cockpit.ui.lines import sides
from cockpit.ui.panes.model import WIDEST, chart_rows, detail_row, metric_row, names_width
from cockpit.ui.rows import Row, heading, words
from cockpit.units import clock
from cockpit.views import Change, View

_FIT_ROLES = {"best fit": "accent", "fits": "watch", "poor fit": "dim", "after onset": "dim"}
_STALE_AFTER = 30_000_000  # the service's numbers come every second: half a minute without is news


def title(view: View) -> str:
    """The pane's title."""
    return "Infra"


def change_row(change: Change, cells: int) -> Row:
    """'02:47 schema amount (BR)   best fit'."""
    left = ((f"{clock(change.at)} ", "dim"), (f"{change.kind} ", "text"), (change.text, "text"))
    right = ((f" {change.fit}", _FIT_ROLES.get(change.fit, "dim")),)
    return Row(sides(left, right, cells), f"change:{change.at}:{change.kind}")


def rows(view: View, cells: int, height: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane on the overview: numbers, a chart where there is room, changes by fit."""
    infra = view.infra
    changes = [change_row(change, cells) for change in infra.changes] or words(
        "No change is recorded before this moment.", cells, 2
    )
    changes = [heading("changes by fit", cells), *changes][: max(2, min(5, height // 2))]
    room = height - len(changes)
    if not infra.metrics:
        silent = words("No latency, error or traffic figures in this window yet.", cells, room)
        return silent + changes
    metrics = worst_first(infra.metrics)[:room]
    names = names_width(metrics, 12)
    charts = [c for c in infra.charts if any(p is not None for p in c.points)]
    spare = room - len(metrics)
    chart_height = min(8, spare) if charts and spare >= 1 else 0
    result: list[Row] = []
    for index, estimate in enumerate(metrics):
        result.append(metric_row(estimate, cells, view.at, names, _STALE_AFTER))
        if index == 0 and chart_height:
            scale = scales.setdefault(charts[0].name, Scale())
            result += chart_rows(charts[0], cells, chart_height, scale, False)
    return result[:room] + changes


def full(view: View, cells: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane in full: every number, every chart, every change."""
    infra, cells = view.infra, min(cells, WIDEST)
    result: list[Row] = []
    names = names_width(infra.metrics)
    for estimate in worst_first(infra.metrics):
        result.append(metric_row(estimate, cells, view.at, names, _STALE_AFTER))
        result += detail_row(estimate, cells)
    result = result or words("No latency, error or traffic figures in this window yet.", cells)
    for chart in infra.charts:
        scale = scales.setdefault(chart.name, Scale())
        result += chart_rows(chart, cells, 3, scale, True)
    result.append(heading("changes by fit", cells))
    result += [change_row(change, cells) for change in infra.changes] or words(
        "No change is recorded before this moment.", cells
    )
    return result
