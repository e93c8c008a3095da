"""What stands under the containment table: why, what would not help, what flips it, what it took
for given."""

from __future__ import annotations

from cockpit.ui.panes.option_table import shortened
from cockpit.ui.rows import Row, joined, words
from cockpit.views import OptionRow, OptionTable, View

_NAMED = 2  # keys that are named; more are counted, and listed in the pane in full


def short(view: View, cells: int, most: int) -> list[Row]:
    """At most `most` rows: the one-line why, then the other notes side by side."""
    table = view.options
    why = words(table.recommendation.why, cells, min(2, most), "text") if most > 0 else []
    flips = [flip.sentence for flip in table.flips[:1]]
    notes = [*table.footnotes, *flips, assumed(table), shortened(view, cells)]
    return [*why, *joined(notes, cells, most - len(why))]


def full(view: View, cells: int) -> list[Row]:
    """Each note on lines of its own; flips and assumptions have pages of their own."""
    table = view.options
    result = words(table.recommendation.why, cells, 4, "text")
    result += words(table.recommendation.guard, cells, 3, "text")
    for note in (*table.footnotes, assumed(table), shortened(view, cells)):
        result += words(note, cells, 6)
    return result


def assumed(table: OptionTable) -> str:
    """'* assumed: 27 values (ranking holds at 2×)', or the keys that the ranking rests on."""
    keys = [assumption.key for assumption in table.assumptions]
    resting = [a.key for a in table.assumptions if a.holds not in ("", "holds")]
    if not keys:
        return "* assumed, not measured" if any(map(_has_assumption, table.rows)) else ""
    if resting:
        more = f" and {len(resting) - _NAMED} more" if len(resting) > _NAMED else ""
        said = f"* rests on {', '.join(resting[:_NAMED])}{more}, assumed"
    else:
        said = f"* assumed: {', '.join(keys) if len(keys) <= _NAMED else f'{len(keys)} values'}"
    return f"{said} ({table.robust})" if table.robust else said


def _has_assumption(row: OptionRow) -> bool:
    figures = (row.quality, row.latency, row.exposed, row.wrong, row.effect, row.undo)
    return any(figure.assumed for figure in figures)
