"""One slice of observation time as a relation: rows as they happened, and moves of their labels.

A piece has, beside the facts of `decoding`: `slow` and `fast` (starts of the event buckets, µs),
`seen` (start of the slow bucket in which the row could be known), `was` and `label`, and bins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ibis

from cockpit.observe.engine import binning
from cockpit.observe.engine.columns import numbers
from cockpit.observe.engine.decoding import decode
from cockpit.observe.engine.exact import constant, floored, nearest_even, start_of, together, whole
from cockpit.observe.engine.labelling import join
from cockpit.observe.values import ERA_START, YEAR_1
from cockpit.records import SECOND
from cockpit.tables import FIXED_POINT, NEW, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ibis.expr.types as ir

    from cockpit.observe.engine.decoding import Decoded, Decoding, Told
    from cockpit.observe.engine.slices import Bounded, Marks

_FIXED_POINT = float(FIXED_POINT)
_OF_MOVES = ("at", "version", "p", "decision", "shadow_p", "shadow_decision", "was", "label")


class Source(NamedTuple):
    """Rows of predictions, how they are decoded, and how their times are bounded."""

    rows: ir.Table
    decoding: Decoding
    marks: Marks
    times: Bounded | None  # of events; a reference has none
    known: Bounded | None = None  # of labels beside the rows
    moves: ir.Table | None = None  # of labels in a table of their own


def piece(source: Source) -> tuple[ir.Table, list[Told]]:
    """What is observed in a slice (of `source.marks`), and what its 0/1 columns tell."""
    decoding, marks = source.decoding, source.marks
    happened = decode(_happened(source), decoding)
    if source.moves is not None and decoding.at_once:
        happened = join(happened, source.moves, decoding)
    rows = happened.rows
    if source.times is not None:
        rows = rows.filter(rows.at >= marks.start, rows.at < marks.end)
    parts, told = [_new(rows)], list(happened.told)
    own = {told.column for told in happened.told}
    for moving in _moving(source):
        known = moving.rows.filter(moving.rows.known >= marks.start, moving.rows.known < marks.end)
        more = [told for told in moving.told if told.column not in own]
        if not more:
            known = known.filter(known.label.notnull())
        kept = [c for c in known.columns if c in _OF_MOVES or c.startswith("segment_")]
        parts.append(known.select(*kept, *(t.column for t in more), observed=known.known))
        told += [t for t in more if t not in told]
    return _binned(_together(parts), decoding), told


def _happened(source: Source) -> ir.Table:
    if source.times is None:
        return source.rows
    since = source.times.since(source.rows, lambda part: part.start)
    return source.times.before(since, lambda part: part.end)


def _moving(source: Source) -> Iterator[Decoded]:
    """Rows whose label is known in a slice: known then, or before their event, that is in it."""
    decoding, marks, times = source.decoding, source.marks, source.times
    if decoding.at_once or times is None:
        return
    delay = decoding.mapping.label_delay or 0
    earlier = times.before(source.rows, lambda part: part.end)
    if not decoding.timed:
        delayed = times.since(source.rows, lambda part: part.start - delay)
        delayed = decode(times.before(delayed, lambda part: part.end - delay), decoding)
        if source.moves is not None:
            yield join(delayed, source.moves, decoding)
        elif "known" in delayed.rows.columns:
            yield delayed
    elif source.moves is not None:
        moves = source.moves
        now = moves.filter(moves.known >= marks.start, moves.known < marks.end)
        yield join(decode(earlier, decoding), now, decoding)
        before = moves.filter(moves.known < marks.start)
        yield join(decode(_happened(source), decoding), before, decoding)
    elif source.known is not None:
        now = source.known.since(earlier, lambda part: part.start)
        now = source.known.before(now, lambda part: part.end)
        yield decode(now, decoding, lambda known: (known >= marks.start) & (known < marks.end))
        yield decode(_happened(source), decoding, lambda known: known < marks.start)


def _new(rows: ir.Table) -> ir.Table:
    label: ir.Value = whole(UNKNOWN)
    if "known" in rows.columns:
        label = ibis.cases((rows.known.isnull() & rows.label.notnull(), rows.label), else_=label)
    rows = rows.mutate(observed=rows.at, was=whole(NEW), label=label)
    return rows.drop(*(c for c in ("known", "id") if c in rows.columns))


def _together(parts: list[ir.Table]) -> ir.Table:
    """All rows, each part with the columns of the others; nothing is told where it has none."""
    types = {c: t for part in reversed(parts) for c, t in part.schema().items()}

    def filled(rows: ir.Table) -> ir.Table:
        lacking = {
            column: whole(0) if column.startswith("told_") else ibis.null(type_)
            for column, type_ in types.items()
            if column not in rows.columns
        }
        return rows.mutate(**lacking).select(*types)

    return together([filled(part) for part in parts])


def _binned(rows: ir.Table, decoding: Decoding) -> ir.Table:
    # ClickHouse casts what lies behind a null too, and NaN is no integer: nulls are set aside.
    means = [f"mean_{i}" for i, _ in enumerate(decoding.mapping.settings.means)]
    floats = [c for c in ("p", "shadow_p", "latency", *means) if c in rows.columns]
    known = {f"{c}_known": rows[c].notnull() for c in floats}
    rows = rows.mutate(**known, **{c: rows[c].fill_null(0.0) for c in floats})

    def where_known(column: str, bin_: Callable[[ir.Column], ir.IntegerValue]) -> ir.IntegerValue:
        return ibis.cases((rows[f"{column}_known"], bin_(rows[column])))

    bucket = decoding.mapping.bucket
    binned: dict[str, ir.Value] = {
        "slow": start_of(rows.at, bucket, ERA_START),
        "fast": start_of(rows.at, SECOND, ERA_START),
        "seen": start_of(rows.observed, bucket, YEAR_1),
    }
    for p, prefix in (("p", ""), ("shadow_p", "shadow_")):
        if p in floats:
            binned |= {
                f"{prefix}bin": where_known(p, binning.score_bin),
                f"{prefix}cell": where_known(p, binning.segment_bin),
                f"{prefix}fixed": where_known(p, lambda x: floored(x * _FIXED_POINT)),
                f"{prefix}squared": where_known(p, lambda x: floored(x * x * _FIXED_POINT)),
            }
    if "latency" in floats:
        binned["latency"] = where_known("latency", binning.latency_bin)
    for i, feature in enumerate(decoding.features):
        if feature.bins.kind == "numeric":
            x = numbers(rows[f"feature_{i}"])
            binned[f"feature_{i}"] = binning.numeric_bin(x, feature.bins.edges)
    for mean, settings in zip(means, decoding.mapping.settings.means, strict=True):
        if mean in floats:
            binned |= _steps(mean, constant(settings.step), where_known)
    unused = {"at", "observed", *floats, *known, *binned}
    return rows.select(*(c for c in rows.columns if c not in unused), **binned)


def _steps(mean: str, step: ir.FloatingScalar, where_known: Any) -> dict[str, ir.Value]:
    """A mean's x and x² in whole steps."""
    return {
        f"{mean}_x": where_known(mean, lambda x: nearest_even(x / step)),
        f"{mean}_x2": where_known(mean, lambda x: nearest_even(x * x / step)),
    }
