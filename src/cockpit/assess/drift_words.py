"""What moved in a feature, in words: missing, unseen, infinite, out of range, gone, constant."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cockpit import numbers
from cockpit.assess.drift import SMOOTHING
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


@dataclass(frozen=True)
class Shares:
    """Two histograms on a feature's bins, each with rows, asked about some of the bins at once."""

    reference: Ints
    current: Ints
    design_effect: float

    def was(self, bins: slice) -> float:
        """Share of the reference's rows."""
        return float(self.reference[bins].sum() / self.reference.sum())

    def now(self, bins: slice) -> float:
        """Share of the window's rows."""
        return float(self.current[bins].sum() / self.current.sum())

    def moved(self, bins: slice) -> bool:
        """Whether the share surely differs: the score test of two proportions (Pearson 1900)."""
        n, m = int(self.reference.sum()), int(self.current.sum())
        pooled = int((self.reference[bins] + self.current[bins]).sum()) / (n + m)
        variance = self.design_effect * pooled * (1 - pooled) * (1 / n + 1 / m)
        return abs(self.now(bins) - self.was(bins)) > _SURE * math.sqrt(variance)

    def shift(self, bins: slice, words: str) -> Shift:
        """The words, with what these bins would add to PSI if they were one."""
        p = (self.reference[bins].sum() + SMOOTHING) / (self.reference.sum() + SMOOTHING)
        q = (self.current[bins].sum() + SMOOTHING) / (self.current.sum() + SMOOTHING)
        return Shift(words, float((q - p) * math.log(q / p)))

    def told(self, bins: slice, what: str, more: str = "") -> Shift:
        """'20 % are missing (was 0 %)'."""
        now, was = numbers.share(self.now(bins)), numbers.share(self.was(bins))
        return self.shift(bins, f"{now} are {what} (was {was}){more}")


def shifts(
    bins: FeatureBins, reference: Ints, current: Ints, design_effect: float = 1.0
) -> list[Shift]:
    """What surely moved, the most telling first. Both histograms have rows."""
    shares = Shares(reference, current, design_effect)
    found = [shares.told(cells, what) for cells, what in _special(bins) if shares.moved(cells)]
    if bins.kind == "numeric":
        found += [*_infinite(shares), *_outside(bins, shares)]
    found += _constant(bins, shares) or _gone(bins, shares)
    return sorted(found, key=lambda shift: -shift.contribution)


def _one(index: int) -> slice:
    return slice(index, index + 1)


def _special(bins: FeatureBins) -> list[tuple[slice, str]]:
    if bins.kind == "categorical":
        return [(_one(MISSING), "missing"), (_one(UNSEEN), "unseen categories")]
    return [(_one(MISSING), "missing")]


def _infinite(shares: Shares) -> Iterator[Shift]:
    """One infinite number is news where the reference has none: nobody measures it."""
    for index, what in ((PLUS_INF, "+∞"), (MINUS_INF, "−∞")):
        appeared = shares.current[index] > 0 and shares.reference[index] == 0
        if appeared or shares.moved(_one(index)):
            yield shares.told(_one(index), what)


def _outside(bins: FeatureBins, shares: Shares) -> Iterator[Shift]:
    """Numbers outside the reference's, by how much, and 0 or a sign that it does not have."""
    if bins.span is None:
        return
    smallest, largest = bins.span
    first, last = bins.digitize(bins.span).tolist()
    above, below = slice(last + 1, bins.size), slice(_CELLS, first)
    if smallest > 0 and 0.0 in bins.edges:
        zero = int(bins.digitize([0.0])[0])
        below = slice(zero + 1, first)
        for cells, what in ((_one(zero), "0"), (slice(_CELLS, zero), "negative")):
            if shares.moved(cells):
                yield shares.told(cells, f"{what}, which the reference never is")
    if shares.moved(above):
        unit = _another_unit(bins, shares, above, largest)
        yield shares.told(above, f"above the reference's largest, {largest:g}", unit)
    if shares.moved(below):
        unit = _another_unit(bins, shares, below, smallest)
        yield shares.told(below, f"below the reference's smallest, {smallest:g}", unit)


def _another_unit(bins: FeatureBins, shares: Shares, outside: slice, end: float) -> str:
    """', 8 % 100 times or more: another unit?' where enough rows are that far outside."""
    is_above = outside.stop == bins.size
    for factor in reversed(BEYOND):
        limit = end / factor if end > 0 and not is_above else end * factor
        if limit not in bins.edges:
            continue
        edge = int(bins.digitize([limit])[0])
        far = shares.now(slice(edge, bins.size) if is_above else slice(outside.start, edge))
        if far >= _UNIT_SHARE:
            return f", {numbers.share(far)} {factor:g} times or more: another unit?"
    return ""


def _constant(bins: FeatureBins, shares: Shares) -> list[Shift]:
    """That one bin, within what the reference has, holds every row."""
    index = int(np.argmax(shares.current))
    here = _one(index)
    if shares.now(here) < 1 or not _is_inside(bins, index) or not shares.moved(here):
        return []
    label, was = inert(bins.label(index)), numbers.share(shares.was(here))
    return [shares.shift(here, f"all are {label} (was {was})")]


def _is_inside(bins: FeatureBins, index: int) -> bool:
    if bins.kind == "categorical":
        return index >= _CELLS
    if bins.span is None:
        return False
    first, last = bins.digitize(bins.span).tolist()
    return bool(first <= index <= last)


def _gone(bins: FeatureBins, shares: Shares) -> list[Shift]:
    """Values that are met no more, where others still are."""
    values = [i for i in range(_CELLS, bins.size) if bins.is_one_value(i)]
    gone = [i for i in values if shares.current[i] == 0 and shares.moved(_one(i))]
    if not gone or not shares.current[values].any():
        return []
    gone.sort(key=lambda i: -shares.reference[i])
    names = [f"'{inert(bins.label(i))}'" for i in gone[:_NAMED]]
    if len(gone) > _NAMED:
        names.append(f"{len(gone) - _NAMED} more")
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    was = numbers.share(sum(shares.was(_one(i)) for i in gone))
    verbs = ("is", "was") if len(gone) == 1 else ("are", "were")
    contribution = sum(shares.shift(_one(i), "").contribution for i in gone)
    return [Shift(f"{listed} {verbs[0]} gone ({verbs[1]} {was})", contribution)]
