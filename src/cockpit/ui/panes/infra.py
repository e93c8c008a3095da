"""Pane 2: latency, errors and traffic of the service, and what was changed."""

from __future__ import annotations

from cockpit.ui.chart import Scale
from cockpit.ui.lines import sides
from cockpit.ui.panes.metrics import WIDEST, Space, everything, summary
from cockpit.ui.rows import Row, heading, words
from cockpit.units import clock
from cockpit.views import Change, View

_FIT_ROLES = {"best fit": "accent", "fits": "watch", "poor fit": "dim", "after onset": "dim"}
STALE = 30_000_000  # the service's numbers come every second: half a minute without is news


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
    space = Space(cells, room, view.at, STALE)
    return summary(infra.metrics, infra.charts, space, scales) + changes


def full(view: View, cells: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane in full: every number, every chart, every change."""
    infra, cells = view.infra, min(cells, WIDEST)
    space = Space(cells, 0, view.at, STALE)
    result = everything(infra.metrics, infra.charts, space, scales) or words(
        "No latency, error or traffic figures in this window yet.", cells
    )
    result.append(heading("changes by fit", cells))
    result += [change_row(change, cells) for change in infra.changes] or words(
        "No change is recorded before this moment.", cells
    )
    return result
