"""The JSON schema of `cockpit.yaml`: types, defaults, and the comment beside each key."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from cockpit.config import Config, Settings, schema
from docs.make.reference import meanings_of

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def current() -> str:
    """The schema as the settings have it now."""
    made = msgspec.json.schema(Config)
    blocks: dict[str, Any] = made["$defs"]
    for block in _every(Settings):
        if block.__name__ in blocks:
            _explain(block, blocks[block.__name__])
    # Of a service may stand whatever may stand for all of them.
    blocks["Config"]["properties"]["services"]["additionalProperties"] = {"$ref": "#/$defs/Config"}
    text = msgspec.json.encode({"$schema": _DRAFT, "title": "cockpit.yaml", **made})
    return msgspec.json.format(text, indent=1).decode() + "\n"


def main() -> None:
    """Write it where the package has it."""
    schema.FILE.write_text(current(), encoding="utf-8")


def _every(base: type[Settings]) -> list[type[Settings]]:
    below = base.__subclasses__()
    return [*below, *(one for block in below for one in _every(block))]


def _explain(block: type[Settings], described: dict[str, Any]) -> None:
    described["description"] = inspect.getdoc(block)
    for key, meaning in meanings_of(block).items():
        described["properties"][key]["description"] = meaning
