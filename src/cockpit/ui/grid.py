"""A table of any width: columns that do not fit beside the first go on in a table below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cockpit.ui.lines import Line, Span, pad, text_width
from cockpit.ui.rows import Row

_GAP = 2
_WIDEST = 44  # cells of a column


def grid(head: Sequence[str], rows: Sequence[tuple[str, Sequence[Span]]], cells: int) -> list[Row]:
    """The head and a row for each (item, spans); the first column stands before every part."""
    if not rows:
        return []
    sizes = [
        min(_WIDEST, cells, max(text_width(text) for text in (name, *(r[1][i][0] for r in rows))))
        for i, name in enumerate(head)
    ]
    found: list[Row] = []
    for part in _parts(sizes, cells):
        found.append(Row(_line(((name, "dim") for name in head), sizes, part)))
        found += [Row(_line(spans, sizes, part), item) for item, spans in rows]
    return found


def _parts(sizes: Sequence[int], cells: int) -> list[list[int]]:
    """Which columns stand in each part."""
    parts: list[list[int]] = [[0]]
    for column in range(1, len(sizes)):
        used = sum(sizes[c] + _GAP for c in parts[-1])
        if used + sizes[column] > cells and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    return parts


def _line(spans: Iterable[Span], sizes: Sequence[int], part: Sequence[int]) -> Line:
    all_ = list(spans)
    return tuple(
        (pad(all_[c][0], sizes[c]) + " " * _GAP * (c != part[-1]), all_[c][1]) for c in part
    )
