"""Pane 4: the containment options side by side, best first."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.ui.lines import Line, Span, pad, text_width, width
from cockpit.ui.rows import Row, words
from cockpit.views import Figure, OptionRow, View


@dataclass(frozen=True)
class Column:
    """One column of the table; the one with the highest `drop` goes first when it is narrow."""

    name: str
    drop: int


_COLUMNS = (
    Column("option", 0),
    Column("quality", 5),
    Column("p99 after", 4),
    Column("bad path", 3),
    Column("wrong next h", 1),
    Column("effect", 2),
    Column("undo", 6),
    Column("needs", 7),
)
# Cells kept for notes before columns are dropped, and before names are cut; they take what is left.
_NOTES, _NARROW_NOTES = 24, 18
_LEAST = 4  # option, wrong next h, effect, bad path: what the narrow overview shows


def title(view: View) -> str:
    """'Containment ── …' with the state of the choice."""
    table = view.options
    return f"Containment ── {table.header}" if table.header else "Containment"


def _figure(figure: Figure) -> Span:
    """Its text, starred where it is assumed; what stands behind a "+" is in the notes."""
    text = figure.text.partition(" + ")[0]
    if figure.assumed:
        text = text.removesuffix(" assumed") + "*"
    return (text, "dim" if figure.value is None or figure.assumed else "text")


def mark(row: OptionRow, view: View) -> tuple[str, str]:
    """What is special about an option, in one word."""
    table = view.options
    if row.id == table.chosen:
        return ("done" if table.executed else "chosen", "accent")
    if row.id == table.recommended:
        return ("best", "good")
    return ("", "text")


def _cells(row: OptionRow) -> dict[str, Span]:
    return {
        "option": (row.label, "strong"),
        "quality": _figure(row.quality),
        "p99 after": _figure(row.latency),
        "bad path": _figure(row.exposed),
        "wrong next h": _figure(row.wrong),
        "effect": _figure(row.effect),
        "undo": _figure(row.undo),
        "needs": (row.needs or "nothing", "dim"),
    }


def table_rows(view: View, cells: int, count: int | None = None) -> list[Row]:
    """The head of the table and one row an option; a blocker is never dropped."""
    options = view.options.rows[:count]
    grid = [_cells(row) for row in options]
    sizes = {
        column.name: min(
            34, max(text_width(column.name), *(text_width(row[column.name][0]) for row in grid))
        )
        for column in _COLUMNS
    }
    gap = 2 if cells >= 100 else 1
    noted = max((width(_notes(row, view)) for row in options), default=0)
    shown = list(_COLUMNS)

    def spare(notes: int) -> int:
        return cells - sum(sizes[c.name] + gap for c in shown) - notes

    if spare(noted) < 0:
        gap = 1
    while spare(min(noted, _NOTES)) < 0 and len(shown) > _LEAST:
        shown.remove(max(shown, key=lambda column: column.drop))
    if spare(noted) >= len(shown):
        gap = 2
    if spare(min(noted, _NARROW_NOTES)) < 0:
        sizes["option"] = max(10, sizes["option"] + spare(min(noted, _NARROW_NOTES)))
    head = tuple((pad(column.name, sizes[column.name] + gap), "dim") for column in shown)
    result = [Row(head)]
    for option, row in zip(options, grid, strict=True):
        spans: list[Span] = []
        for column in shown:
            text, role = row[column.name]
            if column.name == "option" and option.blocked:
                role = "dim"
            spans.append((pad(text, sizes[column.name] + gap), role))
        result.append(Row((*spans, *_notes(option, view)), f"option:{option.id}"))
    return result


def _notes(option: OptionRow, view: View) -> Line:
    """Best or chosen; what blocks it; what its figure does not count, such as unserved requests."""
    word, role = mark(option, view)
    notes: list[Span] = [(word, role)] if word else []
    if option.blocked:
        notes.append((f"! {option.blocked}", "bad"))
    if rest := option.wrong.text.partition(" + ")[2]:
        notes.append((f"+ {rest}", "watch"))
    return tuple(
        (text if index == 0 else f" {text}", role) for index, (text, role) in enumerate(notes)
    )


def _footnotes(view: View, cells: int, most: int) -> list[Row]:
    table = view.options
    result: list[Row] = []
    if table.why:
        result += words(table.why, cells, 2, "text")
    assumed = f"* assumed: {', '.join(table.assumptions)}" if table.assumptions else ""
    if not assumed and any(_has_assumption(row) for row in table.rows):
        assumed = "* assumed, not measured"
    for note in [*table.footnotes, assumed]:
        if note:
            result += words(note, cells, 2)
    return result[:most]


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
    result = [*table_rows(view, cells), Row(()), *_footnotes(view, cells, 99), Row(())]
    for option in view.options.rows:
        if option.sentence:
            result += words(f"{option.label}: {option.sentence}", cells, 3, "text")
    if view.choice is not None:
        choice = view.choice
        result += [
            Row(()),
            *words(f"Chosen: {choice.label}, because {choice.reason}.", cells, 2, "accent"),
        ]
        result += words(f"Expected: {choice.expected}", cells, 2, "text")
    return result
