"""A configuration as YAML that people read on: what was chosen, and above it why."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cockpit.observe.start.proposal import Proposal

_WIDTH = 98
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./%×-]*(?: [A-Za-z0-9_./%×-]+)*")
_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}  # to some reader
_SHORT = 80  # characters of a list that stands on one line


def rendered(proposal: Proposal, opening: Sequence[str]) -> str:
    """The text of a `cockpit.yaml`: `opening` on top, and at its end what could not be found."""
    lines = [*_comments(opening, 0)]
    for name, value in chosen(proposal.config()).items():
        lines += ["", *_entry(name, value, name, proposal.about, 0)]
    if proposal.objectives:
        lines += ["", *_comments(["What was promised: take away the # where it is."], 0)]
        lines += ["# objectives:", *(f"#   {entry}" for entry in proposal.objectives.values())]
    if proposal.missing:
        missing = [f"- {each.line()}" for each in proposal.missing]
        lines += ["", *_comments(["What could not be found, or could not be had:", *missing], 0)]
    return "\n".join(lines) + "\n"


def chosen(settings: msgspec.Struct) -> dict[str, Any]:
    """Settings as plain data, less what is as it is by default."""
    found = {}
    for each in msgspec.structs.fields(settings):
        value = getattr(settings, each.name)
        if value != _default(each):
            found[each.name] = _plain(value)
    return found


def scalar(value: str | float | bool | None) -> str:
    """A value as YAML; what could be read as something else is in quotes."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    dumped: str = yaml.safe_dump(value, default_style='"', width=float("inf"))
    return dumped.strip()


def _default(of: msgspec.structs.FieldInfo) -> Any:
    if of.default_factory is not msgspec.NODEFAULT:
        return of.default_factory()
    return of.default


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return chosen(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _entry(
    name: str, value: Any, key: str, about: Mapping[str, list[str]], depth: int
) -> Iterator[str]:
    """One key with what is said of it; `key` is its dotted name in the whole file."""
    yield from _comments(about.get(key, []), depth)
    indent, shown = "  " * depth, scalar(name)
    if isinstance(value, dict) and value:
        yield f"{indent}{shown}:"
        for inner, each in value.items():
            yield from _entry(inner, each, f"{key}.{inner}", about, depth + 1)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        yield f"{indent}{shown}:"
        for i, each in enumerate(value):
            yield from _item(each, f"{key}[{i}]", about, depth + 1)
    elif isinstance(value, list):
        yield from _words(f"{indent}{shown}:", [_flow(each) for each in value], depth)
    else:
        yield f"{indent}{shown}: {_flow(value)}"


def _item(
    value: dict[str, Any], key: str, about: Mapping[str, list[str]], depth: int
) -> Iterator[str]:
    """An object of a list."""
    yield from _comments(about.get(key, []), depth)
    mark = "- "
    for inner, each in value.items():
        for line in _entry(inner, each, f"{key}.{inner}", about, 0):
            yield "  " * depth + mark + line
            mark = "  "


def _words(opening: str, words: list[str], depth: int) -> Iterator[str]:
    """A list of words: on one line where it is short."""
    line = f"{opening} [{', '.join(words)}]"
    if len(line) <= _SHORT:
        yield line
        return
    yield opening
    yield from (f"{'  ' * (depth + 1)}- {word}" for word in words)


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    return scalar(value)


def _comments(lines: Sequence[str], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for line in lines:
        hanging = "    " if line.startswith("- ") else ""
        wrapped = textwrap.wrap(
            line,
            _WIDTH - len(indent) - 2,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (f"{indent}# {part}" for part in wrapped or [""])
