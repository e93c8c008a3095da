"""Drift of one distribution as a record: its figures, its class, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess.drift.divergence import classify, divergence, rows_needed, two_digits
from cockpit.assess.drift.words import Shares, one, shifts
from cockpit.bins import MISSING, QUANTILE_BINS, SCORE_BINS, UNSEEN, score_edges, segment_edges
from cockpit.records import Drift
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cockpit.assess.drift.divergence import Divergence
    from cockpit.assess.drift.words import Shift
    from cockpit.bins import FeatureBins
    from cockpit.config import Drifting
    from cockpit.records import DriftClass

    Ints = NDArray[np.int64]

_WORTH_SAYING = 1.2  # a design effect from which on the sentence tells it


@dataclass(frozen=True)
class Compared:
    """Histograms of a reference and a window on the same bins, and what the bins hold.

    `bins` are those of a feature, null for the score.
    """

    name: str
    reference: Ints
    current: Ints
    label: Callable[[int], str]
    bins: FeatureBins | None = None
    segment: str | None = None

    @property
    def has_rows(self) -> bool:
        """Whether there are any on both sides."""
        return bool(self.reference.any() and self.current.any())


def of_feature(
    bins: FeatureBins, reference: Ints, current: Ints, segment: str | None = None
) -> Compared:
    """A feature, on its frozen bins."""
    return Compared(bins.name, reference, current, bins.label, bins, segment)


def of_scores(reference: Ints, current: Ints, segment: str | None = None) -> Compared:
    """The score, on ten quantile bins of the reference's own scores.

    Both histograms are on the bins of `score`, or both on those of `score_by_segment`.
    """
    edges = score_edges() if len(reference) == SCORE_BINS else segment_edges()
    groups = quantile_groups(reference)
    size = int(groups[-1]) + 1
    starts = edges[:-1][np.concatenate([[True], groups[1:] != groups[:-1]])]
    ends = np.append(starts[1:], 1.0)
    return Compared(
        "score",
        np.bincount(groups, reference, size).astype(np.int64),
        np.bincount(groups, current, size).astype(np.int64),
        lambda i: f"from {starts[i]:.2g} to {ends[i]:.2g}",
        segment=segment,
    )


def quantile_groups(reference: Ints) -> Ints:
    """Group 0…9 or more of each bin: tenths of the reference; a bin that holds a tenth is alone."""
    n = int(reference.sum())
    if n <= 0:
        return np.zeros(len(reference), dtype=np.int64)
    before = np.cumsum(reference) - reference
    tenth = np.minimum(before * QUANTILE_BINS // n, QUANTILE_BINS - 1)
    atom = reference * QUANTILE_BINS >= n
    after_atom = np.concatenate([[False], atom[:-1]])
    new = np.concatenate([[True], tenth[1:] != tenth[:-1]]) | atom | after_atom
    groups: Ints = np.cumsum(new) - 1
    return groups


def compare(compared: Compared, rules: Drifting, design_effect: float = 1.0) -> Drift:
    """The record of a comparison by itself; without rows on either side, null with the reason."""
    if not compared.has_rows:
        return without_rows(compared)
    found = divergence(compared.reference, compared.current, design_effect)
    return drift(compared, found, rules)


def drift(compared: Compared, found: Divergence, rules: Drifting) -> Drift:
    """The record of a comparison and its figures.

    Its `p_value` is of this comparison alone, and its `importance` the ordinary 1.
    """
    current, bins = compared.current, compared.bins
    m, effect = int(found.m), float(found.design_effect)
    moves = [] if bins is None else shifts(bins, compared.reference, current, effect)
    drift_class = classify(found, rules)
    return Drift(
        feature=inert(compared.name),
        psi=float(found.psi),
        psi_corrected=float(found.corrected),
        low=float(found.low),
        high=float(found.high),
        kl=float(found.kl),
        js=float(found.js),
        null_line=float(found.null_line),
        kl_null_line=float(found.kl_null_line),
        p_value=float(found.p_value),
        design_effect=effect,
        n=m,
        drift_class=drift_class,
        missing_share=0.0 if bins is None else int(current[MISSING]) / m,
        unseen_share=int(current[UNSEEN]) / m if bins and bins.kind == "categorical" else 0.0,
        segment=compared.segment,
        changes=[move.words for move in moves],
        sentence=f"{_subject(compared)}: {drift_class}{_needed(found, drift_class, rules)}, "
        f"{_most_telling(compared, found, moves)}{_resembling(m, effect)}",
    )


def without_rows(compared: Compared) -> Drift:
    """The record of a comparison that lacks a side, and which."""
    reason = "no reference" if compared.current.any() else "no rows in the window"
    return Drift(
        feature=inert(compared.name),
        psi=None,
        psi_corrected=None,
        low=None,
        high=None,
        kl=None,
        n=int(compared.current.sum()),
        drift_class="too few rows",
        segment=compared.segment,
        reason=reason,
        sentence=f"{_subject(compared)}: {reason}",
    )


def _subject(compared: Compared) -> str:
    name = inert(compared.name)
    return f"{name} in {compared.segment}" if compared.segment else name


def _needed(found: Divergence, drift_class: DriftClass, rules: Drifting) -> str:
    """Where no class is said: the rows it would take."""
    if drift_class not in ("too few rows", "cannot tell yet"):
        return ""
    if found.m >= rules.min_rows * found.design_effect:
        return f" (the reference has {int(found.n):,} rows)"
    return f" ({int(found.m):,} of about {rows_needed(found, rules):,} rows needed)"


def _most_telling(compared: Compared, found: Divergence, moves: list[Shift]) -> str:
    """The shift that explains most of the PSI, else the bin that moved most."""
    index = int(found.moved)
    shares = Shares(compared.reference, compared.current)
    plain = shares.told(one(index), inert(compared.label(index)))
    if moves and moves[0].contribution >= plain.contribution:
        return moves[0].words
    return plain.words if found.psi > found.null_line else "no more than chance would move it"


def _resembling(m: int, design_effect: float) -> str:
    if design_effect <= _WORTH_SAYING:
        return ""
    effective = two_digits(m / design_effect)
    return f"; rows resemble their neighbours, {m:,} count as about {effective:,}"
