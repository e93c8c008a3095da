"""A silence of alerts: which it holds back, from when to when, by whom and why."""

from __future__ import annotations

import re

from cockpit.records import BadInput, Record
from cockpit.text import inert

_MATCHER = re.compile(r'\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s,"{}]+)\s*', re.A)
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
        value = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], self.value)
        return f'{self.name}{sign}"{value}"'


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
            raise BadInput(f"'{inert(text)}' matches no alert; write it like region=\"BR\"")
        found.append(_matcher(match))
        position = end + 1
    return found


def _matcher(match: re.Match[str]) -> Matcher:
    value = match[3]
    if value.startswith('"'):
        value = re.sub(r"\\.", lambda escape: _WRITTEN.get(escape[0], escape[0]), value[1:-1])
    return Matcher(
        name=match[1], value=value, is_regex="~" in match[2], is_equal=match[2][0] == "="
    )
