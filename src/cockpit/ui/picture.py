"""Screens as SVG: pictures that look alike wherever they are shown.

They name no font that would be fetched, and braille, which few monospaced fonts hold, is drawn as
dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import StringIO

from rich.color import Color
from rich.console import Console
from rich.segment import Segment, Segments
from rich.terminal_theme import SVG_EXPORT_THEME, TerminalTheme

from cockpit.ui.canvas import segments
from cockpit.ui.lines import Line
from cockpit.ui.themes import Theme

FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
# As in Rich's own, without its address of a font. The name space of SVG is a name, not a place.
_FORMAT = (
    """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: """
    + FONTS
    + """; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
)

_CELL, _LINE = 12.2, 24.4  # of the export, in its own units
_BRAILLE = range(0x2800, 0x2900)
# Column and row of each of the eight dots, by the bit that sets it.
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
_TEXT = re.compile(r'<text class="([^"]+)" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def svg(lines: Iterable[Line], cells: int, theme: Theme, title: str = "cockpit") -> str:
    """The lines, each `cells` wide, as one SVG in the colours of the theme."""
    console = Console(record=True, width=cells, file=StringIO(), force_terminal=True)
    for line in lines:
        console.print(Segments([*segments(line, cells, theme), Segment.line()]), end="")
    drawn = console.export_svg(
        title=title, theme=_terminal(theme), code_format=_FORMAT, unique_id="t"
    )
    return with_dots(drawn)


def _terminal(theme: Theme) -> TerminalTheme:
    """The sixteen colours of a terminal, on the ground of the theme where it names one."""
    if theme.ansi:
        return SVG_EXPORT_THEME
    ground = Color.parse(theme.colours["background"]).get_truecolor()
    sixteen = [(*SVG_EXPORT_THEME.ansi_colors[number],) for number in range(16)]
    return TerminalTheme(ground, SVG_EXPORT_THEME.foreground_color, sixteen[:8], sixteen[8:])


def with_dots(drawn: str) -> str:
    """The same SVG with a path of dots in place of each braille character."""
    return _TEXT.sub(_dotted, drawn)


def _dotted(text: re.Match[str]) -> str:
    """One run of text; where it holds braille, spaces there and a path of dots beside it."""
    kind, x, y, words = text[1], float(text[2]), float(text[3]), text[4]
    cells = re.sub(r"&#?\w+;", "·", words)  # an entity is one cell
    marks = [(i, ord(c)) for i, c in enumerate(cells) if ord(c) in _BRAILLE]
    if not marks:
        return text[0]
    path = ""
    for column, code in marks:
        for bit, (across, down) in enumerate(_DOTS):
            if (code - _BRAILLE.start) >> bit & 1:
                left = x + _CELL * (column + 0.14 + across / 2)
                top = y - 20 + _LINE * (0.09 + down / 4)
                path += f"M{left:.1f} {top:.1f}h3.6v3.6h-3.6z"
    plain = "".join("&#160;" if ord(c) in _BRAILLE else c for c in words)
    return text[0].replace(words, plain) + f'<path class="{kind}" d="{path}"/>'
