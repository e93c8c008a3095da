"""Drift of the score and of every feature against the reference, overall and inside segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from cockpit.assess import false_discovery, history, scores
from cockpit.assess.baseline import source
from cockpit.assess.design_effect import design_effect, healthy_stretches
from cockpit.assess.drift import divergence
from cockpit.assess.drift_record import Compared, drift, of_feature, of_scores, quantile_groups
from cockpit.assess.slices import about_all, groups, is_word, segment_name
from cockpit.bins import SEGMENT_BINS
from cockpit.tables import ALL, SERVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cockpit.assess.drift import Divergence
    from cockpit.assess.estimates import Moment
    from cockpit.records import Counts, Drift

    Ints = NDArray[np.int64]
    # By (dimension, value), or by (feature, dimension, value).
    Histograms = dict[tuple[str, ...], Ints]


@dataclass(frozen=True)
class Subject:
    """The score or a feature: the whole service, and the segments that have rows to compare."""

    whole: Compared
    inside: Sequence[Compared]
    design_effect: float

    @property
    def compared(self) -> list[Compared]:
        """Every comparison that has rows."""
        return [one for one in (self.whole, *self.inside) if one.has_rows]


def drifts(moment: Moment) -> list[Drift]:
    """Drift of the score and of every feature, that with the largest likely effect first.

    Effect is the feature's importance times its corrected PSI. Drift inside one segment is listed
    too where it is worse than overall and noticeable or major: a fault in one region drowns in the
    global view. A p-value is corrected for every comparison made, of segments not listed too.
    """
    subjects = [*_score(moment), *_features(moment)]
    figures = [_figures(subject) for subject in subjects]
    every = np.concatenate([np.zeros(0), *(figure.p_value for figure in figures)])
    ends = np.cumsum([len(figure.p_value) for figure in figures], dtype=np.int64)
    p_values = np.split(false_discovery.corrected(every), ends)
    importance = importances(moment)
    found = []
    for subject, figure, its_p_values in zip(subjects, figures, p_values, strict=False):
        found += _listed(moment, subject, figure, its_p_values, importance)
    return sorted(found, key=_effect)


def _effect(found: Drift) -> tuple[float, float, str]:
    psi = found.psi_corrected or 0.0
    return -psi * found.importance, -psi, found.feature


def importances(moment: Moment) -> dict[str, float]:
    """Weight of each feature that has one, 1 being ordinary: the configuration's, else measured."""
    inputs = moment.inputs
    return _relative(inputs.importance) | _relative(inputs.config.drift.importance)


def _relative(weights: Mapping[str, float]) -> dict[str, float]:
    mean = sum(weights.values()) / max(len(weights), 1)
    return {name: weight / mean for name, weight in weights.items()} if mean > 0 else {}


def _figures(subject: Subject) -> Divergence:
    """Of every comparison that has rows, at once; a bin that one of them lacks is an empty bin."""
    compared = subject.compared
    size = max((len(one.reference) for one in compared), default=1)
    reference, current = (np.zeros((len(compared), size), dtype=np.int64) for _ in range(2))
    for i, one in enumerate(compared):
        reference[i, : len(one.reference)] = one.reference
        current[i, : len(one.current)] = one.current
    return divergence(reference, current, subject.design_effect)


def _listed(
    moment: Moment,
    subject: Subject,
    figures: Divergence,
    p_values: NDArray[np.float64],
    importance: Mapping[str, float],
) -> list[Drift]:
    """The whole, and each segment that drifted more than it."""
    rules, weight = moment.inputs.config.drift, importance.get(subject.whole.name, 1.0)
    overall = drift(subject.whole, rules, subject.design_effect)
    least = max(overall.psi_corrected or 0.0, rules.noticeable)
    found = [] if subject.whole.has_rows else [overall]
    for one, corrected, p_value in zip(subject.compared, figures.corrected, p_values, strict=True):
        is_whole = one is subject.whole
        if not is_whole and corrected <= least:  # minor, or no news
            continue
        here = overall if is_whole else drift(one, rules, subject.design_effect)
        if is_whole or here.drift_class in ("noticeable", "major"):
            found.append(msgspec.structs.replace(here, p_value=float(p_value), importance=weight))
    return found


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
    groups_ = quantile_groups(reference)
    starts = np.flatnonzero(np.append(True, groups_[1:] != groups_[:-1]))
    return design_effect(np.add.reduceat(history.score_histograms(scored, steps), starts, axis=1))


def _score_inside(moment: Moment) -> list[Compared]:
    counts = moment.inputs.now.get("score_by_segment")
    base = source(moment.inputs, "score_by_segment", moment.begun)
    if counts is None or len(counts) == 0 or base is None:
        return []
    before = _score_histograms(base.counts, base.served())
    now = _score_histograms(counts, is_word(counts, "role", SERVED))
    return [
        of_scores(before[key], histogram, segment_name(*key))
        for key, histogram in now.items()
        if key in before
    ]


def _score_histograms(counts: Counts, mask: NDArray[np.bool_]) -> Histograms:
    """Predictions in each score bin, of each (dimension, value)."""
    return {
        key: _histogram(counts, rows, SEGMENT_BINS)
        for key, rows in groups(counts, ("dimension", "value"), mask)
    }


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
        nothing, whole = np.zeros(bins.size, dtype=np.int64), (bins.name, ALL, ALL)
        inside = [
            of_feature(bins, before[key], histogram, segment_name(*key[1:]))
            for key, histogram in now.items()
            if key[0] == bins.name and key[1] != ALL and key in before
        ]
        overall = of_feature(bins, before.get(whole, nothing), now.get(whole, nothing))
        found.append(Subject(overall, inside, effects.get(bins.name, 1.0)))
    return found


def _feature_design_effects(moment: Moment, sizes: Mapping[str, int]) -> dict[str, float]:
    """Of each feature with a history, which is not read where a reference serves."""
    features = moment.inputs.history.get("feature")
    steps = healthy_stretches(moment.inputs, moment.begun)
    if features is None or len(features) == 0 or steps is None:
        return {}
    mask = about_all(features) & history.within(features, steps.window)
    found = {}
    for (name,), rows in groups(features, ("feature",), mask):
        if name in sizes:
            stretch = steps.index(features.columns["valid"][rows])
            stretches = [
                _histogram(features, rows[stretch == i], sizes[name]) for i in range(steps.size)
            ]
            found[name] = design_effect(np.stack(stretches))
    return found


def _feature_histograms(
    counts: Counts, mask: NDArray[np.bool_] | None, sizes: Mapping[str, int]
) -> Histograms:
    """Rows in each bin, of each (feature, dimension, value), all versions together."""
    return {
        key: _histogram(counts, rows, sizes[key[0]])
        for key, rows in groups(counts, ("feature", "dimension", "value"), mask)
        if key[0] in sizes
    }


def _histogram(counts: Counts, rows: Ints, size: int) -> Ints:
    bins, n = counts.columns["bin"][rows], counts.columns["n"][rows]
    inside = (bins >= 0) & (bins < size)
    total = np.bincount(bins[inside], n[inside], size)
    return np.maximum(total, 0.0).astype(np.int64)
