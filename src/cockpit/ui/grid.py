"""A table of any width: columns that do not fit beside the first go on in a table below."""

from __future__ import annotations

from collections.abc import Container, Sequence

from cockpit.ui.lines import Line, Span, pad, text_width
from cockpit.ui.rows import Row

_WIDEST = 44  # cells of a column


def grid(
    head: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Span]]],
    cells: int,
    right: Container[int] = (),
) -> list[Row]:
    """The head and a row for each (item, spans); the first column stands before every part.

    Columns in `right` end at the same cell, as numbers do.
    """
    if not rows:
        return []
    wanted = [
        min(_WIDEST, max(text_width(text) for text in (name, *(spans[i][0] for _, spans in rows))))
        for i, name in enumerate(head)
    ]
    first = min(wanted[0], max(1, cells // 2))
    sizes = [first, *(min(size, max(1, cells - first - 1)) for size in wanted[1:])]
    gap = 2 if sum(sizes) + 2 * (len(sizes) - 1) <= cells else 1
    found: list[Row] = []
    for part in _parts(sizes, gap, cells):
        shown = [(column, sizes[column], column in right) for column in part]
        found.append(Row(_line([(name, "dim") for name in head], shown, gap)))
        found += [Row(_line(spans, shown, gap), item) for item, spans in rows]
    return found


def _parts(sizes: Sequence[int], gap: int, cells: int) -> list[list[int]]:
    """Which columns stand in each part."""
    parts: list[list[int]] = [[0]]
    for column in range(1, len(sizes)):
        used = sum(sizes[c] + gap for c in parts[-1])
        if used + sizes[column] > cells and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    return parts


def _line(spans: Sequence[Span], shown: Sequence[tuple[int, int, bool]], gap: int) -> Line:
    """The spans of the columns that are shown, each with its size and whether it ends right."""
    line: list[Span] = []
    for column, size, right in shown:
        text, role = spans[column]
        line += [(" " * (gap if line else 0), "text"), (pad(text, size, right), role)]
    return tuple(line)
