"""What a dashboard says, whichever form its file has: panels with queries, variables, inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cockpit.records import HOUR

PROMETHEUS = "prometheus"


class Threshold(NamedTuple):
    """From `value` on, a figure is drawn in `color`."""

    value: float
    color: str


class Target(NamedTuple):
    """One query of a panel."""

    expr: str
    legend: str = ""
    source: str = PROMETHEUS  # what it asks: prometheus, loki, …
    hidden: bool = False  # not drawn: what others compute with


@dataclass(frozen=True)
class Panel:
    """One panel; where it can give no figure, `why_not` says why in a few words."""

    title: str
    kind: str = "timeseries"
    row: str = ""  # the title of the row it stands in
    unit: str = ""  # as Grafana calls it
    targets: tuple[Target, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    transformations: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Variable:
    """A variable of a dashboard, by its name in queries."""

    name: str
    kind: str = "query"  # query, custom, constant, interval, datasource, textbox, adhoc
    query: str = ""  # label_values(…), a list of options, a constant
    regex: str = ""  # of a query: what of an answer is an option
    current: tuple[str, ...] = ()  # what was chosen when the dashboard was saved
    options: tuple[str, ...] = ()  # of a custom one
    multi: bool = False
    include_all: bool = False
    all_value: str = ""  # what all of them are, where Grafana is not to list them
    sort: int = 0
    source: str = PROMETHEUS


@dataclass(frozen=True)
class Dashboard:
    """One dashboard."""

    title: str
    panels: tuple[Panel, ...] = ()
    variables: tuple[Variable, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict)  # constants asked for at import, by name
    range: int = HOUR  # µs: how much time it shows when it opens


# A file from outside may hold anything anywhere: what has not the form that is asked for is empty.


def block(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def words(value: Any) -> str:
    """The value where it is text or a number, else empty text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
