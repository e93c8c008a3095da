"""Drift of the score and of every feature against the reference, overall and inside segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from cockpit.assess import history, scores
from cockpit.assess.baseline import source
from cockpit.assess.drift.design_effect import design_effect, healthy_stretches
from cockpit.assess.drift.divergence import divergence
from cockpit.assess.drift.record import (
    Compared,
    drift,
    of_feature,
    of_scores,
    quantile_groups,
    without_rows,
)
from cockpit.assess.methods.false_discovery import adjusted
from cockpit.assess.slices import about_all, groups, is_word, segment_name
from cockpit.bins import SEGMENT_BINS
from cockpit.tables import ALL, SERVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cockpit.assess.drift.divergence import Divergence
    from cockpit.assess.estimates import Moment
    from cockpit.records import Counts, Drift

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Histograms = dict[tuple[str, str], Ints]  # by (dimension, value)

_WHOLE = (ALL, ALL)
_LEAST_MEASURED = 0.1  # what tells nothing of the score by itself may do so beside others


@dataclass(frozen=True)
class Subject:
    """The score or a feature: the whole service, and the segments with rows to compare."""

    whole: Compared
    inside: Sequence[Compared]
    design_effect: float


def drifts(moment: Moment) -> list[Drift]:
    """Drift of the score and of every feature, that with the largest likely effect first.

    Effect is the feature's importance times its corrected PSI. Drift inside one segment is listed
    too where it is worse than overall and noticeable or major: a fault in one region drowns in the
    global view. A p-value is corrected for every comparison made, of segments not listed too.
    """
    found: list[Drift] = []
    tested: list[tuple[Subject, Divergence]] = []
    for subject in (*_score(moment), *_features(moment)):
        if subject.whole.has_rows:
            tested.append((subject, _figures(subject)))
        else:
            found.append(without_rows(subject.whole))
    p_values = adjusted(np.concatenate([np.zeros(0), *(figures.p_value for _, figures in tested)]))
    for subject, figures in tested:
        of_subject, p_values = np.split(p_values, [1 + len(subject.inside)])
        found += _listed(moment, subject, figures, of_subject)
    return sorted(found, key=_effect)


def _effect(found: Drift) -> tuple[float, float, str]:
    psi = found.psi_corrected or 0.0
    return -psi * found.importance, -psi, found.feature


def _figures(subject: Subject) -> Divergence:
    """Of every comparison at once; a bin that some of them lack is an empty bin there."""
    compared = (subject.whole, *subject.inside)
    size = max(len(one.reference) for one in compared)
    reference, current = np.zeros((2, len(compared), size), dtype=np.int64)
    for i, one in enumerate(compared):
        reference[i, : len(one.reference)] = one.reference
        current[i, : len(one.current)] = one.current
    return divergence(reference, current, subject.design_effect)


def _listed(moment: Moment, subject: Subject, figures: Divergence, p_values: Floats) -> list[Drift]:
    """The whole, and each segment that drifted more than it."""
    rules = moment.inputs.config.drift
    weight = importances(moment).get(subject.whole.name, 1.0)
    least = max(float(figures.corrected[0]), rules.noticeable)
    found = []
    for i, compared in enumerate((subject.whole, *subject.inside)):
        if i > 0 and figures.corrected[i] <= least:
            continue
        here = drift(compared, figures[i], rules)
        if i == 0 or here.drift_class in ("noticeable", "major"):
            p_value = float(p_values[i])
            found.append(msgspec.structs.replace(here, p_value=p_value, importance=weight))
    return found


def importances(moment: Moment) -> dict[str, float]:
    """Weight of each feature that has one, 1 being ordinary: the configuration's, else measured."""
    inputs = moment.inputs
    measured = _relative(inputs.importance)
    given = _relative(inputs.config.drift.importance)
    return {name: max(weight, _LEAST_MEASURED) for name, weight in measured.items()} | given


def _relative(weights: Mapping[str, float]) -> dict[str, float]:
    mean = sum(weights.values()) / max(len(weights), 1)
    return {name: weight / mean for name, weight in weights.items()} if mean > 0 else {}


