"""Signs in the inputs: one feature far from its reference, or many a little."""

from __future__ import annotations

import math

from cockpit import numbers
from cockpit.assess.segments.mix_report import MIX_ALONE
from cockpit.decide.facts.estimates import is_bad, worst_segment
from cockpit.decide.faults.signs.look import Look, not_seen, seen, unknown
from cockpit.records import Assessment, Drift

_MISSING = 0.01  # share of rows: fewer that miss a feature hurt few
_TOO_FEW = frozenset({"too few rows", "cannot tell yet"})
_DRIFTED = frozenset({"noticeable", "major"})


def feature_drifted(facts: Assessment) -> Look:
    """Major drift of a feature, everywhere or in a segment, or a share of missing that moved."""
    features = _features(facts)
    compared = [drift for drift in features if drift.psi is not None]
    if not compared:
        return unknown(_why_none(features))
    far = next((d for d in compared if d.drift_class == "major" or _misses(d)), None)
    if far is not None:
        return seen(_told(far))
    open_ones = [d for d in compared if d.drift_class != "minor"]
    if open_ones:
        return unknown(_told(open_ones[0]))
    return not_seen(f"{_told(compared[0])}; all {len(compared)} features minor")


def many_drifted(facts: Assessment) -> Look:
    """A third of the features drifted, and no segment is worse: the traffic is another one."""
    by_mix = next((finding for finding in facts.findings if MIX_ALONE in finding), None)
    if by_mix is not None:
        return seen(by_mix)
    features = [d for d in _features(facts) if d.segment is None]
    told = [d for d in features if d.psi is not None and d.drift_class not in _TOO_FEW]
    if len(told) < 2 or len(told) < len(features):
        return unknown(_why_none(features) if not told else "too few rows of some features")
    drifted = [d for d in told if d.drift_class in _DRIFTED]
    said = f"{len(drifted)} of {len(told)} features drifted"
    if len(drifted) < max(2, math.ceil(len(told) / 3)):
        return not_seen(said)
    worst = worst_segment(facts)
    if worst is not None:
        return not_seen(f"{said}, but {worst} is worse than the rest")
    rates = [e for e in facts.segments if e.name == "wrong_rate" and e.version is None]
    bad = next((e for e in rates if is_bad(e)), None)
    if bad is not None:
        return not_seen(f"{said}, but {bad.segment} is worse than before")
    fine = sum(e.verdict == "fine" for e in rates)
    if not fine:
        return unknown(f"{said}; too few labels to tell whether segments are as good as before")
    return seen(f"{said}; of {len(rates)} segments {fine} are fine and none is worse")


def _features(facts: Assessment) -> list[Drift]:
    """Drift of the inputs, that with the largest likely effect first; the score is none."""
    return [drift for drift in facts.drift if drift.feature != "score"]


def _misses(drift: Drift) -> bool:
    """Whether the share of missing values surely moved, and is more than a few."""
    return drift.missing_share >= _MISSING and any(" are missing " in c for c in drift.changes)


def _told(drift: Drift) -> str:
    """'amount in region BR: major, 28 % are above the …, PSI 6.067 of 2,591 rows'."""
    psi = (
        "" if drift.psi_corrected is None else f"PSI {numbers.proportion(drift.psi_corrected)} of "
    )
    return f"{drift.sentence}, {psi}{drift.n:,} rows"


def _why_none(features: list[Drift]) -> str:
    return next((d.reason for d in features if d.reason), "no feature is recorded")
