"""What every record and settings block promises: immutable, and built by keyword alone."""

import inspect
from collections.abc import Iterator

import pytest

from cockpit import config, records, views


def descendants(base: type) -> Iterator[type]:
    for child in base.__subclasses__():
        yield child
        yield from descendants(child)


TYPES = [*descendants(records.Record), *descendants(config.Settings)]


def test_each_room_is_seen() -> None:
    assert {views.View, records.Estimate, config.Config} <= set(TYPES)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_fields_are_frozen_and_keyword_only(kind: type) -> None:
    assert kind.__struct_config__.frozen  # type: ignore[attr-defined]
    for parameter in inspect.signature(kind).parameters.values():
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
