"""The containment table: as wide as there is room for, and never without blocker or best mark."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cockpit.ui.lines import Line, Span, fit, pad, sides, text_width, width
from cockpit.ui.rows import Row
from cockpit.views import Figure, OptionRow, View

STICKY = "† sticky: a user stays on the version they were given"


@dataclass(frozen=True)
class Column:
    """One column; `short` heads it where it is narrow, the highest `drop` goes first."""

    name: str
    short: str
    drop: int


_COLUMNS = (
    Column("option", "option", 0),
    Column("quality vs now", "quality", 5),
    Column("p99 after", "p99", 4),
    Column("on bad path", "bad path", 3),
    Column("wrong next h", "wrong next h", 1),
    Column("effect in", "effect", 2),
    Column("undo", "undo", 6),
)
_LEAST = 4  # option, wrong next h, effect, bad path: what the narrow overview shows
_WIDEST = 34  # cells of a column
_NOTES = 14  # cells kept for blockers before names of options are cut
_SHORTEST_NAME = 12

# What a narrow table says instead; `enter` on the option has the words in full.
_SHORTER = {"not measured": "unknown", "none served": "none", "no decisions": "none"}
_BOUNDS = re.compile(r"\[([^\[\],]+(?:,\d{3})*), ([^\[\]]+)\]")


@dataclass(frozen=True)
class _Layout:
    """Which columns, how wide each is, the space between them and what is left for notes."""

    columns: tuple[Column, ...]
    sizes: dict[str, int]
    gap: int
    compact: bool
    notes: int

    @property
    def spare(self) -> int:
        """Cells that are left, or are missing where it is negative."""
        return self.notes - sum(self.sizes[column.name] + self.gap for column in self.columns)


def table_rows(view: View, cells: int, count: int | None = None) -> list[Row]:
    """The head and one row an option."""
    options = view.options.rows[:count]
    chosen = _layout(options, view, cells)
    room = cells - sum(chosen.sizes[c.name] + chosen.gap for c in chosen.columns)
    notes = [_notes(option, chosen.compact) for option in options]
    marks = [_mark(option, view) for option in options]
    ends = [width(n) + (width(m) + 1 if m else 0) for n, m in zip(notes, marks, strict=True)]
    end = min(room, max(ends, default=0))
    head: list[Span] = [
        (pad(c.short if chosen.compact else c.name, chosen.sizes[c.name] + chosen.gap), "dim")
        for c in chosen.columns
    ]
    result = [Row((*head, (pad("needs", room), "dim")))]
    for option, note, mark in zip(options, notes, marks, strict=True):
        cell = _cells(option, chosen.compact)
        spans = [
            (pad(cell[c.name][0], chosen.sizes[c.name]) + " " * chosen.gap, cell[c.name][1])
            for c in chosen.columns
        ]
        line = sides(note, ((" ", "text"), *mark), end) if mark else fit(note, room)
        result.append(Row((*spans, *line), f"option:{option.id}"))
    return result


def shortened(view: View, cells: int, count: int | None = None) -> str:
    """What a narrow table's signs mean, or ""."""
    options = view.options.rows[:count]
    sticky = any(_is_sticky(option.exposed) for option in options)
    return STICKY if sticky and _layout(options, view, cells).compact else ""


def _layout(options: list[OptionRow], view: View, cells: int) -> _Layout:
    """The roomiest table that fits: first words get shorter, then columns go, then names."""
    needed = 0
    for compact, gap in ((False, 2), (True, 2), (True, 1)):
        needed = max((_end(option, view, compact) for option in options), default=0)
        found = _Layout(_COLUMNS, _sizes(options, compact), gap, compact, cells)
        if found.spare >= needed:
            return found
    while found.spare < needed and len(found.columns) > _LEAST:
        least = max(found.columns, key=lambda column: column.drop)
        kept = tuple(column for column in found.columns if column != least)
        found = _Layout(kept, found.sizes, 1, True, cells)
    missing = min(needed, _NOTES) - found.spare
    if missing > 0:
        found.sizes["option"] = max(_SHORTEST_NAME, found.sizes["option"] - missing)
    elif found.spare >= needed + len(found.columns):
        return _Layout(found.columns, found.sizes, 2, True, cells)
    return found


def _sizes(options: list[OptionRow], compact: bool) -> dict[str, int]:
    grid = [_cells(option, compact) for option in options]
    return {
        column.name: min(
            _WIDEST,
            max(
                text_width(column.short if compact else column.name),
                *(text_width(row[column.name][0]) for row in grid),
            ),
        )
        for column in _COLUMNS
    }


def _cells(option: OptionRow, compact: bool) -> dict[str, Span]:
    figures = (
        option.quality,
        option.latency,
        option.exposed,
        option.wrong,
        option.effect,
        option.undo,
    )
    names = (column.name for column in _COLUMNS[1:])
    return {
        "option": (option.label, "dim" if option.blocked else "strong"),
        **{name: _figure(figure, compact) for name, figure in zip(names, figures, strict=True)},
    }


def _figure(figure: Figure, compact: bool) -> Span:
    """Its text, starred where it is assumed; what stands behind a "+" is in the notes."""
    text = figure.text.partition(" + ")[0]
    if compact:
        text = _BOUNDS.sub(r"[\1–\2]", _SHORTER.get(text, text))
        text = text.removesuffix(" sticky") + "†" * _is_sticky(figure)
    if figure.assumed:
        text = text.removesuffix(" assumed") + "*"
    return (text, "dim" if figure.value is None or figure.assumed else "text")


def _is_sticky(figure: Figure) -> bool:
    return figure.text.endswith(" sticky")


def _end(option: OptionRow, view: View, compact: bool) -> int:
    """Cells that notes and mark of an option take."""
    mark = _mark(option, view)
    return width(_notes(option, compact)) + (width(mark) + 1 if mark else 0)


def _notes(option: OptionRow, compact: bool) -> Line:
    """What blocks it; what its figure does not count, such as unserved requests; what it needs."""
    notes: list[Span] = []
    if option.needs and not (compact and option.blocked):
        notes.append((option.needs, "dim"))
    if option.blocked:
        blocked = option.blocked.removesuffix(" first") if compact else option.blocked
        notes.append((f"! {blocked}", "bad"))
    if rest := option.wrong.text.partition(" + ")[2]:
        notes = [] if compact else notes
        notes.append((f"+ {rest}", "watch"))
    return tuple((f"  {text}" if index else text, role) for index, (text, role) in enumerate(notes))


def _mark(option: OptionRow, view: View) -> Line:
    """What is special about an option, in one word."""
    table = view.options
    if option.id == table.chosen:
        return (("done" if table.executed else "chosen", "accent"),)
    return (("best", "good"),) if option.id == table.recommendation.option else ()
