"""One slice of observation time as a relation: rows as they happened, and moves of their labels.

A piece has, beside the facts of `decoding`: `slow` and `fast` (starts of the event buckets, µs),
`seen` (start of the slow bucket in which the row could be known), `was` and `label`, and bins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cockpit.observe.engine import binning
from cockpit.observe.engine.columns import numbers
from cockpit.observe.engine.exact import constant, floored, nearest_even, start_of, whole
from cockpit.observe.values import ERA_START, YEAR_1
from cockpit.records import SECOND
from cockpit.tables import FIXED_POINT, NEW, UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cockpit.observe.engine.decoding import Decoded, Decoding

_OF_MOVES = ("at", "version", "p", "decision", "shadow_p", "shadow_decision", "was", "label")


def piece(
    decoded: Decoded,
    joined: Decoded | None,
    decoding: Decoding,
    start: ir.IntegerScalar,
    end: ir.IntegerScalar,
) -> ir.Table:
    """What was observed in [start, end) (µs). `joined`: with the labels of a table of their own."""
    source = joined or decoded
    own_told = {told.column for told in decoded.told}
    happened = source.rows if decoding.at_once else decoded.rows
    new = _new(happened.filter(happened.at >= start, happened.at < end))
    if decoding.at_once or "known" not in source.rows.columns:
        return _binned(new, decoding)
    moving = source.rows.filter(source.rows.known >= start, source.rows.known < end)
    if joined is None:
        moving = moving.filter(moving.label.notnull())
    told = [told.column for told in source.told if told.column not in own_told]
    kept = [c for c in moving.columns if c in _OF_MOVES or c.startswith("segment_")]
    moved = moving.select(*kept, *told, observed=moving.known)
    return _binned(_together(new, moved), decoding)


def _new(rows: ir.Table) -> ir.Table:
    label: ir.Value = whole(UNKNOWN)
    if "known" in rows.columns:
        label = ibis.cases((rows.known.isnull() & rows.label.notnull(), rows.label), else_=label)
    rows = rows.mutate(observed=rows.at, was=whole(NEW), label=label)
    return rows.drop(*(c for c in ("known", "id") if c in rows.columns))


def _together(new: ir.Table, moved: ir.Table) -> ir.Table:
    """Both, each with the columns of the other; what is told is told of one of them."""
    types = dict(moved.schema()) | dict(new.schema())

    def filled(rows: ir.Table) -> ir.Table:
        lacking = {c: t for c, t in types.items() if c not in rows.columns}
        fillers = {
            c: whole(0) if c.startswith("told_") else ibis.null(t) for c, t in lacking.items()
        }
        return rows.mutate(**fillers).select(*types)

    return ibis.union(filled(new), filled(moved))


def _binned(rows: ir.Table, decoding: Decoding) -> ir.Table:
    bucket = decoding.mapping.bucket
    binned: dict[str, ir.Value] = {
        "slow": start_of(rows.at, bucket, ERA_START),
        "fast": start_of(rows.at, SECOND, ERA_START),
        "seen": start_of(rows.observed, bucket, YEAR_1),
    }
    if "p" in rows.columns:
        binned |= {
            "bin": binning.score_bin(rows.p),
            "cell": binning.segment_bin(rows.p),
            "fixed": floored(rows.p * float(FIXED_POINT)),
            "squared": floored(rows.p * rows.p * float(FIXED_POINT)),
        }
    if "shadow_p" in rows.columns:
        p = rows.shadow_p
        binned |= {
            "shadow_bin": binning.score_bin(p),
            "shadow_cell": binning.segment_bin(p),
            "shadow_fixed": floored(p * float(FIXED_POINT)),
            "shadow_squared": floored(p * p * float(FIXED_POINT)),
        }
    if "latency" in rows.columns:
        binned["latency"] = binning.latency_bin(rows.latency)
    for i, feature in enumerate(decoding.features):
        if feature.bins.kind == "numeric":
            x = numbers(rows[f"feature_{i}"])
            binned[f"feature_{i}"] = binning.numeric_bin(x, feature.bins.edges)
    for i, mean in enumerate(decoding.mapping.settings.means):
        if f"mean_{i}" in rows.columns:
            x, step = rows[f"mean_{i}"], constant(mean.step)
            binned[f"mean_{i}_x"] = nearest_even(x / step)
            binned[f"mean_{i}_x2"] = nearest_even(x * x / step)
    kept = [c for c in rows.columns if c not in ("at", "observed", "shadow_p", *binned)]
    return rows.select(*kept, **binned)
