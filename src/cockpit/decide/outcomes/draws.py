"""Draws of how often each version is wrong in each part: the same draws for every option.

A share of k in n labelled rows is drawn from its Jeffreys posterior Beta(k + ½, n − k + ½)
(Brown, Cai & DasGupta 2001). What is assumed has no interval and is drawn as a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cockpit.config import Harm
from cockpit.decide.facts.measured import Cell, Measured
from cockpit.decide.options.assumptions import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 4_000
SEED = 20_210_305  # any constant: the same facts give the same table


@dataclass(frozen=True)
class Quality:
    """Per request, shape (DRAWS,): wrong decisions, harm, and positive decisions right and wrong.

    `harm` is in missed positives. The last two are null where positives cannot be told apart.
    """

    wrong: Floats
    harm: Floats
    true_positives: Floats | None
    false_positives: Floats | None
    measured: bool


@dataclass(frozen=True)
class Draws:
    """`quality` by (version, part); `haste` is the standard normal behind the time to effect."""

    quality: dict[tuple[str, str], Quality]
    haste: Floats


def draw(measured: Measured, rules: Rules, harm: Harm) -> Draws:
    """Every cell's draws; cells about which nothing tells are left out."""
    versions = sorted({version for version, _ in measured.cells})
    cells = [measured.cells[version, part] for part in measured.parts for version in versions]
    haste, shares = _drawn(tuple(pair for cell in cells for pair in _shares(cell)))
    drawn = iter(shares)
    quality: dict[tuple[str, str], Quality] = {}
    for part in measured.parts:
        flagged = _flagged(measured, part)
        for version in versions:
            cell = measured.cells[version, part]
            if cell.source == "measured":
                quality[version, part] = _measured(cell, harm, drawn)
            elif cell.rate is not None:
                quality[version, part] = _constant(cell.rate, cell.precision, flagged, harm)
        fallback = (measured.versions.fallback, part)
        if fallback not in quality and rules.wrong_share is not None:
            quality[fallback] = _constant(rules.wrong_share, rules.precision, flagged, harm)
    return Draws(quality, haste)


def _shares(cell: Cell) -> list[tuple[int, int]]:
    """(k, n) of the shares that are drawn for a cell: wrong, false alarms of these, and hits."""
    if cell.source != "measured":
        return []
    counts = cell.confusion
    if counts is None:
        return [(cell.wrong, cell.labelled)]
    return [
        (cell.wrong, cell.labelled),
        (counts.false_positives, counts.false_positives + counts.false_negatives),
        (counts.true_positives, counts.true_positives + counts.true_negatives),
    ]


@lru_cache(maxsize=4)
def _drawn(shares: tuple[tuple[int, int], ...]) -> tuple[Floats, list[Floats]]:
    """Haste, and draws of each share; kept, for the counts stay while the draws are asked for."""
    generator = np.random.default_rng(SEED)
    haste = generator.standard_normal(DRAWS)
    drawn = [generator.beta(k + 0.5, n - k + 0.5, DRAWS) for k, n in shares]
    for values in (haste, *drawn):
        values.flags.writeable = False
    return haste, drawn


def _measured(cell: Cell, harm: Harm, drawn: Iterator[Floats]) -> Quality:
    wrong = next(drawn)
    if cell.confusion is None:
        return Quality(wrong, wrong * harm.false_negative, None, None, True)
    false_alarms, hits = next(drawn), next(drawn)
    false_positives = wrong * false_alarms
    false_negatives = wrong - false_positives
    return Quality(
        wrong,
        harm.false_positive * false_positives + harm.false_negative * false_negatives,
        (1.0 - wrong) * hits,
        false_positives,
        True,
    )


def _constant(rate: float, precision: float | None, flagged: float | None, harm: Harm) -> Quality:
    """What is assumed: it decides positive as often as what serves now."""
    wrong = np.full(DRAWS, rate)
    if precision is None or flagged is None:
        return Quality(wrong, wrong * harm.false_negative, None, None, False)
    false_positives = np.full(DRAWS, min(flagged * (1.0 - precision), rate))
    return Quality(
        wrong,
        harm.false_positive * false_positives + harm.false_negative * (wrong - false_positives),
        flagged - false_positives,
        false_positives,
        False,
    )


def _flagged(measured: Measured, part: str) -> float | None:
    """How often a decision is positive: of the new version in the part, else of another there."""
    order = sorted(
        measured.cells, key=lambda key: (key[1] != part, key[0] != measured.versions.new)
    )
    for key in order:
        counts = measured.cells[key].confusion
        if counts is not None:
            return (counts.true_positives + counts.false_positives) / measured.cells[key].labelled
    return None
