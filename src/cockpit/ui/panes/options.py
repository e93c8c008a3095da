"""Pane 4: the containment options side by side, best first."""

from __future__ import annotations

from cockpit.ui.panes.option_table import shortened, table_rows
from cockpit.ui.rows import Row, words
from cockpit.views import OptionRow, View


def title(view: View) -> str:
    """'Containment ── …' with the state of the choice."""
    table = view.options
    return f"Containment ── {table.header}" if table.header else "Containment"


def _footnotes(view: View, cells: int, most: int, each: int = 2) -> list[Row]:
    """At most `most` lines of notes, `each` lines of any one of them."""
    table = view.options
    assumed = (
        f"* assumed: {', '.join(a.text for a in table.assumptions)}" if table.assumptions else ""
    )
    if not assumed and any(_has_assumption(row) for row in table.rows):
        assumed = "* assumed, not measured"
    notes = [(table.recommendation.why, "text")]
    notes += [(note, "dim") for note in (*table.footnotes, shortened(view, cells), assumed)]
    result: list[Row] = []
    for note, role in notes:
        if note and len(result) < most:
            result += words(note, cells, min(each, most - len(result)), role)
    return result


def _has_assumption(row: OptionRow) -> bool:
    return any(
        figure.assumed
        for figure in (row.quality, row.latency, row.exposed, row.wrong, row.effect, row.undo)
    )


def rows(view: View, cells: int, height: int, count: int | None = None) -> list[Row]:
    """The pane on the overview: the table, then as many notes as there is room for."""
    if not view.options.rows:
        return words("No containment option can be compared yet: nothing has been measured.", cells)
    table = table_rows(view, cells, count)
    return table + _footnotes(view, cells, max(0, height - len(table)))


def full(view: View, cells: int) -> list[Row]:
    """The pane in full: the table, what each option trades, every assumption."""
    if not view.options.rows:
        return words("No containment option can be compared yet: nothing has been measured.", cells)
    result = [*table_rows(view, cells), Row(()), *_footnotes(view, cells, 99, each=6), Row(())]
    for option in view.options.rows:
        if option.sentence:
            named = option.sentence.casefold().startswith(option.label.casefold())
            told = option.sentence if named else f"{option.label}: {option.sentence}"
            result += words(told, cells, 3, "text")
    if view.choice is not None:
        choice = view.choice
        result += [
            Row(()),
            *words(f"Chosen: {choice.label}, because {choice.reason}.", cells, 2, "accent"),
        ]
        result += words(f"Expected: {choice.expected}", cells, 2, "text")
    return result
