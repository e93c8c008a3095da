"""What would flip the choice (`w`), how long to look for the cause, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Mapping

from cockpit import numbers
from cockpit.option_words import advice
from cockpit.ui.figures import minutes_text, number
from cockpit.ui.grid import grid
from cockpit.ui.lines import sentence
from cockpit.ui.rows import Row, heading, words
from cockpit.views import Flip, OptionTable, View, Worth

EMPTY = "No option is recommended yet, so nothing can flip: nothing has been measured."


def title(view: View) -> str:
    """The page's title."""
    best = view.options.recommendation.label
    return f"What would flip it ── recommended now: {best}" if best else "What would flip it"


def full(view: View, cells: int) -> list[Row]:
    """Flips, the time there is to diagnose, what is not known by its worth, what holds."""
    table = view.options
    if not table.rows:
        return words(EMPTY, cells)
    return [
        *words(table.recommendation.why, cells, 3, "text"),
        *_flips(table, cells),
        heading("act, diagnose or wait", cells),
        *words(table.act, cells, 2, "text"),
        *words(diagnosis(table), cells, 3, "text"),
        *words(advice(table.recommendation), cells, 3, "text"),
        *_unknowns(table, cells),
        heading("if the probabilities or values are wrong", cells),
        *words(table.robust or "It was not tried whether the ranking holds.", cells, 3, "text"),
    ]


def _flips(table: OptionTable, cells: int) -> list[Row]:
    if not table.flips:
        return words("No single value was found at which another option is better.", cells)
    labels = {row.id: row.label for row in table.rows}
    rows = [
        (
            f"flip:{index}",
            [
                (flip.input, "text"),
                (amount(flip, flip.now, table), "text"),
                (amount(flip, flip.at, table), "strong"),
                (labels.get(flip.option, flip.option), "strong"),
            ],
        )
        for index, flip in enumerate(table.flips)
    ]
    told = {f"flip:{index}": flip.sentence for index, flip in enumerate(table.flips)}
    return _explained(grid(["value", "now", "flips at", "to"], rows, cells), told, cells)


def amount(flip: Flip, value: float, table: OptionTable) -> str:
    """A probability in percent, any other value in the unit that its key is written in."""
    written = {assumption.key: assumption.value for assumption in table.assumptions}
    if flip.input.startswith("P("):
        return numbers.probability(value)
    return number(value) + " %" * written.get(flip.input, "").endswith("%")


def _explained(rows: list[Row], told: Mapping[str, str], cells: int) -> list[Row]:
    """The rows, each item's sentence under the last of its own."""
    last = {row.item: index for index, row in enumerate(rows) if row.item}
    result: list[Row] = []
    for index, row in enumerate(rows):
        result.append(row)
        if last.get(row.item) == index:
            lines = sentence(told.get(row.item, ""), cells - 2, 2, "dim")
            result += [Row((("  ", "text"), *line), row.item) for line in lines]
    return result


def diagnosis(table: OptionTable) -> str:
    """How long looking for the cause may take before containing."""
    budget = table.diagnosis_budget_minutes
    if budget is None:
        return "No limit to looking is known: observing is not seen to do more harm than acting."
    if "contain" in table.diagnose:
        return (
            f"Contain now: looking for the cause is worth {minutes_text(budget)}, "
            "and no look is that quick."
        )
    return (
        f"Looking for the cause may take {minutes_text(budget)}: "
        "from then on the harm of waiting exceeds what the best look could spare."
    )


def _unknowns(table: OptionTable, cells: int) -> list[Row]:
    """What is not known, in the order of what knowing it would spare."""
    rule = heading("not known, by the missed positives that knowing it would spare", cells)
    if not table.unknowns:
        return [rule, *words("Nothing is known to be worth looking at.", cells)]
    rows = [
        (
            f"worth:{worth.id}",
            [
                (worth.text, "strong" if index == 0 else "text"),
                (_spared(worth.perfect), "text"),
                (_spared(worth.probe), "text"),
                (_takes(worth), "text"),
            ],
        )
        for index, worth in enumerate(table.unknowns)
    ]
    # Without a look there is nothing to add to the numbers.
    told = {f"worth:{w.id}": w.sentence for w in table.unknowns if w.minutes is not None}
    shown = grid(["what", "if known", "by the next look", "which takes"], rows, cells)
    return [rule, *_explained(shown, told, cells)]


def _spared(value: float | None) -> str:
    return "unknown" if value is None else numbers.count(value)


def _takes(worth: Worth) -> str:
    return "no look is known" if worth.minutes is None else minutes_text(worth.minutes)
