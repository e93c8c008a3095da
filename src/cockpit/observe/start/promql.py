"""Small pieces of PromQL, put together: narrowed series, rates, quantiles, sums by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.records import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = "version"  # the label by which a figure is of one version


def span(length: int) -> str:
    """A length of time (µs) as PromQL writes it: 1m, 15s, 500ms."""
    if length % MINUTE == 0:
        return f"{length // MINUTE}m"
    if length % SECOND == 0:
        return f"{length // SECOND}s"
    return f"{max(length // 1_000, 1)}ms"


def quoted(text: str) -> str:
    """Text as a string of PromQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def matching(labels: Mapping[str, str]) -> str:
    """Labels as matchers, without braces: job="fraud",service="predictions"."""
    return ",".join(f"{name}={quoted(value)}" for name, value in labels.items())


def narrowed(series: str, matchers: str) -> str:
    """A series with more matchers: x{code="5"} and job="a" are x{code="5",job="a"}."""
    if not matchers:
        return series
    name, brace, own = series.partition("{")
    inner = own.removesuffix("}").strip()
    return f"{name}{{{inner},{matchers}}}" if brace and inner else f"{name}{{{matchers}}}"


def with_suffix(series: str, suffix: str) -> str:
    """A series of a histogram: x{job="a"} and _bucket are x_bucket{job="a"}."""
    name, brace, own = series.partition("{")
    return f"{name}{suffix}{brace}{own}"


def by_version(aggregate: str, expr: str, label: str, also: Sequence[str] = ()) -> str:
    """An aggregate of an expression, by the version that `label` tells; without one, of all.

    What is no label `version` becomes one, for by that a figure is known to be of one version.
    """
    labels = [*also, *([label] if label else [])]
    by = f" by ({', '.join(labels)}) " if labels else ""
    return f"{aggregate}{by}({expr})"


def as_version(expr: str, label: str) -> str:
    """An expression that leaves `label`, so that it leaves `version` instead."""
    if label in ("", VERSION):
        return expr
    return f'label_replace({expr}, "{VERSION}", "$1", "{label}", "(.*)")'
