"""Files of Sloth, `version: prometheus/v1`: a service and its promises, in Prometheus' queries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from msgspec import field

from cockpit.slos.promise import Left, Promise
from cockpit.yamlfile import Document

_VERSION = "prometheus/v1"
_WINDOW = "30d"  # Sloth's own, where its command is given no other


class _Events(msgspec.Struct):
    error_query: str
    total_query: str


class _Raw(msgspec.Struct):
    error_ratio_query: str


class _Sli(msgspec.Struct):
    events: _Events | None = None
    raw: _Raw | None = None
    plugin: Any = None


class _Slo(msgspec.Struct):
    name: str
    objective: float  # percent
    sli: _Sli = field(default_factory=_Sli)


class _File(msgspec.Struct):
    service: str
    slos: list[_Slo]


def is_one(document: Document) -> bool:
    """Whether a document is of this kind."""
    return isinstance(document.data, dict) and document.data.get("version") == _VERSION


def promises(document: Document) -> list[Promise | Left]:
    """The promises of a document. Raises BadInput naming the line."""
    file = document.convert(_File)
    return [
        _promise(slo, file.service, document.place("slos", i)) for i, slo in enumerate(file.slos)
    ]


def _promise(slo: _Slo, service: str, place: str) -> Promise | Left:
    target = slo.objective / 100.0
    if not 0.0 < target < 1.0:
        return Left(
            place, slo.name, f"objective {slo.objective:g} is not between 0 and 100", service
        )
    named = Promise(place, slo.name, service, target, _WINDOW)
    if slo.sli.events is not None:
        events = slo.sli.events
        return replace(named, bad=events.error_query, total=events.total_query)
    if slo.sli.raw is not None:
        return replace(named, bad_share=slo.sli.raw.error_ratio_query)
    return Left(place, slo.name, "its queries are made by a plugin of Sloth", service)
