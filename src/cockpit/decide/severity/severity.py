"""Severity: the default policy on what was measured; a person confirms it, safety overrides it.

The policy gives the severity and when updates are due; which option to take is the containment
table's answer. The highest row that matches holds. Without user counts, shares are of requests.
"""

from __future__ import annotations

from typing import Literal

from cockpit import numbers
from cockpit.assess.metrics import METRICS, QUALITY
from cockpit.assess.service.burn import THRESHOLDS
from cockpit.assess.verdicts import SURE
from cockpit.assess.words import number
from cockpit.config import Config
from cockpit.decide.facts.estimates import (
    failing,
    find,
    is_bad,
    probability_above,
    probability_of_times,
    wrong_of,
)
from cockpit.decide.facts.measured import measured
from cockpit.records import DAY, HOUR, MINUTE, Assessment, Estimate, Record
from cockpit.state import State
from cockpit.views import Impact, Status

Level = Literal["SEV0", "SEV1", "SEV2", "SEV3", "SEV4"]
LEVELS: tuple[Level, ...] = ("SEV0", "SEV1", "SEV2", "SEV3", "SEV4")

CADENCE: dict[Level, int] = {  # µs between updates
    "SEV0": 15 * MINUTE,
    "SEV1": 20 * MINUTE,
    "SEV2": 30 * MINUTE,
    "SEV3": 4 * HOUR,
    "SEV4": DAY,
}
FIRST = 30 * MINUTE  # during which severity is never lowered
DOUBLE = 2.0  # times the healthy share of wrong decisions
MANY, SOME = 0.25, 0.05  # of users, or requests
CALIBRATED = (0.8, 1.25)  # observed ÷ expected
MISSING = 0.05  # of a feature's rows
BURNS: dict[float, Level] = dict(zip(THRESHOLDS, ("SEV1", "SEV2", "SEV3"), strict=True))


class Severity(Record, kw_only=True):
    """How bad it is. `level` holds; `suggested` is what the policy says of the measurements."""

    level: Level
    suggested: Level
    evidence: list[str]  # why, the weightiest first
    confirmed: bool
    safety: str  # "", "safety", "privacy" or "data loss"
    cadence: int  # µs between updates
    update_due: int | None


def severity(assessment: Assessment, impact: Impact, state: State, config: Config) -> Severity:
    """The severity at `assessment.at`, with its evidence and when the next update is due."""
    found = sorted(_rows(assessment, impact, state, config), key=lambda row: LEVELS.index(row[0]))
    suggested: Level = found[0][0] if found else "SEV4"
    evidence = [why for _, why in found] or ["nothing measured matches a row of the policy"]
    confirmed = None if state.severity is None else _level(state.severity.severity)
    level = confirmed or suggested
    mark = state.safety
    if mark is not None:
        level = suggested = "SEV0"
        kind = mark.kind.replace("_", " ")
        evidence = [f"{kind}: {mark.text or 'marked'}, whatever the metrics say", *evidence]
    started = state.paged_at if state.paged_at is not None else impact.since
    last = state.last_update if state.last_update is not None else started
    return Severity(
        level=level,
        suggested=suggested,
        evidence=evidence,
        confirmed=confirmed is not None or mark is not None,
        safety="" if mark is None else mark.kind.replace("_", " "),
        cadence=CADENCE[level],
        update_due=None if last is None else last + CADENCE[level],
    )


def refusal(state: State, status: Status, severity: str, reason: str, at: int) -> str:
    """Why the policy forbids this change of severity at `at`; "" where it may be made."""
    level = _level(severity)
    if level is None:
        return f"there is no severity {severity!r}; there are: {', '.join(LEVELS)}"
    if state.safety is not None and level != "SEV0":
        return "safety, privacy or data loss is marked: SEV0 until a named owner clears the mark"
    held = _level(status.severity)
    if held is None or LEVELS.index(level) <= LEVELS.index(held):
        return ""
    started = [t for t in (status.onset, status.paged_at) if t is not None]
    if started and at < min(started) + FIRST:
        return f"severity is not lowered in the first {FIRST // MINUTE} minutes"
    return "" if reason.strip() else "lowering the severity takes a reason"


def _level(text: str) -> Level | None:
    return next((level for level in LEVELS if level == text.strip().upper()), None)


def _rows(
    assessment: Assessment, impact: Impact, state: State, config: Config
) -> list[tuple[Level, str]]:
    """Every row of the policy that matches what was measured, and why."""
    return [
        *_wrong_decisions(assessment, impact),
        *_errors(assessment),
        *_burning(assessment),
        *_latency(assessment, state, config),
        *_calibration(assessment),
        *_inputs(assessment),
        *_ranking(assessment),
        *_promises(assessment),
    ]


def _wrong_decisions(assessment: Assessment, impact: Impact) -> list[tuple[Level, str]]:
    """Twice the healthy share of wrong decisions, with P ≥ .9: everywhere, or in a segment."""
    found: list[tuple[Level, str]] = []
    everywhere = _double(find(assessment, "wrong_rate"))
    if everywhere:
        found.append(("SEV1", f"wrong decisions everywhere {everywhere}"))
    if impact.segment is None:
        return found
    inside = _double(find(assessment, "wrong_rate", None, impact.segment))
    who = "" if impact.share is None else f", {numbers.share(impact.share)} of {impact.of}"
    if inside:
        many = impact.share is not None and impact.share >= MANY
        found.append(
            ("SEV1" if many else "SEV2", f"wrong decisions in {impact.segment} {inside}{who}")
        )
    elif impact.share is not None and impact.share >= SOME:
        found.append(("SEV2", f"more wrong decisions in {impact.segment}{who}"))
    else:
        found.append(("SEV3", f"more wrong decisions in {impact.segment}{who}"))
    return found


