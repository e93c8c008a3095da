"""The spellings of a variable in a query, and what stands there once its value is known.

A variable is written `$name`, `${name}`, `${name:format}` or `[[name]]`. Inside a string of PromQL
its value is escaped, several values are an alternation, and a matcher that compares with one value
becomes one that compares with a pattern where the value is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(
    r"\$(?P<plain>\w+)"
    r"|\$\{(?P<braced>\w+(?:\.\w+)*)(?::(?P<format>[^}]+))?\}"
    r"|\[\[(?P<old>\w+)(?::(?P<old_format>\w+))?\]\]"
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`', re.DOTALL)
_MATCHER = re.compile(r"(=~|!~|!=|=)(\s*)$")
_SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}]")
_AS_PATTERN = {"=": "=~", "!=": "!~"}
_SEPARATORS = {"pipe": "|", "csv": ",", "raw": ",", "text": " + "}


class Unresolved(Exception):
    """A query that cannot be had; the message says why in a few words."""


class Value(NamedTuple):
    """What a variable is: one value, several, or a pattern."""

    values: tuple[str, ...]
    multi: bool = False  # it may be several, and so stands in patterns
    pattern: bool = False  # the one value is a pattern itself: what may be anything is `.*`

    @property
    def varied(self) -> bool:
        """Whether only a pattern can say it."""
        return self.pattern or len(self.values) > 1


ANYTHING = Value((".*",), pattern=True)


def used(text: str) -> list[str]:
    """The names of the variables in a text, in order, each once; "1" of a "$1" is none."""
    return list(dict.fromkeys(name for name, _, _ in _spelled(text)))


def filled(expr: str, values: Mapping[str, Value]) -> str:
    """A query with the values in the places of its variables. Raises Unresolved naming one."""
    done, end = "", 0
    for string in _STRING.finditer(expr):
        done += _bare(expr[end : string.start()], values)
        matcher = _MATCHER.search(done)
        sign = matcher[1] if matcher else ""
        text, pattern = _quoted(string[0], sign, values)
        if matcher and pattern and sign in _AS_PATTERN:
            done = done[: matcher.start()] + _AS_PATTERN[sign] + matcher[2]
        done += text
        end = string.end()
    return done + _bare(expr[end:], values)


def _spelled(text: str) -> Iterator[tuple[str, str, re.Match[str]]]:
    for match in _VARIABLE.finditer(text):
        name = match["plain"] or match["braced"] or match["old"]
        if not name.isdigit():
            yield name, match["format"] or match["old_format"] or "", match


def _bare(text: str, values: Mapping[str, Value]) -> str:
    """Outside of strings: a metric, a label, a duration, a number, or a list of labels."""
    done, end = "", 0
    for name, form, match in _spelled(text):
        value = _value(name, values)
        if value == ANYTHING:
            raise Unresolved(f"its variable {name} is not known")
        words = _formatted(name, value, form) if form in ("doublequote", "singlequote") else None
        done += text[end : match.start()] + (words or ",".join(value.values))
        end = match.end()
    return done + text[end:]


def _quoted(string: str, sign: str, values: Mapping[str, Value]) -> tuple[str, bool]:
    """A string with its values, and whether it is a pattern now."""
    quote, inner = string[0], string[1:-1]
    done, end, pattern = "", 0, False
    for name, form, match in _spelled(inner):
        value = _value(name, values)
        text = _formatted(name, value, form) if form else _in_string(value, sign)
        done += inner[end : match.start()] + _escaped(text, quote)
        end = match.end()
        pattern = pattern or value.varied
    return quote + done + inner[end:] + quote, pattern


def _in_string(value: Value, sign: str) -> str:
    if value.pattern:
        return value.values[0]
    if len(value.values) > 1:
        return "(" + "|".join(map(_literal, value.values)) + ")"
    word = "".join(value.values)
    return _literal(word) if value.multi and sign in ("=~", "!~") else word


def _formatted(name: str, value: Value, form: str) -> str:
    """The values in a format that a query asks for by name."""
    every = value.values
    if form == "regex":
        return _in_string(value._replace(multi=True), "=~")
    if form in ("doublequote", "singlequote"):
        quote = '"' if form == "doublequote" else "'"
        return ",".join(quote + _escaped(each, quote) + quote for each in every)
    if form in _SEPARATORS:
        return _SEPARATORS[form].join(every)
    raise Unresolved(f"its variable {name} is asked for as {form}")


def _value(name: str, values: Mapping[str, Value]) -> Value:
    if name not in values:
        raise Unresolved(f"no variable {name} is known")
    return values[name]


def _literal(word: str) -> str:
    """A word as a pattern that only it fits."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], word)


def _escaped(text: str, quote: str) -> str:
    """Text as it stands between such quotes."""
    if quote == "`":
        return text.replace("`", "")
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n")
