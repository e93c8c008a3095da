"""The columns each version reads: what a new one needs that the old did not, and what it lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit import yamlfile
from cockpit.assess.words import listed
from cockpit.records import BadInput
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cockpit.assess.estimates import Moment

_NAMED = 5  # columns in one sentence; more are counted
_SAME = {"double": "number", "float": "number", "long": "integer"}  # to JSON schema


@dataclass(frozen=True)
class Column:
    """One column a version reads; `kind` is empty where the schema does not say."""

    name: str
    kind: str = ""
    required: bool = True


Schema = Mapping[str, Column]


def schema_findings(moment: Moment) -> list[str]:
    """What differs between the versions' input schemas, and what the predictions' file lacks.

    A schema that cannot be read is a finding too. Columns are looked for in that file only where it
    has one of them: else it logs no inputs.
    """
    schemas: dict[str, Schema] = {}
    found = []
    for version in sorted(moment.inputs.schemas, key=_natural):
        try:
            schemas[version] = read_schema(moment.inputs.schemas[version])
        except BadInput as error:
            found.append(f"the input schema of {inert(version)} cannot be read: {inert(error)}")
    for (older, before), (newer, after) in pairwise(schemas.items()):
        found += _changed(inert(older), before, inert(newer), after)
    logged = set(moment.inputs.columns)
    for version, schema in schemas.items():
        lacking = [c.name for c in schema.values() if c.required and c.name not in logged]
        if lacking and logged & schema.keys():
            verb = "is" if len(lacking) == 1 else "are"
            found.append(f"{inert(version)} needs {_named(lacking)}, which {verb} not logged")
    return found


def columns_read(schemas: Mapping[str, str]) -> dict[str, list[str]]:
    """The columns each version needs; a schema that cannot be read is left out."""
    found = {}
    for version, text in schemas.items():
        with suppress(BadInput):
            columns = read_schema(text).values()
            found[inert(version)] = [inert(c.name) for c in columns if c.required]
    return found


def _natural(version: str) -> list[tuple[int, str]]:
    """v9 before v10."""
    parts = re.findall(r"\d{1,18}|\D+", version)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _changed(older: str, before: Schema, newer: str, after: Schema) -> Iterator[str]:
    gained, lost = after.keys() - before.keys(), before.keys() - after.keys()
    if gained:
        kinds = [_with_kind(column) for name, column in after.items() if name in gained]
        yield f"{newer} reads {_named(kinds)}, which {older} does not"
    if lost:
        yield f"{newer} no longer reads {_named(name for name in before if name in lost)}"
    for name, column in after.items():
        was = before.get(name)
        if was is None:
            continue
        if was.kind and column.kind and not _alike(was.kind, column.kind):
            kinds = [f"{inert(column.kind)} in {newer}", f"{inert(was.kind)} in {older}"]
            yield f"{inert(name)} is {kinds[0]}, {kinds[1]}"
        if column.required and not was.required:
            yield f"{inert(name)} must be there for {newer}; {older} could do without"


def _alike(kind: str, other: str) -> bool:
    """Whether two words mean one type: JSON schema's 'number' is a double or a float elsewhere."""
    return kind == other or _SAME.get(kind) == other or _SAME.get(other) == kind


def _with_kind(column: Column) -> str:
    return f"{column.name} ({column.kind})" if column.kind else column.name


def _named(names: Iterable[str]) -> str:
    """'a, b and c'; many are cut short and counted."""
    shown = [inert(name) for name in names]
    if len(shown) > _NAMED:
        shown[_NAMED:] = [f"{len(shown) - _NAMED} more"]
    return listed(shown)


@lru_cache(maxsize=64)
def read_schema(text: str) -> Schema:
    """The columns of an input schema given as text, in its order.

    Understood are an MLflow signature (alone or in its `MLmodel` file), a JSON schema's
    `properties`, a mapping of column to type, and a list of names. Raises BadInput for all else.
    """
    columns = _columns(_parsed(text))
    if not columns:
        raise BadInput("it names no columns")
    return MappingProxyType({column.name: column for column in columns})


def _parsed(text: str) -> Any:
    """JSON, else YAML, which needs no braces but knows no tabs."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return yamlfile.read(text, "schema").data


def _columns(given: Any) -> list[Column]:
    if not isinstance(given, dict):
        return _all(given)
    signature = given.get("signature", given)
    if isinstance(signature, dict) and "inputs" in signature:
        inputs = signature["inputs"]
        return _all(_parsed(inputs) if isinstance(inputs, str) else inputs)
    if isinstance(given.get("properties"), dict):
        required = given.get("required", [])
        needed = required if isinstance(required, list) else []
        return [
            Column(name, _kind(about), name in needed)
            for name, about in given["properties"].items()
        ]
    if not all(isinstance(kind, str) or _kind(kind) for kind in given.values()):
        raise BadInput("it does not give each column a type")
    return [Column(name, _kind(kind)) for name, kind in given.items()]


def _all(given: Any) -> list[Column]:
    if not isinstance(given, list):
        raise BadInput("it lists no columns")
    return [_column(one) for one in given]


def _column(given: Any) -> Column:
    """A name, or what MLflow says of a column."""
    if isinstance(given, str):
        return Column(given)
    if isinstance(given, dict) and isinstance(given.get("name"), str):
        required = given.get("required", not given.get("optional", False))
        return Column(given["name"], _kind(given), required is not False)
    raise BadInput("one of its columns has no name")


def _kind(given: Any) -> str:
    """'double', 'number or null'; empty where it is said in some other way."""
    kind = given.get("type") if isinstance(given, dict) else given
    if isinstance(kind, list):
        return " or ".join(word for word in kind if isinstance(word, str))
    return kind if isinstance(kind, str) else ""
