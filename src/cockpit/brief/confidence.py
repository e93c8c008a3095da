"""How sure a brief is: one likelihood where it can be computed, else why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit import numbers
from cockpit.brief import likelihood, plain
from cockpit.brief.situation import Situation
from cockpit.records import Estimate, Record

# Looked at in this fixed order, never by how bad each looks: picking the worst would overstate it.
_TRUSTED = (
    "wrong_rate",
    "precision",
    "recall",
    "accuracy",
    "error_rate",
    "latency_p99",
    "latency_p95",
    "auc",
)


_FEW = 0.005  # of decisions without a label: they round to none


class Confidence(Record, kw_only=True):
    """How sure (`sentence`), and what that rests on (`basis`); `estimate` is the one behind it."""

    sentence: str
    basis: str
    probability: float | None = None
    estimate: Estimate | None = None


def confidence(now: Situation) -> Confidence:
    """P(people are served worse than before) as a word and its number, or why there is none."""
    for estimate in _evidence(now):
        compared = max(len(now.model.segments), 1) if estimate.segment else 1
        probability = likelihood.probability_worse(estimate, compared)
        what = plain.worse(estimate, now.config)
        if probability is not None and what:
            return Confidence(
                sentence=likelihood.statement(probability, what),
                basis=_basis(now, estimate),
                probability=probability,
                estimate=estimate,
            )
    return Confidence(
        sentence="No probability can be stated yet that people are served worse than before.",
        basis=_why_none(now),
    )


def _evidence(now: Situation) -> Iterator[Estimate]:
    yield from now.impact.evidence
    measured = [*now.model.metrics, *now.infra.metrics]
    for name in _TRUSTED:
        yield from (m for m in measured if m.name == name and m.role == "served" and not m.segment)


def _basis(now: Situation, estimate: Estimate) -> str:
    what = "requests" if estimate.name.startswith(("latency", "error")) else "labelled requests"
    said = f"This rests on {numbers.count(estimate.n)} {what}"
    missing = now.impact.unlabelled_share
    if what == "requests" or missing is None or missing < _FEW:
        return said + "."
    return f"{said}; {numbers.share(missing)} have no label yet."


def _why_none(now: Situation) -> str:
    missing = now.impact.unlabelled_share
    if missing is not None and missing >= 0.995:
        return "No decision of this time has a label yet, so whether they are right is not known."
    reasons = (m.reason for m in [*now.model.metrics, *now.infra.metrics] if m.value is None)
    reason = next(filter(None, reasons), "")
    if reason:
        return f"What would tell is not measured: {reason}."
    return "There is nothing yet to compare with: too little was measured, before or since."
