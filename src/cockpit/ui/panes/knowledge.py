"""Pane 5: what is known, what is not, and what comes next; as it was when each phase was left."""

from __future__ import annotations

from cockpit.ui.lines import Line, sentence
from cockpit.ui.rows import Row, heading, words
from cockpit.units import clock
from cockpit.views import Ask, Knowledge, Unknown, View

_LABEL = 11


def title(view: View) -> str:
    """The pane's title."""
    return "Known · Not known · Next"


def _unknown(unknown: Unknown) -> str:
    text = unknown.text
    if unknown.tells:
        text += f" {unknown.tells}"
    who = unknown.owner
    by = f"by {clock(unknown.by)}" if unknown.by is not None else ""
    return f"{text} ({', '.join(part for part in (who, by) if part)})" if who or by else text


def _ask(ask: Ask) -> str:
    until = f", {clock(ask.deadline)}" if ask.deadline is not None else ""
    return f"{ask.who}, {ask.what} — {ask.state}{until}"


def block(label: str, texts: list[str], cells: int, most: int, role: str) -> list[Row]:
    """A label and its sentences beside it, at most `most` lines."""
    joined = "   ".join(texts)
    pieces = sentence(joined, cells - _LABEL, most, role)
    lines: list[Line] = [
        ((label.ljust(_LABEL) if index == 0 else " " * _LABEL, "title"), *piece)
        for index, piece in enumerate(pieces)
    ]
    return [Row(line, f"knowledge:{label}") for line in lines]


def rows(view: View, cells: int, height: int) -> list[Row]:
    """The pane on the overview: three kinds share the height, asks behind what is next."""
    knowledge = view.knowledge
    asks = [ask for ask in view.asks if ask.state != "answered"]
    next_steps = list(knowledge.next) or ["Nothing is proposed; a phase's list is in pane 3."]
    if asks:
        next_steps.append("ASKS: " + "; ".join(_ask(ask) for ask in asks) + ".")
    kinds = (
        ("KNOWN", knowledge.known or ["Nothing yet."], "text"),
        ("NOT KNOWN", [_unknown(u) for u in knowledge.unknown] or ["Nothing is listed."], "text"),
        ("NEXT", next_steps, "strong"),
    )
    needed = [len(block(label, texts, cells, height, role)) for label, texts, role in kinds]
    given = _shared(needed, height)
    return [
        row
        for (label, texts, role), most in zip(kinds, given, strict=True)
        for row in block(label, texts, cells, most, role)
    ]


def _shared(needed: list[int], height: int) -> list[int]:
    """Lines for known, not known and next: one each, then in turn, what is not known last."""
    given = [1] * len(needed)
    while sum(given) < min(height, sum(needed)):
        for index in (0, 2, 1):
            if given[index] < needed[index] and sum(given) < height:
                given[index] += 1
    return given


def full(view: View, cells: int) -> list[Row]:
    """The pane in full: every sentence on its own line, asks, and the phases already left."""
    result: list[Row] = []
    for knowledge in [view.knowledge, *reversed(view.frozen)]:
        result += _phase(knowledge, cells)
        if knowledge is view.knowledge and view.asks:
            result.append(heading("asks", cells))
            for ask in view.asks:
                role = {"overdue": "accent", "answered": "good"}.get(ask.state, "text")
                result.append(Row(((_ask(ask), role),), f"ask:{ask.id}"))
    if view.notes:
        result.append(heading("about these figures", cells))
        for note in view.notes:
            result += words(note, cells, 2)
    return result


def _phase(knowledge: Knowledge, cells: int) -> list[Row]:
    frozen = knowledge.frozen_at
    state = f"as it was at {clock(frozen)}, when it was left" if frozen is not None else "now"
    result = [heading(f"{knowledge.phase}, {state}", cells)]
    for label, texts in (
        ("KNOWN", knowledge.known or ["Nothing."]),
        ("NOT KNOWN", [_unknown(u) for u in knowledge.unknown] or ["Nothing is listed."]),
        ("NEXT", knowledge.next or ["Nothing is proposed."]),
    ):
        for index, text in enumerate(texts):
            rows_ = block(label if index == 0 else "", [text], cells, 4, "text")
            result += [
                Row(row.line, f"knowledge:{knowledge.phase}:{label}:{index}") for row in rows_
            ]
    return result
