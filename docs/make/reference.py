"""Tables of what there is: keys, commands, and every key of the configuration."""

from __future__ import annotations

import inspect
import re
from itertools import zip_longest
from typing import Any

import click
import msgspec
from msgspec import NODEFAULT
from msgspec import inspect as types

from cockpit import config
from cockpit.cli import main
from cockpit.ui.keys import Where, of

_FIELD = re.compile(r"    (\w+): .*?(?:  # (.*))?")
_PLACES: dict[Where, str] = {
    "question": "answer",
    "choose": "choose",
    "asks": "look at asks",
    "evidence": "override a sign",
    "experiment": "look at how the fix is proved",
    "briefing": "write the briefing",
    "services": "pick a service",
}
_PLAIN = {
    types.StrType: "text",
    types.IntType: "whole number",
    types.FloatType: "number",
    types.BoolType: "true or false",
}


def keys(_: str) -> str:
    """Every key of the incident, two to a row; then those of each place that has its own."""
    labels = [f"`{key.label}` | {key.help}" for key in of("incident")]
    half = -(-len(labels) // 2)
    rows = ["| key | does | key | does |", "|---|---|---|---|"]
    pairs = zip_longest(labels[:half], labels[half:], fillvalue=" | ")
    rows += [f"| {left} | {right} |" for left, right in pairs]
    rows += ["", "| while you | key | does |", "|---|---|---|"]
    for place, doing in _PLACES.items():
        rows += [f"| {doing} | `{key.label}` | {key.help} |" for key in of(place)]
    return "\n".join(rows)


def commands(_: str) -> str:
    """Every command with the first sentence of its help."""
    context = click.Context(main)
    rows = ["| command | does |", "|---|---|"]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        does = (command.help or "").split("\n\n")[0].replace("\n", " ")
        rows.append(f"| `cockpit {name}` | {does} |")
    return "\n".join(rows)


def settings(name: str) -> str:
    """Every key of one block of the configuration, named as in `cockpit.config`."""
    block: type[msgspec.Struct] = getattr(config, name)
    meanings = meanings_of(block)
    info = types.type_info(block)
    assert isinstance(info, types.StructType)
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for field in info.fields:
        meaning = meanings[field.name]
        rows.append(
            f"| `{field.name}` | {_type(field.type)} | {_default(field)} | {escaped(meaning)} |"
        )
    return "\n".join(rows)


def meanings_of(block: type) -> dict[str, str]:
    """The comment beside each field of a struct, or on the lines above it."""
    found: dict[str, str] = {}
    above: list[str] = []
    for line in inspect.getsource(block).splitlines():
        if line.startswith("    # "):
            above.append(line[6:])
            continue
        if field := _FIELD.fullmatch(line):
            found[field[1]] = " ".join([*above, *([field[2]] if field[2] else [])])
        above = []
    return found


def _type(kind: types.Type) -> str:
    if isinstance(kind, types.UnionType):
        parts = [_type(t) for t in kind.types if not isinstance(t, types.NoneType)]
        return " or ".join(dict.fromkeys(parts))
    if isinstance(kind, types.LiteralType):
        return " or ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, types.StructType):
        return f"[block](#{kind.cls.__name__.lower()})"
    if isinstance(kind, types.ListType):
        item = _type(kind.item_type)
        return f"list of ({item})" if " or " in item else f"list of {item}"
    if isinstance(kind, types.TupleType):
        return " and ".join(_type(t) for t in kind.item_types)
    if isinstance(kind, types.DictType):
        return f"by name: {_type(kind.value_type)}"
    return _PLAIN[type(kind)]


def _default(field: types.Field) -> str:
    value: Any = field.default
    if field.default_factory is not NODEFAULT:
        value = field.default_factory()
    if value is NODEFAULT:
        return "required"
    if value in (None, "", [], {}) or isinstance(value, msgspec.Struct):
        return ""
    return f"`{written(value)}`"


def written(value: Any) -> str:
    """A value as people write it in YAML, on one line."""
    if isinstance(value, msgspec.Struct):
        return written(msgspec.to_builtins(value))
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {written(one)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(one) for one in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else f"{value}"


def escaped(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace("|", "\\|")
