"""Dashboards as Grafana has exported them for ten years: rows of panels, or a list with rows in it.

Up to schema 15 panels stand in `rows`; since then in one list, where a row is a panel too and holds
those of a collapsed one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cockpit.observe.start.grafana.dashboard import (
    PROMETHEUS,
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
    set_by_someone,
    source_named,
    thresholds_of,
    time_shown,
    unit_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cockpit.observe.start.grafana.dashboard import Threshold

_REFERENCE = re.compile(r"\$\{?(\w+)(?::\w+)?\}?|\[\[(\w+)(?::\w+)?\]\]")
_MIXED = "-- Mixed --"  # each query says for itself what it asks


def read_classic(given: dict[str, Any]) -> Dashboard:
    """A dashboard of the classic schema."""
    reader = _Reader(given)
    variables = [block(v) for v in entries(block(given.get("templating")).get("list"))]
    return Dashboard(
        title=words(given.get("title")),
        panels=tuple(reader.panels(given)),
        variables=tuple(reader.variable(v) for v in variables if words(v.get("name"))),
        inputs=reader.constants,
        range=time_shown(block(given.get("time")).get("from")),
    )


class _Reader:
    """Knows what the file says once for all panels: its sources and its library panels."""

    def __init__(self, given: dict[str, Any]) -> None:
        inputs = [block(i) for i in entries(given.get("__inputs"))]
        self.constants = {
            words(i.get("name")): words(i.get("value"))
            for i in inputs
            if words(i.get("type")) == "constant"
        }
        self._sources = {words(i.get("name")): words(i.get("pluginId")) for i in inputs}
        for variable in map(block, entries(block(given.get("templating")).get("list"))):
            if words(variable.get("type")) == "datasource":
                self._sources[words(variable.get("name"))] = words(variable.get("query"))
        self._library = block(given.get("__elements"))

    def panels(self, given: dict[str, Any]) -> Iterator[Panel]:
        """Every panel, in order."""
        for row in map(block, entries(given.get("rows"))):
            for panel in map(block, entries(row.get("panels"))):
                yield self._panel(panel, words(row.get("title")))
        title = ""
        for panel in map(block, entries(given.get("panels"))):
            if words(panel.get("type")) != "row":
                yield self._panel(panel, title)
                continue
            title = words(panel.get("title"))
            for inner in map(block, entries(panel.get("panels"))):
                yield self._panel(inner, title)

    def variable(self, given: dict[str, Any]) -> Variable:
        """One entry of `templating`."""
        query = given.get("query")
        asked = words(block(query).get("query")) if isinstance(query, dict) else words(query)
        options = [block(option) for option in entries(given.get("options"))]
        return Variable(
            name=words(given.get("name")),
            kind=words(given.get("type")) or "query",
            query=asked or words(given.get("definition")),
            regex=words(given.get("regex")),
            current=chosen(given.get("current")),
            options=tuple(words(o.get("value")) for o in options if words(o.get("value"))),
            multi=given.get("multi") is True,
            include_all=given.get("includeAll") is True,
            all_value=words(given.get("allValue")),
            sort=given["sort"] if isinstance(given.get("sort"), int) else 0,
            source=self._source(given.get("datasource")),
        )

    def _panel(self, given: dict[str, Any], row: str) -> Panel:
        library = block(given.get("libraryPanel"))
        if library:
            held = block(block(self._library.get(words(library.get("uid")))).get("model"))
            if not held:
                title = words(given.get("title")) or words(library.get("name"))
                return Panel(
                    title, row=row, why_not="a library panel, which the file does not hold"
                )
            given = {**held, "title": given.get("title") or held.get("title")}
        kind = words(given.get("type")) or "graph"
        options = given.get("fieldConfig")
        steps = [block(t).get("id") for t in entries(given.get("transformations"))]
        return Panel(
            title=words(given.get("title")),
            kind=kind,
            row=row,
            unit=unit_of(options) or _old_unit(given),
            targets=tuple(self._targets(given)),
            thresholds=thresholds_of(options) or _old_thresholds(given),
            transformations=tuple(words(step) for step in steps),
            why_not=FIGURELESS.get(kind, ""),
        )

    def _targets(self, panel: dict[str, Any]) -> Iterator[Target]:
        for target in map(block, entries(panel.get("targets"))):
            shared = panel.get("datasource")
            own = target.get("datasource")
            source = self._source(own if own is not None or _name(shared) == _MIXED else shared)
            expr = words(target.get("expr"))
            legend = words(target.get("legendFormat"))
            yield Target(expr, legend, source, hidden=target.get("hide") is True)

    def _source(self, given: Any) -> str:
        """What kind of source is named: by type, by a variable or an input, or by its own name."""
        kind = words(block(given).get("type"))
        if kind:
            return source_named(kind)
        name = _name(given)
        reference = _REFERENCE.fullmatch(name)
        if reference:
            name = self._sources.get(reference[1] or reference[2], PROMETHEUS)
        return source_named(name)


def _name(source: Any) -> str:
    return words(source) or words(block(source).get("uid"))


def _old_unit(panel: dict[str, Any]) -> str:
    """The unit of a panel of `graph` or `singlestat`."""
    axes = entries(panel.get("yaxes"))
    return words(panel.get("format")) or words(block(axes[0]).get("format") if axes else None)


def _old_thresholds(panel: dict[str, Any]) -> tuple[Threshold, ...]:
    """Those of a `graph` (a list of steps) or of a `singlestat` ("80,90")."""
    given = panel.get("thresholds")
    if isinstance(given, list):
        steps = [block(step) for step in given]
        return set_by_someone((s.get("value"), s.get("colorMode")) for s in steps)
    values = [_number(text) for text in words(given).split(",")]
    colors = [words(color) for color in entries(panel.get("colors"))[1:]]  # the first is below all
    return set_by_someone(zip(values, [*colors, *[""] * len(values)], strict=False))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
