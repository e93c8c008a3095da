"""The screens as pure functions: a view, where the cursor is and a size make lines of text."""

from __future__ import annotations

import re
from dataclasses import replace

from cockpit.ui.lines import Line, cut, fit, plain, text_width
from cockpit.ui.pages import full_rows, title
from cockpit.ui.panes import checklist, infra, knowledge, model, options
from cockpit.ui.panes.option_table import table_rows
from cockpit.ui.panes.status import Playhead, header, impact_lines
from cockpit.ui.place import Place
from cockpit.ui.rows import GUTTER, Row, drawn, words
from cockpit.views import View

SMALLEST = (80, 24)
WIDE = (112, 32)

Panes = dict[int, tuple[list[Row], int, int]]  # pane → its rows, cells and lines


def is_wide(width: int, height: int) -> bool:
    """Whether all panes fit side by side."""
    return width >= WIDE[0] and height >= WIDE[1]


def is_too_small(width: int, height: int) -> bool:
    """Whether not even the narrow overview fits."""
    return width < SMALLEST[0] or height < SMALLEST[1]


def too_small(width: int, height: int) -> Line:
    """The one sentence shown below the smallest size."""
    need_w, need_h = SMALLEST
    return plain(
        f"cockpit needs {need_w}×{need_h}; this is {width}×{height}. Make it larger; q quits."
    )


