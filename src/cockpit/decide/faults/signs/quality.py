"""Signs in the labels: decisions or ranking worse, calibration off, labels that mislead."""

from __future__ import annotations

from cockpit import numbers
from cockpit.assess.baseline import COMPLETE, LABELS_OLDER
from cockpit.decide.facts.estimates import find, is_bad, worst_segment
from cockpit.decide.faults.signs.look import (
    Look,
    not_seen,
    seen,
    stated,
    unknown,
    worse,
)
from cockpit.records import Assessment, Estimate

CALIBRATION = ("observed_expected", "calibration_slope", "calibration_intercept", "brier", "ece")
_FROM_LABELS = frozenset({"score", "rate", "mean"})  # the tables that quality is told from
_NOT_QUALITY = frozenset({*CALIBRATION, "psi", "label_coverage"})
_NO_LABELS = "no decision is labelled yet"


def of_quality(estimate: Estimate) -> bool:
    """Whether an estimate tells how good decisions or ranking are, a team's own figures too."""
    return estimate.source in _FROM_LABELS and estimate.name not in _NOT_QUALITY


def quality_degraded(facts: Assessment) -> Look:
    """A figure of the whole service, or the wrong decisions of the worst segment, surely worse."""
    judged = [e for e in facts.metrics if of_quality(e) and e.version is None]
    worst = worst_segment(facts)
    inside = None if worst is None else find(facts, "wrong_rate", None, worst)
    bad = next((e for e in (inside, *_wrong_first(judged)) if e is not None and is_bad(e)), None)
    if bad is not None:
        return seen(f"{stated(bad)}: {bad.verdict}")
    return worse(next(iter(_wrong_first(judged)), None), _NO_LABELS)


def _wrong_first(judged: list[Estimate]) -> list[Estimate]:
    """The share of wrong decisions before all others, then what was judged."""
    return sorted(judged, key=lambda e: (e.name != "wrong_rate" or e.value is None, not e.verdict))


def calibration_off(facts: Assessment) -> Look:
    """Scores mean something else, yet rank as before: no figure of the ranking is worse."""
    found = {e.name: e for e in facts.metrics if e.version is None and e.role == "served"}
    off = next((found[name] for name in CALIBRATION if is_bad(found.get(name))), None)
    if off is None:
        return worse(found.get("observed_expected"), _NO_LABELS)
    for name in ("auc", "average_precision"):
        ranking = found.get(name)
        if ranking is not None and is_bad(ranking):
            return not_seen(f"{stated(off)}, but {stated(ranking)}")
    intact = worse(found.get("auc"), _NO_LABELS)
    if intact.state == "not seen":
        return seen(f"{stated(off)}; {intact.why}")
    return unknown(f"{stated(off)}; of the ranking: {intact.why}")


def labels_immature(facts: Assessment) -> Look:
    """Labels of one class alone, or too few yet and held against older ones: they may mislead."""
    coverage = find(facts, "label_coverage")
    if coverage is None or not coverage.value:
        return unknown(_NO_LABELS)
    told = f"{numbers.share(coverage.value)} of {coverage.n:,} labelled"
    quality = [e for e in facts.metrics if e.version is None and e.source == "score"]
    if any(e.reason == "one class only" for e in quality):
        return seen(f"{told}, of one class only")
    if coverage.value >= COMPLETE:
        return not_seen(told)
    bases = {e.baseline.what for e in quality if e.baseline is not None}
    if not bases:
        return unknown(f"{told}, and nothing to compare them with")
    if any(what.endswith(LABELS_OLDER) for what in bases):
        return seen(f"{told}, held against labels that are older")
    return not_seen(f"{told}, held against labels as old")
