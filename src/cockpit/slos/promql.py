"""The few forms of a query that say which counter is counted, and what selects its series.

`sum(rate(http_requests_total{job="fraud"}[5m]))` counts http_requests_total of that job. Whatever
is written otherwise is a figure that only the server can compute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_NAME = r"[a-zA-Z_:][\w:]*"
_STRING = r'"(?:[^"\\]|\\.)*"'
_MATCHER = re.compile(rf"\s*({_NAME})\s*(=~|!~|!=|=)\s*({_STRING})\s*(,|$)")
_SERIES = rf'({_NAME})\s*(?:\{{((?:[^"{{}}]|{_STRING})*)\}})?'
_SUM = rf"sum\s*\(\s*(?:rate|increase)\s*\(\s*{_SERIES}\s*\[[^\]]+\]\s*\)\s*\)"
_COUNTED = re.compile(_SUM, re.DOTALL)
_LESS = re.compile(rf"({_SUM})\s*-\s*({_SUM})", re.DOTALL)
_LONGEST = 2_000  # characters of a query in one of these forms
_OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


@dataclass(frozen=True)
class Counted:
    """A counter, and what selects its series: (label, operator, quoted value), in order."""

    name: str
    matchers: frozenset[tuple[str, str, str]]

    def __str__(self) -> str:
        chosen = ", ".join("".join(matcher) for matcher in sorted(self.matchers))
        return f"{self.name}{{{chosen}}}" if chosen else self.name

    def without(self, label: str) -> Counted:
        """The same, not selected by a label."""
        return replace(self, matchers=frozenset(m for m in self.matchers if m[0] != label))

    def value_of(self, label: str) -> str:
        """What a label is equal to; empty where that is not said."""
        return next((v[1:-1] for name, op, v in self.matchers if (name, op) == (label, "=")), "")


def counted(query: str) -> Counted | None:
    """The counter of 'sum(rate(counter{…}[…]))'; None for every other query."""
    match = _COUNTED.fullmatch(_bare(query))
    return _counter(match[1], match[2]) if match else None


def difference(query: str) -> tuple[Counted, Counted] | None:
    """The counters of 'sum(rate(all[…])) - sum(rate(part[…]))'; None for every other query."""
    match = _LESS.fullmatch(_bare(query))
    if match is None:
        return None
    whole, part = counted(match[1]), counted(match[4])
    return (whole, part) if whole and part else None


def rest(whole: Counted, part: Counted) -> Counted | None:
    """What is in the whole and not in a part that one more matcher selects; None where unclear."""
    more = part.matchers - whole.matchers
    if part.name != whole.name or not whole.matchers < part.matchers or len(more) != 1:
        return None
    ((label, operator, value),) = more
    return replace(whole, matchers=whole.matchers | {(label, _OPPOSITE[operator], value)})


def _counter(name: str, chosen: str | None) -> Counted | None:
    matchers, at, text = set(), 0, (chosen or "").strip()
    while at < len(text):
        match = _MATCHER.match(text, at)
        if match is None:
            return None
        matchers.add((match[1], match[2], match[3]))
        at = match.end()
    return Counted(name, frozenset(matchers))


def _bare(query: str) -> str:
    """The query without what only encloses it; empty where it is too long to be one of ours."""
    text = query.strip()
    if len(text) > _LONGEST:
        return ""
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    """Whether the first parenthesis is closed by the last, whatever stands in strings."""
    depth = 0
    for i, character in enumerate(re.sub(_STRING, lambda m: "." * len(m[0]), text)):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return i == len(text) - 1
    return False
