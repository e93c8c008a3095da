"""The containment table as plain text: options, faults, signs, flips, and what was taken for given.

No line is wider than a narrow terminal, unless a single cell is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from cockpit.cli.tables import WIDTH, folded
from cockpit.numbers import count, minutes, probability
from cockpit.option_words import advice, beside, chances, compared, ratios, reasons, trade
from cockpit.views import OptionRow, OptionTable, Sign, Worth


def option_table(table: OptionTable) -> str:
    """Everything `OptionTable` holds, in the order in which it is decided from."""
    return "\n".join(_lines(table))


def _lines(table: OptionTable) -> Iterator[str]:
    yield from _wrapped(table.header)
    yield from _wrapped(" · ".join(filter(None, (table.act, table.diagnose))))
    if not table.rows:
        yield from _wrapped("No containment option can be compared yet: nothing was measured.")
    yield from folded([_HEAD, *(_figures(row, table) for row in table.rows)])
    yield ""
    best = table.recommendation
    why = f"recommended: {best.why}" if best.why else ""
    for text in (why, advice(best), *(f"· {note}" for note in table.footnotes), table.robust):
        yield from _wrapped(text)
    yield from _section("until it is resolved, harm in missed positives", _until(table))
    yield from _section("chance of each promise after 15 and 60 min", _promises(table))
    yield from _section("in a sentence", [line for row in table.rows for line in _sentence(row)])
    yield from _section("what may be wrong", _faults(table))
    yield from _section("harm if that is at fault", _by_fault(table))
    yield from _section("signs", [line for sign in table.signs for line in _sign(sign)])
    yield from _section("what would flip it", _listed([flip.sentence for flip in table.flips]))
    yield from _section("worth knowing", _listed([_worth(worth) for worth in table.unknowns]))
    held = {"": "", "holds": "; the ranking holds at twice and half"}
    yield from _section(
        "assumed", _listed([a.text + held.get(a.holds, f"; {a.holds}") for a in table.assumptions])
    )


_HEAD = [
    "  option",
    "best",
    "wrong next h",
    "effect in",
    "on bad path",
    "quality vs now",
    "p99 after",
    "undo",
    "needs",
]


def _figures(row: OptionRow, table: OptionTable) -> list[str]:
    mark = "▸" if row.id == (table.chosen or table.recommendation.option) else " "
    return [
        f"{mark} {row.label}",
        "" if row.best is None else probability(row.best),
        *(f.text for f in (row.wrong, row.effect, row.exposed, row.quality, row.latency, row.undo)),
        f"! {row.blocked}" if row.blocked else row.needs,
    ]


def _until(table: OptionTable) -> list[str]:
    if all(row.harm.value is None for row in table.rows):
        return []
    head = [
        "option",
        "wrong",
        "harm",
        "worst tenth",
        "over the best",
        "users",
        "budget",
        "given up",
    ]
    rows = [
        [
            row.label,
            row.until.text,
            *("unknown" if v is None else count(v) for v in (row.harm.value, row.tail, row.regret)),
            row.exposed_users.text,
            ", ".join(figure.text for figure in row.budget) or "none set",
            row.improvement.text,
            compared(row),
        ]
        for row in table.rows
    ]
    return folded([[*head, "compared"], *rows])[1:]


def _promises(table: OptionTable) -> list[str]:
    names = list(dict.fromkeys(p.objective for row in table.rows for p in row.promises))
    rows = []
    for row in table.rows:
        by_name = {promise.objective: promise for promise in row.promises}
        rows.append([row.label, *(chances(by_name.get(name)) for name in names)])
    return folded([["option", *names], *rows])[1:] if names else []


def _sentence(row: OptionRow) -> list[str]:
    return [*_wrapped(trade(row)), *_wrapped(beside(row), "  ")]


def _faults(table: OptionTable) -> list[str]:
    lines: list[str] = []
    for fault in table.hypotheses:
        now, before = probability(fault.probability), probability(fault.prior)
        lines += _wrapped(f"{now:>5}  {fault.id}: {fault.label}, was {before} beforehand")
        lines += [line for text in fault.evidence for line in _wrapped(text, " " * 9)]
    return lines


def _by_fault(table: OptionTable) -> list[str]:
    if not table.hypotheses or not any(row.by_fault for row in table.rows):
        return []
    head = [f"{fault.id} {probability(fault.probability)}" for fault in table.hypotheses]
    rows = [
        [
            row.label,
            *(row.by_fault[f.id].text if f.id in row.by_fault else "" for f in table.hypotheses),
        ]
        for row in table.rows
    ]
    return folded([["option", *head], *rows])[1:]


def _sign(sign: Sign) -> list[str]:
    return [
        *_wrapped(f"{sign.state}: {sign.text} [{sign.id}]"),
        *_wrapped(ratios(sign), "  "),
        *_wrapped(reasons(sign), "  "),
    ]


def _worth(worth: Worth) -> str:
    if worth.sentence:
        return worth.sentence
    spares = [
        f"knowing it spares {count(worth.perfect)} missed positives" if worth.perfect else "",
        f"the next look {count(worth.probe)}" if worth.probe else "",
        f"which takes {minutes(round(worth.minutes, 2))}" if worth.minutes else "",
    ]
    return f"{worth.text}: {', '.join(filter(None, spares))}".removesuffix(": ")


def _listed(texts: Sequence[str]) -> list[str]:
    return [line for text in texts if text for line in _wrapped(f"· {text}", "", "  ")]


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    """An empty line, the name, and the lines; nothing where there are none."""
    if lines:
        yield from ("", name, *lines)


def _wrapped(text: str, indent: str = "", then: str | None = None) -> list[str]:
    after = indent if then is None else then
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=after)
