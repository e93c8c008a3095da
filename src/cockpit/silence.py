"""A silence of alerts: which it holds back, from when to when, by whom and why."""

from __future__ import annotations

import re

from cockpit.records import BadInput, Record
from cockpit.text import inert

_PLAIN = re.compile(r"[a-zA-Z_:][\w:]*", re.ASCII)
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_MATCHER = re.compile(
    rf'\s*({_PLAIN.pattern}|{_QUOTED})\s*(=~|!~|!=|=)\s*({_QUOTED}|[^\s,"{{}}=~][^\s,"{{}}]*)\s*',
    re.ASCII | re.DOTALL,
)
_SIGNS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
_ESCAPED = re.compile(r'[\\"\n]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_WRITTEN = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


class Matcher(Record, kw_only=True):
    """One condition on a label of an alert, as an Alertmanager reads it."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    @property
    def text(self) -> str:
        """'region=~"BR|MX"', as a server reads it: not inert."""
        sign = _SIGNS[self.is_equal, self.is_regex]
        name = self.name if _PLAIN.fullmatch(self.name) else _quoted(self.name)
        return f"{name}{sign}{_quoted(self.value)}"


class Silence(Record, kw_only=True):
    """What an Alertmanager is to hold back, or holds back; shown before it is sent."""

    matchers: list[Matcher]  # an alert is held back that meets all of them
    starts_at: int  # µs
    ends_at: int  # µs
    author: str
    comment: str
    alerts: list[str] = []  # what fires now and would be held back, in words: at most 20
    count: int = 0  # how many do
    id: str = ""  # once the Alertmanager has it

    @property
    def what(self) -> str:
        """Its matchers on one line, inert: 'alertname="Slow", region="BR"'."""
        return inert(", ".join(matcher.text for matcher in self.matchers), 400)


def parse_matchers(text: str) -> list[Matcher]:
    """'region="BR", device!=tv', with or without braces around it. Raises BadInput."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    found, position = [], 0
    while position < len(inner):
        match = _MATCHER.match(inner, position)
        end = len(inner) if match is None else match.end()
        if match is None or inner[end : end + 1] not in ("", ","):
            raise BadInput(f"'{inert(text)}' matches nothing; write one like region=\"BR\"")
        found.append(_matcher(match))
        position = end + 1
    return found


def _matcher(match: re.Match[str]) -> Matcher:
    name, sign, value = match.groups()
    return Matcher(
        name=_plain(name), value=_plain(value), is_regex="~" in sign, is_equal=sign[0] == "="
    )


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text) + '"'


def _plain(text: str) -> str:
    """The text that stands in quotes, or without them."""
    if not text.startswith('"'):
        return text
    return re.sub(r"\\.", lambda found: _WRITTEN.get(found[0], found[0]), text[1:-1])
