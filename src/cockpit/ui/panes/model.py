"""Pane 1: quality, calibration and drift of the model that serves now."""

from __future__ import annotations

from cockpit.records import Drift, Estimate
from cockpit.ui.chart import Scale, draw
from cockpit.ui.figures import (
    by_reason,
    item_of,
    name_of,
    number,
    sample,
    stale,
    value_text,
    verdict,
    was,
    worst_first,
)
from cockpit.ui.lines import Line, pad, sides, text_width, width
from cockpit.ui.rows import Row, heading, words
from cockpit.views import Chart, View

WIDEST = 96  # a verdict further from its number is not read with it
_DRIFT_ROLES = {"major": "bad", "noticeable": "watch", "minor": "good"}
_CHART = 3  # lines a chart gets on the overview, at least, where it is high enough
_BUCKET = 60_000_000  # facts of the model come in slow buckets of about a minute


def title(view: View) -> str:
    """'Model ── v42 90 % · v41 10 %'."""
    served = " · ".join(
        f"{version} {number(share, 'share')}" for version, share in view.model.versions
    )
    return f"Model ── {served}" if served else "Model"


def metric_row(estimate: Estimate, cells: int, at: int, names: int, stale_after: int) -> Row:
    """Name, value, interval, and at the right edge the verdict; staleness instead of it."""
    label = label_of(estimate)
    left: Line = (
        (pad(label, names) + " ", "text"),
        (value_text(estimate), "strong" if estimate.value is not None else "dim"),
    )
    old = stale(estimate, at, stale_after)
    right: Line = ((f" {old}", "watch"),) if old else ((" ", "text"), *verdict(estimate))
    return Row(sides(left, right, cells), item_of(estimate))


def detail_row(estimate: Estimate, cells: int) -> list[Row]:
    """The baseline and the sample behind a number, under it."""
    parts = [part for part in (was(estimate), sample(estimate)) if part]
    if width(((" · ".join(parts), "dim"),)) > cells - 2:
        parts = parts[:1]
    return [Row(((f"  {' · '.join(parts)}", "dim"),), item_of(estimate))] if parts else []


def chart_rows(chart: Chart, cells: int, rows: int, scale: Scale, titled: bool) -> list[Row]:
    """A chart with its range, and its title where there is room."""
    drawn = draw(chart, cells, rows, scale)
    lines = [Row(((text, "chart"),)) for text in drawn]
    if not titled:
        return lines
    known = [point for point in chart.points if point is not None]
    span = (
        f"{number(min(known), chart.unit)} to {number(max(known), chart.unit)}"
        if known
        else "no points yet"
    )
    limit = f" · limit {number(chart.threshold, chart.unit)}" if chart.threshold is not None else ""
    return [Row(((f"{chart.title}  {span}{limit}", "dim"),)), *lines]


def drift_row(drift: Drift, cells: int) -> Row:
    """One feature: its class in words, then the figure."""
    figure = drift.reason or ""
    if drift.psi_corrected is not None:
        figure = f"PSI {number(drift.psi_corrected)}"
        if drift.low is not None and drift.high is not None:
            figure += f" [{number(drift.low)},{number(drift.high)}]"
    extra = "".join(
        f" · {number(share, 'share')} {word}"
        for share, word in (
            (drift.missing_share, "missing"),
            (drift.unseen_share, "never seen before"),
        )
        if share >= 0.005
    )
    where = f" ({drift.segment})" if drift.segment else ""
    left: Line = ((pad(drift.feature + where, 22) + " ", "text"), (figure + extra, "dim"))
    right: Line = ((f" {drift.drift_class}", _DRIFT_ROLES.get(drift.drift_class, "dim")),)
    return Row(sides(left, right, cells), f"drift:{drift.feature}:{drift.segment or ''}")


