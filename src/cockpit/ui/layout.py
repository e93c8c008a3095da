"""The screens as pure functions: a view, where the cursor is and a size make lines of text."""

from __future__ import annotations

from dataclasses import replace

from cockpit.ui.frames import Panes, Titles, columns, side_by_side, stacked, title_within
from cockpit.ui.lines import Line, fit, plain, text_width
from cockpit.ui.pages import full_rows, title
from cockpit.ui.panes import checklist, infra, knowledge, model, options, skeleton, sources
from cockpit.ui.panes.option_table import table_rows
from cockpit.ui.panes.playhead import Playhead
from cockpit.ui.panes.status import header, impact_lines
from cockpit.ui.place import Place
from cockpit.ui.rows import GUTTER, Row, drawn, words
from cockpit.views import View

SMALLEST = (80, 24)
WIDE = (112, 32)


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
    first, second, third = columns(width)
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
    above = header(view, play, width, service, 1 if view is None else 2)
    room = height - len(above) - 1
    if view is None:
        waiting = _skeleton(place, size, problem) if play.live else None
        body = waiting or _waiting(service, problem, width, room)
    elif place.full:
        body = _full(view, place, width, room)
    else:
        body = _overview(view, place, size)
    return [*above, *body, fit(bottom, width)]


def overview(view: View, play: Playhead, size: tuple[int, int], service: str) -> list[Line]:
    """The overview alone, as it is kept: at least of the smallest size, and without keys."""
    large = max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1])
    return screen(view, Place(), replace(play, behind=False), large, (), service)[:-1]


def _waiting(service: str, problem: str, width: int, height: int) -> list[Line]:
    text = problem or f"Reading the recording of {service}; the first figures follow in a moment."
    rows = [Row(()), *words(text, width - 4, 4, "bad" if problem else "text")]
    return drawn(rows, "", width, height, False)


def _skeleton(place: Place, size: tuple[int, int], problem: str) -> list[Line]:
    """The overview of a running system before its first figures."""
    width, height = size
    room = height - 4
    titles: Titles = {pane: (f"{pane} {name}", "") for pane, name in skeleton.TITLES.items()}
    if is_wide(width, height):
        top, whole, lines = columns(width), width - 2, (room - 4) // 3
        sizes = {1: top[0], 2: top[1], 3: top[2], 4: whole, 5: whole}
        high = dict.fromkeys(sizes, lines) | {5: room - 4 - 2 * lines}
    else:
        sizes = dict.fromkeys((1, 2, 3, 4, 5), width)
        lines = (room - 5) // 5
        high = dict.fromkeys(sizes, lines) | {5: room - 5 - 4 * lines}
    panes: Panes = {
        pane: (skeleton.rows(pane, cells - GUTTER, problem), cells, high[pane])
        for pane, cells in sizes.items()
    }
    if is_wide(width, height):
        return side_by_side(panes, titles, place, width)
    return stacked(panes, titles, place)


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


def _overview(view: View, place: Place, size: tuple[int, int]) -> list[Line]:
    panes = overview_rows(view, place, size)
    titles: Titles = {pane: (title(view, pane), "") for pane in panes}
    if is_wide(*size):
        return side_by_side(panes, titles, place, size[0])
    return stacked(panes, titles | _narrow_titles(view), place)


def _narrow_titles(view: View) -> Titles:
    """What fails stands in the titles where lines are few; the first two panes are one."""
    model, infra, asked = (sources.failures(view, p) for p in ("model", "infra", "questions"))
    failing = list(dict.fromkeys([*model, *infra]))
    first = "worst of 1 and 2" if failing else "worst of 1 Model and 2 Infra"
    return {1: (first, " · ".join(failing)), 3: (title(view, 3), " · ".join(asked))}
