"""Styled lines of text measured in terminal cells: built, cut, wrapped and compared here.

A line is a tuple of spans, a span is (text, role); a role is a word of the theme ("text", "dim",
"bad" ...), optionally followed by " cursor" for the row the cursor stands on. No markup is ever
parsed, and text that is not printable is made inert before it becomes cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.cells import cell_len, get_character_cell_size

from cockpit.text import inert

Span = tuple[str, str]
Line = tuple[Span, ...]
S = TypeVar("S")
StyledCell = tuple[str, S]  # a character with its marks, or "" behind a wide one, and its style

EMPTY: Line = ()

# Rewriting a few unchanged cells costs less than moving the cursor and setting the style again.
_WORTH_JOINING = 6


def plain(text: str, role: str = "text") -> Line:
    """A line of one span."""
    return ((text, role),)


def clean(text: str) -> str:
    """Printable text whose width terminals agree on: one, two or no cells for each character."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = inert(text, len(text) * 10 + 10)
        text = "".join(c if c.isprintable() else " " for c in text)  # spaces of other widths
    if sum(map(get_character_cell_size, text)) != cell_len(text):
        # Flags, emoji variations and the like: shown as a plain box rather than misaligned.
        text = "".join(
            "□" if ord(c) > 0xFFFF else c for c in text if get_character_cell_size(c) > 0
        )
    return text


def width(line: Line) -> int:
    """Cells the line takes."""
    return sum(text_width(text) for text, _ in line)


def text_width(text: str) -> int:
    """Cells the text takes."""
    return len(text) if text.isascii() else sum(map(get_character_cell_size, clean(text)))


def cut(text: str, cells: int) -> str:
    """The text, or as much of it as fits in `cells` with an ellipsis at its end."""
    if text_width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    kept, used = [], 0
    for character in clean(text):
        used += get_character_cell_size(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def first_fit(cells: int, *phrases: str) -> str:
    """The first phrase that fits in `cells`, else the last one without the words behind them."""
    for phrase in phrases:
        if text_width(phrase) <= cells:
            return phrase
    short = cut(phrases[-1], cells)
    words = short.removesuffix("…").rsplit(" ", 1)
    return f"{words[0]}…" if len(words) == 2 and text_width(words[0]) > cells // 2 else short


def pad(text: str, cells: int, right: bool = False) -> str:
    """The text cut or filled with spaces to exactly `cells`; `right` puts the spaces first."""
    text = cut(text, cells)
    spaces = " " * (cells - text_width(text))
    return spaces + text if right else text + spaces


def fit(line: Line, cells: int, role: str = "text") -> Line:
    """The line cut or filled to exactly `cells`."""
    kept: list[Span] = []
    left = cells
    for index, (text, span_role) in enumerate(line):
        size = text_width(text)
        rest = sum(text_width(t) for t, _ in line[index + 1 :])
        if size > left or (size == left and rest):
            kept.append((cut(text + ("…" if size <= left else ""), left), span_role))
            left -= text_width(kept[-1][0])
            break
        kept.append((text, span_role))
        left -= size
    if left > 0:
        kept.append((" " * left, role))
    return tuple(kept)


def sides(left: Line, right: Line, cells: int) -> Line:
    """`left` at the left edge, `right` at the right one; `left` is cut where both do not fit."""
    space = cells - width(right)
    if space < 1:
        return fit(left, cells)
    return fit(left, space) + right


def wrap(text: str, cells: int) -> list[str]:
    """The text broken at spaces into pieces of at most `cells`; longer words break anywhere."""
    pieces: list[str] = []
    current = ""
    for word in clean(text).split():
        joined = f"{current} {word}" if current else word
        if text_width(joined) <= cells:
            current = joined
            continue
        if current:
            pieces.append(current)
        while text_width(word) > cells:
            head = cut(word, cells + 1)[:-1] or word[0]
            pieces.append(head)
            word = word[len(head) :]
        current = word
    if current:
        pieces.append(current)
    return pieces


def sentence(text: str, cells: int, most: int, role: str = "text", indent: str = "") -> list[Line]:
    """The text as at most `most` lines; what does not fit ends in an ellipsis."""
    pieces = wrap(text, max(1, cells - len(indent)))
    if len(pieces) > most > 0:
        rest = " ".join(pieces[most - 1 :])
        pieces = [*pieces[: most - 1], cut(rest, cells - len(indent))]
    return [
        ((indent if index else "", role), (piece, role))
        for index, piece in enumerate(pieces[:most])
    ]


def message(text: str, cells: int, most: int = 3) -> list[Line]:
    """What the cockpit says to the person, as lines in place of the key line; "" is none."""
    return [
        fit(((" ", "text"), *line), cells) for line in sentence(text, cells - 2, most, "accent")
    ]


def marked(line: Line) -> Line:
    """The line as the row the cursor stands on."""
    return tuple((text, f"{role} cursor") for text, role in line)


def to_cells(spans: Iterable[tuple[str, S]], cells: int, fill: S) -> list[StyledCell[S]]:
    """Exactly `cells` cells; a wide character is followed by an empty cell, never split."""
    row: list[StyledCell[S]] = []
    for text, style in spans:
        if text.isascii() and text.isprintable():  # the most of it: one cell a character
            row += [(character, style) for character in text[: cells - len(row)]]
            continue
        for character in clean(text):
            size = get_character_cell_size(character)
            if size == 0:
                if row and row[-1][0] and len(row[-1][0]) < 3:  # at most two marks on a character
                    row[-1] = (row[-1][0] + character, row[-1][1])
                continue
            if len(row) + size > cells:
                break
            row.append((character, style))
            if size == 2:
                row.append(("", style))
    row.extend([(" ", fill)] * (cells - len(row)))
    return row


def runs(row: Iterable[StyledCell[S]]) -> list[tuple[str, S]]:
    """Cells joined into spans of one style."""
    spans: list[tuple[list[str], S]] = []
    for character, style in row:
        if not spans or spans[-1][1] != style:
            spans.append(([], style))
        spans[-1][0].append(character)
    return [("".join(text), style) for text, style in spans]


def changes(old: Sequence[StyledCell[S]], new: Sequence[StyledCell[S]]) -> list[tuple[int, int]]:
    """Where two rows of equal length differ, as (first cell, number of cells), left to right.

    Every differing cell is covered, wide characters are covered whole, near runs are joined.
    """
    found: list[tuple[int, int]] = []
    for x, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        start, end = x, x + 1
        while start > 0 and (new[start][0] == "" or old[start][0] == ""):
            start -= 1
        while end < len(new) and (new[end][0] == "" or old[end][0] == ""):
            end += 1
        if found and start - (found[-1][0] + found[-1][1]) <= _WORTH_JOINING:
            start = found.pop()[0]
        found.append((start, end - start))
    return found
