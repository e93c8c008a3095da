"""Dashboards as resources: what newer Grafana exports, where every part says its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cockpit.observe.start.grafana.dashboard import (
    Dashboard,
    Panel,
    Target,
    Variable,
    block,
    entries,
    words,
)
from cockpit.observe.start.grafana.panel import (
    FIGURELESS,
    chosen,
    source_named,
    thresholds_of,
    time_shown,
    unit_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SORTS = (
    "disabled",
    "alphabeticalAsc",
    "alphabeticalDesc",
    "numericalAsc",
    "numericalDesc",
    "alphabeticalCaseInsensitiveAsc",
    "alphabeticalCaseInsensitiveDesc",
)


def read_kinds(spec: dict[str, Any]) -> Dashboard:
    """A dashboard of schema v2: `elements`, whatever their `layout`."""
    elements = block(spec.get("elements")).values()
    return Dashboard(
        title=words(spec.get("title")),
        panels=tuple(_panel(block(element)) for element in elements),
        variables=tuple(_variable(block(v)) for v in entries(spec.get("variables"))),
        range=time_shown(block(spec.get("timeSettings")).get("from")),
    )


def _panel(element: dict[str, Any]) -> Panel:
    spec = block(element.get("spec"))
    if words(element.get("kind")) == "LibraryPanel":
        title = words(spec.get("title")) or words(block(spec.get("libraryPanel")).get("name"))
        return Panel(title, why_not="a library panel, which the file does not hold")
    drawn = block(spec.get("vizConfig"))
    kind = words(drawn.get("group")) or words(drawn.get("kind"))
    options = block(drawn.get("spec")).get("fieldConfig")
    data = block(block(spec.get("data")).get("spec"))
    steps = [block(step) for step in entries(data.get("transformations"))]
    return Panel(
        title=words(spec.get("title")),
        kind=kind,
        unit=unit_of(options),
        targets=tuple(_targets(data)),
        thresholds=thresholds_of(options),
        transformations=tuple(words(s.get("group")) or words(s.get("kind")) for s in steps),
        why_not=FIGURELESS.get(kind, ""),
    )


def _targets(data: dict[str, Any]) -> Iterator[Target]:
    for query in entries(data.get("queries")):
        spec = block(block(query).get("spec"))
        asked = block(spec.get("query"))
        given = block(asked.get("spec"))
        yield Target(
            words(given.get("expr")),
            words(given.get("legendFormat")),
            _kind(asked),
            hidden=spec.get("hidden") is True,
        )


def _kind(asked: dict[str, Any]) -> str:
    """What a query asks: its `group`, or in the first form of the schema its kind."""
    kind = words(asked.get("group")) or words(asked.get("kind"))
    return source_named("" if kind == "DataQuery" else kind)


def _variable(given: dict[str, Any]) -> Variable:
    spec = block(given.get("spec"))
    asked = spec.get("query")
    query = block(asked)
    inner = block(query.get("spec"))
    options = [block(option) for option in entries(spec.get("options"))]
    sort = words(spec.get("sort"))
    return Variable(
        name=words(spec.get("name")),
        kind=words(given.get("kind")).removesuffix("Variable").lower(),
        query=words(asked)
        or words(inner.get("query"))
        or words(inner.get("__legacyStringValue"))
        or words(spec.get("definition")),
        regex=words(spec.get("regex")),
        current=chosen(spec.get("current")),
        options=tuple(words(o.get("value")) for o in options if words(o.get("value"))),
        multi=spec.get("multi") is True,
        include_all=spec.get("includeAll") is True,
        all_value=words(spec.get("allValue")),
        sort=_SORTS.index(sort) if sort in _SORTS else 0,
        source=_kind(query) if query else source_named(""),
    )
