"""How far a distribution is from its reference: PSI, KL, and when a class may be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from cockpit import numbers
from cockpit.assess.measurement import Z
from cockpit.bins import MISSING, QUANTILE_BINS, SCORE_BINS, UNSEEN, score_edges, segment_edges
from cockpit.records import Drift
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cockpit.bins import FeatureBins
    from cockpit.config import Drifting
    from cockpit.records import DriftClass

    Ints = NDArray[np.int64]

SMOOTHING = 0.5  # of a count in each bin (Jeffreys): an empty bin is rare, not impossible


@dataclass(frozen=True)
class Divergence:
    """Figures of one comparison, in nats; `moved` is the bin that contributes most to PSI."""

    psi: float
    corrected: float
    low: float
    high: float
    kl: float
    moved: int


def divergence(reference: Ints, current: Ints) -> Divergence:
    """PSI and KL(current‖reference) of two histograms on the same bins, each with rows.

    Bins empty in both are left out. PSI/(1/n + 1/m) → χ²(B − 1) where nothing drifted (Yurdakul
    2018), so (B − 1)(1/n + 1/m) is subtracted as bias; the interval is the delta method plus the
    null variance, which keeps it honest near 0.
    """
    used = np.flatnonzero(reference + current)
    n, m = float(reference.sum()), float(current.sum())
    p = (reference[used] + SMOOTHING) / (n + SMOOTHING * len(used))
    q = (current[used] + SMOOTHING) / (m + SMOOTHING * len(used))
    log_ratio = np.log(q / p)
    terms = (q - p) * log_ratio
    psi = float(terms.sum())
    null = (len(used) - 1) * (1 / n + 1 / m)
    g, h = log_ratio + 1 - p / q, -log_ratio + 1 - q / p
    variance = (q @ g**2 - (q @ g) ** 2) / m + (p @ h**2 - (p @ h) ** 2) / n
    half = Z * math.sqrt(max(float(variance), 0.0) + 2 * null * (1 / n + 1 / m))
    corrected = max(psi - null, 0.0)
    return Divergence(
        psi=psi,
        corrected=corrected,
        low=max(corrected - half, 0.0),
        high=corrected + half,
        kl=float(q @ log_ratio),
        moved=int(used[int(np.argmax(terms))]),
    )


def classify(found: Divergence, n: int, m: int, rules: Drifting) -> DriftClass:
    """The class of a corrected PSI, or why none may be said.

    Said where the window has `min_rows`, or where the whole interval lies inside one class.
    """
    low, middle, high = (_class(x, rules) for x in (found.low, found.corrected, found.high))
    if low == high:
        return middle
    if m < rules.min_rows:
        return "too few rows"
    return middle if n >= rules.min_rows else "cannot tell yet"


def _class(psi: float, rules: Drifting) -> DriftClass:
    if psi > rules.major:
        return "major"
    return "noticeable" if psi >= rules.noticeable else "minor"


def compare(
    feature: str,
    reference: Ints,
    current: Ints,
    rules: Drifting,
    label: Callable[[int], str],
    segment: str | None = None,
) -> Drift:
    """Drift of one histogram, with a sentence that names the bin that moved most."""
    n, m = int(reference.sum()), int(current.sum())
    name = inert(feature)
    if n <= 0 or m <= 0:
        reason = "no rows in the window" if m <= 0 else "no reference"
        return Drift(
            feature=name,
            psi=None,
            psi_corrected=None,
            low=None,
            high=None,
            kl=None,
            n=max(m, 0),
            drift_class="too few rows",
            segment=segment,
            reason=reason,
            sentence=f"{name}: {reason}",
        )
    found = divergence(reference, current)
    drift_class = classify(found, n, m, rules)
    now, was = current[found.moved] / m, reference[found.moved] / n
    where = f" in {segment}" if segment else ""
    return Drift(
        feature=name,
        psi=found.psi,
        psi_corrected=found.corrected,
        low=found.low,
        high=found.high,
        kl=found.kl,
        n=m,
        drift_class=drift_class,
        segment=segment,
        sentence=f"{name}{where}: {drift_class}, "
        f"{numbers.share(now)} are {inert(label(found.moved))} (was {numbers.share(was)})",
    )


def compare_feature(
    bins: FeatureBins, reference: Ints, current: Ints, rules: Drifting, segment: str | None = None
) -> Drift:
    """Drift of a feature on its frozen bins, with its missing and unseen shares."""
    found = compare(bins.name, reference, current, rules, bins.label, segment)
    m = max(int(current.sum()), 1)
    unseen = int(current[UNSEEN]) if bins.kind == "categorical" else 0
    return msgspec.structs.replace(
        found, missing_share=int(current[MISSING]) / m, unseen_share=unseen / m
    )


def compare_scores(
    reference: Ints,
    current: Ints,
    rules: Drifting,
    segment: str | None = None,
) -> Drift:
    """Drift of the score, on ten quantile bins of the reference's own scores.

    Both histograms are on the bins of `score`, or both on those of `score_by_segment`.
    """
    edges = score_edges() if len(reference) == SCORE_BINS else segment_edges()
    groups = quantile_groups(reference)
    size = int(groups[-1]) + 1
    starts = edges[:-1][np.concatenate([[True], groups[1:] != groups[:-1]])]
    ends = np.append(starts[1:], 1.0)
    return compare(
        "score",
        np.bincount(groups, reference, size).astype(np.int64),
        np.bincount(groups, current, size).astype(np.int64),
        rules,
        lambda i: f"from {starts[i]:.2g} to {ends[i]:.2g}",
        segment,
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
