"""A file of metrics someone else computed: gauges at times, wide or long, as named series."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit.incident.counts import select
from cockpit.observe.counting import Words
from cockpit.observe.report import UNTIMED, count, count_each
from cockpit.observe.values import NO_TIME, coded, in_era, numbers, times
from cockpit.records import SECOND, Counts
from cockpit.tables import SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from cockpit.observe.mapping import Mapping
    from cockpit.observe.report import ImportReport
    from cockpit.observe.rows import Progress, RowFile

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_LONG = ("name", "value")  # the columns that make a file a long one


class Samples(NamedTuple):
    """Code of the series, time (µs) and value of each sample, shape (n,)."""

    name: Ints
    at: Ints
    x: Floats


class Series:
    """All samples of a metrics file."""

    def __init__(self, samples: list[Samples], words: Words) -> None:
        name = np.concatenate([np.zeros(0, np.int64), *(s.name for s in samples)])
        at = np.concatenate([np.zeros(0, np.int64), *(s.at for s in samples)])
        x = np.concatenate([np.zeros(0), *(s.x for s in samples)])
        order = np.lexsort((x, name, at))
        name, at, x = name[order], at[order], x[order]
        fresh = np.ones(len(x), dtype=bool)
        fresh[1:] = (name[1:] != name[:-1]) | (at[1:] != at[:-1]) | (x[1:] != x[:-1])
        observed = (at // SECOND + 1) * SECOND
        columns = {"name": name, "valid": at, "observed": observed, "x": x}
        every = Counts(table=SERIES, columns=columns, words={"name": words.all()})
        self.counts = select(every, fresh)

    def chunks(self, bucket: int) -> Iterator[tuple[int, Counts]]:
        """(end of the slow bucket of observation, its samples), in order; times in µs."""
        ends = -(-self.counts.columns["observed"] // bucket) * bucket
        for rows in np.split(np.arange(len(ends)), np.flatnonzero(np.diff(ends)) + 1):
            if len(rows):
                yield int(ends[rows[0]]), select(self.counts, rows)


def read_metrics(
    rows: RowFile,
    mapping: Mapping,
    piece_rows: int,
    report: ImportReport,
    progress: Progress | None,
) -> Series:
    """Read a metrics file: `time` and a column for each metric, or time, name, value and labels."""
    time = _time_column(rows, mapping)
    words = Words()
    reader = _Long(rows, mapping, time, words) if set(_LONG) <= set(rows.columns) else None
    wide = _wide_columns(rows, mapping, time) if reader is None else {}
    columns = rows.columns if reader else [time, *wide]
    samples = []
    for piece in rows.pieces(columns, piece_rows, stage="metrics", progress=progress):
        at = in_era(times(piece[time]))
        if reader is not None:
            found = [(reader.names(piece), piece["value"])]
        else:
            codes = {c: np.full(len(at), words.code(name), np.int64) for c, name in wide.items()}
            found = [(codes[column], piece[column]) for column in wide]
        samples += [_usable(name, at, column, report) for name, column in found]
    count_each(report.metrics_skipped, rows.left_out)
    return Series(samples, words)


def _usable(name: Ints, at: Ints, column: pa.Array, report: ImportReport) -> Samples:
    x, bad = numbers(column)
    wanted = name >= 0
    usable = wanted & ~np.isnan(x) & (at != NO_TIME)
    count(report.metrics_skipped, "not a number", int((wanted & bad).sum()))
    count(report.metrics_skipped, "empty or NaN", int((wanted & np.isnan(x) & ~bad).sum()))
    count(
        report.metrics_skipped,
        UNTIMED,
        int((wanted & ~np.isnan(x) & (at == NO_TIME)).sum()),
    )
    infinite = int(np.isinf(x[usable]).sum())
    if infinite:
        report.note("some metric values are infinite; they were kept as they are")
    report.metric_values += int(usable.sum())
    return Samples(name[usable], at[usable], x[usable])


def _time_column(rows: RowFile, mapping: Mapping) -> str:
    names = ("time", mapping.time, "timestamp")
    column = next((name for name in names if name in rows.columns), None) or "time"
    rows.require(column, "the time of each value")
    return column


def _wide_columns(rows: RowFile, mapping: Mapping, time: str) -> dict[str, str]:
    """{column: name of its series}."""
    metrics = mapping.settings.metrics
    for i, metric in enumerate(metrics):
        mapping.require(rows, metric.column or metric.name, "metrics", i)
    if not metrics:
        return {c: c for c in rows.columns if c != time}
    return {metric.column or metric.name: metric.name for metric in metrics}


class _Long:
    """Series of a long file: a name and the labels in the other columns."""

    def __init__(self, rows: RowFile, mapping: Mapping, time: str, words: Words) -> None:
        self._words = words
        self._labels = sorted(c for c in rows.columns if c not in (*_LONG, time))
        self._renamed = {m.column or m.name: m.name for m in mapping.settings.metrics}

    def names(self, piece: pa.RecordBatch) -> Ints:
        """Code of the series of each row, −1 where the map does not want it."""
        columns = [coded(piece[column]) for column in ("name", *self._labels)]
        keys = np.stack([codes for codes, _ in columns], axis=1)
        distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
        series = [
            self._series(
                [words[c] if c >= 0 else "" for c, (_, words) in zip(row, columns, strict=True)]
            )
            for row in distinct.tolist()
        ]
        return np.array(series, dtype=np.int64)[inverse.reshape(-1)]

    def _series(self, fields: list[str]) -> int:
        name, *values = fields
        if (self._renamed and name not in self._renamed) or not name:
            return -1
        return self._words.code(
            series_name(self._renamed.get(name, name), dict(zip(self._labels, values, strict=True)))
        )


def series_name(name: str, labels: dict[str, str]) -> str:
    """'latency_p99{version="v42"}': labels sorted, none empty, quoted as Prometheus does."""
    quoted = [f'{label}="{_quoted(labels[label])}"' for label in sorted(labels) if labels[label]]
    return f"{name}{{{','.join(quoted)}}}" if quoted else name


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
