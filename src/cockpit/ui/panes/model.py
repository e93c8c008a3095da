"""Pane 1: quality, calibration and drift of the model that serves now."""

from __future__ import annotations

from cockpit.records import Drift, Estimate, ReliabilityBin
from cockpit.ui.chart import Scale
from cockpit.ui.figures import (
    by_reason,
    item_of,
    name_of,
    number,
    worst_first,
)
from cockpit.ui.lines import Line, first_fit, pad, sides, text_width
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
from cockpit.views import View

_DRIFT_ROLES = {"major": "bad", "noticeable": "watch", "minor": "good"}
_EMPTY = "No predictions in this window yet: nothing can be said about the model."
STALE = 180_000_000  # the model's facts come in slow buckets of about a minute


def title(view: View) -> str:
    """'Model ── v42 90 % · v41 10 %'."""
    served = " · ".join(
        f"{version} {number(share, 'share')}" for version, share in view.model.versions
    )
    return f"Model ── {served}" if served else "Model"


def drift_row(drift: Drift, cells: int, names: int) -> Row:
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
    left: Line = ((pad(_drift_label(drift), names) + " ", "text"), (figure + extra, "dim"))
    right: Line = ((f" {drift.drift_class}", _DRIFT_ROLES.get(drift.drift_class, "dim")),)
    return Row(sides(left, right, cells), f"drift:{drift.feature}:{drift.segment or ''}")


def _drift_label(drift: Drift) -> str:
    return f"{drift.feature} ({drift.segment})" if drift.segment else drift.feature


def _worst_drift(view: View) -> Drift | None:
    """The one the sentence is about: the first that is not minor, else the first."""
    drifts = view.model.drift
    return next((d for d in drifts if d.drift_class != "minor"), next(iter(drifts), None))


def _drift_phrase(view: View, cells: int) -> str:
    """The drift sentence, or as much of it as a shorter phrase tells."""
    model, worst = view.model, _worst_drift(view)
    if worst is None:
        return model.drift_sentence
    short = f"drift {worst.drift_class}: {worst.feature}"
    where = (f"{short} ({worst.segment})", f"{short}, in a segment") if worst.segment else ()
    return first_fit(cells, model.drift_sentence, *where, short)


def rows(view: View, cells: int, height: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane on the overview: worst numbers first, a chart where there is room, drift."""
    model = view.model
    failing = sources.rows(view, "model", cells)
    if waits := sources.waiting(view, "model", model.metrics):
        return words(waits, cells)
    if not model.metrics and not model.drift:
        return failing + words(_EMPTY, cells)
    ends: list[Row] = []
    if model.drift_sentence:
        worst = _worst_drift(view)
        item = "" if worst is None else f"drift:{worst.feature}:{worst.segment or ''}"
        ends.append(Row(((_drift_phrase(view, cells), "text"),), item))
    if model.worst:
        told = first_fit(cells, model.worst, model.worst.removesuffix(" decisions"))
        ends.append(Row(((told, "bad"),)))
    ends += words(model.findings[0], cells, 2, "watch") if model.findings else []
    measured = [e for e in model.metrics if e.value is not None]
    for reason, missing in by_reason(model.metrics):
        text = f"{reason}: {', '.join(name_of(e) for e in missing)}"
        ends[:0] = [Row(row.line, item_of(missing[0])) for row in words(text, cells, 2)]
    room = max(1, height - len(failing) - len(ends))
    space = Space(cells, room, view.at, STALE)
    return failing + summary(measured, model.charts, space, scales) + ends


def full(view: View, cells: int, scales: dict[str, Scale]) -> list[Row]:
    """The pane in full: every metric, every chart, every segment and feature."""
    model, cells = view.model, min(cells, WIDEST)
    failing = sources.rows(view, "model", cells)
    if waits := sources.waiting(view, "model", model.metrics):
        return words(waits, cells)
    if not model.metrics and not model.drift:
        return failing + words(_EMPTY, cells)
    space = Space(cells, 0, view.at, STALE)
    result = failing
    result += [row for finding in model.findings for row in words(finding, cells, 3, "watch")]
    result += everything(model.metrics, model.charts, space, scales)
    result += titled("versions against each other", model.against, space)
    result += monitor_rows(model.monitors, cells)
    result += _estimated(model.estimated, space)
    result += _reliability(model.reliability, cells)
    result.append(heading("drift from the reference", cells))
    if model.drift_sentence:
        result += words(model.drift_sentence, cells, 2, "text")
    named = min(40, max([22, *(text_width(_drift_label(drift)) for drift in model.drift)]))
    result += [drift_row(drift, cells, named) for drift in model.drift] or words(
        "No feature has rows in this window.", cells
    )
    result.append(heading("segments", cells))
    if model.worst:
        result += words(model.worst, cells, 2, "bad")
    names = names_width(model.segments)
    result += [metric_row(e, space, names) for e in model.segments] or words(
        "No segment is measured: the map declares none, or none has enough labelled rows.", cells
    )
    return result + titled("gaps between protected groups", model.gaps, space)


def _estimated(estimated: list[Estimate], space: Space) -> list[Row]:
    """Quality of the rows without labels, after what speaks against trusting it."""
    rows = titled("told from scores alone, for rows without labels", estimated, space)
    doubts = [e.sentence.split("; ")[0] for e in estimated if e.sentence.startswith("do not trust")]
    return rows[:1] + words(doubts[0], space.cells, 2, "watch") + rows[1:] if doubts else rows


def _reliability(bins: list[ReliabilityBin], cells: int) -> list[Row]:
    """Of each range of scores: what was predicted, and what share came true."""
    if not bins:
        return []
    rows = [heading("reliability: what was predicted, what came true", cells)]
    for each in bins:
        off = not each.low <= each.predicted <= each.high
        told = f"{number(each.predicted)} → {number(each.observed)}"
        left: Line = (
            (pad(f"{number(each.start)} to {number(each.end)}", 14) + " ", "text"),
            (pad(f"{told} [{number(each.low)},{number(each.high)}]", 28), "strong"),
            (f" n {each.n:,}", "dim"),
        )
        right: Line = ((" off" if off else " as said", "watch" if off else "good"),)
        rows.append(Row(sides(left, right, cells)))
    return rows


def worst_verdicts(view: View, cells: int, count: int) -> list[Row]:
    """The worst `count` numbers of model and service together, for a narrow screen."""
    both = worst_first([*view.model.metrics, *view.infra.metrics])[:count]
    names = names_width(both)
    space = Space(cells, count, view.at, STALE)
    if waits := sources.waiting(view, "infra", both):
        return words(waits, cells, count)
    return [metric_row(e, space, names) for e in both] or words(
        "Nothing measured in this window yet.", cells
    )
