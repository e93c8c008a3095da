"""What monitors watch: bad things counted step by step and version by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.onset.history import Steps, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.estimates import Compared, Moment
    from cockpit.assess.objectives import Bound
    from cockpit.records import Counts, Window

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Counts of shape (versions, steps): `bad` of `judged` rows, of all that were `asked`.

    A decision whose label is not known yet is asked and not judged; elsewhere the two are one.
    """

    name: str  # of the metric
    what: str  # the bad things in words
    worse: str  # what a version does that has more of them
    source: str  # the table they are counted in
    steps: Steps
    versions: tuple[str, ...]
    bad: Ints
    judged: Ints
    asked: Ints
    base: Compared | None = None  # their share where nothing was wrong yet
    bound: Bound | None = None  # the promise on their share


def fast_steps(moment: Moment) -> Steps:
    """One step a fast bucket over the history."""
    return _steps(moment.inputs.history_window, moment.inputs.fast_bucket)


def slow_steps(moment: Moment) -> Steps:
    """One step a slow bucket over the history."""
    return _steps(moment.inputs.history_window, moment.inputs.slow_bucket)


def _steps(window: Window, bucket: int) -> Steps:
    start = window.start - window.start % bucket
    return Steps(start, bucket, max(-(-(window.end - start) // bucket), 1), window)


def by_version(counts: Counts, steps: Steps, rows: Mask, column: str = "n") -> Ints:
    """Σ column of each version in each step, over the rows given; shape (versions, steps)."""
    keep = within(counts, steps.window) & rows
    size = len(counts.words["version"])
    return _added(counts, steps, counts.columns["version"], size, keep, column)


def good_and_bad(counts: Counts, steps: Steps, bad: Mask) -> Ints:
    """Both of a large table in one pass, shape (2, versions, steps)."""
    size = len(counts.words["version"])
    code = counts.columns["version"] + bad * size
    cells = _added(counts, steps, code, 2 * size, within(counts, steps.window))
    return np.maximum(cells, 0).reshape(2, size, steps.size)


def _added(
    counts: Counts, steps: Steps, code: Ints, size: int, keep: Mask, column: str = "n"
) -> Ints:
    valid, n = counts.columns["valid"], counts.columns[column]
    if not keep.all():
        code, valid, n = code[keep], valid[keep], n[keep]
    total = np.bincount(code * steps.size + steps.index(valid), n, size * steps.size)
    return np.rint(total).astype(np.int64).reshape(size, steps.size)
