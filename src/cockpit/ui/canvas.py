"""The one widget that draws: it takes styled lines and repaints only the cells that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cockpit.ui.lines import Cell, Line, changes, runs, to_cells
from cockpit.ui.themes import Theme, style_of


class Canvas(Widget):
    """Shows lines of text; see `cockpit.ui.lines` for what a line is."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; background: $background; }"
    can_focus = False

    def __init__(self, theme: Theme, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._theme = theme
        self._rows: list[list[Cell]] = []
        self._lines: list[Line] = []
        self._width = 0

    def draw(self, lines: Sequence[Line], theme: Theme) -> None:
        """Show `lines` from the top, cut to the widget's size; unchanged cells are not touched."""
        width, height = self.size
        wanted = list(lines[:height]) + [()] * (height - len(lines))
        if theme != self._theme or width != self._width or len(wanted) != len(self._rows):
            self._theme, self._width, self._lines = theme, width, wanted
            self._rows = [to_cells(line, width) for line in wanted]
            self.refresh()
            return
        regions: list[Region] = []
        for y, line in enumerate(wanted):
            if line == self._lines[y]:
                continue
            row = to_cells(line, width)
            regions += [Region(x, y, size, 1) for x, size in changes(self._rows[y], row)]
            self._rows[y] = row
        self._lines = wanted
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One row of the screen; the Line API of Textual."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width)
        theme = self._theme
        segments = [Segment(text, style_of(theme, role)) for text, role in runs(self._rows[y])]
        return Strip(segments, self._width)

    def text(self) -> str:
        """What is shown, as plain text without trailing spaces."""
        return "\n".join("".join(c for c, _ in row).rstrip() for row in self._rows)


class CellCompositor(Compositor):
    """Textual's compositor, whose partial updates begin at the first changed cell.

    Textual 8.2 rewrites a changed span from the left edge of its widget; over SSH that is most of
    the bytes when one figure at the right of a wide line changes.
    """

    def render_partial_update(self) -> ChopsUpdate | None:
        """The changed cells, and no others."""
        update = super().render_partial_update()
        if update is None:
            return None
        return _CellUpdate(update.chops, update.spans, update.chop_ends)


class _CellUpdate(ChopsUpdate):
    chops: Sequence[Mapping[int, Strip | None]]

    def render_segments(self, console: Console) -> str:
        sequences: list[str] = []
        for y, first, last in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                if strip is None or x >= last or end <= first:
                    continue
                start = max(x, first)
                sequences.append(Control.move_to(start, y).segment.text)
                sequences.append(strip.crop(start - x, min(end, last) - x).render(console))
        return "".join(sequences)