def _double(wrong_rate: Estimate | None) -> str:
    """'2.4× the healthy share, P 97 %' where it is surely at least double; else ""."""
    healthy = None if wrong_rate is None else wrong_rate.baseline
    wrong, labelled = wrong_of(wrong_rate)
    if healthy is None or not labelled:
        return ""
    sure = probability_of_times(wrong, labelled, DOUBLE, healthy)
    if sure < SURE:
        return ""
    times = "where none was"
    if healthy.value:
        times = f"{wrong / labelled / healthy.value:.1f}× the healthy share"
    return f"{times} (P of twice it {numbers.probability(sure)})"


def _errors(assessment: Assessment) -> list[tuple[Level, str]]:
    errors = failing(assessment)
    if errors is None or errors.value is None or not _surely_above(errors, SOME):
        return []
    level: Level = "SEV1" if _surely_above(errors, MANY) else "SEV2"
    return [(level, f"{numbers.share(errors.value)} of requests fail")]


def _surely_above(share: Estimate, bound: float) -> bool:
    """Whether P(share > bound) ≥ .9; a gauge without a sample is taken at its word."""
    if share.n and share.n_pos is not None:
        return probability_above(share.n_pos, share.n, bound) >= SURE
    return share.value is not None and share.value >= bound


def _burning(assessment: Assessment) -> list[tuple[Level, str]]:
    """The fastest rate at which each objective's budget surely burns, over both of its spans."""
    found: dict[str, tuple[Level, str]] = {}
    for burn in assessment.burns:
        level = BURNS.get(burn.threshold)
        if level is not None and burn.sure and burn.certainty is not None:
            sure = numbers.probability(burn.certainty)
            why = f"{burn.sentence} · P of {burn.threshold:g}× on both {sure}"
            found.setdefault(burn.objective, (level, why))
    return list(found.values())


def _latency(assessment: Assessment, state: State, config: Config) -> list[tuple[Level, str]]:
    facts = measured(assessment, state, config)
    p99 = facts.latency_now
    if facts.bound is None or p99 is None or p99.value is None or p99.value <= facts.bound:
        return []
    if p99.low is not None and p99.low <= facts.bound:
        return []  # its interval reaches below the promise
    now, bound = numbers.milliseconds(p99.value), numbers.milliseconds(facts.bound)
    return [("SEV2", f"p99 {now}, over the objective of {bound}")]


def _calibration(assessment: Assessment) -> list[tuple[Level, str]]:
    ratio = find(assessment, "observed_expected")
    if ratio is None or ratio.value is None or ratio.low is None or ratio.high is None:
        return []
    if ratio.high >= CALIBRATED[0] and ratio.low <= CALIBRATED[1]:
        return []
    if ratio.verdict == "fine":
        return []  # as it was before: of labels as young, or of this model always
    return [("SEV2", f"observed ÷ expected {ratio.value:.2f}, outside .8–1.25")]


def _inputs(assessment: Assessment) -> list[tuple[Level, str]]:
    """Features that are missing; features that drifted, weightier where quality falls as well."""
    found: list[tuple[Level, str]] = []
    quality = find(assessment, "wrong_rate")
    falling = quality is not None and quality.verdict in ("watch", "degraded", "critical")
    for drift in assessment.drift:
        where = f" in {drift.segment}" if drift.segment else ""
        if drift.missing_share > MISSING and drift.drift_class != "minor":  # more than is usual
            share = numbers.share(drift.missing_share)
            found.append(("SEV2", f"{drift.feature} missing in {share} of rows{where}"))
        if drift.drift_class == "major" and falling:
            found.append(("SEV3", f"{drift.feature} drifted{where} while quality falls"))
        elif drift.drift_class in ("noticeable", "major"):
            found.append(("SEV4", f"{drift.feature} drifted{where}, no effect on quality measured"))
    return found


def _ranking(assessment: Assessment) -> list[tuple[Level, str]]:
    auc = find(assessment, "auc")
    change = None if auc is None else auc.difference
    if change is None or change.high is None or change.high >= 0:
        return []
    return [("SEV3", f"AUC {numbers.change(change.value)} against the baseline")]


def _promises(assessment: Assessment) -> list[tuple[Level, str]]:
    """Objectives on the model that are surely missed, and a team's own figures judged worse.

    Those on requests are judged by how their budget burns.
    """
    found: list[tuple[Level, str]] = []
    for estimate in assessment.metrics:
        own = estimate.name not in METRICS
        if estimate.version or estimate.role != "served" or estimate.value is None:
            continue
        if not own and estimate.name not in QUALITY:
            continue
        told = f"{estimate.name} {number(estimate.value, estimate.unit)}"
        if estimate.missed is not None and estimate.missed >= SURE:
            sure = numbers.probability(estimate.missed)
            found.append(("SEV2", f"{told}, its objective missed with P {sure}"))
        elif own and is_bad(estimate):
            found.append(("SEV3", f"{told}, judged {estimate.verdict}"))
    return found