def _score(moment: Moment) -> list[Subject]:
    inputs = moment.inputs
    counts, base = inputs.now.get("score"), source(inputs, "score", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    reference = scores.of(base.counts, base.served()).every
    whole = of_scores(reference, scores.of(counts, is_word(counts, "role", SERVED)).every)
    return [Subject(whole, _score_inside(moment), score_design_effect(moment, reference))]


def score_design_effect(moment: Moment, reference: Ints) -> float:
    """That of the score, from its history before the onset, on tenths of the reference."""
    scored = moment.inputs.history.get("score")
    steps = healthy_stretches(moment.inputs, moment.begun)
    if scored is None or len(scored) == 0 or steps is None:
        return 1.0
    tenths = quantile_groups(reference)
    starts = np.flatnonzero(np.diff(tenths, prepend=-1))
    return design_effect(np.add.reduceat(history.score_histograms(scored, steps), starts, axis=1))


def _score_inside(moment: Moment) -> list[Compared]:
    counts = moment.inputs.now.get("score_by_segment")
    base = source(moment.inputs, "score_by_segment", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    before = _histograms(base.counts, np.flatnonzero(base.served()), SEGMENT_BINS)
    now = _histograms(counts, np.flatnonzero(is_word(counts, "role", SERVED)), SEGMENT_BINS)
    compared = (of_scores(before[k], now[k], segment_name(*k)) for k in now if k in before)
    return [one for one in compared if one.has_rows]


def _features(moment: Moment) -> list[Subject]:
    inputs = moment.inputs
    features = inputs.now.get("feature")
    if features is None or len(features) == 0:
        return []
    sizes = {bins.name: bins.size for bins in inputs.bins}
    now = _feature_histograms(features, None, sizes)
    base = source(inputs, "feature", moment.begun)
    before = _feature_histograms(base.counts, base.mask, sizes) if base is not None else {}
    effects = _feature_design_effects(moment, sizes)
    found = []
    for bins in inputs.bins:
        nothing = np.zeros(bins.size, dtype=np.int64)
        was, is_ = before.get(bins.name, {}), now.get(bins.name, {})
        whole = of_feature(bins, was.get(_WHOLE, nothing), is_.get(_WHOLE, nothing))
        segments = (key for key in is_ if key in was and key != _WHOLE)
        compared = (of_feature(bins, was[k], is_[k], segment_name(*k)) for k in segments)
        inside = [one for one in compared if one.has_rows]
        found.append(Subject(whole, inside, effects.get(bins.name, 1.0)))
    return found


def _feature_design_effects(moment: Moment, sizes: Mapping[str, int]) -> dict[str, float]:
    """Of each feature with a history, which is not read where a reference serves."""
    features = moment.inputs.history.get("feature")
    steps = healthy_stretches(moment.inputs, moment.begun)
    if features is None or len(features) == 0 or steps is None:
        return {}
    mask = about_all(features) & history.within(features, steps.window)
    stretch = steps.index(features.columns["valid"])
    return {
        name: design_effect(_summed(features, rows, stretch[rows], steps.size, sizes[name]))
        for (name,), rows in groups(features, ("feature",), mask)
        if name in sizes
    }


def _feature_histograms(
    counts: Counts, mask: Mask | None, sizes: Mapping[str, int]
) -> dict[str, Histograms]:
    """Rows in each bin, of each feature and segment, all versions together."""
    return {
        name: _histograms(counts, rows, sizes[name])
        for (name,), rows in groups(counts, ("feature",), mask)
        if name in sizes
    }


def _histograms(counts: Counts, rows: Ints, size: int) -> Histograms:
    """Rows in each bin, of each segment that these rows of the table are about."""
    dimensions, values = counts.words["dimension"], counts.words["value"]
    code = counts.columns["dimension"][rows] * len(values) + counts.columns["value"][rows]
    segments, place = np.unique(code, return_inverse=True)
    summed = _summed(counts, rows, place, len(segments), size)
    keys = ((dimensions[s // len(values)], values[s % len(values)]) for s in segments.tolist())
    return dict(zip(keys, summed, strict=True))


def _summed(counts: Counts, rows: Ints, place: Ints, places: int, size: int) -> Ints:
    """Σ n of the rows in each place and bin, shape (places, size); other bins are left out."""
    bins, n = counts.columns["bin"][rows], counts.columns["n"][rows]
    known = (bins >= 0) & (bins < size)
    total = np.bincount(place[known] * size + bins[known], n[known], places * size)
    return np.maximum(total, 0.0).astype(np.int64).reshape(places, size)
