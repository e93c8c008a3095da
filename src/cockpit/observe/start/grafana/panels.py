"""The panels of a dashboard as panels of a configuration, and those that cannot be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cockpit.config import Panel
from cockpit.observe.start.grafana.dashboard import PROMETHEUS
from cockpit.observe.start.grafana.panel import computing
from cockpit.observe.start.grafana.spelling import Unresolved, Value, filled
from cockpit.observe.start.grafana.units import unit
from cockpit.observe.start.proposal import Proposal
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cockpit.observe.start.grafana.dashboard import Dashboard, Target
    from cockpit.observe.start.grafana.dashboard import Panel as Drawn

_LONGEST_QUERY = 8_000
_STRING_OR_SPACE = re.compile(
    r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`)|(?:#[^\n]*|\s)+', re.DOTALL
)
_LEGEND_LABEL = re.compile(r"\{\{.*?\}\}|\$\{?\w+\}?|\[\[\w+\]\]|__auto")
_GRAFANA_ITSELF = {
    "__expr__": "an expression of Grafana, computed there",
    "datasource": "it shows what another panel asked",
    "grafana": "it asks Grafana itself",
}


def add_panels(dashboard: Dashboard, values: Mapping[str, Value], proposal: Proposal) -> list[str]:
    """A panel for each query that is shown, by the values of its variables; their names."""
    added = []
    of = f"of dashboard {inert(dashboard.title, 60) or 'without a title'}"
    for drawn in dashboard.panels:
        title = inert(drawn.title, 80) or f"a {inert(drawn.kind, 30)} without a title"
        place = f"panel {title}, {of}"
        why_not = drawn.why_not or ("" if drawn.targets else "it asks nothing")
        if why_not:
            proposal.lacks(place, why_not)
            continue
        steps = computing(drawn.transformations)
        if steps:
            names = inert(", ".join(steps), 80)
            why = f"what it shows is computed in Grafana ({names})"
            proposal.lacks(place, why, "its queries are taken as they are")
        shown = [target for target in drawn.targets if not target.hidden]
        for target in shown:
            try:
                query = asked(target, values)
            except Unresolved as reason:
                proposal.lacks(place, str(reason))
                continue
            panel = Panel(query=query, unit=unit(drawn.unit))
            row = f"{inert(drawn.row, 60)}: " if drawn.row else ""
            name = proposal.add_panel(_title(drawn, target, len(shown)), panel, f"{row}{title}")
            if drawn.thresholds:
                proposal.objectives[name] = _objective(name, drawn)
            added.append(name)
    return added


def asked(target: Target, values: Mapping[str, Value]) -> str:
    """The query of a target, on one line. Raises Unresolved, saying why there is none."""
    if target.source != PROMETHEUS:
        own = _GRAFANA_ITSELF.get(target.source)
        raise Unresolved(own or f"it asks {inert(target.source, 40)}")
    query = filled(one_line(target.expr), values)
    if not query:
        raise Unresolved("it holds no PromQL")
    if len(query) > _LONGEST_QUERY:
        raise Unresolved(f"its query is longer than {_LONGEST_QUERY:,} characters")
    if inert(query, _LONGEST_QUERY) != query:
        raise Unresolved("its query holds what cannot be printed")
    return query


def one_line(query: str) -> str:
    """A query without its comments and line feeds; what stands in its strings stays."""
    return _STRING_OR_SPACE.sub(lambda match: match[1] or " ", query).strip()


def _title(drawn: Drawn, target: Target, shown: int) -> str:
    """Its title, and where a panel has several queries what its legend says of this one."""
    legend = _LEGEND_LABEL.sub(" ", target.legend).strip() if shown > 1 else ""
    return f"{drawn.title or drawn.kind} {legend}"


def _objective(name: str, drawn: Drawn) -> str:
    """What its thresholds may mean: the last of several colours is what nobody wants."""
    last = drawn.thresholds[-1]
    color = inert(last.color, 20) if last.color.isalpha() else "in its last colour"
    said = f"{last.value:g} {unit(drawn.unit)}".strip()
    entry = f"{{name: {name}, metric: {name}, at_most: {last.value:g}}}"
    return f"- {entry}  # Grafana draws it {color} from {said} on"
