"""Drift of the score and of every feature against the reference, overall and inside segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.baseline import source
from cockpit.assess.drift import compare_feature, compare_scores
from cockpit.assess.slices import groups, is_word, segment_name
from cockpit.bins import score_edges
from cockpit.tables import ALL, SERVED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.estimates import Dresser
    from cockpit.bins import FeatureBins
    from cockpit.records import Counts, Drift

    Histograms = dict[tuple[str, ...], NDArray[np.int64]]  # by feature, dimension, value


def drifts(dresser: Dresser) -> list[Drift]:
    """Drift of the score and of every feature, worst first.

    A feature's drift inside one segment is listed too where it is worse than the feature's drift
    overall and large enough to be said: a fault in one region drowns in the global view.
    """
    inputs = dresser.inputs
    found = []
    counts, base = inputs.now.get("score"), source(inputs, "score", dresser.begun)
    if counts is not None and len(counts) and base is not None:
        current = scores.of(counts, is_word(counts, "role", SERVED)).every
        reference = scores.of(base.counts, base.served()).every
        found.append(compare_scores(reference, current, score_edges(), inputs.config.drift))
    features = inputs.now.get("feature")
    if features is not None and len(features):
        sizes = {bins.name: bins.size for bins in inputs.bins}
        now = _histograms(features, None, sizes)
        base = source(inputs, "feature", dresser.begun)
        before = _histograms(base.counts, base.mask, sizes) if base is not None else {}
        for bins in inputs.bins:
            found += _feature_drifts(dresser, bins, before, now)
    importance = inputs.config.drift.importance
    return sorted(
        found,
        key=lambda d: (-(d.psi_corrected or 0.0) * importance.get(d.feature, 1.0), d.feature),
    )


def _histograms(
    counts: Counts, mask: NDArray[np.bool_] | None, sizes: dict[str, int]
) -> Histograms:
    """Histogram of each (feature, dimension, value), all versions together."""
    found: Histograms = {}
    for key, rows in groups(counts, ("feature", "dimension", "value"), mask):
        size = sizes.get(key[0])
        if size is None:
            continue
        bins, n = counts.columns["bin"][rows], counts.columns["n"][rows]
        inside = (bins >= 0) & (bins < size)
        total = np.bincount(bins[inside], n[inside], size)
        found[key] = np.maximum(total, 0.0).astype(np.int64)
    return found


def _feature_drifts(
    dresser: Dresser, bins: FeatureBins, reference: Histograms, current: Histograms
) -> list[Drift]:
    rules = dresser.inputs.config.drift
    nothing = np.zeros(bins.size, dtype=np.int64)
    key = (bins.name, ALL, ALL)
    overall = compare_feature(bins, reference.get(key, nothing), current.get(key, nothing), rules)
    found = [overall]
    for (feature, dimension, value), histogram in current.items():
        there = reference.get((feature, dimension, value))
        if feature != bins.name or dimension == ALL or there is None:
            continue
        drift = compare_feature(bins, there, histogram, rules, segment_name(dimension, value))
        worse = (drift.psi_corrected or 0.0) > (overall.psi_corrected or 0.0)
        if worse and drift.drift_class in ("noticeable", "major"):
            found.append(drift)
    return found
