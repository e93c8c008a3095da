"""What moved in a feature, in words: missing, unseen, infinite, out of range, gone, constant."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit import numbers
from cockpit.assess.drift.divergence import SMOOTHING
from cockpit.assess.words import listed
from cockpit.bins import BEYOND, MINUS_INF, MISSING, PLUS_INF, UNSEEN
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cockpit.bins import FeatureBins

    Ints = NDArray[np.int64]

_SURE = 3.29  # standard errors a share must move by to be said: one steady share in a thousand is
_UNIT_SHARE = 0.01  # of rows far outside: so many are in another unit, not unusual
_NAMED = 3  # categories that are gone, by name; more are counted
_CELLS = PLUS_INF + 1  # the first bin of finite numbers, and of categories


class Shift(NamedTuple):
    """A share of rows that moved, in words, and what it contributes to PSI."""

    words: str
    contribution: float


class Shares:
    """Two histograms on the same bins, each with rows, asked about some of the bins at once."""

    def __init__(self, reference: Ints, current: Ints, design_effect: float = 1.0) -> None:
        self._reference = _cumulative(reference)
        self._current = _cumulative(current)
        self._design_effect = design_effect

    def counts(self, bins: slice) -> tuple[int, int]:
        """Rows of the reference and of the window."""
        return (
            self._reference[bins.stop] - self._reference[bins.start],
            self._current[bins.stop] - self._current[bins.start],
        )

    def shares(self, bins: slice) -> tuple[float, float]:
        """The same as shares of their rows."""
        a, b = self.counts(bins)
        return a / self._reference[-1], b / self._current[-1]

    def moved(self, bins: slice) -> bool:
        """Whether the share surely differs: the score test of two proportions (Pearson 1900)."""
        n, m = self._reference[-1], self._current[-1]
        was, now = self.shares(bins)
        pooled = sum(self.counts(bins)) / (n + m)
        variance = self._design_effect * pooled * (1 - pooled) * (1 / n + 1 / m)
        return abs(now - was) > _SURE * math.sqrt(variance)

    def contribution(self, bins: slice) -> float:
        """What these bins would add to PSI if they were one."""
        a, b = self.counts(bins)
        p = (a + SMOOTHING) / (self._reference[-1] + SMOOTHING)
        q = (b + SMOOTHING) / (self._current[-1] + SMOOTHING)
        return (q - p) * math.log(q / p)

    def told(self, bins: slice, what: str, more: str = "") -> Shift:
        """'20 % are missing (was 0 %)'."""
        was, now = (numbers.share(share) for share in self.shares(bins))
        return Shift(f"{now} are {what} (was {was}){more}", self.contribution(bins))


def _cumulative(histogram: Ints) -> list[int]:
    return [0, *accumulate(histogram.tolist())]


def shifts(
    bins: FeatureBins, reference: Ints, current: Ints, design_effect: float = 1.0
) -> list[Shift]:
    """What surely moved, the most telling first. Both histograms have rows."""
    shares = Shares(reference, current, design_effect)
    found = [shares.told(cells, what) for cells, what in _special(bins) if shares.moved(cells)]
    if bins.kind == "numeric":
        found += [*_infinite(shares), *_outside(bins, shares)]
    found += _constant(bins, shares, current) or _gone(bins, shares, current)
    return sorted(found, key=lambda shift: -shift.contribution)


def one(index: int) -> slice:
    """The slice of one bin."""
    return slice(index, index + 1)


def _special(bins: FeatureBins) -> list[tuple[slice, str]]:
    if bins.kind == "categorical":
        return [(one(MISSING), "missing"), (one(UNSEEN), "unseen categories")]
    return [(one(MISSING), "missing")]


def _infinite(shares: Shares) -> Iterator[Shift]:
    """One infinite number is news where the reference has none: nobody measures it."""
    for index, what in ((PLUS_INF, "+∞"), (MINUS_INF, "−∞")):
        was, now = shares.counts(one(index))
        if (now and not was) or shares.moved(one(index)):
            yield shares.told(one(index), what)


def _outside(bins: FeatureBins, shares: Shares) -> Iterator[Shift]:
    """Numbers outside the reference's, by how much, and 0 or a sign that it does not have."""
    if bins.span is None:
        return
    smallest, largest = bins.span
    above = slice(bins.cell(largest) + 1, bins.size)
    below = slice(_CELLS, bins.cell(smallest))
    if smallest > 0 and 0.0 in bins.edges:
        zero = bins.cell(0.0)
        below = slice(zero + 1, below.stop)
        for cells, what in ((one(zero), "0"), (slice(_CELLS, zero), "negative")):
            if shares.moved(cells):
                yield shares.told(cells, f"{what}, which the reference never is")
    if shares.moved(above):
        far = _far(bins, shares, above, largest)
        yield shares.told(above, f"above the reference's largest, {largest:g}", far)
    if shares.moved(below):
        far = _far(bins, shares, below, smallest)
        yield shares.told(below, f"below the reference's smallest, {smallest:g}", far)


def _far(bins: FeatureBins, shares: Shares, outside: slice, end: float) -> str:
    """', 8 % 100 times or more: another unit?' where enough rows are that far outside."""
    is_above = outside.stop == bins.size
    for factor in reversed(BEYOND):
        limit = end / factor if end > 0 and not is_above else end * factor
        if limit not in bins.edges:
            continue
        edge = bins.cell(limit)
        _, now = shares.shares(slice(edge, bins.size) if is_above else slice(outside.start, edge))
        if now >= _UNIT_SHARE:
            return f", {numbers.share(now)} {factor:g} times or more: another unit?"
    return ""


def _constant(bins: FeatureBins, shares: Shares, current: Ints) -> list[Shift]:
    """That one bin, within what the reference has, holds every row."""
    index = int(np.argmax(current))
    if shares.shares(one(index))[1] < 1 or not shares.moved(one(index)):
        return []
    first, last = _CELLS, bins.size - 1
    if bins.kind == "numeric" and bins.span is not None:
        first, last = (bins.cell(end) for end in bins.span)
    if not first <= index <= last:
        return []
    was = numbers.share(shares.shares(one(index))[0])
    words = f"all are {inert(bins.label(index))} (was {was})"
    return [Shift(words, shares.contribution(one(index)))]


def _gone(bins: FeatureBins, shares: Shares, current: Ints) -> list[Shift]:
    """Values that are met no more, where others still are."""
    absent = [i for i in np.flatnonzero(current == 0).tolist() if i >= _CELLS]
    gone = [i for i in absent if shares.moved(one(i)) and bins.is_one_value(i)]
    met = any(bins.is_one_value(i) for i in np.flatnonzero(current).tolist())
    if not gone or not met:
        return []
    gone.sort(key=lambda i: -shares.counts(one(i))[0])
    names = [f"'{inert(bins.label(i))}'" for i in gone[:_NAMED]]
    if len(gone) > _NAMED:
        names.append(f"{len(gone) - _NAMED} more")
    was = numbers.share(sum(shares.shares(one(i))[0] for i in gone))
    verbs = ("is", "was") if len(gone) == 1 else ("are", "were")
    words = f"{listed(names)} {verbs[0]} gone ({verbs[1]} {was})"
    return [Shift(words, sum(shares.contribution(one(i)) for i in gone))]
