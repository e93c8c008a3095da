"""What is at stake in an option, said before it is chosen: warnings, then what it protects."""

from __future__ import annotations

from cockpit.option_words import advice
from cockpit.ui.lines import Line, pad, sentence
from cockpit.views import OptionRow, OptionTable

_NAME = 12


def stakes(table: OptionTable, row: OptionRow, cells: int) -> list[Line]:
    """What stands against it, which rule speaks, what it protects and what it gives up."""
    best = table.recommendation
    recommended = row.id == best.option
    told = [
        ("! blocked", row.blocked, "bad"),
        ("! no undo", row.irreversible and f"cannot be undone: {row.irreversible}", "bad"),
        ("! beware", "; ".join(row.warnings), "watch"),
        ("close call", _close_call(table, row), "watch"),
        ("advice", _advice(table, row), "text"),
        ("protects", row.guarantee or (best.guarantee if recommended else ""), "text"),
        ("gives up", _given_up(table, row), "text"),
    ]
    lines: list[Line] = []
    for name, text, role in told:
        for index, line in enumerate(sentence(text, cells - _NAME, 2, role) if text else []):
            lines.append(((pad("" if index else name, _NAME), "dim"), *line))
    return lines


def _advice(table: OptionTable, row: OptionRow) -> str:
    """Which rule speaks; and what is recommended, where that is another option."""
    best = table.recommendation
    if not best.option or row.id == best.option:
        return advice(best)
    label = next((other.label for other in table.rows if other.id == best.option), best.label)
    return "; ".join(filter(None, (f"recommended is {label}", advice(best))))


def _close_call(table: OptionTable, row: OptionRow) -> str:
    others = [other.label for other in table.rows if other.close and other.id != row.id]
    if not row.close or not others:
        return ""
    return f"harm cannot tell it from {', '.join(others)}"


def _given_up(table: OptionTable, row: OptionRow) -> str:
    best = table.recommendation
    if row.id == best.option and best.gain:
        return best.gain
    lost = row.improvement
    return "" if lost.value is None else f"{lost.text} of what the new version gained"
