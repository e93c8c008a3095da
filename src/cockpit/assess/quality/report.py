"""Estimates of the model: quality, calibration, score drift, label coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.assess import scores
from cockpit.assess.baseline import labelled_source, source
from cockpit.assess.drift.record import compare, of_scores
from cockpit.assess.drift.report import score_design_effect
from cockpit.assess.estimates import Compared, Moment
from cockpit.assess.methods.differences import weighted_sum
from cockpit.assess.methods.measurement import Measurement, unmeasured
from cockpit.assess.metrics import NEEDS_EVERY_DECISION, QUALITY
from cockpit.assess.quality.calibration import observed_expected
from cockpit.assess.quality.ranking import (
    false_negative_share,
    false_positive_share,
    label_coverage,
)
from cockpit.assess.quality.reliability import reliability_bins
from cockpit.assess.slices import Subject, is_word, slices
from cockpit.assess.verdicts import Verdict
from cockpit.tables import POSITIVE, SERVED
from cockpit.text import inert

if TYPE_CHECKING:
    from cockpit.config import Harm
    from cockpit.records import Drift, DriftClass, Estimate, ReliabilityBin, VerdictWord

_DRIFT_VERDICT: dict[DriftClass, VerdictWord] = {
    "minor": "fine",
    "noticeable": "watch",
    "major": "degraded",
    "too few rows": "not enough data",
    "cannot tell yet": "not enough data",
}


def measure(name: str, rows: scores.Scores, moment: Moment) -> Measurement:
    """One quality metric.

    Where labels exist for some decisions only, one that needs the others is null and says so, and
    calibration is that of those decisions: scores that are right are right among them as well.
    """
    config = moment.inputs.config
    only_when = inert(moment.inputs.map.labels_only_when or "")
    if only_when and (name in NEEDS_EVERY_DECISION or _unlabelled_positives(name, rows)):
        return unmeasured(f"labels only when {only_when}", rows.labelled)
    if name == "harm_rate":
        return harm_rate(rows, config.model.harm)
    if name == "observed_expected":
        found = observed_expected(rows, inert(config.model.positive))
    else:
        found = QUALITY[name](rows)
    if only_when and found.value is not None and name != "precision":
        return replace(found, note="; ".join(filter(None, (f"only of {only_when}", found.note))))
    return found


def _unlabelled_positives(name: str, rows: scores.Scores) -> bool:
    """Whether it is precision that is asked for, and no positive decision has a label."""
    return name == "precision" and not rows.cells[1:, POSITIVE + 1].any()


def reliability(moment: Moment) -> list[ReliabilityBin]:
    """What was predicted and what came true, of the labelled decisions of the whole service."""
    counts = moment.inputs.now.get("score")
    if counts is None or len(counts) == 0:
        return []
    return reliability_bins(scores.of(counts, is_word(counts, "role", SERVED)))


def harm_rate(rows: scores.Scores, harm: Harm) -> Measurement:
    """Harm per labelled decision, in missed positives: both kinds of wrong decision, weighed."""
    return weighted_sum(
        [
            (harm.false_negative, false_negative_share(rows)),
            (harm.false_positive, false_positive_share(rows)),
        ]
    )


def quality_estimates(moment: Moment) -> list[Estimate]:
    """Every quality metric for what serves, for each version where several do, for each shadow."""
    counts = moment.inputs.now.get("score")
    base = labelled_source(moment.inputs, "score", moment.begun)
    names = (*QUALITY, "harm_rate")
    before: dict[str, Compared] = {}
    if base is not None:
        rows = scores.of(base.counts, base.served())
        before = {name: Compared(base.what, measure(name, rows, moment)) for name in names}
    if counts is None or len(counts) == 0:
        missing = unmeasured("no scores")
        return [moment.estimate(name, missing, source="score") for name in names]
    drift_base = source(moment.inputs, "score", moment.begun)
    reference = scores.of(drift_base.counts, drift_base.served()).every if drift_base else None
    effect = 1.0 if reference is None else score_design_effect(moment, reference)
    found = []
    for part in slices(counts):
        rows = scores.of(counts, part.mask)
        for name in names:
            now = measure(name, rows, moment)
            found.append(moment.estimate(name, now, before.get(name), part.subject, source="score"))
        coverage = label_coverage(rows)
        found.append(
            moment.estimate("label_coverage", coverage, None, part.subject, source="score")
        )
        if reference is not None:
            compared = compare(of_scores(reference, rows.every), moment.inputs.config.drift, effect)
            found.append(_psi(moment, compared, part.subject))
    return found


def _psi(moment: Moment, found: Drift, subject: Subject) -> Estimate:
    """Corrected PSI of the score; its verdict is the drift class."""
    now = Measurement(
        value=found.psi_corrected, low=found.low, high=found.high, reason=found.reason, n=found.n
    )
    verdict = Verdict(_DRIFT_VERDICT[found.drift_class], found.sentence)
    return moment.estimate("psi", now, None, subject, source="score", verdict=verdict)
