"""The containment table: as wide as there is room for, never without blocker or what is advised."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.ui.grid import grid
from cockpit.ui.lines import Span, fit, pad, sides, text_width, width
from cockpit.ui.panes.option_cells import (
    COLUMNS,
    LEAST,
    Column,
    figures,
    head,
    is_sticky,
    mark,
    notes,
)
from cockpit.ui.rows import Row
from cockpit.views import OptionRow, OptionTable, View

STICKY = "† sticky: a user stays on the version they were given"

_WIDEST = 34  # cells of a column
_NOTES = 14  # cells kept for blockers before names of options are cut
_SHORTEST_NAME = 12


@dataclass(frozen=True)
class _Layout:
    """Which columns, how wide each is, the space between them and what is left for notes."""

    columns: tuple[Column, ...]
    sizes: dict[str, int]
    gap: int
    compact: bool
    cells: int

    @property
    def shown(self) -> list[Column]:
        """The columns that stand before the notes."""
        return [column for column in self.columns if column.name != "best"]

    @property
    def chances(self) -> bool:
        """Whether the last column, the chance of being the best, is shown."""
        return len(self.shown) < len(self.columns)

    @property
    def spare(self) -> int:
        """Cells that are left, or are missing where it is negative."""
        return self.cells - sum(self.sizes[column.name] + self.gap for column in self.shown)

    def end(self, option: OptionRow, table: OptionTable) -> int:
        """Cells that notes and mark of an option take."""
        marked = mark(option, table, self.chances)
        return width(notes(option, self.compact)) + (width(marked) + 1 if marked else 0)

    def needed(self, table: OptionTable, options: list[OptionRow]) -> int:
        """Cells that the widest notes and mark take."""
        return max((self.end(option, table) for option in options), default=0)


def table_rows(view: View, cells: int, count: int | None = None) -> list[Row]:
    """The head and one row an option."""
    table, options = view.options, view.options.rows[:count]
    chosen = _layout(options, table, cells)
    room, gap = chosen.spare, chosen.gap
    end = min(room, max(chosen.needed(table, options), text_width("needs best")))
    above: list[Span] = [
        (pad(head(c, table, chosen.compact), chosen.sizes[c.name] + gap), "dim")
        for c in chosen.shown
    ]
    last: tuple[Span, ...] = (("best", "dim"),) if chosen.chances else ()
    result = [Row((*above, *fit(sides((("needs", "dim"),), last, end), room)))]
    for option in options:
        cell = figures(option, table, chosen.compact)
        spans = [
            (pad(cell[c.name][0], chosen.sizes[c.name]) + " " * gap, cell[c.name][1])
            for c in chosen.shown
        ]
        note, marked = notes(option, chosen.compact), mark(option, table, chosen.chances)
        line = sides(note, ((" ", "text"), *marked), end) if marked else fit(note, room)
        result.append(Row((*spans, *line), f"option:{option.id}"))
    return result


def left_out_rows(view: View, cells: int) -> list[Row]:
    """The columns that `table_rows` has no room for, in a table of their own."""
    table = view.options
    shown = _layout(table.rows, table, cells).columns
    missing = [column for column in COLUMNS[:-1] if column not in shown]
    told = [(option, figures(option, table, False)) for option in table.rows]
    rows = [
        (f"option:{option.id}", [cell["option"], *(cell[column.name] for column in missing)])
        for option, cell in told
    ]
    names = [head(column, table, False) for column in missing]
    return grid(["option", *names], rows, cells) if missing else []


def shortened(view: View, cells: int, count: int | None = None) -> str:
    """What a narrow table's signs mean, or ""."""
    options = view.options.rows[:count]
    sticky = any(is_sticky(option.exposed) for option in options)
    return STICKY if sticky and _layout(options, view.options, cells).compact else ""


def _layout(options: list[OptionRow], table: OptionTable, cells: int) -> _Layout:
    """The roomiest table that fits: first words get shorter, then columns go, then names."""
    columns = COLUMNS if any(option.best is not None for option in options) else COLUMNS[:-1]
    for compact, gap in ((False, 2), (True, 2), (True, 1)):
        found = _Layout(columns, _sizes(options, table, compact), gap, compact, cells)
        if found.spare >= found.needed(table, options):
            return found
    while found.spare < found.needed(table, options) and len(found.columns) > LEAST:
        least = max(found.columns, key=lambda column: column.drop)
        kept = tuple(column for column in found.columns if column != least)
        found = _Layout(kept, found.sizes, 1, True, cells)
    needed = found.needed(table, options)
    missing = min(needed, _NOTES) - found.spare
    if missing > 0:
        found.sizes["option"] = max(_SHORTEST_NAME, found.sizes["option"] - missing)
    elif found.spare >= needed + len(found.shown):
        return _Layout(found.columns, found.sizes, 2, True, cells)
    return found


def _sizes(options: list[OptionRow], table: OptionTable, compact: bool) -> dict[str, int]:
    grid = [figures(option, table, compact) for option in options]
    return {
        column.name: min(
            _WIDEST,
            max(
                text_width(head(column, table, compact)),
                *(text_width(row[column.name][0]) for row in grid),
            ),
        )
        for column in COLUMNS
        if column.name != "best"
    }
