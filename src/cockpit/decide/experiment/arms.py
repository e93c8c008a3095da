"""What each arm did, minute by minute, since the criteria were written: asked, judged, bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.history import Steps
from cockpit.assess.monitors.watched import by_version
from cockpit.assess.service.latency import slower_than
from cockpit.assess.service.traffic import asked
from cockpit.assess.slices import is_word, segment_name
from cockpit.decide.experiment.stakes import LABELLED
from cockpit.records import Window
from cockpit.tables import NEGATIVE, POSITIVE, SERVED, SHADOW, UNKNOWN
from cockpit.text import inert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.inputs import Series
    from cockpit.records import Counts
    from cockpit.views import Criteria

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


WHAT_SERVED = "what served"  # beside a shadow


@dataclass(frozen=True)
class Recorded:
    """Tables of counts by event bucket since the criteria were written, at `since`; times in µs.

    `changed` is the first change or containment after that, null where there was none; `gauges`
    are what others computed, by "name" or 'name{version="v42"}'.
    """

    tables: Mapping[str, Counts]
    gauges: Mapping[str, Series]
    since: int
    changed: int | None
    as_of_fast: int
    as_of_slow: int
    bucket: int


@dataclass(frozen=True, eq=False)
class Counted:
    """Rows by version and minute, each of shape (versions, steps)."""

    steps: Steps
    versions: tuple[str, ...]
    asked: Ints
    judged: Ints
    bad: Ints

    def of(self, version: str) -> int | None:
        """The row of a version; null where it did nothing."""
        return self.versions.index(version) if version in self.versions else None


@dataclass(frozen=True, eq=False)
class Paired:
    """Labelled rows that a shadow scored too, each of shape (steps,)."""

    steps: Steps
    judged: Ints
    worse: Ints  # the shadow alone was wrong
    better: Ints  # it alone was right


def tables_of(criteria: Criteria) -> list[str]:
    """Which tables of counts the criteria are judged by."""
    found = {_table_of(criteria), *(_table(guard.name) for guard in criteria.guardrails)}
    if criteria.kind == "shadow":
        found.add("pair")
    return sorted(found)


def _table_of(criteria: Criteria) -> str:
    if criteria.metric in LABELLED and criteria.segment is not None:
        return "score_by_segment"
    return _table(criteria.metric)


def _table(metric: str) -> str:
    return {"latency_p99": "latency", "error_rate": "traffic"}.get(metric, "score")


def decisions(recorded: Recorded, criteria: Criteria, role: str = SERVED) -> Counted | None:
    """Rows of the metric at stake; those with labels from decisions old enough to have one."""
    table = _table_of(criteria)
    if table in ("latency", "traffic"):
        return requests(recorded, criteria.metric, criteria.slowest)
    counts = recorded.tables.get(table)
    if counts is None or len(counts) == 0:
        return None
    rows = is_word(counts, "role", role)
    if criteria.segment is not None:
        rows = rows & _in_segment(counts, criteria.segment)
    label, decision = counts.columns["label"], counts.columns["decision"]
    counted = rows & (decision == POSITIVE if criteria.metric == "precision" else decision >= 0)
    judged = counted & (label == POSITIVE if criteria.metric == "recall" else label > UNKNOWN)
    judged &= _is_old(counts, recorded, criteria)
    steps = _steps(recorded, recorded.as_of_slow)
    return _counted(counts, steps, counted, judged, judged & (label != decision))


def requests(recorded: Recorded, metric: str, slowest: float | None) -> Counted | None:
    """Requests, and those that were slow or failed."""
    counts = recorded.tables.get(_table(metric))
    if counts is None or len(counts) == 0:
        return None
    steps = _steps(recorded, recorded.as_of_fast)
    every = np.ones(len(counts), dtype=np.bool_)
    if metric == "error_rate":
        every, bad = asked(counts), ~asked(counts)
    elif slowest is not None:
        bad = slower_than(counts.columns["bin"], slowest)
    else:
        return None
    return _counted(counts, steps, every, every, bad)


def shadow_and_served(recorded: Recorded, criteria: Criteria, fix: str) -> Counted | None:
    """The shadow, then everything that was served, as two arms; null where no shadow scored."""
    shadow, acted = (decisions(recorded, criteria, role) for role in (SHADOW, SERVED))
    row = None if shadow is None else shadow.of(fix)
    if shadow is None or acted is None or row is None:
        return None
    sums = (
        np.stack([ours[row], theirs.sum(axis=0)])
        for ours, theirs in (
            (shadow.asked, acted.asked),
            (shadow.judged, acted.judged),
            (shadow.bad, acted.bad),
        )
    )
    return Counted(shadow.steps, (fix, WHAT_SERVED), *sums)


def shadows(recorded: Recorded, criteria: Criteria) -> list[str]:
    """Versions that scored as a shadow since the criteria were written."""
    found = decisions(recorded, criteria, SHADOW)
    if found is None:
        return []
    return [v for v, asked in zip(found.versions, found.asked, strict=True) if asked.any()]


def pairs(recorded: Recorded, criteria: Criteria, fix: str) -> Paired | None:
    """Labelled rows that the fix scored as a shadow; null of a segment, which has no such table."""
    counts = recorded.tables.get("pair")
    if counts is None or len(counts) == 0 or criteria.segment is not None:
        return None
    label, ours, theirs = (
        counts.columns[name] for name in ("label", "shadow_decision", "decision")
    )
    rows = _named(counts, "shadow", fix) & (ours >= NEGATIVE) & (theirs >= NEGATIVE)
    rows &= (label > UNKNOWN) & _is_old(counts, recorded, criteria)
    steps = _steps(recorded, recorded.as_of_slow)
    sums = (
        np.maximum(by_version(counts, steps, rows & some).sum(axis=0), 0)
        for some in (
            label > UNKNOWN,
            (ours != label) & (theirs == label),
            (ours == label) & (theirs != label),
        )
    )
    return Paired(steps, *sums)


def names(counts: Counts, column: str = "version") -> tuple[str, ...]:
    """The words of a column as they are printed."""
    return tuple(inert(word) for word in counts.words.get(column, ()))


def _counted(counts: Counts, steps: Steps, asked: Mask, judged: Mask, bad: Mask) -> Counted:
    sums = [np.maximum(by_version(counts, steps, rows), 0) for rows in (asked, judged, bad)]
    return Counted(steps, names(counts), sums[0], sums[1], np.minimum(sums[2], sums[1]))


def _steps(recorded: Recorded, end: int) -> Steps:
    """Whole buckets from the first that begins after the criteria were written."""
    start = -(-recorded.since // recorded.bucket) * recorded.bucket
    window = Window(start=start, end=max(end, start))
    size = max(-(-(window.end - start) // recorded.bucket), 1)
    return Steps(start, recorded.bucket, size, window)


def _is_old(counts: Counts, recorded: Recorded, criteria: Criteria) -> Mask:
    """Decisions old enough to have their label: of younger ones, those that come soon mislead."""
    old: Mask = counts.columns["valid"] + recorded.bucket <= (
        recorded.as_of_slow - criteria.label_delay
    )
    return old


def _in_segment(counts: Counts, segment: str) -> Mask:
    """Rows of a segment by the name it is printed with."""
    mask = np.zeros(len(counts), dtype=np.bool_)
    for dimension in counts.words["dimension"]:
        if not segment.startswith(f"{inert(dimension)} "):
            continue
        for value in counts.words["value"]:
            if segment_name(dimension, value) == segment:
                mask |= is_word(counts, "dimension", dimension) & is_word(counts, "value", value)
    return mask


def _named(counts: Counts, column: str, name: str) -> Mask:
    codes = [i for i, word in enumerate(names(counts, column)) if word == name]
    mask: Mask = np.isin(counts.columns[column], codes)
    return mask
