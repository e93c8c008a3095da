"""What an incident looks like, as weighed signs, and how much two incidents look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.assess.onset.changes import Onset
    from cockpit.records import Assessment
    from cockpit.views import Change

_WEIGHTS = {
    "watch": 0.25,
    "degraded": 1.0,
    "critical": 1.0,
    "noticeable": 0.5,
    "major": 1.0,
    "fits": 0.5,
    "best fit": 1.0,
}
# Figures that fall together are one sign, not many.
_SIGNS = {
    **dict.fromkeys(
        (
            "auc",
            "average_precision",
            "precision",
            "recall",
            "f1",
            "accuracy",
            "wrong_rate",
            "false_positive_share",
            "false_negative_share",
            "harm_rate",
        ),
        "decisions worse",
    ),
    **dict.fromkeys(
        ("brier", "ece", "observed_expected", "calibration_slope", "calibration_intercept"),
        "scores mean something else",
    ),
    **dict.fromkeys(("latency_p50", "latency_p95", "latency_p99"), "slower"),
    "error_rate": "errors",
    "burn_rate": "",  # of what is slower or fails
    "psi": "",  # the drift of the score says it
    "worst_segment": "",
}


class Signature(Record, kw_only=True):
    """Signs in words, each with its weight from 0 to 1; when it began (µs), where that shows."""

    signs: dict[str, float]
    began: int | None = None


def signature(facts: Assessment, changes: Sequence[Change], begun: Onset | None) -> Signature:
    """The signs of one moment: what is worse, what drifted, who is hurt, after which change.

    A sign names no version and no value, so that it can be met again.
    """
    signs = [
        (_SIGNS.get(e.name, f"{e.name} worse"), str(e.verdict))
        for e in facts.metrics
        if e.version is None and e.segment is None
    ]
    for drift in facts.drift:
        where = "" if drift.segment is None else " in a segment"
        signs.append((f"{drift.feature} drifted{where}", drift.drift_class))
    signs += [(f"after a {change.kind}", change.fit) for change in changes]
    found: dict[str, float] = {}
    for sign, word in signs:
        if sign and word in _WEIGHTS:
            found[sign] = max(_WEIGHTS[word], found.get(sign, 0.0))
    for estimate in facts.segments:
        if estimate.name == "worst_segment" and estimate.segment is not None:
            found[f"worst in {estimate.segment}"] = 1.0
    return Signature(signs=found, began=None if begun is None else begun.at)


def likeness(one: Signature, other: Signature) -> float:
    """Σ min / Σ max over the signs of either, 0 to 1 (Ružička 1958); 0 where neither has any."""
    a, b = one.signs, other.signs
    weights = [(a.get(sign, 0.0), b.get(sign, 0.0)) for sign in a.keys() | b.keys()]
    most = sum(max(pair) for pair in weights)
    return sum(min(pair) for pair in weights) / most if most else 0.0


def in_common(one: Signature, other: Signature) -> list[str]:
    """The signs both have, the weightiest first."""
    a, b = one.signs, other.signs
    return sorted(a.keys() & b.keys(), key=lambda sign: (-min(a[sign], b[sign]), sign))
