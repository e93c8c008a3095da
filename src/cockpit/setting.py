"""One key of the configuration set to another value, written as in the file: what `:set` does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from cockpit.config import Config, OptionSettings, check
from cockpit.records import BadInput, naming
from cockpit.text import inert
from cockpit.yamlfile import nearest, read

# What a decision takes for given; everything else says what the service is.
SETTABLE = ("options", "model.harm", "decisions", "faults", "retries", "tolerance")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAMES = "options", "faults.prior", "faults.ratios", "faults.probes", "decisions.tail"  # any name
LONGEST = 200


def with_value(config: Config, key: str, text: str) -> Config:
    """The configuration with one key set. Raises BadInput naming the key and its mend."""
    if not any(key == name or key.startswith(f"{name}.") for name in SETTABLE):
        raise BadInput(
            f"'{inert(key, 80)}' is not set while watching; these are: {', '.join(SETTABLE)}"
        )
    if len(text) > LONGEST:
        raise BadInput(f"{inert(key, 80)}: the value is too long")
    data: Any = msgspec.to_builtins(config)
    place = data
    *path, last = key.split(".")
    for depth, name in enumerate(path):
        _known(place, name, ".".join(path[:depth]))
        if place.get(name) is None:
            place[name] = {}
        place = place[name]
        if not isinstance(place, dict):
            raise BadInput(f"{inert(key, 80)}: there is no such key")
    _known(place, last, ".".join(path))
    with naming(inert(key, 80)):
        place[last] = read(text, "value").data
    try:
        changed = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise BadInput(f"{inert(key, 80)}: {inert(str(error), 200)}") from None
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


def _known(place: Mapping[str, Any], name: str, within: str) -> None:
    """Refuse a name that the block does not have, unless it holds names of people's own."""
    if within in _NAMES or within.startswith("faults.ratios"):
        return
    if within.startswith("options."):
        place = {**msgspec.to_builtins(OptionSettings()), **place}
    if name not in place and within != "retries":
        known = nearest(name, place) or f"there are: {', '.join(place)}"
        raise BadInput(f"{f'{within}.' if within else ''}{inert(name, 40)}: no such key; {known}")


def times(text: str, factor: float) -> str:
    """A value with every number in it so many times as large: '[4, 9]' twice is '[8, 18]'.

    A share stays at 100 % at most.
    """

    def scaled(found: re.Match[str]) -> str:
        value = float(found[0]) * factor
        if "%" in text:
            value = min(value, 100.0)
        return f"{value:.6g}"

    return _NUMBER.sub(scaled, text)


def first_number(text: str) -> float | None:
    """The first number in a value; a share by its percents."""
    found = _NUMBER.search(text)
    return None if found is None else float(found[0])
