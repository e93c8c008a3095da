"""What stands under the containment table: why, what would not help, what flips it, what it took
for given."""

from __future__ import annotations

from cockpit.option_words import advice
from cockpit.ui.panes.option_table import shortened
from cockpit.ui.rows import Row, joined, words
from cockpit.views import OptionRow, OptionTable, View

_NAMED = 2  # keys that are named; more are counted


def short(view: View, cells: int, most: int) -> list[Row]:
    """At most `most` rows: the one-line why, then the other notes side by side."""
    table = view.options
    lines = min(most, 1 if most < 3 else 2)  # so that the other notes have a line too
    why = words(table.recommendation.why, cells, lines, "text") if most > 0 else []
    flips = [flip.sentence for flip in table.flips[:1]]
    notes = [*table.footnotes, *flips, assumed(table), shortened(view, cells)]
    return [*why, *joined(notes, cells, most - len(why))]


def full(view: View, cells: int) -> list[Row]:
    """Each note on lines of its own; flips and assumptions have pages of their own."""
    table = view.options
    result = words(table.recommendation.why, cells, 4, "text")
    result += words(advice(table.recommendation), cells, 3, "text")
    for note in (*table.footnotes, assumed(table), shortened(view, cells)):
        result += words(note, cells, 6)
    return result


def assumed(table: OptionTable) -> str:
    """'* assumed: 27 values (the ranking holds at twice and half)'; few are named."""
    keys = [assumption.key for assumption in table.assumptions]
    if not keys:
        return "* assumed, not measured" if any(map(_has_assumption, table.rows)) else ""
    said = f"* assumed: {', '.join(keys) if len(keys) <= _NAMED else f'{len(keys)} values'}"
    first = table.robust.partition("; ")[0]
    return f"{said} ({first})" if first else said


def _has_assumption(row: OptionRow) -> bool:
    figures = (row.quality, row.latency, row.exposed, row.wrong, row.effect, row.undo)
    return any(figure.assumed for figure in figures)
