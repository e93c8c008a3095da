"""Labels of a table of their own as moves: `observe.labels` as expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis

from cockpit.observe.engine import columns
from cockpit.observe.engine.decoding import Decoded, Facts, place_labels
from cockpit.observe.engine.exact import whole
from cockpit.tables import UNKNOWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cockpit.observe.engine.decoding import Decoding


class LabelMoves(NamedTuple):
    """Every change of a label (`id`, `was`, `label`, `known`), and all that was read on the way."""

    moves: ir.Table
    read: Decoded


def label_moves(source: ir.Table, decoding: Decoding) -> LabelMoves:
    """Each id's labels in order of time; what repeats is nothing, a correction moves on."""
    mapping, facts = decoding.mapping, Facts()
    raw = source[mapping.label]
    label, given = columns.flags(raw), columns.present(raw)
    known: ir.Value = whole(0)
    if decoding.timed:
        known = columns.label_time(source[mapping.label_time], decoding.dialect)
    identity = columns.text(source[mapping.settings.id])
    timeless = label.notnull() & known.isnull()
    facts.columns |= {"id": identity, "label": label, "known": known}
    facts.tell("labels_unused", "neither 0 nor 1", given & label.isnull())
    facts.tell("labels_unused", "empty", ~given)
    facts.tell("labels_unused", "no time", timeless)
    facts.tell("labels_unused", "no id", label.notnull() & known.notnull() & identity.isnull())
    read = source.select(**facts.columns)
    usable = read.filter(read.id.notnull() & read.label.notnull() & read.known.notnull())
    of_id = ibis.window(group_by=usable.id, order_by=[usable.known, usable.label])
    turns = usable.select("id", "label", "known", before=usable.label.lag().over(of_id))
    turns = turns.mutate(was=turns.before.coalesce(whole(UNKNOWN)))
    return LabelMoves(turns.select("id", "was", "label", "known"), Decoded(read, facts.told))


def without_repeats(moves: ir.Table) -> ir.Table:
    """The moves that say something new."""
    return moves.filter(moves.was != moves.label)


def contradicted(moves: ir.Table) -> ir.Table:
    """The ids with more than one label, which no time puts in order, and how `many` they have."""
    many = moves.group_by("id").aggregate(many=moves.count())
    return many.filter(many.many > 1)


def join(decoded: Decoded, moves: ir.Table, decoding: Decoding) -> Decoded:
    """Each change of the label of each row that has its id; at once: each row, with its label."""
    if decoding.at_once:
        rows = decoded.rows.left_join(moves, "id").mutate(known=ibis.null("int64"))
    else:
        rows = decoded.rows.inner_join(moves, "id")
    if not decoding.timed and not decoding.at_once:
        rows = rows.mutate(known=rows.at + whole(decoding.mapping.label_delay or 0))
    return place_labels(Decoded(rows, decoded.told), decoding)
