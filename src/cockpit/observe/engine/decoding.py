"""Rows decoded where they are: `observe.decode` as an expression, one column for each fact.

A decoded relation has `at` (µs), `version`; `p`, `decision`, `shadow_p`, `shadow_decision`; a
column for each dimension, feature, rate and mean; `latency` (seconds), `error`, `user` (bit), `id`;
`label`, `was` and `known` (µs; null: at once); and a 0/1 column for each thing to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import ibis

from cockpit.observe.decode import MOST_STEPS, REFERENCE_VERSION
from cockpit.observe.engine import columns
from cockpit.observe.engine.exact import constant, whole
from cockpit.observe.mapping import thresholds
from cockpit.observe.report import LABEL_AFTER_END, LATE_LABEL
from cockpit.tables import ABSENT, UNKNOWN
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as Dictionary

    import ibis.expr.types as ir

    from cockpit.observe.features import FrozenFeature
    from cockpit.observe.mapping import Mapping

_LONGEST_LATENCY = 1e9  # seconds


class Told(NamedTuple):
    """Something the report counts: in which of its lists, by which reason, and its 0/1 column."""

    where: str
    reason: str
    column: str


class Segmenting(NamedTuple):
    """A dimension's values that are told apart, as the engine has them, and each code's name."""

    values: list[object]  # code i stands for value i; the next for the rest, the last for none
    names: list[str]


@dataclass(frozen=True)
class Decoding:
    """What the decoding of one source needs to know."""

    mapping: Mapping
    dialect: str
    available: frozenset[str]
    segments: Dictionary[str, Segmenting]  # by dimension, those that are there
    features: list[FrozenFeature]
    user_key: str = ""  # hexadecimal
    reference: bool = False
    labels_apart: bool = False

    def has(self, column: str | None) -> bool:
        """Whether the map names a column and it is there."""
        return column is not None and column in self.available

    @property
    def timed(self) -> bool:
        """Whether labels say when they were known."""
        return self.mapping.label_time is not None and not self.reference

    @property
    def at_once(self) -> bool:
        """Whether labels are known with their events."""
        return self.reference or not (self.timed or self.mapping.label_delay is not None)


class Decoded(NamedTuple):
    """A decoded relation, and what its 0/1 columns tell."""

    rows: ir.Table
    told: list[Told]


class Facts:
    """Columns of the next layer, by name, and what some of them tell."""

    def __init__(self) -> None:
        self.columns: dict[str, ir.Value] = {}
        self.told: list[Told] = []

    def tell(self, where: str, reason: str, found: ir.BooleanValue) -> None:
        """Add a column that is 1 where something is counted under `reason`."""
        column = f"told_{where}_{len(self.told)}"
        self.columns[column] = ibis.cases((found, whole(1)), else_=whole(0))
        self.told.append(Told(where, reason, column))


def decode(
    source: ir.Table,
    decoding: Decoding,
    kept: Callable[[ir.IntegerColumn], ir.BooleanValue] | None = None,
) -> Decoded:
    """The rows of `source` that have a time; `kept` chooses by the time of labels beside them."""
    read = source.select(**_read(source, decoding))
    read = read.filter(read.at.notnull())
    if kept is not None:
        read = read.filter(kept(read.raw_known))
    facts = Facts()
    facts.columns |= {name: read[name] for name in read.columns if not name.startswith("raw_")}
    _tell_version(decoding, facts, read)
    _served(decoding, facts, read)
    _shadow(decoding, facts, read)
    _metrics(decoding, facts, read)
    _latency(decoding, facts, read)
    if "id" in read.columns:
        facts.tell("incomplete", "no id, so no label", read.id.isnull())
    labelled = decoding.has(decoding.mapping.label) and not decoding.labels_apart
    if labelled:
        _labels_beside(decoding, facts, read)
    decoded = Decoded(read.select(**facts.columns), facts.told)
    return place_labels(decoded, decoding) if labelled else decoded


def _read(source: ir.Table, decoding: Decoding) -> dict[str, ir.Value]:
    """Columns as they are, under names of ours; those that are looked at again begin with raw."""
    mapping, settings = decoding.mapping, decoding.mapping.settings
    read: dict[str, ir.Value] = {"at": whole(0), "version": _version(source, decoding)}
    if not decoding.reference:
        read["at"] = columns.event_time(source[mapping.time], decoding.dialect)
    plain = {
        "raw_score": settings.score,
        "raw_prediction": settings.prediction,
        "raw_shadow": settings.shadow.score if settings.shadow else None,
        "raw_label": None if decoding.labels_apart else mapping.label,
        "raw_latency": settings.latency,
        "error": None if decoding.reference else settings.error,
    }
    plain |= {f"raw_rate_{i}": rate.column for i, rate in enumerate(settings.rates)}
    plain |= {f"raw_mean_{i}": mean.column for i, mean in enumerate(settings.means)}
    plain |= {f"feature_{i}": f.bins.name for i, f in enumerate(decoding.features)}
    read |= {ours: source[theirs] for ours, theirs in plain.items() if decoding.has(theirs)}
    if decoding.has(mapping.label) and decoding.timed and not decoding.labels_apart:
        read["raw_known"] = columns.label_time(source[mapping.label_time], decoding.dialect)
    for i, (dimension, segmenting) in enumerate(decoding.segments.items()):
        read[f"segment_{i}"] = _segment(source[dimension], segmenting)
    if decoding.labels_apart and not decoding.reference:
        read["id"] = columns.text(source[settings.id])
    if decoding.has(settings.user) and not decoding.reference:
        read["user"] = columns.user_bit(source[settings.user], decoding.user_key, decoding.dialect)
    return read


def _version(source: ir.Table, decoding: Decoding) -> ir.StringValue:
    column = decoding.mapping.settings.version
    if decoding.has(column):
        return columns.text(source[column])
    return ibis.literal(REFERENCE_VERSION if decoding.mapping.versions_in_column else column)


def _segment(column: ir.Column, segmenting: Segmenting) -> ir.IntegerValue:
    none = column.isnull()
    rest = len(segmenting.values)
    cases = [(column == value, whole(i)) for i, value in enumerate(segmenting.values)]
    return ibis.cases((none, whole(rest + 1)), *cases, else_=whole(rest))


def _tell_version(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    if decoding.has(decoding.mapping.settings.version):
        facts.tell("incomplete", f"no version, counted as {ABSENT}", read.version.isnull())
        facts.columns["version"] = read.version.coalesce(ABSENT)


def _served(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    if "raw_score" not in read.columns:
        return
    facts.columns["p"] = p = _score(facts, read.raw_score, "score")
    if "raw_prediction" in read.columns:
        flag = columns.flags(read.raw_prediction)
        neither = columns.present(read.raw_prediction) & flag.isnull()
        facts.tell("incomplete", "prediction neither 0 nor 1", neither)
        facts.columns["decision"] = flag.coalesce(whole(UNKNOWN))
    else:
        version = read.version.coalesce(ABSENT)
        facts.columns["decision"] = _decide(decoding, facts, p, version)


def _shadow(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    shadow = decoding.mapping.settings.shadow
    if shadow is None or "raw_shadow" not in read.columns:
        return
    facts.columns["shadow_p"] = p = _score(facts, read.raw_shadow, "shadow score")
    if shadow.threshold is None:
        version = ibis.literal(shadow.version)
        facts.columns["shadow_decision"] = _decide(decoding, facts, p, version)
    else:
        facts.columns["shadow_decision"] = _above(p, constant(shadow.threshold))


def _score(facts: Facts, column: ir.Column, what: str) -> ir.FloatingValue:
    x = columns.numbers(column)
    inside = (x >= 0.0) & (x <= 1.0)
    facts.tell("incomplete", f"no {what}", x.isnull())
    facts.tell("incomplete", f"{what} outside 0 to 1", x.notnull() & ~inside)
    return ibis.cases((inside, x))


def _decide(
    decoding: Decoding, facts: Facts, p: ir.FloatingValue, version: ir.StringValue
) -> ir.IntegerValue:
    by_version = thresholds(decoding.mapping.settings)
    if not by_version:
        return whole(UNKNOWN)
    own = [(version == v, constant(limit)) for v, limit in by_version.items() if v]
    default = constant(by_version[""]) if "" in by_version else ibis.null("float64")
    limit = ibis.cases(*own, else_=default) if own else default
    undecided = p.notnull() & limit.isnull()
    facts.tell("incomplete", "version without a threshold, so no decision", undecided)
    return _above(p, limit)


def _above(p: ir.FloatingValue, limit: ir.FloatingValue) -> ir.IntegerValue:
    return ibis.cases((p >= limit, whole(1)), (p < limit, whole(0)), else_=whole(UNKNOWN))


def _metrics(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    settings = decoding.mapping.settings
    for i, rate in enumerate(settings.rates):
        if f"raw_rate_{i}" in read.columns:
            raw = read[f"raw_rate_{i}"]
            facts.columns[f"rate_{i}"] = k = columns.flags(raw)
            neither = columns.present(raw) & k.isnull()
            facts.tell("incomplete", f"{inert(rate.name)}: neither 0 nor 1", neither)
    for i, mean in enumerate(settings.means):
        if f"raw_mean_{i}" in read.columns:
            x = columns.numbers(read[f"raw_mean_{i}"])
            most = constant(MOST_STEPS * mean.step)
            small = (x.abs() < most) & (x * x < most)
            reason = f"{inert(mean.name)}: too large for its step of {mean.step:g}"
            facts.tell("incomplete", reason, x.notnull() & ~small)
            facts.columns[f"mean_{i}"] = ibis.cases((small, x))


def _latency(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    if "raw_latency" not in read.columns:
        return
    x = columns.numbers(read.raw_latency)
    seconds = x / 1000.0 if decoding.mapping.settings.latency_unit == "ms" else x
    right = (seconds >= 0.0) & (seconds < _LONGEST_LATENCY)
    facts.tell("incomplete", "latency is no time ≥ 0", seconds.notnull() & ~right)
    facts.columns["latency"] = ibis.cases((right, seconds)).cast("float32").cast("float64")


def _labels_beside(decoding: Decoding, facts: Facts, read: ir.Table) -> None:
    label = columns.flags(read.raw_label)
    given = columns.present(read.raw_label)
    facts.tell("labels", "", given)
    facts.tell("labels_unused", "neither 0 nor 1", given & label.isnull())
    known: ir.Value = ibis.null("int64")
    if decoding.timed:
        known = read.raw_known
        facts.tell("labels_unused", "no time", label.notnull() & known.isnull())
        label = ibis.cases((known.notnull(), label))
    elif not decoding.at_once:
        known = read.at + whole(decoding.mapping.label_delay or 0)
    facts.columns |= {"label": label, "known": known, "was": whole(UNKNOWN)}


def place_labels(decoded: Decoded, decoding: Decoding) -> Decoded:
    """Of labels and when they were `known`: those that are used, none before its event."""
    rows, facts = decoded.rows, Facts()
    facts.told, facts.columns = list(decoded.told), {c: rows[c] for c in rows.columns}
    used = rows.label.notnull()
    known: ir.Value = rows.known
    if not decoding.at_once:
        soon = rows.known - rows.at <= whole(decoding.mapping.label_horizon)
        facts.tell("labels_unused", LATE_LABEL, used & ~soon)
        early = used & (rows.known < rows.at)
        reason = "label known before its event, counted as known with it"
        facts.tell("incomplete", reason, early)
        known = ibis.greatest(rows.known, rows.at)
        used = used & soon
        if decoding.mapping.label_end is not None:
            after = known >= whole(decoding.mapping.label_end)
            facts.tell("labels_unused", LABEL_AFTER_END, used & after)
            used = used & ~after
    if decoding.mapping.label_decision is not None and "decision" in rows.columns:
        kept = rows.decision == whole(decoding.mapping.label_decision)
        facts.tell("labels_unused", "outside labels_only_when", used & ~kept)
        used = used & kept
    facts.tell("labels_used", "", used)
    facts.columns |= {"label": ibis.cases((used, rows.label)), "known": known}
    return Decoded(rows.select(**facts.columns), facts.told)
