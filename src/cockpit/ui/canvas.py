"""The widget that draws: it takes styled lines and asks to be repainted where they changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cockpit.ui.lines import Line, clean, fit, runs, to_cells
from cockpit.ui.themes import Theme, style_of


def segments(line: Line, width: int, theme: Theme) -> list[Segment]:
    """The line in exactly `width` cells, in the theme's styles."""
    cells = to_cells(fit(line, width), width, "text")
    return [Segment(text, style_of(theme, role)) for text, role in runs(cells)]


def plain_text(lines: Sequence[Line]) -> str:
    """The lines as plain text without trailing spaces."""
    return "\n".join("".join(clean(text) for text, _ in line).rstrip() for line in lines)


class Canvas(Widget):
    """Shows lines of text through Textual's Line API; see `cockpit.ui.lines` for what a line is."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; background: $background; }"
    can_focus = False

    def __init__(self, theme: Theme, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._theme = theme
        self._lines: list[Line] = []

    def draw(self, lines: Sequence[Line], theme: Theme) -> None:
        """Show `lines` from the top; lines that are the same as before are not repainted."""
        old, self._lines = self._lines, list(lines)
        if theme != self._theme:
            self._theme = theme
            self.refresh()
            return
        width = self.size.width
        longest = max(len(old), len(lines))
        changed = [y for y in range(longest) if old[y : y + 1] != self._lines[y : y + 1]]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.size.width
        line = self._lines[y] if y < len(self._lines) else ()
        return Strip(segments(line, width, self._theme), width)

    def text(self) -> str:
        """What is shown, as plain text."""
        return plain_text(self._lines)
