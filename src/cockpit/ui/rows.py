"""What a pane is made of: rows of text, some of which the cursor can stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.ui.lines import Line, cut, fit, marked, plain, sentence, text_width, wrap

GUTTER = 2  # cells before each row, where the cursor's arrow stands


@dataclass(frozen=True)
class Row:
    """One line; `item` names what it is about ("metric:auc", "option:rollback"), "" for nothing."""

    line: Line
    item: str = ""


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines the cursor passes over."""
    return [Row(line) for line in lines]


def words(text: str, cells: int, most: int = 9, role: str = "dim") -> list[Row]:
    """A sentence as rows."""
    return rows_of(sentence(text, cells, most, role))


def joined(parts: Sequence[str], cells: int, most: int, role: str = "dim") -> list[Row]:
    """Short notes with dots between them, in at most `most` rows; one that is cut is the last."""
    lines: list[str] = []
    for part in filter(None, parts):
        longer = f"{lines[-1]} · {part}" if lines else part
        if lines and text_width(longer) <= cells:
            lines[-1] = longer
        else:
            lines += wrap(part, cells)
    if len(lines) > most > 0:
        lines = [*lines[: most - 1], cut(" · ".join(lines[most - 1 :]), cells)]
    return rows_of([plain(line, role) for line in lines[:most]])


def heading(text: str, cells: int) -> Row:
    """A titled rule inside a pane."""
    title = f"─ {text} "
    return Row(((title, "title"), ("─" * max(0, cells - text_width(title)), "border")))


def items(rows: Sequence[Row]) -> list[str]:
    """What the cursor can stand on, each once, in order."""
    return list(dict.fromkeys(row.item for row in rows if row.item))


def visible(rows: Sequence[Row], item: str, height: int) -> list[Row]:
    """The part of `rows` that is shown in `height` lines: the cursor's item is in it."""
    if len(rows) <= height:
        return list(rows)
    at = [index for index, row in enumerate(rows) if row.item == item and item]
    last = at[-1] if at else 0
    # A third of the pane stays below the cursor, so that what comes next is seen.
    start = min(max(0, last + 1 + height // 3 - height), len(rows) - height)
    if at:
        start = min(start, at[0])
    return list(rows[start : start + height])


def drawn(rows: Sequence[Row], item: str, cells: int, height: int, focused: bool) -> list[Line]:
    """Exactly `height` lines of `cells`: the gutter, the cursor, and the rows cut to fit."""
    lines: list[Line] = []
    seen = False
    for row in visible(rows, item, height):
        here = focused and bool(item) and row.item == item
        arrow = "▸ " if here and not seen else "  "
        seen = seen or here
        line = fit(((arrow, "accent"), *row.line), cells)
        lines.append(marked(line) if here else line)
    lines.extend([fit(plain(""), cells)] * (height - len(lines)))
    return lines
