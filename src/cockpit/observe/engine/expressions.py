"""One expression for each table of counts, over a piece: its keys, its cells, summed by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis

from cockpit.observe.engine.columns import text
from cockpit.observe.engine.exact import together, whole
from cockpit.tables import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ibis.expr.types as ir

    from cockpit.observe.engine.decoding import Decoding

WHOLE = -1  # the dimension of rows about the whole service
_MOVES = ("seen", "was", "label")


class Grouping(NamedTuple):
    """A dimension, or a pair of them: its number, and each row's code as a column of a piece."""

    dimension: int
    code: Callable[[ir.Table], ir.IntegerValue]


def groupings(decoding: Decoding) -> tuple[Grouping, list[Grouping], list[Grouping]]:
    """The whole service, each dimension, and each declared pair, numbered on."""
    names = list(decoding.segments)
    singles = [Grouping(i, _single(i)) for i in range(len(names))]
    pairs = []
    for number, (one, other) in enumerate(decoding.mapping.pairs, len(names)):
        if one in names and other in names:
            size = len(decoding.segments[other].names)
            pairs.append(Grouping(number, _pair(names.index(one), names.index(other), size)))
    return Grouping(WHOLE, lambda _: whole(0)), singles, pairs


def _single(i: int) -> Callable[[ir.Table], ir.IntegerValue]:
    return lambda rows: rows[f"segment_{i}"]


def _pair(i: int, j: int, size: int) -> Callable[[ir.Table], ir.IntegerValue]:
    return lambda rows: rows[f"segment_{i}"] * size + rows[f"segment_{j}"]


def table_expressions(piece: ir.Table, decoding: Decoding) -> dict[str, ir.Table]:
    """{table: expression}; tables that nothing feeds are left out."""
    new = piece.filter(piece.was == whole(NEW))
    parts = {
        "score": list(_scores(piece)),
        "score_by_segment": list(_segment_scores(piece, decoding)),
        "feature": list(_features(new, decoding)),
        "latency": list(_latencies(new)),
        "rate": list(_rates(new, decoding)),
        "mean": list(_means(new, decoding)),
    }
    if not decoding.reference:
        parts |= {
            "traffic": list(_traffic(new)),
            "users": list(_users(new, decoding)),
            "pair": list(_pairs(piece)),
        }
    return {table: together(found) for table, found in parts.items() if found}


def _summed(
    rows: ir.Table,
    keys: dict[str, ir.Value],
    cells: dict[str, ir.Value] | None = None,
    **constants: int,
) -> ir.Table:
    """Sums of `cells` (none: the rows, `n`) by `keys`, with `constants` beside them."""
    keyed = rows.select(**keys, **(cells or {}))
    sums = {name: keyed[name].sum().cast("int64") for name in cells or {}}
    counted = {"n": keyed.count().cast("int64"), **sums}
    found = keyed.group_by(list(keys)).aggregate(**counted)
    return found.mutate(**{name: whole(value) for name, value in constants.items()})


def _moves(rows: ir.Table, valid: str = "slow") -> dict[str, ir.Value]:
    return {"valid": rows[valid], **{name: rows[name] for name in _MOVES}}


def _roles(piece: ir.Table) -> Iterator[tuple[int, ir.Table, str]]:
    """Rows scored by the served version (0) and by the shadow (1), and their columns' prefix."""
    for role, prefix in enumerate(("", "shadow_")):
        if f"{prefix}bin" in piece.columns:
            yield role, piece.filter(piece[f"{prefix}bin"].notnull(), piece.label.notnull()), prefix


def _score_keys(rows: ir.Table, prefix: str, bin_: str) -> dict[str, ir.Value]:
    version = ibis.literal("") if prefix else rows.version
    decision = rows[f"{prefix}decision"]
    return {**_moves(rows), "version": version, "decision": decision, "bin": rows[prefix + bin_]}


def _score_cells(rows: ir.Table, prefix: str) -> dict[str, ir.Value]:
    return {"sum_p": rows[f"{prefix}fixed"], "sum_p2": rows[f"{prefix}squared"]}


def _scores(piece: ir.Table) -> Iterator[ir.Table]:
    for role, rows, prefix in _roles(piece):
        keys, cells = _score_keys(rows, prefix, "bin"), _score_cells(rows, prefix)
        yield _summed(rows, keys, cells, role=role)


def _segment_scores(piece: ir.Table, decoding: Decoding) -> Iterator[ir.Table]:
    _, singles, pairs = groupings(decoding)
    for role, rows, prefix in _roles(piece):
        for grouping in (*singles, *pairs):
            keys = {**_score_keys(rows, prefix, "cell"), "value": grouping.code(rows)}
            cells = _score_cells(rows, prefix)
            yield _summed(rows, keys, cells, role=role, dimension=grouping.dimension)


