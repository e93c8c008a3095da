"""Facts of the policy about the model's inputs: missing, drifted, of another schema."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit import numbers
from cockpit.decide.severity.findings import Finding, Known
from cockpit.decide.severity.policy import Drifted, MissingFeature
from cockpit.records import Drift
from cockpit.units import clock, parse_duration, parse_share

SCORE = "score"  # as its drift is called
_CLASSES = {"noticeable": ("noticeable", "major"), "major": ("major",)}  # at least so much


def missing_feature(asked: MissingFeature, known: Known) -> Iterator[Finding]:
    """One of the most important features is missing in so many rows, more than is usual."""
    share, drifts = parse_share(asked.share), known.assessment.drift
    importance = {drift.feature: drift.importance for drift in drifts}
    for drift in drifts:
        above = sum(other > drift.importance for other in importance.values())
        if drift.missing_share > share and drift.drift_class != "minor" and above < asked.top:
            missing = numbers.share(drift.missing_share)
            why = f"{drift.feature} missing in {missing} of rows{_where(drift)}"
            yield Finding(f"missing {drift.feature}{_where(drift)}", why)


def drifted(asked: Drifted, known: Known) -> Iterator[Finding]:
    """The score or a feature drifted so much, everywhere or in a segment."""
    for drift in known.assessment.drift:
        of_score = drift.feature == SCORE and asked.of == "a feature"
        if drift.drift_class in _CLASSES[asked.drift_class] and not of_score:
            why = f"{drift.feature} drifted{_where(drift)} ({drift.drift_class})"
            yield Finding(f"drift of {drift.feature}{_where(drift)}", why)


def _where(drift: Drift) -> str:
    return f" in {drift.segment}" if drift.segment else ""


def schema_changed(within: str, known: Known) -> Iterator[Finding]:
    """An input schema was changed, no longer ago than `within`."""
    first = known.assessment.at - parse_duration(within)
    recent = [change for change in known.state.changes if change.kind == "schema"]
    for change in recent[-1:]:
        if change.at >= first:
            yield Finding("schema", f"schema changed {clock(change.at)}")
