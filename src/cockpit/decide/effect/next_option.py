"""What to do where the containment that was chosen has no effect: the next option."""

from __future__ import annotations

from collections.abc import Collection

from cockpit.decide.effect.kept import LETS_GO_ON
from cockpit.views import NextOption, OptionRow, OptionTable


def next_option(table: OptionTable, tried: Collection[str]) -> NextOption | None:
    """The best option that was not tried and can be taken; null where there is none.

    The recommended one goes first; else nothing that cannot be undone, and nothing that lets
    things go on as they are.
    """
    best = table.recommendation
    for row in sorted(table.rows, key=lambda row: row.id != best.option):
        if row.id in tried or row.kind in LETS_GO_ON or row.blocked:
            continue
        if row.id == best.option or not row.irreversible:
            return NextOption(id=row.id, label=row.label, why=_why(row, table))
    return None


def _why(row: OptionRow, table: OptionTable) -> str:
    if row.id == table.recommendation.option:
        return table.recommendation.why
    observe = next((one for one in table.rows if one.kind == "observe"), None)
    mine, nothing = row.harm.value, None if observe is None else observe.harm.value
    if mine is None or nothing is None:
        return "what it would do is not measured"
    against = "less" if mine < nothing else "no less"
    return f"least harm of what is left, {against} than observing"
