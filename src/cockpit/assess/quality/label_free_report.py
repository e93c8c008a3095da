"""Estimates of quality where no label is known yet, and when not to trust them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from cockpit import numbers
from cockpit.assess import scores
from cockpit.assess.baseline import mature_source
from cockpit.assess.drift.record import compare, of_scores
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods.differences import difference
from cockpit.assess.methods.measurement import Measurement, Z, unmeasured
from cockpit.assess.metrics import metric
from cockpit.assess.quality.label_free import (
    FIGURES,
    Calibration,
    Expected,
    calibrate,
    disagreement,
)
from cockpit.assess.quality.report import measure
from cockpit.assess.slices import is_word
from cockpit.assess.verdicts import Verdict
from cockpit.assess.words import number
from cockpit.tables import SERVED, UNKNOWN
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.assess.scores import Scores
    from cockpit.records import Estimate

_OUTSIDE = 0.01  # of the rows: so many scores that the baseline never saw are doubted


def label_free_estimates(moment: Moment) -> list[Estimate]:
    """Quality of the served rows without labels, from their scores; empty where all have one.

    Ids are the metric's with `~estimated`. The baseline is the same figure of the labelled rows of
    the window. The sentence says first why the figure is not to be trusted, where that is so.
    """
    counts = moment.inputs.now.get("score")
    if counts is None or len(counts) == 0:
        return []
    rows = scores.of(counts, is_word(counts, "role", SERVED))
    unlabelled = rows.cells[UNKNOWN + 1]
    base = mature_source(moment.inputs, "score", moment.begun)
    if not unlabelled.any() or base is None:
        return []
    reference = scores.of(base.counts, base.served())
    calibration = calibrate(reference.positive, reference.negative)
    if calibration is None:
        few = min(int(reference.positive.sum()), int(reference.negative.sum()))
        missing = unmeasured(f"too few labels in the baseline: {few} of the rarer class")
        return [_estimate(moment, name, missing, rows, missing.reason) for name in FIGURES]
    expected = Expected(unlabelled.astype(np.float64), calibration)
    doubts = _doubts(moment, rows, reference, calibration)
    doubted = f"do not trust: {', '.join(doubts)}; " if doubts else ""
    assumed = (
        f"from the scores of {int(unlabelled.sum()):,} rows without labels, "
        f"if a score means what it meant ({base.what})"
    )
    found = []
    for name, figure in FIGURES.items():
        measured = figure(expected)
        sentence = measured.reason
        if measured.value is not None:
            about = number(measured.value, metric(name, moment.inputs.map).unit)
            sentence = f"{doubted}about {about}, {assumed}"
        found.append(_estimate(moment, name, measured, rows, sentence))
    return found


def _estimate(
    moment: Moment, name: str, measured: Measurement, rows: Scores, sentence: str
) -> Estimate:
    """Beside the figure of the labelled rows; without a verdict, for nothing of it was seen."""
    labelled = Compared("labelled rows", measure(name, rows, moment))
    change = difference(measured.interval, labelled.measured.interval)
    found = moment.estimate(
        name, measured, labelled, source="scores alone", verdict=Verdict("", sentence, change)
    )
    return replace(found, id=f"{found.id}~estimated")


def _doubts(moment: Moment, rows: Scores, reference: Scores, calibration: Calibration) -> list[str]:
    """What speaks against the one assumption, that a score means what it meant."""
    unlabelled = rows.by_label[UNKNOWN + 1]
    drift = compare(of_scores(reference.every, unlabelled), moment.inputs.config.drift)
    outside = float(unlabelled[~calibration.seen].sum() / unlabelled.sum())
    ratio, z = disagreement((rows.positive, rows.negative), calibration)
    only_when = moment.inputs.map.labels_only_when
    found = []
    if abs(z) > Z:
        much = f"{numbers.share(abs(ratio - 1))} {'more' if ratio > 1 else 'fewer'}"
        found.append(f"the labels so far show {much} positives than such scores had")
    if drift.drift_class in ("noticeable", "major"):
        found.append(f"{drift.drift_class} drift of the score")
    if outside > _OUTSIDE:
        found.append(f"{numbers.share(outside)} of scores where the baseline has no labels")
    if only_when:
        found.append(f"labels only when {inert(only_when)}")
    return found
