"""Finding estimates by name, version and segment, and reading the counts behind them."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.records import Assessment, Estimate

BAD_VERDICTS = frozenset({"degraded", "critical"})


def find(
    assessment: Assessment, name: str, version: str | None = None, segment: str | None = None
) -> Estimate | None:
    """The served estimate of that name, version and segment, if it was taken at all."""
    return next(iter(_matching(assessment, name, version, segment)), None)


def _matching(
    assessment: Assessment, name: str, version: str | None, segment: str | None
) -> Iterable[Estimate]:
    for estimate in (*assessment.metrics, *assessment.segments):
        if (
            estimate.name == name
            and estimate.version == version
            and estimate.segment == segment
            and estimate.role == "served"
        ):
            yield estimate


def rows_of(assessment: Assessment, version: str | None, segment: str | None) -> int:
    """Predictions of a version (or all) in a segment (or everywhere), in the quality window."""
    for name in ("label_coverage", "requests"):
        estimate = find(assessment, name, version, segment)
        if estimate is not None:
            return estimate.n
    return 0


def wrong_of(wrong_rate: Estimate | None) -> tuple[int, int]:
    """Wrong decisions, and labelled decisions, as counted: not shrunk towards anything."""
    if wrong_rate is None or wrong_rate.value is None or wrong_rate.n == 0:
        return 0, 0
    counted = wrong_rate.n_pos
    return (round(wrong_rate.value * wrong_rate.n) if counted is None else counted), wrong_rate.n


def confusion(
    assessment: Assessment, version: str | None, segment: str | None
) -> tuple[int, int, int, int] | None:
    """True positives, false positives, false negatives, true negatives among labelled decisions.

    From the numerators of `false_positive_share` and `false_negative_share`, which have all
    labelled decisions below the line, and of `precision`, which has the positive decisions there.
    """
    wrong, labelled = wrong_of(find(assessment, "wrong_rate", version, segment))
    false_positives, below = wrong_of(find(assessment, "false_positive_share", version, segment))
    precision = find(assessment, "precision", version, segment)
    if labelled == 0 or below != labelled or precision is None:
        return None
    positive_decisions = precision.n
    true_positives = max(positive_decisions - false_positives, 0)
    false_negatives = max(wrong - false_positives, 0)
    true_negatives = labelled - true_positives - false_positives - false_negatives
    if true_negatives < 0:
        return None
    return true_positives, false_positives, false_negatives, true_negatives


def surely_worse(estimate: Estimate) -> bool:
    """Whether the estimate is worse than its baseline beyond its interval, or was judged so."""
    if estimate.verdict in BAD_VERDICTS:
        return True
    difference = estimate.difference
    if difference is None:
        return False
    if estimate.direction == "higher_is_better":
        return difference.high is not None and difference.high < 0
    return difference.low is not None and difference.low > 0


def worst_segment(assessment: Assessment) -> Estimate | None:
    """The segment whose share of wrong decisions has most surely risen.

    That is the greatest lower bound of the difference from its baseline, not the greatest rise: a
    tiny segment rises far by chance. None where no lower bound is above zero.
    """
    risen = [
        estimate
        for estimate in assessment.segments
        if estimate.name == "wrong_rate"
        and estimate.version is None
        and estimate.role == "served"
        and estimate.segment
        and _rise(estimate) > 0
    ]
    return max(risen, key=lambda estimate: (_rise(estimate), estimate.n), default=None)


def _rise(estimate: Estimate) -> float:
    difference = estimate.difference
    return 0.0 if difference is None or difference.low is None else difference.low
