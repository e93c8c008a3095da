"""Containment by hypothesis (`h`): each option under each fault, and the ledger of signs."""

from __future__ import annotations

from cockpit.numbers import probability, times
from cockpit.option_words import reasons
from cockpit.ui.grid import grid
from cockpit.ui.lines import Line, Span, cut, pad, plain, sentence, text_width
from cockpit.ui.rows import Row, heading, words
from cockpit.views import Figure, Hypothesis, OptionRow, View

EMPTY = "No fault is more likely than another yet: no sign has been looked at."
_BAR = 10  # cells of a bar: one for ten of a hundred
_STATES = ("seen", "not seen", "not measurable")


def title(view: View) -> str:
    """The page's title."""
    return "Containment by hypothesis ── harm if that is at fault"


def full(view: View, cells: int) -> list[Row]:
    """The options under each fault, what may be wrong, and the signs that tell."""
    table = view.options
    if not table.hypotheses:
        return words(EMPTY, cells)
    return [
        *_by_fault(view, cells),
        *words(
            "Missed positives beyond a healthy service, until resolved. Least: of that column.",
            cells,
        ),
        heading("what may be wrong", cells),
        *fault_rows(view, cells),
        *_ledger(view, cells),
    ]


def _by_fault(view: View, cells: int) -> list[Row]:
    """Rows are the options, columns the faults; without intervals where they do not fit."""
    table = view.options
    head = [f"{fault.id} {probability(fault.probability)}" for fault in table.hypotheses]
    for whole in (True, False):
        grid_rows = [
            (f"under:{row.id}", [(row.label, "strong"), *_harms(row, view, whole)])
            for row in table.rows
        ]
        rows = grid(["option", *head, "overall"], grid_rows, cells, range(1, len(head) + 2))
        if len(rows) <= len(table.rows) + 1:
            return rows
    return rows


def _harms(row: OptionRow, view: View, whole: bool) -> list[Span]:
    table = view.options
    spans: list[Span] = []
    for fault in table.hypotheses:
        figure = row.by_fault.get(fault.id)
        others = [r.by_fault[fault.id].value for r in table.rows if fault.id in r.by_fault]
        spans.append(_cell(figure, others, whole))
    return [*spans, _cell(row.harm, [r.harm.value for r in table.rows], whole)]


def _cell(figure: Figure | None, others: list[float | None], whole: bool) -> Span:
    """A harm, with the word that it is the least of its column."""
    if figure is None:
        return "unknown", "dim"
    text = figure.text if whole else figure.text.partition(" [")[0]
    least = min((value for value in others if value is not None), default=None)
    return (f"least {text}", "good") if figure.value == least is not None else (text, "text")


def fault_rows(view: View, cells: int) -> list[Row]:
    """'data  71 % ━━━━━━━─── was 25 % beforehand: amount drifted ×10; …', each on its own rows."""
    faults = view.options.hypotheses
    size = min(26, max((text_width(fault.label) for fault in faults), default=0))
    return [row for fault in faults for row in _fault(fault, size, cells)]


def _fault(fault: Hypothesis, size: int, cells: int) -> list[Row]:
    bar = min(_BAR, round(fault.probability * _BAR))
    chance = f"{probability(fault.probability):>5}"
    indent = size + _BAR + len(chance) + 4
    before = f"was {probability(fault.prior)} beforehand"
    # What was measured is in the ledger, and behind enter.
    told = [piece.partition(" · ")[0] for piece in fault.evidence]
    signs = [piece for piece in told if not piece.startswith("before any sign")]
    start: Line = (
        (pad(fault.label, size + 1), "strong"),
        (f"{chance} ", "strong"),
        ("━" * bar, "accent"),
        ("─" * (_BAR - bar) + "  ", "border"),
    )
    lines = sentence("; ".join([before, *signs]), cells - indent, 2)
    shown = [(*(start if i == 0 else plain(" " * indent)), *line) for i, line in enumerate(lines)]
    return [Row(line, f"fault:{fault.id}") for line in shown]


def _ledger(view: View, cells: int) -> list[Row]:
    """Each sign with what it says of each fault; those that are seen first."""
    signs = sorted(view.options.signs, key=lambda sign: _STATES.index(sign.state))
    if not signs:
        return [heading("signs", cells), *words("No sign has been looked at.", cells)]
    faults = [fault.id for fault in view.options.hypotheses]
    sizes = [max(len(fault), 4) + 1 for fault in faults]
    size = cells - sum(sizes) - 15
    spans = [(pad(name, width), "dim") for name, width in zip(faults, sizes, strict=True)]
    head: Line = ((pad("", 15 + size), "dim"), *spans)
    rule = heading("signs, and how many times as likely each makes a fault · ⏎ overrides", cells)
    result = [rule, Row(head)]
    for sign in signs:
        said = [times(sign.ratios.get(fault, 1.0)) for fault in faults]
        told = [
            (pad(ratio, width), "dim" if ratio == "·" else "text")
            for ratio, width in zip(said, sizes, strict=True)
        ]
        role = "strong" if sign.state == "seen" else "dim"
        line = ((pad(sign.state, 15), role), (pad(cut(sign.text, size - 1), size), role), *told)
        below = sentence(reasons(sign), cells - 15, 2, "watch" if sign.overridden else "dim")
        result.append(Row(line, f"sign:{sign.id}"))
        result += [Row((*plain(" " * 15), *piece), f"sign:{sign.id}") for piece in below]
    return result
