"""What the variables of a dashboard are: asked of its server, chained ones after those they name.

What can be several is all of them; what is one is what was chosen when the dashboard was saved,
else the service of that name, else the first there is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from cockpit.observe.live.source import SourceFailed
from cockpit.observe.start.grafana.dashboard import PROMETHEUS
from cockpit.observe.start.grafana.questions import Question, options, question
from cockpit.observe.start.grafana.spelling import ANYTHING, Unresolved, Value, filled, used
from cockpit.observe.start.promql import span
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.observe.start.grafana.dashboard import Dashboard, Variable

_ALL = "$__all"
_MOST_VALUES = 50  # of one variable: more make a query longer than a server takes
_RATE_SAMPLES = 4  # in the window of a rate, as Grafana has it
_UNASKED = ("custom", "constant", "textbox", "interval", "switch", "datasource")


class Answers(Protocol):
    """A server that tells what labels and series it has. Each question may raise SourceFailed."""

    async def label_values(self, label: str, selector: str) -> list[str]:
        """The values of a label, in the series of a selector or in all."""
        ...

    async def label_names(self, selector: str) -> list[str]:
        """The names of labels, likewise."""
        ...

    async def series(self, expr: str) -> list[tuple[dict[str, str], str]]:
        """What an expression is now: labels and value of each series."""
        ...


async def resolve(
    dashboard: Dashboard, interval: int, server: Answers | None, service: str
) -> tuple[dict[str, Value], list[str]]:
    """The value of each variable, and notes on those that were guessed.

    `interval` (µs) is that of scraping. What cannot be found may be anything, and a note says so.
    """
    resolving = _Resolving(dashboard, interval, server, service)
    for variable in dashboard.variables:
        await resolving.find(variable)
    return resolving.values, resolving.notes


def built_in(interval: int, shown: int) -> dict[str, Value]:
    """What Grafana itself gives a query: its step, the window of a rate, the time it shows (µs)."""
    rate = _RATE_SAMPLES * interval
    found = {"interval": interval, "rate_interval": rate, "range": shown}
    values = {f"__{name}": span(length) for name, length in found.items()}
    values |= {f"__{name}_ms": str(length // 1_000) for name, length in found.items()}
    values["__range_s"] = str(shown // 1_000_000)
    values["__auto"] = values["__rate_interval"]
    return {name: Value((text,)) for name, text in values.items()}


class _Resolving:
    """Finds the variables of one dashboard, those first that others name."""

    def __init__(
        self, dashboard: Dashboard, interval: int, server: Answers | None, service: str
    ) -> None:
        self.values = built_in(interval, dashboard.range)
        self.values |= {name: Value((text,)) for name, text in dashboard.inputs.items()}
        self.notes: list[str] = []
        self._variables = {variable.name: variable for variable in dashboard.variables}
        self._looked_at: set[str] = set()  # two that name each other are not found
        self._interval = interval
        self._server = server
        self._service = service

    async def find(self, variable: Variable) -> None:
        """Find one variable, after those that its question names."""
        if variable.name in self._looked_at:
            return
        self._looked_at.add(variable.name)
        for name in used(variable.query):
            if name in self._variables:
                await self.find(self._variables[name])
        try:
            if variable.kind in _UNASKED:
                value = self._given(variable)
            elif variable.kind == "query":
                value = await self._asked(variable)
            else:
                raise Unresolved(f"it is of the kind {inert(variable.kind, 40)}")
        except (Unresolved, SourceFailed) as reason:
            self._note(variable, f"{reason}: it may be anything")
            value = ANYTHING
        self.values[variable.name] = value

    def _given(self, variable: Variable) -> Value:
        """What the file itself says. Raises Unresolved."""
        if variable.kind == "custom":
            listed = variable.options or tuple(_listed(variable.query))
            return self._chosen(variable, [option for option in listed if option != _ALL])
        if variable.kind == "interval":
            return Value((self._length(variable),))
        words = variable.current or (variable.query,)
        return Value((filled(words[0], self.values),))

    def _length(self, variable: Variable) -> str:
        """The chosen length, else the first in which there are samples enough for a rate."""
        listed = [text for text in _listed(variable.query) if _duration(text)]
        if variable.current and _duration(variable.current[0]):
            return variable.current[0]
        enough = (t for t in listed if (_duration(t) or 0) >= _RATE_SAMPLES * self._interval)
        return next(enough, span(_RATE_SAMPLES * self._interval))

    async def _asked(self, variable: Variable) -> Value:
        """What its server says. Raises Unresolved or SourceFailed."""
        if variable.source != PROMETHEUS:
            raise Unresolved(f"it asks {inert(variable.source, 40)}")
        if self._server is None:
            saved = tuple(value for value in variable.current if value != _ALL)
            if not saved:
                raise Unresolved("no server was asked")
            self._note(variable, "no server was asked: it is what was saved")
            return Value(saved, multi=variable.multi)
        asked = question(filled(variable.query, self.values))
        found = options(variable, await _answers(self._server, asked))
        if not found:
            raise Unresolved("no value of it is there now")
        return self._chosen(variable, found)

    def _chosen(self, variable: Variable, found: Sequence[str]) -> Value:
        """One of the options, or all of them. Raises Unresolved where there are none."""
        if not found:
            raise Unresolved("it has no options")
        several = variable.multi or variable.include_all
        kept = tuple(value for value in variable.current if value in found)
        if kept:
            return Value(kept, multi=several)
        if several and variable.all_value:
            return Value((variable.all_value,), pattern=True)
        if several and len(found) > _MOST_VALUES:
            raise Unresolved(f"it has {len(found):,} values")
        if several:
            return Value(tuple(found), multi=True)
        one = self._service if self._service in found else found[0]
        if len(found) > 1:
            self._note(variable, f"it is '{inert(one, 60)}', one of {len(found):,}")
        return Value((one,))

    def _note(self, variable: Variable, words: str) -> None:
        self.notes.append(f"variable {inert(variable.name, 60)}: {words}")


async def _answers(server: Answers, asked: Question) -> list[str]:
    if asked.kind == "label_values":
        return await server.label_values(asked.label, asked.of)
    if asked.kind == "label_names":
        return await server.label_names(asked.of)
    if asked.kind == "metrics":
        try:
            pattern = re.compile(asked.of)
        except re.error:
            raise Unresolved("the pattern of its question is none") from None
        names = await server.label_values("__name__", "")
        return [name for name in names if pattern.search(name)]
    found = await server.series(asked.of)
    return [_as_text(labels, value) for labels, value in found]


def _as_text(labels: dict[str, str], value: str) -> str:
    """A series as Grafana shows it to a variable's regex: up{job="a"} 1."""
    name = labels.get("__name__", "")
    rest = ",".join(f'{key}="{text}"' for key, text in labels.items() if key != "__name__")
    return f"{name}{{{rest}}} {value}"


def _listed(query: str) -> list[str]:
    """The values of `a, b : value of b, c`, where `\\,` is a comma."""
    parts = re.split(r"(?<!\\),", query)
    words = [part.replace("\\,", ",").strip() for part in parts]
    return [word.rpartition(" : ")[2].strip() for word in words if word]


def _duration(text: str) -> int | None:
    try:
        return parse_duration(text)
    except BadInput:
        return None
