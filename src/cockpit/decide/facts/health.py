"""What a healthy service does, from the baselines of the assessment: the counterfactual of harm."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.decide.facts.estimates import find, share_of
from cockpit.records import Assessment, Baseline

_Z = 1.96  # standard errors on either side of an interval of 95 %
_ROWS = 1_000.0  # what a baseline without an interval is worth


@dataclass(frozen=True)
class Usual:
    """A share in a healthy service, and its standard error."""

    value: float
    error: float

    @property
    def rows(self) -> float:
        """How many rows tell it as exactly: n of a share with that standard error."""
        spread = self.value * (1.0 - self.value)
        return spread / self.error**2 if self.error > 0.0 and spread > 0.0 else _ROWS


@dataclass(frozen=True)
class Health:
    """Shares of requests wrongly decided 1, and wrongly decided 0, in a healthy service.

    Where wrong decisions are not told apart, all of them stand among the second.
    """

    false_positives: Usual
    false_negatives: Usual
    told_apart: bool = True
    positives: float | None = None  # share of positives among those labels

    @property
    def wrong(self) -> float:
        """Share of decisions that are wrong."""
        return self.false_positives.value + self.false_negatives.value


def health_of(assessment: Assessment, segment: str | None) -> Health | None:
    """The baseline of a segment, or of everything; null where nothing was compared with."""
    wrong = usual(assessment, "wrong_rate", segment)
    positives = usual(assessment, "false_positive_share", segment)
    negatives = usual(assessment, "false_negative_share", segment)
    if positives is not None and negatives is not None:
        return Health(positives, negatives, positives=_positives(assessment, segment, negatives))
    if positives is not None and wrong is not None:
        rest = max(wrong.value - positives.value, 0.0)
        return Health(positives, Usual(rest, wrong.error))
    return None if wrong is None else Health(Usual(0.0, 0.0), wrong, told_apart=False)


def health_elsewhere(assessment: Assessment, segment: str) -> Health | None:
    """The baseline outside a segment, by subtraction; that of everything where it has none."""
    whole, inside = health_of(assessment, None), health_of(assessment, segment)
    share = share_of(assessment, segment)
    if whole is None or inside is None or not 0.0 < share < 1.0:
        return whole
    if whole.told_apart != inside.told_apart:
        return whole
    return Health(
        _rest(whole.false_positives, inside.false_positives, share),
        _rest(whole.false_negatives, inside.false_negatives, share),
        whole.told_apart,
    )


def _positives(assessment: Assessment, segment: str | None, missed: Usual) -> float | None:
    """The share of positives in the baseline, from what is missed of them; null if none is."""
    recall = usual(assessment, "recall", segment)
    if recall is None or recall.value >= 1.0 or missed.value <= 0.0:
        return None
    return min(missed.value / (1.0 - recall.value), 1.0)


def _rest(whole: Usual, inside: Usual, share: float) -> Usual:
    value = (whole.value - share * inside.value) / (1.0 - share)
    return Usual(min(max(value, 0.0), 1.0), whole.error)


def usual(assessment: Assessment, name: str, segment: str | None = None) -> Usual | None:
    """The baseline of one share, over all versions."""
    estimate = find(assessment, name, None, segment)
    baseline = None if estimate is None else estimate.baseline
    if baseline is None or baseline.value is None:
        return None
    return Usual(baseline.value, _error(baseline))


def _error(baseline: Baseline) -> float:
    if baseline.low is None or baseline.high is None:
        return 0.0
    return (baseline.high - baseline.low) / (2.0 * _Z)
