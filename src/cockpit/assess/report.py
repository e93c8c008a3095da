"""The one call: everything a session fetched for a moment, to every figure about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cockpit import numbers
from cockpit.assess.baseline import COMPLETE, as_young
from cockpit.assess.drift.input_schema import columns_read, schema_findings
from cockpit.assess.drift.report import drifts
from cockpit.assess.estimates import Moment
from cockpit.assess.monitors.report import combined, fast_monitors, slow_monitors
from cockpit.assess.quality.label_free_report import label_free_estimates
from cockpit.assess.quality.report import quality_estimates, reliability
from cockpit.assess.quality.settled import settled
from cockpit.assess.quality.team_report import team_estimates, user_estimates
from cockpit.assess.segments.gaps import gaps
from cockpit.assess.segments.mix_report import mix_findings
from cockpit.assess.segments.report import segment_figures
from cockpit.assess.service.burn_report import burn_rates, burns, paged
from cockpit.assess.service.load_curve import load_curves
from cockpit.assess.service.report import infra_estimates
from cockpit.assess.slices import versions
from cockpit.assess.versions.report import traffic_differences, version_differences
from cockpit.assess.versions.shadow_report import shadow_differences
from cockpit.records import Assessment
from cockpit.tables import ABSENT
from cockpit.text import inert
from cockpit.units import clock, duration

if TYPE_CHECKING:
    from cockpit.assess.inputs import Inputs
    from cockpit.assess.onset.changes import Onset
    from cockpit.records import (
        Drift,
        Estimate,
        LoadCurve,
        Monitor,
        ReliabilityBin,
        Settled,
        Window,
    )

_NOTHING_YET = "nothing was recorded before this time"


@dataclass(frozen=True)
class ModelReport:
    """What is told by the slow tables alone: it holds until one of their buckets closes."""

    quality: list[Estimate]
    reliability: list[ReliabilityBin]
    others: list[Estimate]  # of users, of segments, and the team's own
    drift: list[Drift]
    versions: list[Estimate]  # one against another, and shadows
    monitors: list[Monitor]
    gaps: list[Estimate]
    estimated: list[Estimate]
    findings: list[str]
    settled: Settled | None

    def taken_at(self, at: int) -> ModelReport:
        """The same figures, taken at another moment at which they still hold."""
        return ModelReport(
            _taken_at(at, self.quality),
            self.reliability,
            _taken_at(at, self.others),
            self.drift,
            _taken_at(at, self.versions),
            self.monitors,
            _taken_at(at, self.gaps),
            _taken_at(at, self.estimated),
            self.findings,
            self.settled,
        )


def _taken_at(at: int, estimates: list[Estimate]) -> list[Estimate]:
    return [replace(estimate, taken_at=at) for estimate in estimates]


def model_report(inputs: Inputs, begun: Onset | None) -> ModelReport:
    """Quality, users, segments, the team's own figures, and drift."""
    moment = Moment(inputs, begun)
    segments, findings = segment_figures(moment)
    return ModelReport(
        quality=quality_estimates(moment),
        reliability=reliability(moment),
        others=[*user_estimates(moment), *segments, *team_estimates(moment)],
        drift=drifts(moment),
        versions=[*version_differences(moment), *shadow_differences(moment)],
        monitors=slow_monitors(moment),
        gaps=gaps(moment),
        estimated=label_free_estimates(moment),
        findings=[*mix_findings(moment), *schema_findings(moment), *findings],
        settled=settled(moment),
    )


def assess(
    inputs: Inputs,
    begun: Onset | None,
    model: ModelReport | None = None,
    load: list[LoadCurve] | None = None,
) -> Assessment:
    """Every metric, drift and segment figure at one moment; one that cannot be had says why.

    `begun` is when the incident began (`signals.find_onset`): without a reference, figures are
    compared with the time before it. `model` is what `model_report` gave for the same slow tables,
    `load` what `load_curves` gave for the same minute.
    """
    model = model_report(inputs, begun) if model is None else model.taken_at(inputs.at)
    moment = Moment(inputs, begun)
    burning = burns(moment)
    service = [*paged(moment, infra_estimates(moment), burning), *burn_rates(burning)]
    every = [*service, *model.quality, *model.others]
    return Assessment(
        at=inputs.at,
        as_of=inputs.as_of_slow,
        window=inputs.quality_window,
        metrics=[e for e in every if not _of_segments(e)],
        drift=model.drift,
        segments=[e for e in every if _of_segments(e)],
        versions=[*model.versions, *traffic_differences(moment)],
        burns=burning,
        monitors=combined(moment, fast_monitors(moment) + model.monitors),
        reliability=model.reliability,
        load=load_curves(inputs, begun) if load is None else load,
        gaps=model.gaps,
        estimated=model.estimated,
        findings=model.findings,
        alone=_alone(inputs),
        settled=model.settled,
        reads=columns_read(inputs.schemas),
        logged=[inert(column) for column in inputs.columns],
        notes=[*_silence(inputs), *_notes(inputs, begun, model.quality)],
    )


def _of_segments(estimate: Estimate) -> bool:
    return estimate.segment is not None or estimate.name == "worst_segment"


def _alone(inputs: Inputs) -> str:
    """The version of every request, else of every prediction, of the window."""
    for table in ("traffic", "score"):
        counts = inputs.now.get(table)
        if counts is not None and len(counts):
            serving = [part.subject.version for part in versions(counts)]
            return serving[0] if len(serving) == 1 and serving[0] not in (None, ABSENT) else ""
    return ""


def _silence(inputs: Inputs) -> list[str]:
    """That nothing was asked in the window, and when it last was: its zeros are no good news."""
    now, history = inputs.now.get("traffic"), inputs.history.get("traffic")
    if now is None or len(now):
        return []
    if history is None or not len(history):
        span = _span(inputs.history_window)
        return [f"no requests in the {duration(span)} before this time"] if span else [_NOTHING_YET]
    last = int(history.columns["valid"].max()) + inputs.fast_bucket
    return [f"no requests since {clock(last)} UTC: figures of now are of nothing"]


def _span(window: Window) -> int:
    return window.end - window.start


def _notes(inputs: Inputs, begun: Onset | None, quality: list[Estimate]) -> list[str]:
    """When it began, and how far the labels go: what every figure should be read with."""
    notes = [] if begun is None else [begun.sentence]
    compared = "a class whose labels come late is missing from it"
    if any(estimate.baseline is not None for estimate in quality):
        compared += ", not from the baseline"
    if as_young(inputs, "score") is not None:
        compared = "a class whose labels come late is missing from it and from the baseline alike"
    for estimate in quality:
        coverage = estimate.value
        if estimate.id != "label_coverage" or coverage is None:
            continue
        if coverage == 0.0:
            notes.append("no decision is labelled yet: how good they are is not known")
        elif coverage < COMPLETE:
            notes.append(f"quality is of the {numbers.share(coverage)} labelled so far; {compared}")
    return notes
