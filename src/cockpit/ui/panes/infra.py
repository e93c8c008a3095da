"""Pane 2: latency, errors and traffic of the service, and what was changed."""

from __future__ import annotations

import re

from cockpit.records import Burn
from cockpit.ui.chart import Scale
from cockpit.ui.lines import first_fit, sentence, sides, text_width, width
from cockpit.ui.panes import sources
from cockpit.ui.panes.metrics import (
    WIDEST,
    Space,
    everything,
    metric_row,
    monitor_rows,
    names_width,
    summary,
    titled,
)
from cockpit.ui.rows import Row, heading, words
from cockpit.units import clock
from cockpit.views import Change, View

_FIT_ROLES = {"best fit": "accent", "fits": "watch", "poor fit": "dim", "after onset": "dim"}
_EMPTY = "No latency, error or traffic figures in this window yet."
_NO_CHANGE = "No change is recorded before this moment."
STALE = 30_000_000  # the service's numbers come every second: half a minute without is news


def title(view: View) -> str:
    """The pane's title."""
    return "Infra"


def change_rows(change: Change, cells: int, lines: int = 1) -> list[Row]:
    """'02:47 schema amount (BR)   best fit', its text on a second line where it needs one."""
    right = ((f" {change.fit}", _FIT_ROLES.get(change.fit, "dim")),)
    item = f"change:{change.at}:{change.kind}"
    text, kind = change.text, f"{change.kind} "
    if not text.casefold().startswith(kind):
        text = kind + text
    room = cells - 6 - width(right)
    below: list[Row] = []
    if text_width(text) > room and lines > 1:
        text, rest = kind, text[len(kind) :]
        below = [Row(((f"  {first_fit(cells - 2, rest)}", "text"),), item)]
    told = re.split(r"[;,(]", text)[0].rstrip()  # the first clause, where not all of it fits
    left = ((f"{clock(change.at)} ", "dim"), (first_fit(room, text, told), "text"))
    return [Row(sides(left, right, cells), item), *below]


def _change_rows(view: View, cells: int, lines: int) -> list[Row]:
    """Every change under its heading; the one that fits best may take two lines."""
    failing = sources.rows(view, "changes", cells)
    rows = [heading("changes by fit", cells), *failing]
    for index, change in enumerate(view.infra.changes):
        rows += change_rows(change, cells, 1 if index else lines)
    return rows if view.infra.changes else rows + words(_NO_CHANGE, cells, 2)


def rows(view: View, cells: int, height: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane on the overview: numbers, a chart where there is room, changes by fit."""
    infra = view.infra
    changes = _change_rows(view, cells, 2)[: max(2, min(6, (height - 3) // 2))]
    budget = _budget_row(view, cells)
    failing = sources.rows(view, "infra", cells)
    room = height - len(failing) - len(changes) - len(budget)
    waits = sources.waiting(view, "infra", infra.metrics)
    if waits or not infra.metrics:
        silent = words(waits or _EMPTY, cells, room)
        return failing + silent + budget + changes
    space = Space(cells, room, view.at, STALE)
    return failing + summary(infra.metrics, infra.charts, space, scales) + budget + changes


def _budget_row(view: View, cells: int) -> list[Row]:
    """The error budget that is gone soonest, where one surely burns faster than it may."""
    burning = [b for b in view.infra.burns if b.sure and b.left is not None]
    if not burning:
        return []
    soonest = min(burning, key=lambda b: b.left or 0)
    told = first_fit(cells, soonest.sentence, soonest.sentence.split(" · ")[0])
    return [Row(((told, "bad"),), _burn_item(soonest))]


def _burn_item(burn: Burn) -> str:
    return f"burn:{burn.objective}:{burn.threshold:g}"


def full(view: View, cells: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane in full: every number, every chart, every change."""
    infra, cells = view.infra, min(cells, WIDEST)
    space = Space(cells, 0, view.at, STALE)
    result = sources.rows(view, "infra", cells)
    if waits := sources.waiting(view, "infra", infra.metrics):
        return words(waits, cells) + _change_rows(view, cells, 2)
    result += everything(infra.metrics, infra.charts, space, scales) or words(_EMPTY, cells)
    names = names_width(infra.by_version)
    if infra.by_version:
        result.append(heading("by version", cells))
        result += [metric_row(e, space, names) for e in infra.by_version]
    result += titled("versions against each other", infra.against, space)
    if infra.burns:
        result.append(heading("error budgets", cells))
    for burn in infra.burns:
        if not burn.telling:
            continue
        role = "bad" if burn.sure else "text"
        result += [Row(line, _burn_item(burn)) for line in sentence(burn.sentence, cells, 3, role)]
    return result + monitor_rows(infra.monitors, cells) + _change_rows(view, cells, 2)
