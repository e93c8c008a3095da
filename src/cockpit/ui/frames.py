"""Panes in their places: side by side in one frame, or below each other under titled rules."""

from __future__ import annotations

import re

from cockpit.ui.lines import Line, Span, cut, text_width
from cockpit.ui.place import Place
from cockpit.ui.rows import Row, drawn

Panes = dict[int, tuple[list[Row], int, int]]  # pane → its rows, cells and lines
Titles = dict[int, tuple[str, str]]  # pane → its title, and what fails under it


def title_within(text: str, cells: int) -> str:
    """The title; where it is too long without its interval, rather than half of it, or its end."""
    if text_width(text) > cells:
        text = re.sub(r" \[[^\[\]]*\](?=$| ─ )", "", text)
    if text_width(text) > cells:
        text = text.partition(" ─ ")[0]
    return cut(text, cells)


def columns(width: int) -> tuple[int, int, int]:
    """Cells of the three panes on top of a frame of `width`."""
    inner = width - 4
    first, second = round(inner * 0.345), round(inner * 0.33)
    return first, second, inner - first - second


def side_by_side(panes: Panes, titles: Titles, place: Place, width: int) -> list[Line]:
    """Panes 1, 2 and 3 beside each other, 4 and 5 below them, in one frame."""
    edge: Line = (("│", "border"),)
    rules = {pane: _rule(titles[pane], place, pane, cells) for pane, (_, cells, _) in panes.items()}
    text = {
        pane: drawn(rows, place.cursor(pane, rows), cells, high, place.focus == pane)
        for pane, (rows, cells, high) in panes.items()
    }
    joint: Line = (("┬", "border"),)
    lines: list[Line] = [
        (("┌", "border"), *rules[1], *joint, *rules[2], *joint, *rules[3], ("┐", "border"))
    ]
    for one, two, three in zip(text[1], text[2], text[3], strict=True):
        lines.append((*edge, *one, *edge, *two, *edge, *three, *edge))
    joints = (panes[1][1], panes[1][1] + 1 + panes[2][1])
    lines.append((("├", "border"), *_jointed(rules[4], joints), ("┤", "border")))
    lines += [(*edge, *line, *edge) for line in text[4]]
    lines.append((("├", "border"), *rules[5], ("┤", "border")))
    lines += [(*edge, *line, *edge) for line in text[5]]
    lines.append((("└" + "─" * (width - 2) + "┘", "border"),))
    return lines


def stacked(panes: Panes, titles: Titles, place: Place) -> list[Line]:
    """The panes below each other, each under a rule with its title."""
    lines: list[Line] = []
    for pane, (rows, cells, high) in panes.items():
        lines.append((("─", "border"), *_rule(titles[pane], place, pane, cells - 1)))
        lines += drawn(rows, place.cursor(pane, rows), cells, high, place.focus == pane)
    return lines


def _rule(title: tuple[str, str], place: Place, pane: int, cells: int) -> Line:
    focused = place.focus == pane
    name, failing = title
    text = title_within(name, cells - 4)
    shown = f"[{text}]" if focused else f" {text} "
    head: Span = (shown, "accent" if focused else "title")
    rest = cells - text_width(shown)
    told = f" {cut(failing, rest - 4)} " if failing else ""
    return (head, (told, "watch"), ("─" * (rest - text_width(told)), "border"))


def _jointed(line: Line, joints: tuple[int, ...]) -> Line:
    """The rule with ┴ where the borders above meet it, unless the title stands there."""
    text, role = line[-1]
    before = sum(text_width(part) for part, _ in line[:-1])
    rule = list(text)
    for joint in joints:
        if joint >= before:
            rule[joint - before] = "┴"
    return (*line[:-1], ("".join(rule), role))
