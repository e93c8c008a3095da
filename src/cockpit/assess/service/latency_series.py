"""Latency from the `le` counters of a metrics file: latency_bucket{le="0.25",version="v42"}."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.service.buckets import Buckets, from_cumulative, increases, uncounted
from cockpit.assess.service.gauges import TO_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cockpit.assess.inputs import Inputs, Series
    from cockpit.records import Window

NAME = "latency_bucket"
_SERIES = re.compile(rf"{NAME}\{{(?P<labels>.*)\}}", re.DOTALL)
_LABEL = re.compile(r'([^=,"]+)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DIGITS = 6  # of a bound in ms: 0.035 s is 35 ms


@dataclass(frozen=True, eq=False)
class Counted:
    """The counters of one process, or of all of them: what was at most each of `bounds` (ms)."""

    labels: dict[str, str]  # without `le`
    bounds: tuple[float, ...]
    counters: tuple[Series, ...]


def latency_counters(inputs: Inputs) -> list[Counted]:
    """The counters of each set of labels; `le` is in seconds unless the map says otherwise."""
    scale = TO_MS.get(inputs.series_units.get(NAME) or "s", 1.0)
    found: dict[tuple[tuple[str, str], ...], dict[float, Series]] = defaultdict(dict)
    for name, series in inputs.series.items():
        read = _bound(name)
        if read is not None:
            labels, bound = read
            found[labels][round(bound * scale, _DIGITS)] = series
    return [
        Counted(dict(labels), tuple(counters), tuple(counters.values()))
        for labels, counters in found.items()
    ]


def of_all(counters: Iterable[Counted]) -> list[Counted]:
    """Those that make up the whole service: where some have fewer labels, these are the sums."""
    every = list(counters)
    fewest = min((len(each.labels) for each in every), default=0)
    return [each for each in every if len(each.labels) == fewest]


def by_version(counters: Iterable[Counted]) -> dict[str, list[Counted]]:
    """Those of each version, by its name; none where fewer than two are told apart."""
    found: dict[str, list[Counted]] = defaultdict(list)
    for each in of_all(each for each in counters if "version" in each.labels):
        found[each.labels["version"]].append(each)
    return dict(sorted(found.items())) if len(found) > 1 else {}


def around(counters: Iterable[Counted], bound: float) -> list[Counted]:
    """Only the counters that tell what lies beyond a bound in ms: its neighbours, and all."""
    found = []
    for each in counters:
        below = max((b for b in each.bounds if b <= bound), default=None)
        above = min((b for b in each.bounds if b >= bound), default=None)
        kept = {
            b: c
            for b, c in zip(each.bounds, each.counters, strict=True)
            if b in (below, above, math.inf)
        }
        found.append(Counted(each.labels, tuple(kept), tuple(kept.values())))
    return found


def counted(counters: Sequence[Counted], window: Window) -> Buckets:
    """What several processes counted in the window, added up.

    A process that was read less than twice in it has counted nothing that could be known.
    """
    grown = [(each.bounds, increases(each.counters, window.start, window.end)) for each in counters]
    known = [(bounds, n) for bounds, n in grown if n is not None]
    if not known:
        return uncounted("fewer than two readings of the buckets")
    total: dict[float, int] = dict.fromkeys(known[0][0], 0)
    for bounds, n in known:
        if set(bounds) != set(total):
            return uncounted("processes count in different buckets")
        for bound, rows in zip(bounds, n.tolist(), strict=True):
            total[bound] += rows
    return from_cumulative(list(total), np.array(list(total.values()), dtype=np.int64))


@lru_cache(maxsize=4096)
def _bound(series: str) -> tuple[tuple[tuple[str, str], ...], float] | None:
    """The labels of a series of buckets, less `le`, and its bound; null for any other series."""
    match = _SERIES.fullmatch(series)
    if match is None:
        return None
    labels = {key: _ESCAPED.sub(_plain, value) for key, value in _LABEL.findall(match["labels"])}
    try:
        bound = float(labels.pop("le", "nan"))
    except ValueError:
        return None
    return (tuple(sorted(labels.items())), bound) if bound > -math.inf else None


def _plain(escaped: re.Match[str]) -> str:
    return "\n" if escaped[1] == "n" else escaped[1]
