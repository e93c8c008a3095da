"""Finding estimates by name, version and segment, and reading the counts behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cockpit.records import MINUTE, Assessment, Baseline, Estimate

LABELLED = 30  # decisions from which there is something to go by
MANY_FAIL = 0.05  # of requests: harm, whatever it was before
_Z = 1.96  # standard errors on either side of an interval of 95 %
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


def share_of(assessment: Assessment, segment: str) -> float:
    """The segment's share of requests; 0 where it was not counted."""
    estimate = find(assessment, "requests_share", None, segment)
    return 0.0 if estimate is None or estimate.value is None else estimate.value


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


def is_bad(estimate: Estimate | None) -> bool:
    """Whether the estimate was judged degraded or critical."""
    return estimate is not None and estimate.verdict in BAD_VERDICTS


def enough_labels(wrong_rate: Estimate | None) -> bool:
    """Whether enough decisions are labelled to say how often they are wrong."""
    if wrong_rate is None or wrong_rate.value is None:
        return False
    return wrong_rate.n >= LABELLED and wrong_rate.verdict != "not enough data"


def minutes_to_labels(wrong_rate: Estimate | None) -> float | None:
    """Minutes until enough are labelled, at the rate of the estimate's window; null: not known."""
    if wrong_rate is None or not 0 < wrong_rate.n < LABELLED:
        return None
    window = wrong_rate.window
    return (LABELLED - wrong_rate.n) / wrong_rate.n * (window.end - window.start) / MINUTE


def failing(assessment: Assessment) -> Estimate | None:
    """The share of requests that fail, where it was judged worse or is at least 5 %."""
    errors = find(assessment, "error_rate")
    if errors is None or errors.value is None:
        return None
    return errors if is_bad(errors) or errors.value >= MANY_FAIL else None


def worst_segment(assessment: Assessment) -> str | None:
    """The segment that surely stands out, "region BR"; null where none does."""
    for estimate in assessment.segments:
        if estimate.name == "worst_segment" and estimate.value is not None:
            return estimate.segment
    return None


def probability_above(k: int, n: int, bound: float) -> float:
    """P(θ > bound) for a share of k in n, by its Jeffreys posterior Beta(k + ½, n − k + ½)."""
    from scipy.special import betaincc

    return float(betaincc(k + 0.5, n - k + 0.5, bound))


def probability_of_times(k: int, n: int, times: float, baseline: Baseline) -> float:
    """P(θ > `times` × the baseline) for a share of k in n, over what the baseline may have been.

    The baseline's logarithm is taken for normal, as wide as its interval: ten of its deciles count
    alike. A baseline without one is taken at its word; one of nothing at its upper end.
    """
    from scipy.special import ndtri

    low, centre, high = baseline.low, baseline.value, baseline.high
    if not centre:
        return probability_above(k, n, min(times * high, 1.0)) if high else 0.0
    spread = 0.0
    if low and high and high > low > 0.0:
        spread = math.log(high / low) / (2 * _Z)
    deciles = (float(ndtri((i + 0.5) / 10)) for i in range(10))
    bounds = (times * centre * math.exp(spread * z) for z in deciles)
    return sum(probability_above(k, n, min(bound, 1.0)) for bound in bounds) / 10
