"""The last step to the terminal: of what Textual repaints, only the cells that differ are written.

Textual repaints each dirty region in full, and a layout repaints the whole screen; over SSH that
is what makes keys feel slow. Here a copy of what the terminal shows is compared with what should
be shown. Every character passes `lines.clean` on the way, so that nothing unprintable is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

from cockpit.ui.lines import StyledCell, changes, runs, to_cells

_Piece = tuple[int, int, Strip]  # row, first column, what is to be shown there
_UNKNOWN: StyledCell[Style | None] = ("\0", None)


class Painted:
    """What the terminal shows, cell by cell, as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[StyledCell[Style | None]]] = {}

    def forget(self) -> None:
        """Something else may have written to the terminal: everything will be written anew."""
        self._rows.clear()

    def update(self, pieces: Sequence[_Piece]) -> Iterator[tuple[int, int, Strip]]:
        """Take the pieces as shown; yields (row, column, cells) that have to be written for it."""
        for y, x, strip in pieces:
            width = strip.cell_length
            spans = [(s.text, s.style) for s in strip if not s.control]
            new = _joined_spaces(to_cells(spans, width, None))
            row = self._rows.setdefault(y, [])
            row.extend([_UNKNOWN] * (x + width - len(row)))
            for start, size in changes(row[x : x + width], new):
                written = new[start : start + size]
                segments = [Segment(text, style) for text, style in runs(written)]
                yield y, x + start, Strip(segments, size)
            row[x : x + width] = new


def _joined_spaces(row: list[StyledCell[Style | None]]) -> list[StyledCell[Style | None]]:
    """Spaces take the style before them where that looks the same: fewer styles to write."""
    result = row[:1]
    for character, style in row[1:]:
        before = result[-1][1]
        if character == " " and style is not before and before is not None and style is not None:
            plain = not (before.reverse or before.underline or before.strike)
            plain = plain and not (style.reverse or style.underline or style.strike)
            if plain and before.bgcolor == style.bgcolor:
                style = before
        result.append((character, style))
    return result


class _Difference(CompositorUpdate):
    """Written when Textual displays it, not before: an update that is dropped changes nothing."""

    def __init__(self, painted: Painted, pieces: Sequence[_Piece]) -> None:
        self._painted = painted
        self._pieces = pieces

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for y, x, strip in self._pieces:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """The differences, as they are written to the terminal."""
        return "".join(
            Control.move_to(x, y).segment.text + strip.render(console)
            for y, x, strip in self._painted.update(self._pieces)
        )


class CellCompositor(Compositor):
    """Textual's compositor, writing differences to a terminal whose content is known."""

    def __init__(self, painted: Painted) -> None:
        super().__init__()
        self._painted = painted

    def render_update(
        self,
        full: bool = False,
        screen_stack: list[Screen[Any]] | None = None,
        simplify: bool = False,
    ) -> RenderableType | None:
        """As Textual's; `full` is asked for by screenshots alone, and is left as it is."""
        update = super().render_update(full, screen_stack, simplify)
        if full or update is None:
            return update
        if isinstance(update, LayoutUpdate):
            x, top = update.region.offset
            rows = enumerate(update.strips, top)
            return _Difference(self._painted, [(y, x, Strip.join(line)) for y, line in rows])
        if isinstance(update, ChopsUpdate):
            return _Difference(self._painted, list(_pieces(update)))
        return update


def _pieces(update: ChopsUpdate) -> Iterator[_Piece]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                start = max(x, first)
                yield y, start, strip.crop(start - x, min(end, last) - x)