def rows(view: View, cells: int, height: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane on the overview: worst numbers first, a chart where there is room, drift."""
    model = view.model
    if not model.metrics and not model.drift:
        return words(
            "No predictions in this window yet: nothing can be said about the model.", cells
        )
    result: list[Row] = []
    ends: list[Row] = []
    if model.drift_sentence:
        first = (
            f"drift:{model.drift[0].feature}:{model.drift[0].segment or ''}" if model.drift else ""
        )
        ends.append(Row(((model.drift_sentence, "text"),), first))
    if model.worst:
        ends.append(Row(((model.worst, "bad"),)))
    measured = worst_first([e for e in model.metrics if e.value is not None])
    for reason, missing in by_reason(model.metrics):
        text = f"{reason}: {', '.join(name_of(e) for e in missing)}"
        ends[:0] = [Row(row.line, item_of(missing[0])) for row in words(text, cells, 2)]
    charts = [c for c in model.charts if any(p is not None for p in c.points)]
    room = max(1, height - len(ends))
    shown = measured[:room]
    explained = [e for e in shown if e.verdict in ("degraded", "critical") and was(e)][:2]
    if len(measured) + len(explained) + (_CHART if charts else 0) > room > _CHART + 4:
        kept = room - len(explained) - (_CHART if charts else 0) - 1
        shown, rest = measured[:kept], measured[kept:]
        word = "fine" if all(e.verdict == "fine" for e in rest) else "also measured"
        line = f"{word}: {', '.join(name_of(e) for e in rest)}"
        ends.insert(0, Row(((line, "dim"),), item_of(rest[0])))
        room -= 1
    explained = explained[: max(0, room - len(shown))]
    high = min(8, room - len(shown) - len(explained)) if charts else 0
    names = names_width(shown, 12)
    for index, estimate in enumerate(shown):
        result.append(metric_row(estimate, cells, view.at, names, 3 * _BUCKET))
        if estimate in explained:
            result += detail_row(estimate, cells)
        if index == 0 and high > 0:
            result += chart_rows(charts[0], cells, high, _scale(scales, charts[0]), False)
    return result[:room] + ends


def full(view: View, cells: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane in full: every metric, every chart, every segment and feature."""
    model, cells = view.model, min(cells, WIDEST)
    if not model.metrics and not model.drift:
        return words(
            "No predictions in this window yet: nothing can be said about the model.", cells
        )
    result: list[Row] = []
    names = names_width(model.metrics)
    for estimate in worst_first(model.metrics):
        result.append(metric_row(estimate, cells, view.at, names, 3 * _BUCKET))
        result += detail_row(estimate, cells)
    for chart in model.charts:
        result += chart_rows(chart, cells, 3, _scale(scales, chart), True)
    result.append(heading("drift from the reference", cells))
    if model.drift_sentence:
        result += words(model.drift_sentence, cells, 2, "text")
    result += [drift_row(drift, cells) for drift in model.drift] or words(
        "No feature has rows in this window.", cells
    )
    result.append(heading("segments", cells))
    if model.worst:
        result += words(model.worst, cells, 2, "bad")
    names = names_width(model.segments)
    result += [metric_row(e, cells, view.at, names, 3 * _BUCKET) for e in model.segments] or words(
        "No segments are declared in the map, or none has enough rows.", cells
    )
    return result


def worst_verdicts(view: View, cells: int, count: int) -> list[Row]:
    """The worst `count` numbers of model and service together, for a narrow screen."""
    both = worst_first([*view.model.metrics, *view.infra.metrics])[:count]
    names = names_width(both)
    return [metric_row(e, cells, view.at, names, 3 * _BUCKET) for e in both] or words(
        "Nothing measured in this window yet.", cells
    )


def _scale(scales: dict[str, Scale], chart: Chart) -> Scale:
    return scales.setdefault(chart.name, Scale())


def label_of(estimate: Estimate) -> str:
    """The metric's name, with the version or segment it is about where it is not all."""
    parts = (name_of(estimate), estimate.version, estimate.segment)
    return " ".join(part for part in parts if part)


def names_width(estimates: list[Estimate], most: int = 28) -> int:
    """Cells for the names of these estimates, at most `most`."""
    return min(most, max((text_width(label_of(e)) for e in estimates), default=8))
