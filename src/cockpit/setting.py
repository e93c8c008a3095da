"""One key of the configuration set to another value, written as in the file: what `:set` does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from cockpit.config import Config, OptionSettings, Settings, check
from cockpit.records import BadInput, naming
from cockpit.text import inert
from cockpit.yamlfile import nearest, read

# What a decision takes for given; everything else says what the service is.
SETTABLE = ("options", "model.harm", "decisions", "faults", "retries", "tolerance")
LONGEST = 200  # characters of a value
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
Block = TypeVar("Block", bound=Settings)
_WANTS_TEXT = re.compile(r"Expected `str( \| null)?`, got `(int|float|bool)`")


def with_value(config: Config, key: str, text: str) -> Config:
    """The configuration with one key set. Raises BadInput naming the key and its mend."""
    named = inert(key, 80)
    if not any(key == name or key.startswith(f"{name}.") for name in SETTABLE):
        raise BadInput(f"'{named}' is not set while watching; these are: {', '.join(SETTABLE)}")
    if len(text) > LONGEST:
        raise BadInput(f"{named}: longer than {LONGEST} characters; shorten it")
    with naming(named):
        value = read(text, "value").data
        try:
            changed = _with(config, key.split("."), value)
        except msgspec.ValidationError as error:
            if not _WANTS_TEXT.match(str(error)):
                raise _explained(error) from None
            changed = _with(config, key.split("."), text)  # 0.1 for a share, written "10%"
    check(changed)
    return changed


def with_values(config: Config, values: Mapping[str, str]) -> Config:
    """The configuration with every key set that can be; one that cannot be is passed over.

    They were accepted when they were set; a file from elsewhere may hold others.
    """
    for key, text in values.items():
        try:
            config = with_value(config, key, text)
        except BadInput:
            continue
    return config


def _with(block: Block, path: list[str], value: object) -> Block:
    """The block with the value at the path; only the innermost block is read anew."""
    name, *rest = path
    if name not in block.__struct_fields__:
        raise _unknown(name, block.__struct_fields__)
    inner: object = getattr(block, name)
    if rest and isinstance(inner, Settings):
        return replace(block, **{name: _with(inner, rest, value)})
    if isinstance(block, Config) and name == "options" and len(rest) > 1:
        option = block.options.get(rest[0], OptionSettings())
        return replace(block, options={**block.options, rest[0]: _with(option, rest[1:], value)})
    data = msgspec.to_builtins(block)
    place = data
    for step in path[:-1]:  # what is not set yet is begun: options.rollback.capacity
        if place.get(step) is None:
            place[step] = {}
        place = place[step]
        if not isinstance(place, dict):
            raise BadInput("there is no such key")
    place[path[-1]] = value
    return msgspec.convert(data, type(block))


def _unknown(name: str, known: Sequence[str]) -> BadInput:
    return BadInput(f"no such key; {nearest(name, known) or 'there are: ' + ', '.join(known)}")


def _explained(error: msgspec.ValidationError) -> BadInput:
    """'Expected `array`, got `str`', without the place that the key names already."""
    return BadInput(inert(str(error).partition(" - at ")[0], 200))


def times(text: str, factor: float, digits: int = 6) -> str:
    """A value with every number in it so many times as large: '[4, 9]' twice is '[8, 18]'.

    A share stays at 100 % at most. Never with an exponent.
    """

    def scaled(found: re.Match[str]) -> str:
        value = float(found[0]) * factor
        if "%" in text:
            value = min(value, 100.0)
        return plain(float(f"{value:.{digits}g}"))

    return _NUMBER.sub(scaled, text)


def plain(value: float) -> str:
    """A number as one writes it in the configuration, never with an exponent: '90', '0.25'."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def first_number(text: str) -> float | None:
    """The first number in a value; a share by its percents."""
    found = _NUMBER.search(text)
    return None if found is None else float(found[0])