def _heights(view: View, cells: int, height: int) -> tuple[int, int, int]:
    """Lines for the panes on top, for containment, and for what is known, in `height` lines.

    What is known leaves the lines it does not need to containment, and that to the panes on top.
    """
    most = 3 if height < 26 else 5 if height < 30 else 6 if height < 44 else 9
    known = min(most, len(knowledge.rows(view, cells, most)))
    wanted = len(options.rows(view, cells, height))
    containment = min(max(wanted, 6), max(6, (height - most) // 2) + most - known)
    return height - known - containment, containment, known


def wide_rows(view: View, place: Place, width: int, height: int) -> Panes:
    """Rows, cells and lines of each pane on the wide overview."""
    inner = width - 4
    first = round(inner * 0.345)
    second = round(inner * 0.33)
    third = inner - first - second
    whole = width - 2
    top, middle, bottom = _heights(view, whole - GUTTER, height - 4)
    return {
        1: (model.rows(view, first - GUTTER, top, place.scales), first, top),
        2: (infra.rows(view, second - GUTTER, top, place.scales), second, top),
        3: (checklist.rows(view, third - GUTTER, top), third, top),
        4: (options.rows(view, whole - GUTTER, middle), whole, middle),
        5: (knowledge.rows(view, whole - GUTTER, bottom), whole, bottom),
    }


def narrow_rows(view: View, width: int, height: int) -> Panes:
    """Rows, cells and lines of each part of the narrow overview."""
    cells = width - GUTTER
    more = max(0, height - 19)
    verdicts = 3 + more // 4
    shown = 4 + more // 3
    known = min(6 + more // 3, height - 4 - verdicts - (shown + 1) - 2)
    rest = height - 4 - verdicts - (shown + 1) - known
    return {
        1: (model.worst_verdicts(view, cells, verdicts), width, verdicts),
        3: (checklist.next_question(view, cells), width, rest),
        4: (
            table_rows(view, cells, shown) if view.options.rows else options.rows(view, cells, 1),
            width,
            shown + 1,
        ),
        5: (knowledge.rows(view, cells, known), width, known),
    }


def overview_rows(view: View, place: Place, size: tuple[int, int]) -> Panes:
    """The panes of the overview on a screen of this size."""
    width, height = size
    room = height - _above(view, size) - 1
    if is_wide(width, height):
        return wide_rows(view, place, width, room)
    return narrow_rows(view, width, room)


def _above(view: View, size: tuple[int, int]) -> int:
    """Lines of status, impact and phases."""
    return 2 + len(impact_lines(view, size[0], 2))


def _pane_title(view: View, place: Place, pane: int, cells: int) -> Line:
    focused = place.focus == pane
    text = title_within(title(view, pane), cells - 4)
    shown = f"[{text}]" if focused else f" {text} "
    return (
        (shown, "accent" if focused else "title"),
        ("─" * (cells - text_width(shown)), "border"),
    )


def screen(
    view: View | None,
    place: Place,
    play: Playhead,
    size: tuple[int, int],
    bottom: Line,
    service: str,
    problem: str = "",
) -> list[Line]:
    """The whole screen in exactly `size` cells; `bottom` is the key line or a message."""
    width, height = size
    if is_too_small(width, height):
        small = fit(too_small(width, height), width)
        return [small, *[fit(plain(""), width)] * (height - 1)]
    if view is None:
        body = _waiting(service, problem, width, height - 4)
        return [*header(None, play, width, service), *body, fit(bottom, width)]
    above = header(view, play, width, service, 2)
    room = height - len(above) - 1
    if place.full:
        body = _full(view, place, width, room)
    elif is_wide(width, height):
        body = _wide(view, place, width, room)
    else:
        body = _narrow(view, place, width, room)
    return [*above, *body, fit(bottom, width)]


def overview(view: View, play: Playhead, size: tuple[int, int], service: str) -> list[Line]:
    """The overview alone, as it is kept: at least of the smallest size, and without keys."""
    large = max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1])
    return screen(view, Place(), replace(play, behind=False), large, (), service)[:-1]


def _waiting(service: str, problem: str, width: int, height: int) -> list[Line]:
    text = problem or f"Reading the recording of {service}; the first figures follow in a moment."
    rows = [Row(()), *words(text, width - 4, 4, "bad" if problem else "text")]
    return drawn(rows, "", width, height, False)


def title_within(text: str, cells: int) -> str:
    """The title; where it is too long without its interval, rather than half of it, or its end."""
    if text_width(text) > cells:
        text = re.sub(r" \[[^\[\]]*\](?=$| ─ )", "", text)
    if text_width(text) > cells:
        text = text.partition(" ─ ")[0]
    return cut(text, cells)


def _full(view: View, place: Place, width: int, height: int) -> list[Line]:
    pane = place.focus
    rows = full_rows(view, place, pane, width)
    filtered = f" · only “{place.wanted}”" if place.wanted and pane == 6 else ""
    heading = title_within(title(view, pane) + filtered, width - 20)
    back = " o overview "
    rule = "─" * (width - text_width(heading) - text_width(back) - 4)
    top: Line = (
        ("─", "border"),
        (f"[{heading}]", "accent"),
        (rule, "border"),
        (back, "dim"),
        ("─", "border"),
    )
    return [fit(top, width), *drawn(rows, place.cursor(pane, rows), width, height - 1, True)]


def _wide(view: View, place: Place, width: int, height: int) -> list[Line]:
    panes = wide_rows(view, place, width, height)
    edge: Line = (("│", "border"),)
    lines: list[Line] = []
    titles = {pane: _pane_title(view, place, pane, cells) for pane, (_, cells, _) in panes.items()}
    text = {
        pane: drawn(rows, place.cursor(pane, rows), cells, high, place.focus == pane)
        for pane, (rows, cells, high) in panes.items()
    }
    lines.append(
        (
            ("┌", "border"),
            *titles[1],
            ("┬", "border"),
            *titles[2],
            ("┬", "border"),
            *titles[3],
            ("┐", "border"),
        )
    )
    for one, two, three in zip(text[1], text[2], text[3], strict=True):
        lines.append((*edge, *one, *edge, *two, *edge, *three, *edge))
    joints = (panes[1][1], panes[1][1] + 1 + panes[2][1])
    lines.append((("├", "border"), *_jointed(titles[4], joints), ("┤", "border")))
    lines += [(*edge, *line, *edge) for line in text[4]]
    lines.append((("├", "border"), *titles[5], ("┤", "border")))
    lines += [(*edge, *line, *edge) for line in text[5]]
    lines.append((("└" + "─" * (width - 2) + "┘", "border"),))
    return lines


def _jointed(line: Line, joints: tuple[int, ...]) -> Line:
    """The rule with ┴ where the borders above meet it, unless the title stands there."""
    text, role = line[-1]
    before = sum(text_width(part) for part, _ in line[:-1])
    rule = list(text)
    for joint in joints:
        if joint >= before:
            rule[joint - before] = "┴"
    return (*line[:-1], ("".join(rule), role))


def _narrow(view: View, place: Place, width: int, height: int) -> list[Line]:
    lines: list[Line] = []
    for pane, (rows, cells, high) in narrow_rows(view, width, height).items():
        name = "worst of 1 Model and 2 Infra" if pane == 1 else title(view, pane)
        focused = place.focus == pane
        text = title_within(name, cells - 6)
        shown = f"[{text}]" if focused else f" {text} "
        rule = "─" * (cells - text_width(shown) - 1)
        lines.append((("─", "border"), (shown, "accent" if focused else "title"), (rule, "border")))
        lines += drawn(rows, place.cursor(pane, rows), cells, high, focused)
    return lines
