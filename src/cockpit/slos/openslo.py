"""Files of OpenSLO, `apiVersion: openslo/v1`: documents that may name one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import field

from cockpit.slos.promise import Left, Promise
from cockpit.text import inert
from cockpit.yamlfile import Document

_VERSION = "openslo/v1"
_WEEKS = re.compile(r"(\d+)w")
_ROLLING = re.compile(r"\d+[mhd]")
_ASKED_IN_PROMQL = {"prometheus", "thanos", "mimir", "cortex", "victoriametrics"}


class _Block(msgspec.Struct, rename="camel"):
    """What is not named here is not read: promises hold much that is for others."""


Block = TypeVar("Block", bound=_Block)


class _Name(_Block):
    name: str


class _Source(_Block):
    type: str = ""
    metric_source_ref: str = ""
    spec: dict[str, Any] = field(default_factory=dict)


class _Metric(_Block):
    metric_source: _Source


class _Ratio(_Block):
    good: _Metric | None = None
    bad: _Metric | None = None
    total: _Metric | None = None
    raw: _Metric | None = None
    raw_type: str = ""


class _SliSpec(_Block):
    ratio_metric: _Ratio | None = None


class _Sli(_Block):
    spec: _SliSpec


class _Window(_Block):
    duration: str
    is_rolling: bool = False


class _Target(_Block):
    display_name: str = ""
    target: float | None = None
    target_percent: float | None = None


class _SloSpec(_Block):
    service: str = ""
    indicator: _Sli | None = None
    indicator_ref: str = ""
    time_window: list[_Window] = field(default_factory=list)
    budgeting_method: str = "Occurrences"
    objectives: list[_Target] = field(default_factory=list)


class _Slo(_Block):
    metadata: _Name
    spec: _SloSpec


class _SourceSpec(_Block):
    type: str = ""


class _DataSource(_Block):
    spec: _SourceSpec


def is_one(document: Document) -> bool:
    """Whether a document is a promise of this kind."""
    return is_part(document) and document.data.get("kind") == "SLO"


def is_part(document: Document) -> bool:
    """Whether a document is of this kind at all: a promise, or what promises name."""
    return isinstance(document.data, dict) and document.data.get("apiVersion") == _VERSION


def promises(document: Document, beside: Sequence[Document]) -> Iterator[Promise | Left]:
    """The promises of a document; `beside` are all of its file. Raises BadInput with the line."""
    slo = document.convert(_Slo)
    spec, name, place = slo.spec, slo.metadata.name, document.place()
    try:
        window = _window(spec)
        queries = _queries(spec, beside)
    except _Unfit as why:
        yield Left(place, name, str(why), spec.service)
        return
    for i, wanted in enumerate(spec.objectives):
        target = wanted.target
        if wanted.target_percent is not None:
            target = wanted.target_percent / 100.0
        several = f" {wanted.display_name or i + 1}" if len(spec.objectives) > 1 else ""
        here = document.place("spec", "objectives", i)
        if target is None or not 0.0 < target < 1.0:
            yield Left(here, name + several, "no target between 0 and 1", spec.service)
            continue
        yield replace(
            queries,
            place=here,
            name=name + several,
            service=spec.service,
            target=target,
            window=window,
        )


class _Unfit(Exception):
    """Why a promise is no objective here."""


def _window(spec: _SloSpec) -> str:
    if spec.budgeting_method != "Occurrences":
        method = inert(spec.budgeting_method, 40)
        raise _Unfit(f"it counts slices of time ({method}), not requests")
    if len(spec.time_window) != 1:
        raise _Unfit("it has no window, or several")
    window = spec.time_window[0]
    weeks = _WEEKS.fullmatch(window.duration)
    length = f"{7 * int(weeks[1])}d" if weeks else window.duration
    if not window.is_rolling or not _ROLLING.fullmatch(length):
        raise _Unfit(f"its window follows the calendar ({inert(window.duration, 40)})")
    return length


def _queries(spec: _SloSpec, beside: Sequence[Document]) -> Promise:
    sli = spec.indicator or _named(spec.indicator_ref, "SLI", _Sli, beside)
    if sli is None:
        raise _Unfit(f"its indicator '{inert(spec.indicator_ref, 80)}' is not in this file")
    ratio = sli.spec.ratio_metric
    if ratio is None:
        raise _Unfit("a threshold on a metric, not a share of events")

    def query(metric: _Metric | None) -> str:
        return _query(metric.metric_source, beside) if metric is not None else ""

    nothing = Promise("", "", "", 0.0, "")
    if ratio.raw is not None:
        if ratio.raw_type != "failure":
            raise _Unfit("a share of good events that it computes itself")
        return replace(nothing, bad_share=query(ratio.raw))
    return replace(nothing, good=query(ratio.good), bad=query(ratio.bad), total=query(ratio.total))


def _query(source: _Source, beside: Sequence[Document]) -> str:
    kind = source.type
    if source.metric_source_ref:
        named = _named(source.metric_source_ref, "DataSource", _DataSource, beside)
        kind = kind or (named.spec.type if named else "")
    if kind and kind.lower() not in _ASKED_IN_PROMQL:
        raise _Unfit(f"its queries are for {inert(kind, 40)}, not for Prometheus")
    query = source.spec.get("query")
    if not isinstance(query, str) or not query.strip():
        raise _Unfit("its source has no `query`")
    return query


def _named(name: str, kind: str, block: type[Block], beside: Sequence[Document]) -> Block | None:
    """The document of a kind and name in the same file."""
    for document in beside:
        data = document.data
        if is_part(document) and data.get("kind") == kind:
            metadata = data.get("metadata")
            if isinstance(metadata, dict) and metadata.get("name") == name:
                return document.convert(block)
    return None
