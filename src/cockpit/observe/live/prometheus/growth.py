"""By how much counters grew from one reading to the next: exact integers, whatever is asked when.

What a counter grew by up to a grid point follows from the readings of the last hour before it
alone, so stretches may be read in any order and cut anywhere: their growth adds up to the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_LARGEST = float(1 << 48)  # no counter of requests gets there; sums of many stay in 64 bits
# The server must have told of some series so many points ago before another counts as new: the
# targets of a server that has just begun come one after the other within its scrape interval.
_ANSWERING = 4


class Growth(NamedTuple):
    """Rows of shape (n,): by how many a series grew up to a point, since it was seen before."""

    series: Ints  # index of the series
    point: Ints  # index of the grid point
    steps: Ints  # how many steps ago it was seen before: 1, or more where readings are missing
    n: Ints  # at least 1


def growth(x: Floats, processes: Ints, look_back: int) -> Growth:
    """Growth of counters `x`, shape (series, points), NaN where a series was not seen.

    Series with one number in `processes`, shape (series,), are reset together: where one of them
    fell, each has counted from 0 again. A series is compared with its last reading, up to
    `look_back` points ago. One that has none is new: it counted from 0 if the server had been
    telling of others for some points; otherwise it is the server that is new, and how much of the
    counter is older is not known: it begins there.
    """
    series, points = x.shape
    if series == 0 or points < 2:
        return Growth(*(np.zeros(0, dtype=np.int64) for _ in Growth._fields))
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(x) & (x >= 0) & (x < _LARGEST)
    value = np.rint(np.where(seen, x, 0.0)).astype(np.int64)
    at = np.arange(points)
    last_seen = np.maximum.accumulate(np.where(seen, at, -1), axis=1)
    before = np.concatenate([np.full((series, 1), -1), last_seen[:, :-1]], axis=1)
    steps = at - before
    known = seen & (before >= 0) & (steps <= look_back)
    was = np.take_along_axis(value, np.maximum(before, 0), axis=1)
    fell = np.zeros((int(processes.max()) + 1, points), dtype=bool)
    np.logical_or.at(fell, processes, known & (value < was))
    grown = np.where(fell[processes], value, value - was)
    told: NDArray[np.bool_] = np.any(seen, axis=0)
    answering = np.zeros(points, dtype=bool)
    answering[_ANSWERING:] = told[:-_ANSWERING] & told[_ANSWERING - 1 : -1]
    new = seen & ~known & answering
    n = np.where(known, grown, np.where(new, value, 0))
    steps = np.where(known, steps, 1)
    row, point = np.nonzero(n)
    return Growth(row, point, steps[row, point], n[row, point])


def over_seconds(counts: Ints, seconds: Ints) -> tuple[Ints, Ints, Ints]:
    """Deal each of `counts`, shape (k,), over so many seconds as evenly as whole numbers go.

    Index of the count, second from 0 on, and how many, each of shape (n,); none has 0.
    """
    which = np.repeat(np.arange(len(counts)), seconds)
    second = np.arange(which.size) - np.repeat(np.cumsum(seconds) - seconds, seconds)
    total, of = counts[which], seconds[which]
    # total · (second + 1) // of − total · second // of, without a product that overflows
    whole, rest = total // of, total % of
    n = whole + rest * (second + 1) // of - rest * second // of
    return which[n > 0], second[n > 0], n[n > 0]
