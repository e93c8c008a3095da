"""Facts of the policy about the model: wrong decisions, ranking, calibration, groups, promises."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit import numbers
from cockpit.assess.metrics import METRICS, QUALITY
from cockpit.assess.words import number
from cockpit.decide.facts.estimates import find, is_bad, probability_of_times, wrong_of
from cockpit.decide.severity.findings import Finding, Known
from cockpit.decide.severity.policy import (
    Calibration,
    ObjectiveMissed,
    ProtectedGap,
    ShareHurt,
    WrongDecisions,
)
from cockpit.records import Difference, Estimate
from cockpit.units import parse_share

_FALLING = ("watch", "degraded", "critical")
_UNCOUNTED = "how many users that is cannot be told"


def wrong_decisions(asked: WrongDecisions, known: Known) -> Iterator[Finding]:
    """So many times the healthy share of wrong decisions: everywhere, or in the worst segment."""
    everywhere = _times(find(known.assessment, "wrong_rate"), asked)
    if everywhere:
        yield Finding("wrong everywhere", f"wrong decisions everywhere {everywhere}")
    segment = known.impact.segment
    if segment is None:
        return
    inside = _times(find(known.assessment, "wrong_rate", None, segment), asked)
    if inside:
        who = f"wrong decisions in {segment} {inside}{_who(known)}"
        yield from _of_enough(known, asked.of, "wrong in the segment", who)


def _times(wrong_rate: Estimate | None, asked: WrongDecisions) -> str:
    """'2.4× the healthy share (P of twice it 97 %)' where it surely is that often; else ""."""
    healthy = None if wrong_rate is None else wrong_rate.baseline
    wrong, labelled = wrong_of(wrong_rate)
    if healthy is None or not labelled:
        return ""
    sure = probability_of_times(wrong, labelled, asked.times_healthy, healthy)
    if sure < parse_share(asked.sure):
        return ""
    times = "where none was"
    if healthy.value:
        times = f"{wrong / labelled / healthy.value:.1f}× the healthy share"
    multiple = "twice" if asked.times_healthy == 2 else f"{asked.times_healthy:g} times"
    return f"{times} (P of {multiple} it {numbers.probability(sure)})"


def share_hurt(asked: ShareHurt, known: Known) -> Iterator[Finding]:
    """Measurably more wrong decisions: in the segment that stands out, else everywhere."""
    segment = known.impact.segment
    if segment is not None:
        who = f"more wrong decisions in {segment}{_who(known)}"
        yield from _of_enough(known, asked.at_least, "wrong in the segment", who)
    elif is_bad(find(known.assessment, "wrong_rate")):
        yield Finding("wrong everywhere", "more wrong decisions everywhere")


def _who(known: Known) -> str:
    share = known.impact.share
    return "" if share is None else f", {numbers.share(share)} of {known.impact.of}"


def _of_enough(known: Known, at_least: str, about: str, why: str) -> Iterator[Finding]:
    """The finding where it is of enough users, or where their share cannot be told."""
    least, share = parse_share(at_least), known.impact.share
    if share is None and least > 0:
        yield Finding(about, why, _UNCOUNTED)
    elif share is None or share >= least:
        yield Finding(about, why)


def quality_falling(_: bool, known: Known) -> Iterator[Finding]:
    """Wrong decisions are judged worse, or nearly so."""
    wrong = find(known.assessment, "wrong_rate")
    if wrong is not None and wrong.verdict in _FALLING:
        yield Finding("quality", "quality falls")


def ranking_lost(_: bool, known: Known) -> Iterator[Finding]:
    """AUC is surely below its baseline."""
    change = _auc_change(known)
    if change is not None and change.high is not None and change.high < 0:
        yield Finding("auc", f"AUC {numbers.change(change.value)} against the baseline")


def ranking_kept(_: bool, known: Known) -> Iterator[Finding]:
    """AUC is measured and not surely below its baseline."""
    change = _auc_change(known)
    if change is not None and (change.high is None or change.high >= 0):
        yield Finding("auc", "AUC is not surely lower")


def _auc_change(known: Known) -> Difference | None:
    auc = find(known.assessment, "auc")
    return None if auc is None else auc.difference


def calibration(asked: Calibration, known: Known) -> Iterator[Finding]:
    """Observed ÷ expected is surely outside, and not as it was of labels as young, or always."""
    ratio = find(known.assessment, "observed_expected")
    if ratio is None or ratio.value is None or ratio.low is None or ratio.high is None:
        return
    low, high = asked.outside
    if (ratio.high < low or ratio.low > high) and ratio.verdict != "fine":
        why = f"observed ÷ expected {ratio.value:.2f}, outside {low:g} to {high:g}"
        yield Finding("calibration", why)


def objective_missed(asked: ObjectiveMissed, known: Known) -> Iterator[Finding]:
    """A promise on the model or on a team's own figure is surely missed."""
    for estimate in _promised(known):
        if estimate.missed is not None and estimate.missed >= parse_share(asked.sure):
            sure = numbers.probability(estimate.missed)
            yield Finding(estimate.id, f"{_told(estimate)}, its objective missed with P {sure}")


def own_figure_worse(_: bool, known: Known) -> Iterator[Finding]:
    """A figure that the team named is judged degraded or critical."""
    for estimate in _promised(known):
        if estimate.name not in METRICS and is_bad(estimate):
            yield Finding(estimate.id, f"{_told(estimate)}, judged {estimate.verdict}")


def _promised(known: Known) -> Iterator[Estimate]:
    """The model's figures and the team's own, of the whole service."""
    for estimate in known.assessment.metrics:
        ours = estimate.name in QUALITY or estimate.name not in METRICS
        whole = not estimate.version and estimate.role == "served"
        if ours and whole and estimate.value is not None:
            yield estimate


def _told(estimate: Estimate) -> str:
    assert estimate.value is not None
    return f"{estimate.name} {number(estimate.value, estimate.unit)}"


def protected_gap(asked: ProtectedGap, known: Known) -> Iterator[Finding]:
    """A protected group's positives are surely missed more often, and more than before."""
    least = parse_share(asked.at_least)
    for gap in known.assessment.gaps:
        if gap.name != "false_negative_gap" or gap.low is None or gap.low < least:
            continue
        before = None if gap.baseline is None else gap.baseline.high
        if before is None or gap.low > before:
            yield Finding(gap.id, f"{gap.sentence}; whether it is harm is for a person to say")
