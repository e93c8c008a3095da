"""What one option says in each column of the containment table, in full or shortened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cockpit.numbers import probability
from cockpit.ui.lines import Line, Span
from cockpit.views import Figure, OptionRow, OptionTable, Promise


@dataclass(frozen=True)
class Column:
    """One column; `short` heads it where it is narrow, the highest `drop` goes first."""

    name: str
    short: str
    drop: int


COLUMNS = (
    Column("option", "option", 0),
    Column("quality vs now", "quality", 6),
    Column("p99 after", "p99", 5),
    Column("on bad path", "bad path", 3),
    Column("wrong next h", "wrong next h", 1),
    Column("effect in", "effect", 2),
    Column("undo", "undo", 7),
    Column("best", "best", 4),
)
LEAST = 4  # option, wrong next h, effect, bad path: what the narrow overview shows

# What a narrow table says instead; `enter` on the option has the words in full.
_SHORTER = {"not measured": "unknown", "none served": "none", "no decisions": "none"}
_BOUNDS = re.compile(r"\[([^\[\],]+(?:,\d{3})*), ([^\[\]]+)\]")


def head(column: Column, table: OptionTable, compact: bool) -> str:
    """What stands over a column: 'p99 → 250 ms' where a promise bounds it."""
    if column.name == "p99 after" and (bound := _bound(table)) is not None:
        return f"p99→{bound:,.0f} ms" if compact else f"p99 → {bound:,.0f} ms"
    return column.short if compact else column.name


def figures(option: OptionRow, table: OptionTable, compact: bool) -> dict[str, Span]:
    """The text of each column that holds a figure."""
    return {
        "option": (option.label, "dim" if option.blocked else "strong"),
        "quality vs now": _figure(option.quality, compact),
        "p99 after": _latency(option, table, compact),
        "on bad path": _figure(option.exposed, compact),
        "wrong next h": _figure(option.wrong, compact),
        "effect in": _figure(option.effect, compact),
        "undo": _figure(option.undo, compact),
    }


def notes(option: OptionRow, compact: bool) -> Line:
    """What blocks it; what its figure does not count, such as unserved requests; what it needs."""
    found: list[Span] = []
    if option.needs and not (compact and option.blocked):
        found.append((option.needs, "dim"))
    if option.blocked:
        blocked = option.blocked.removesuffix(" first") if compact else option.blocked
        found.append((f"! {blocked}", "bad"))
    if rest := option.wrong.text.partition(" + ")[2]:
        found = [] if compact else found
        found.append((f"+ {rest}", "watch"))
    return tuple((f"  {text}" if index else text, role) for index, (text, role) in enumerate(found))


def mark(option: OptionRow, table: OptionTable, chance: bool) -> Line:
    """What is special about an option, in one word; and the `chance` that it is the best one."""
    told = f"{probability(option.best):>7}" if chance and option.best is not None else ""
    word, role = "", "dim"
    if option.id == table.chosen:
        word, role = "done" if table.executed else "chosen", "accent"
    elif option.id == table.recommendation.option:
        word, role = "advised", "good"
    return ((f"{word}{told}" if word else told.lstrip(), role),) if word or told else ()


def is_sticky(figure: Figure) -> bool:
    """Whether a user stays on the version they were given."""
    return figure.text.endswith(" sticky")


def _figure(figure: Figure, compact: bool) -> Span:
    """Its text, starred where it is assumed; what stands behind a "+" is in the notes."""
    text = figure.text.partition(" + ")[0]
    if compact:
        text = _BOUNDS.sub(r"[\1–\2]", _SHORTER.get(text, text))
        text = text.removesuffix(" sticky") + "†" * is_sticky(figure)
    if figure.assumed:
        text = text.removesuffix(" assumed") + "*"
    return (text, "dim" if figure.value is None or figure.assumed else "text")


def _latency(option: OptionRow, table: OptionTable, compact: bool) -> Span:
    """'231  71 %': the p99, and the chance that its objective is met a quarter of an hour on."""
    text, role = _figure(option.latency, compact)
    if _bound(table) is None:
        return text, role
    promise = latency_promise(option)
    text = text.replace(" ms", "").rjust(3)
    if promise is None or promise.in_15 is None:
        return text, role
    return f"{text} {probability(promise.in_15):>5}", role


def latency_promise(option: OptionRow) -> Promise | None:
    """The promise about latency, where one was made."""
    return next((promise for promise in option.promises if promise.within is not None), None)


def _bound(table: OptionTable) -> float | None:
    """What latency was promised, ms."""
    promises = (latency_promise(option) for option in table.rows)
    return next((promise.within for promise in promises if promise is not None), None)
