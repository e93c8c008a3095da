"""What monitors watch: bad things counted step by step and version by version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.history import Steps, within
from cockpit.records import Window
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.estimates import Compared, Moment
    from cockpit.assess.objectives import Bound
    from cockpit.records import Counts

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
    inputs = moment.inputs
    return _steps(inputs.history_window.start, inputs.as_of_fast, inputs.fast_bucket)


def slow_steps(moment: Moment) -> Steps:
    """One step a slow bucket over the history, the open one left out."""
    inputs = moment.inputs
    return _steps(inputs.history_window.start, inputs.as_of_slow, inputs.slow_bucket)


def _steps(start: int, end: int, bucket: int) -> Steps:
    window = Window(start=start, end=max(end, start))
    first = start - start % bucket
    return Steps(first, bucket, max(-(-(end - first) // bucket), 1), window)


def first_together(moment: Moment, steps: Steps, asked: Ints) -> int | None:
    """The step at which the watch of two arms begins: the first in which both were asked.

    `asked` has the shape (2, steps); null where there is no such step. Where both were asked for
    longer than is looked back, the watch begins anew at each half of a look-back since 1970: one
    whose start moved with the clock would be another watch each second, and no bound would hold.
    """
    inputs = moment.inputs
    look_back, since = parse_duration(inputs.config.incident.look_back), steps.window.start
    if since + look_back <= inputs.as_of_slow:
        since += -since % max(look_back // 2, 1)
    together = np.flatnonzero((asked > 0).all(axis=0))
    together = together[together >= (since - steps.start) // steps.step]
    return int(together[0]) if together.size else None


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
