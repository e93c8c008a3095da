"""Drift of the score and of every feature against the reference, overall and inside segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cockpit.assess import scores
from cockpit.assess.baseline import source
from cockpit.assess.drift import compare_feature, compare_scores
from cockpit.assess.slices import groups, is_word, segment_name
from cockpit.bins import SEGMENT_BINS
from cockpit.tables import ALL, SERVED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.estimates import Moment
    from cockpit.records import Counts, Drift

    # By (dimension, value), or by (feature, dimension, value).
    Histograms = dict[tuple[str, ...], NDArray[np.int64]]


def drifts(moment: Moment) -> list[Drift]:
    """Drift of the score and of every feature, worst first.

    Drift inside one segment is listed too where it is worse than overall and large enough to be
    said: a fault in one region drowns in the global view.
    """
    found = _score_drifts(moment) + _feature_drifts(moment)
    importance = moment.inputs.config.drift.importance
    return sorted(
        found,
        key=lambda d: (-(d.psi_corrected or 0.0) * importance.get(d.feature, 1.0), d.feature),
    )


def _with_worse_inside(overall: Drift, inside: list[Drift]) -> list[Drift]:
    least = overall.psi_corrected or 0.0
    return [overall] + [
        drift
        for drift in inside
        if (drift.psi_corrected or 0.0) > least and drift.drift_class in ("noticeable", "major")
    ]


def _score_drifts(moment: Moment) -> list[Drift]:
    inputs, rules = moment.inputs, moment.inputs.config.drift
    counts, base = inputs.now.get("score"), source(inputs, "score", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    current = scores.of(counts, is_word(counts, "role", SERVED)).every
    overall = compare_scores(scores.of(base.counts, base.served()).every, current, rules)
    counts = inputs.now.get("score_by_segment")
    base = source(inputs, "score_by_segment", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return [overall]
    before = _score_histograms(base.counts, base.served())
    now = _score_histograms(counts, is_word(counts, "role", SERVED))
    inside = [
        compare_scores(before[key], histogram, rules, segment_name(*key))
        for key, histogram in now.items()
        if key in before
    ]
    return _with_worse_inside(overall, inside)


def _score_histograms(counts: Counts, mask: NDArray[np.bool_]) -> Histograms:
    """Predictions in each score bin, of each (dimension, value)."""
    return {
        key: _histogram(counts, rows, SEGMENT_BINS)
        for key, rows in groups(counts, ("dimension", "value"), mask)
    }


def _feature_drifts(moment: Moment) -> list[Drift]:
    inputs, rules = moment.inputs, moment.inputs.config.drift
    features = inputs.now.get("feature")
    if features is None or len(features) == 0:
        return []
    sizes = {bins.name: bins.size for bins in inputs.bins}
    now = _feature_histograms(features, None, sizes)
    base = source(inputs, "feature", moment.begun)
    before = _feature_histograms(base.counts, base.mask, sizes) if base is not None else {}
    found: list[Drift] = []
    for bins in inputs.bins:
        nothing, whole = np.zeros(bins.size, dtype=np.int64), (bins.name, ALL, ALL)
        overall = compare_feature(bins, before.get(whole, nothing), now.get(whole, nothing), rules)
        inside = [
            compare_feature(bins, before[key], histogram, rules, segment_name(*key[1:]))
            for key, histogram in now.items()
            if key[0] == bins.name and key[1] != ALL and key in before
        ]
        found += _with_worse_inside(overall, inside)
    return found


def _feature_histograms(
    counts: Counts, mask: NDArray[np.bool_] | None, sizes: dict[str, int]
) -> Histograms:
    """Rows in each bin, of each (feature, dimension, value), all versions together."""
    return {
        key: _histogram(counts, rows, sizes[key[0]])
        for key, rows in groups(counts, ("feature", "dimension", "value"), mask)
        if key[0] in sizes
    }


def _histogram(counts: Counts, rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    bins, n = counts.columns["bin"][rows], counts.columns["n"][rows]
    inside = (bins >= 0) & (bins < size)
    total = np.bincount(bins[inside], n[inside], size)
    return np.maximum(total, 0.0).astype(np.int64)
