"""The tables of the technical brief, as rows of texts."""

from __future__ import annotations

from cockpit import numbers, units
from cockpit.brief import wording
from cockpit.brief.facts import facts, name_of
from cockpit.records import MINUTE, Drift, Estimate, Record
from cockpit.views import Figure, OptionRow, TimelineEntry, View

METRIC_COLUMNS = ["metric", "value", "95 % interval", "compared with", "n", "window", "verdict"]
DRIFT_COLUMNS = ["feature", "PSI", "95 % interval", "n", "class", "missing", "unseen"]
FIGURE_COLUMNS = ["figure", "value", "95 % interval", "n", "window", "taken at", "estimate"]
OPTION_COLUMNS = [
    "option",
    "quality against now",
    "p99 after",
    "on bad path",
    "wrong next hour",
    "effect in",
    "undo",
    "needs",
]


class Table(Record, kw_only=True):
    """A table of texts; `left_out` is how many rows are not shown."""

    columns: list[str]
    rows: list[list[str]]
    left_out: int = 0


def metrics(view: View, most_rows: int) -> Table:
    """Every metric of the model, the infrastructure and the segments, measured or not."""
    taken = [*view.model.metrics, *view.infra.metrics, *view.model.segments]
    return _table(METRIC_COLUMNS, [_metric(estimate) for estimate in taken], most_rows)


def drift(found: list[Drift], most_rows: int) -> Table:
    """How far each input is from its reference."""
    return _table(DRIFT_COLUMNS, [_drift(d) for d in found], most_rows)


def options(rows: list[OptionRow], most_rows: int) -> Table:
    """What each containment option would do."""
    return _table(OPTION_COLUMNS, [_option(row) for row in rows], most_rows)


def timeline(view: View, most_rows: int) -> Table:
    """The latest entries, oldest first, with the time since it began and since the entry before."""
    onset, entries = view.status.onset, view.timeline
    rows = []
    for i, entry in enumerate(entries):
        since = units.elapsed(entry.at - onset) if onset is not None else ""
        after = units.duration(entry.at - entries[i - 1].at) if i else ""
        rows.append([_when(entry, view), since, after, entry.kind, entry.who, _told(entry)])
    return Table(
        columns=["UTC", "T+", "after", "what", "who", "text"],
        rows=rows[-most_rows:],
        left_out=max(len(rows) - most_rows, 0),
    )


def _when(entry: TimelineEntry, view: View) -> str:
    time = units.clock(entry.at, seconds=True)
    return time if units.day(entry.at) == units.day(view.at) else f"{units.day(entry.at)} {time}"


def _told(entry: TimelineEntry) -> str:
    late = entry.observed_at - entry.at > MINUTE
    known = f" (known at {units.clock(entry.observed_at)})" if late else ""
    return entry.text + known + (" (undone)" if entry.undone else "")


def figures(view: View, most_rows: int) -> Table:
    """Every figure that was measured, with what it rests on and when it was taken."""
    rows = [
        [
            fact.name,
            fact.text,
            wording.interval(fact.low, fact.high, fact.unit),
            numbers.count(fact.n) if fact.n else "not stated",
            wording.span(fact.window),
            f"{units.clock(fact.taken_at, seconds=True)} UTC",
            fact.estimate,
        ]
        for fact in facts(view).values()
        if fact.value is not None
    ]
    return _table(FIGURE_COLUMNS, rows, most_rows)


def _table(columns: list[str], rows: list[list[str]], most_rows: int) -> Table:
    return Table(columns=columns, rows=rows[:most_rows], left_out=max(len(rows) - most_rows, 0))


def _metric(estimate: Estimate) -> list[str]:
    if estimate.value is None:
        value = estimate.reason or "not measured"
    else:
        value = wording.quantity(estimate.value, estimate.unit)
    baseline = estimate.baseline
    compared = "nothing"
    if baseline is not None and baseline.value is not None:
        compared = f"{wording.quantity(baseline.value, estimate.unit)} ({baseline.what})"
    return [
        name_of(estimate),
        value,
        wording.interval(estimate.low, estimate.high, estimate.unit),
        compared,
        numbers.count(estimate.n),
        wording.span(estimate.window),
        estimate.verdict or "no verdict",
    ]


def _drift(drift: Drift) -> list[str]:
    psi = drift.psi_corrected
    return [
        drift.feature + (f", {drift.segment}" if drift.segment else ""),
        wording.quantity(psi) if psi is not None else drift.reason or "not measured",
        wording.interval(drift.low, drift.high),
        numbers.count(drift.n),
        drift.drift_class,
        numbers.share(drift.missing_share),
        numbers.share(drift.unseen_share),
    ]


def _option(row: OptionRow) -> list[str]:
    return [
        row.label,
        *map(_cell, (row.quality, row.latency, row.exposed, row.wrong, row.effect, row.undo)),
        row.needs + (f" (blocked: {row.blocked})" if row.blocked else ""),
    ]


def _cell(figure: Figure) -> str:
    marked = figure.assumed and "assumed" not in figure.text
    return figure.text + (" (assumed)" if marked else "")
