"""The metric names, each with its unit and the direction that is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cockpit.assess.quality import calibration, ranking, recalibration, reliability

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cockpit.assess.methods.measurement import Measurement
    from cockpit.assess.scores import Scores
    from cockpit.config import Panel, Predictions
    from cockpit.records import Direction


class Metric(NamedTuple):
    """Unit: '' plain, 'share' of one, 'ms', '/s', 'users', '×'."""

    direction: Direction
    unit: str


METRICS: dict[str, Metric] = {
    "requests": Metric("neither", "/s"),
    "error_rate": Metric("lower_is_better", "share"),
    "latency_p50": Metric("lower_is_better", "ms"),
    "latency_p95": Metric("lower_is_better", "ms"),
    "latency_p99": Metric("lower_is_better", "ms"),
    "saturation": Metric("lower_is_better", "share"),
    "burn_rate": Metric("lower_is_better", "×"),
    "auc": Metric("higher_is_better", ""),
    "average_precision": Metric("higher_is_better", ""),
    "precision": Metric("higher_is_better", ""),
    "recall": Metric("higher_is_better", ""),
    "f1": Metric("higher_is_better", ""),
    "accuracy": Metric("higher_is_better", ""),
    "wrong_rate": Metric("lower_is_better", "share"),
    "false_positive_share": Metric("lower_is_better", "share"),
    "false_negative_share": Metric("lower_is_better", "share"),
    "harm_rate": Metric("lower_is_better", ""),
    "brier": Metric("lower_is_better", ""),
    "ece": Metric("lower_is_better", ""),
    "observed_expected": Metric("nearer_one_is_better", "×"),
    "calibration_slope": Metric("nearer_one_is_better", ""),
    "calibration_intercept": Metric("neither", ""),
    "psi": Metric("lower_is_better", ""),
    "label_coverage": Metric("neither", "share"),
    "agreement": Metric("neither", "share"),
    "users": Metric("neither", "users"),
    "requests_share": Metric("neither", "share"),
    "users_share": Metric("neither", "share"),
    "worst_segment": Metric("lower_is_better", "×"),
    "false_negative_gap": Metric("neither", "share"),
    "selection_gap": Metric("neither", "share"),
}

QUALITY: dict[str, Callable[[Scores], Measurement]] = {
    "auc": ranking.auc,
    "average_precision": ranking.average_precision,
    "precision": ranking.precision,
    "recall": ranking.recall,
    "f1": ranking.f1,
    "accuracy": ranking.accuracy,
    "wrong_rate": ranking.wrong_rate,
    "false_positive_share": ranking.false_positive_share,
    "false_negative_share": ranking.false_negative_share,
    "brier": calibration.brier,
    "ece": reliability.ece,
    "observed_expected": calibration.observed_expected,
    "calibration_slope": recalibration.calibration_slope,
    "calibration_intercept": recalibration.calibration_intercept,
}

# What cannot be said where labels exist for some decisions only.
NEEDS_EVERY_DECISION = frozenset(
    {
        "auc",
        "average_precision",
        "recall",
        "f1",
        "accuracy",
        "wrong_rate",
        "false_positive_share",
        "false_negative_share",
        "harm_rate",
    }
)


def metric(name: str, map_: Predictions, panels: Mapping[str, Panel] | None = None) -> Metric:
    """Unit and direction of a metric; a team's own rates, means and panels say theirs."""
    if name in METRICS:
        return METRICS[name]
    for rate in map_.rates:
        if rate.name == name:
            return Metric(rate.direction, rate.unit or "share")
    for mean in map_.means:
        if mean.name == name:
            return Metric(mean.direction, mean.unit)
    if panels and name in panels:
        return Metric(panels[name].direction, panels[name].unit)
    return Metric("neither", "")
