"""Pane 4: the containment options side by side, best first."""

from __future__ import annotations

from cockpit.numbers import count
from cockpit.option_words import beside, chances, compared, trade
from cockpit.ui.grid import grid
from cockpit.ui.lines import Span, sentence
from cockpit.ui.panes import option_notes
from cockpit.ui.panes.hypotheses import fault_rows
from cockpit.ui.panes.option_table import left_out_rows, table_rows
from cockpit.ui.rows import Row, heading, rows_of, words
from cockpit.views import OptionRow, Promise, View

EMPTY = "No containment option can be compared yet: nothing has been measured."


def title(view: View) -> str:
    """'Containment ── …' with the state of the choice, and whether acting is worth it."""
    table = view.options
    head = f"Containment ── {table.header}" if table.header else "Containment"
    return f"{head} ─ {table.act}" if table.act else head


def rows(view: View, cells: int, height: int, count: int | None = None) -> list[Row]:
    """The pane on the overview: the table, then as many notes as there is room for."""
    if not view.options.rows:
        return words(EMPTY, cells)
    table = table_rows(view, cells, count)
    return table + option_notes.short(view, cells, max(0, height - len(table)))


def full(view: View, cells: int) -> list[Row]:
    """The pane in full: the table, what follows from each option, every assumption."""
    if not view.options.rows:
        return words(EMPTY, cells)
    result = [*table_rows(view, cells), *left_out_rows(view, cells), Row(())]
    result += option_notes.full(view, cells)
    result += [*_until(view, cells), *_promises(view, cells), *_sentences(view, cells)]
    if view.options.hypotheses:
        result += [heading("what may be wrong · h: each option under each", cells)]
        result += fault_rows(view, cells)
    return [*result, *_assumptions(view, cells), *_choice(view, cells)]


def _until(view: View, cells: int) -> list[Row]:
    """What follows until the cause is gone: harm, its tail, users, budgets, what is given up."""
    options = view.options.rows
    if all(row.harm.value is None and row.until.value is None for row in options):
        return []
    head = [
        "option",
        "wrong",
        "harm",
        "worst tenth",
        "users",
        "budget",
        "given up",
    ]
    table = [
        (
            f"until:{row.id}",
            [
                (row.label, "strong"),
                (row.until.text, "text"),
                *((_count(size), "text") for size in (row.harm.value, row.tail)),
                (row.exposed_users.text, "text"),
                (", ".join(figure.text for figure in row.budget) or "none set", "text"),
                (row.improvement.text, "text"),
                _compared(row, view),
            ],
        )
        for row in options
    ]
    told = "until it is resolved, beyond a healthy service · harm in missed positives"
    return [heading(told, cells), *grid([*head, "compared"], table, cells, (2, 3))]


def _count(value: float | None) -> str:
    return "unknown" if value is None else count(value)


def _compared(row: OptionRow, view: View) -> Span:
    """How it stands beside the others, in words."""
    if row.id == view.options.recommendation.option:
        return "recommended", "good"
    return compared(row), "watch" if row.close else "dim"


def _promises(view: View, cells: int) -> list[Row]:
    """The chance that each objective is met, a quarter of an hour and an hour on."""
    options = view.options.rows
    objectives = {promise.objective: _bound(promise) for row in options for promise in row.promises}
    table = []
    for row in options:
        by_name = {promise.objective: promise for promise in row.promises}
        spans = [(chances(by_name.get(name)), "text") for name in objectives]
        table.append((f"promise:{row.id}", [(row.label, "strong"), *spans]))
    if not objectives:
        return []
    rule = heading("chance that each objective is met after 15 min, and after 60", cells)
    return [rule, *grid(["option", *objectives.values()], table, cells)]


def _bound(promise: Promise) -> str:
    """'fast, ≤ 250 ms'."""
    bound = "" if promise.within is None else f", ≤ {promise.within:,.0f} ms"
    return promise.objective + bound


def _sentences(view: View, cells: int) -> list[Row]:
    """What each option trades, what is done beside it, and what cannot be undone."""
    result: list[Row] = []
    for option in view.options.rows:
        result += words(trade(option), cells, 3, "text")
        lines = sentence(beside(option), cells - 2, 2, "dim")
        result += rows_of([(("  ", "text"), *line) for line in lines])
    return [heading("in a sentence", cells), *result] if result else []


def _assumptions(view: View, cells: int) -> list[Row]:
    """Each value that was not measured, and whether the choice rests on it."""
    table = [
        (
            f"assumption:{assumption.key}",
            [
                (assumption.key, "text"),
                (assumption.value, "strong"),
                (assumption.source, "dim"),
                (_holds(assumption.holds), "dim" if assumption.holds == "holds" else "text"),
            ],
        )
        for assumption in view.options.assumptions
    ]
    if not table:
        return []
    rule = heading("assumed · :set KEY VALUE changes one", cells)
    return [rule, *grid(["key", "value", "from", "at twice and half"], table, cells)]


def _holds(holds: str) -> str:
    return {"": "not tried", "holds": "the ranking holds"}.get(holds, holds)


def _choice(view: View, cells: int) -> list[Row]:
    choice = view.choice
    if choice is None:
        return []
    chosen = words(f"Chosen: {choice.label}, because {choice.reason}.", cells, 2, "accent")
    return [Row(()), *chosen, *words(f"Expected: {choice.expected}", cells, 2, "text")]
