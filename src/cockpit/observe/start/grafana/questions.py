"""What a variable asks its server, and which of the answers are its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cockpit.observe.start.grafana.spelling import Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cockpit.observe.start.grafana.dashboard import Variable

_LABEL_VALUES = re.compile(
    r'label_values\(\s*(?:(.+)\s*,\s*)?"?([A-Za-z_][\w.]*)"?\s*\)', re.DOTALL
)
_OTHER = re.compile(r"(label_names|metrics|query_result)\((.*)\)", re.DOTALL)
_DELIMITED = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)
_JAVASCRIPT_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST_PATTERN = 500
_ALPHABETICAL, _NUMERICAL, _DESCENDING = (1, 2, 5, 6), (3, 4), (2, 4, 6)


class Question(NamedTuple):
    """One question: label_values of `label` in the series `of`, or another by its name."""

    kind: str  # label_values, label_names, metrics, query_result
    of: str = ""  # a selector, a pattern of names, an expression
    label: str = ""


def question(query: str) -> Question:
    """What a query of a variable asks. Raises Unresolved."""
    text = query.strip()
    values = _LABEL_VALUES.fullmatch(text)
    if values:
        return Question("label_values", (values[1] or "").strip(), values[2])
    other = _OTHER.fullmatch(text)
    if other:
        return Question(other[1], other[2].strip())
    raise Unresolved("its question is not one of label_values, label_names, metrics, query_result")


def options(variable: Variable, answers: Iterable[str]) -> list[str]:
    """The options of a variable among the answers, each once, in its order. Raises Unresolved."""
    every = list(dict.fromkeys(_picked(variable.regex, answers)))
    if variable.sort in _ALPHABETICAL:
        every.sort(key=str.casefold)
    elif variable.sort in _NUMERICAL:
        every.sort(key=_first_number)
    return every[::-1] if variable.sort in _DESCENDING else every


def _picked(regex: str, answers: Iterable[str]) -> Iterable[str]:
    """What a pattern picks of each answer: its group `value`, else its first group, else all."""
    if not regex:
        return [answer for answer in answers if answer]
    pattern = _compiled(regex)
    found = []
    for answer in answers:
        match = pattern.search(answer)
        if match:
            groups = match.groupdict()
            first = match[1] if pattern.groups else answer
            found.append(groups.get("value") or groups.get("text") or first)
    return [word for word in found if word]


def _compiled(regex: str) -> re.Pattern[str]:
    delimited = _DELIMITED.fullmatch(regex)
    text, flags = (delimited[1], delimited[2]) if delimited else (regex, "")
    if len(text) > _LONGEST_PATTERN:
        raise Unresolved("its regex is too long")
    try:
        return re.compile(_JAVASCRIPT_GROUP.sub("(?P<", text), re.I if "i" in flags else 0)
    except (re.error, RecursionError, OverflowError):
        raise Unresolved("its regex is none that is understood here") from None


def _first_number(word: str) -> float:
    match = _NUMBER.search(word)
    return float(match[0]) if match else 0.0
