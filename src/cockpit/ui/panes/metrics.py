"""Rows of numbers and charts, the same in every pane that shows measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.records import Estimate, Monitor
from cockpit.ui.chart import Scale, draw
from cockpit.ui.figures import (
    item_of,
    name_of,
    number,
    sample,
    stale,
    value_alone,
    value_text,
    verdict,
    was,
    worst_first,
)
from cockpit.ui.lines import Line, first_fit, pad, sentence, sides, text_width, width
from cockpit.ui.rows import Row, heading
from cockpit.views import Chart

WIDEST = 96  # a verdict further from its number is not read with it
_CHART = 3  # lines a chart gets on the overview, at least, where it is high enough
_EXPLAINED = 2  # degraded figures whose baseline is told on the overview


@dataclass(frozen=True)
class Space:
    """Where rows go: cells, lines, the time looked at, and after how many µs facts are stale."""

    cells: int
    lines: int
    at: int
    stale_after: int


def summary(
    measured: list[Estimate], charts: Sequence[Chart], space: Space, scales: dict[str, Scale]
) -> list[Row]:
    """The worst numbers, why they are called so, and a chart; the rest by name in one line."""
    ordered, room = worst_first(measured), space.lines
    bad = [e for e in ordered if e.verdict in ("degraded", "critical") and was(e)][:_EXPLAINED]
    drawable = [c for c in charts if any(p is not None for p in c.points)]
    kept, rest = ordered[:room], ordered[room:]
    least = len(bad) + (_CHART if drawable else 0)
    if len(ordered) + least > room > _CHART + 4:
        kept, rest = ordered[: room - least - 1], ordered[room - least - 1 :]
    bad = bad[: max(0, room - len(kept) - bool(rest))]
    high = min(8, room - len(kept) - len(bad) - bool(rest))
    chart, under = _chart_of(kept, drawable)
    cells = names_width(kept, 12)
    rows: list[Row] = []
    for estimate in kept:
        rows.append(metric_row(estimate, space, cells))
        if estimate in bad:
            rows += detail_row(estimate, space.cells)
        if estimate is under and chart is not None and high > 0:
            rows += chart_rows(chart, space.cells, high, scales)
    if under is None and chart is not None and high > 1:
        rows += chart_rows(chart, space.cells, high - 1, scales, titled=True)
    if rest:
        word = "fine" if all(e.verdict == "fine" for e in rest) else "also measured"
        names = [name_of(e) for e in rest]
        some = (
            f"{word}: {', '.join(names[:n])} and {len(names) - n} more"
            for n in range(len(names) - 1, 0, -1)
        )
        text = first_fit(space.cells, f"{word}: {', '.join(names)}", *some, f"{len(names)} {word}")
        rows.append(Row(((text, "dim"),), item_of(rest[0])))
    return rows


def everything(
    measured: list[Estimate], charts: Sequence[Chart], space: Space, scales: dict[str, Scale]
) -> list[Row]:
    """Every number with its baseline and sample, then every chart with its title."""
    names = names_width(measured)
    rows: list[Row] = []
    for estimate in worst_first(measured):
        rows.append(metric_row(estimate, space, names))
        rows += detail_row(estimate, space.cells)
    for chart in charts:
        rows += chart_rows(chart, space.cells, _CHART, scales, titled=True)
    return rows


def titled(title: str, measured: list[Estimate], space: Space) -> list[Row]:
    """A titled list of numbers, each with what it is compared with; nothing where there is none."""
    if not measured:
        return []
    names = names_width(measured)
    rows = [heading(title, space.cells)]
    for estimate in measured:
        rows.append(metric_row(estimate, space, names))
        rows += detail_row(estimate, space.cells)
    return rows


def monitor_rows(monitors: list[Monitor], cells: int) -> list[Row]:
    """The alarms that hold however often they are looked at: those that rang first."""
    if not monitors:
        return []
    rows = [heading("watched without pause", cells)]
    for monitor in sorted(monitors, key=lambda m: (m.alarm_at is None, m.alarm_at or 0)):
        rang = monitor.alarm_at is not None
        told = sentence(monitor.sentence, cells, 3, "text" if rang else "dim")
        rows += [Row(line, f"monitor:{monitor.id}") for line in told]
    return rows


def _chart_of(
    kept: list[Estimate], charts: Sequence[Chart]
) -> tuple[Chart | None, Estimate | None]:
    """The chart of the worst number that has one, and that number; else the first chart alone."""
    for estimate in kept:
        for chart in charts:
            if chart.name == estimate.name:
                return chart, estimate
    return (charts[0] if charts else None), None


def label_of(estimate: Estimate) -> str:
    """The metric's name, with the version or segment it is about where it is not all."""
    parts = (name_of(estimate), estimate.version, estimate.segment)
    return " ".join(part for part in parts if part)


def names_width(estimates: list[Estimate], most: int = 40) -> int:
    """Cells for the names of these estimates, at most `most`."""
    return min(most, max((text_width(label_of(e)) for e in estimates), default=8))


def metric_row(estimate: Estimate, space: Space, names: int) -> Row:
    """Name, value, interval, and at the right edge the verdict; staleness instead of it."""
    old = stale(estimate, space.at, space.stale_after)
    right: Line = ((f" {old}", "watch"),) if old else ((" ", "text"), *verdict(estimate))
    label, told = label_of(estimate), value_text(estimate)
    lacking = names + 1 + text_width(told) + width(right) - space.cells
    if 0 < lacking <= names - text_width(label):
        names -= lacking  # out of its column, but whole
    elif lacking > 0:
        told = value_alone(estimate)
    left: Line = (
        (pad(label, names) + " ", "text"),
        (told, "strong" if estimate.value is not None else "dim"),
    )
    return Row(sides(left, right, space.cells), item_of(estimate))


def detail_row(estimate: Estimate, cells: int) -> list[Row]:
    """The baseline and the sample behind a number, under it."""
    parts = [part for part in (was(estimate), sample(estimate)) if part]
    if not parts:
        return []
    text = first_fit(cells - 2, " · ".join(parts), parts[0], was(estimate, short=True))
    return [Row(((f"  {text}", "dim"),), item_of(estimate))]


def chart_rows(
    chart: Chart, cells: int, lines: int, scales: dict[str, Scale], titled: bool = False
) -> list[Row]:
    """A chart in `lines` lines, under a line with its title, range and limit where `titled`."""
    scale = scales.setdefault(chart.name, Scale())
    rows = [Row(((text, "chart"),)) for text in draw(chart, cells, lines, scale)]
    if not titled:
        return rows
    known = [point for point in chart.points if point is not None]
    span = "no points yet"
    if known:
        span = f"{number(min(known), chart.unit)} to {number(max(known), chart.unit)}"
    limit = f" · limit {number(chart.threshold, chart.unit)}" if chart.threshold is not None else ""
    return [Row(((f"{chart.title}  {span}{limit}", "dim"),)), *rows]