def _features(new: ir.Table, decoding: Decoding) -> Iterator[ir.Table]:
    rows = new.filter(new.bin.notnull()) if "bin" in new.columns else new
    everyone, singles, _ = groupings(decoding)
    for i, _ in enumerate(decoding.features):
        for grouping in (everyone, *singles):
            found = _feature_keys(rows, decoding, i)
            keys = {**_event_keys(rows, "slow"), "value": grouping.code(rows), **found}
            yield _summed(rows, keys, feature=i, dimension=grouping.dimension)


def _feature_keys(rows: ir.Table, decoding: Decoding, i: int) -> dict[str, ir.Value]:
    """A number's bin, or a category's word; bins of words are not the engine's affair."""
    column = rows[f"feature_{i}"]
    if decoding.features[i].bins.kind == "numeric":
        return {"bin": column, "word": ibis.literal("")}
    return {"bin": whole(0), "word": text(column).coalesce("")}


def importance_expression(piece: ir.Table, decoding: Decoding) -> ir.Table | None:
    """Rows and summed scores by feature and bin, of rows with a score; None without either."""
    if "bin" not in piece.columns or not decoding.features:
        return None
    rows = piece.filter(piece.bin.notnull())
    parts = [
        _summed(rows, _feature_keys(rows, decoding, i), {"score": rows.fixed}, feature=i)
        for i, _ in enumerate(decoding.features)
    ]
    return together(parts)


def _event_keys(rows: ir.Table, valid: str) -> dict[str, ir.Value]:
    return {"valid": rows[valid], "version": rows.version}


def _latencies(new: ir.Table) -> Iterator[ir.Table]:
    if "latency" in new.columns:
        rows = new.filter(new.latency.notnull())
        yield _summed(rows, {**_event_keys(rows, "fast"), "bin": rows.latency})


def _traffic(new: ir.Table) -> Iterator[ir.Table]:
    yield _summed(new, {**_event_keys(new, "fast"), "kind": ibis.literal("")}, failed=0)
    if "error" in new.columns:
        rows = new.filter(text(new.error).notnull())
        yield _summed(rows, {**_event_keys(rows, "fast"), "kind": text(rows.error)}, failed=1)


def _everywhere(decoding: Decoding) -> list[Grouping]:
    everyone, singles, pairs = groupings(decoding)
    return [everyone, *singles, *pairs]


def _rates(new: ir.Table, decoding: Decoding) -> Iterator[ir.Table]:
    for i, _ in enumerate(decoding.mapping.settings.rates):
        if f"rate_{i}" in new.columns:
            rows = new.filter(new[f"rate_{i}"].notnull())
            for grouping in _everywhere(decoding):
                keys = {**_event_keys(rows, "slow"), "value": grouping.code(rows)}
                cells = {"k": rows[f"rate_{i}"]}
                yield _summed(rows, keys, cells, metric=i, dimension=grouping.dimension)


def _means(new: ir.Table, decoding: Decoding) -> Iterator[ir.Table]:
    for i, _ in enumerate(decoding.mapping.settings.means):
        if f"mean_{i}_x" in new.columns:
            rows = new.filter(new[f"mean_{i}_x"].notnull())
            for grouping in _everywhere(decoding):
                keys = {**_event_keys(rows, "slow"), "value": grouping.code(rows)}
                cells = {"sum_x": rows[f"mean_{i}_x"], "sum_x2": rows[f"mean_{i}_x2"]}
                yield _summed(rows, keys, cells, metric=i, dimension=grouping.dimension)


def _users(new: ir.Table, decoding: Decoding) -> Iterator[ir.Table]:
    if "user" in new.columns:
        rows = new.filter(new.user.notnull())
        for grouping in _everywhere(decoding):
            keys = {**_event_keys(rows, "slow"), "value": grouping.code(rows), "bit": rows.user}
            yield _summed(rows, keys, dimension=grouping.dimension)


def _pairs(piece: ir.Table) -> Iterator[ir.Table]:
    if not {"bin", "shadow_bin"} <= set(piece.columns):
        return
    both = piece.bin.notnull() & piece.shadow_bin.notnull() & piece.label.notnull()
    rows = piece.filter(both)
    keys = {
        **_moves(rows),
        "version": rows.version,
        "bin": rows.cell,
        "shadow_bin": rows.shadow_cell,
        "decision": rows.decision,
        "shadow_decision": rows.shadow_decision,
    }
    yield _summed(rows, keys)
