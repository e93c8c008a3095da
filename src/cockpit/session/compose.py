"""The view at T: the assessed facts and the folded journal, put together pane by pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cockpit.brief.knowledge import knowledge
from cockpit.checklist import text_of
from cockpit.decide.impact import impact
from cockpit.decide.severity.severity import severity
from cockpit.decide.table.report import option_table
from cockpit.decide.triage import checklist, companions, containment, phase_marks
from cockpit.incident.health import source_states
from cockpit.incident.state import fold
from cockpit.incident.timeline import timeline
from cockpit.records import MINUTE
from cockpit.session import experiments
from cockpit.session.watching import unchosen, watched
from cockpit.setting import with_values
from cockpit.views import PHASES, Impact, InfraPane, ModelPane, Status, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.config import Config
    from cockpit.decide.severity.policy import Policy
    from cockpit.records import Assessment, Estimate, Event, Monitor
    from cockpit.session.gather import Gathered, Gatherer
    from cockpit.views import RecordingInfo

# How the infra pane orders its metrics; gauges come after these.
INFRA = ("latency_p99", "latency_p95", "latency_p50", "error_rate", "requests", "saturation")
TREND = 5 * MINUTE  # how far back "getting worse" looks


def compose(
    gatherer: Gatherer,
    events: Sequence[Event],
    at: int,
    config: Config,
    policy: Policy,
    recording: RecordingInfo,
) -> View:
    """Everything on the screen at `at`; `events` are those observed by then."""
    state = fold(events, at)
    config = with_values(config, state.assumed)
    before = gatherer.earlier(at - TREND, events)  # first, so that what is read last is kept
    gathered = gatherer.at(at, events)
    facts = gathered.assessment
    if state.onset is None and gathered.onset is not None:
        state = msgspec.structs.replace(state, onset=gathered.onset.at)
    hurt = impact(facts, state, config, earlier=before)
    level = severity(facts, hurt, state, config, policy, gathered.charts)
    options = option_table(facts, state, config, gathered.changes, level.level)
    noticed = unchosen(gatherer, at, state, options, config)
    options = msgspec.structs.replace(options, noticed=noticed)
    choice = watched(gatherer, events, at, state, options)
    model = _model(gathered, hurt)
    infra = _infra(gathered)
    asked = checklist(state, facts, hurt, level, choice=choice, changes=gathered.changes)
    status = Status(
        service=recording.service,
        severity=level.level,
        confirmed=level.confirmed,
        safety=level.safety,
        phase=state.phase,
        onset=state.onset,
        paged_at=state.paged_at,
        update_due=level.update_due,
        data_age=at - gathered.inputs.as_of_fast,
        containment=containment(choice, at, noticed),
        timezone=recording.timezone,
    )
    return View(
        recording=recording.content_id,
        at=at,
        as_of=gathered.inputs.as_of_fast,
        window=gathered.inputs.quality_window,
        span=recording.span,
        status=status,
        impact=hurt,
        phases=phase_marks(state, choice, noticed),
        model=model,
        infra=infra,
        checklist=asked,
        options=options,
        knowledge=knowledge(
            state.phase,
            impact=hurt,
            status=status,
            model=model,
            infra=infra,
            options=options,
            choice=choice,
            checklist=asked,
            asks=state.asks,
            config=config,
            at=at,
        ),
        frozen=[state.frozen[phase] for phase in PHASES if phase in state.frozen],
        timeline=timeline(events, at),
        asks=state.asks,
        choice=choice,
        companions=[text_of(task) for task in companions(level.level)],
        notes=facts.notes,
        experiment=experiments.watched(gatherer, at, state),
        severity=level,
        sources=source_states(events),
    )


def _model(gathered: Gathered, hurt: Impact) -> ModelPane:
    facts = gathered.assessment
    metrics = [e for e in facts.metrics if not _of_infra(e)]
    return ModelPane(
        versions=_shares(facts),
        metrics=[e for e in metrics if e.version is None],
        by_version=[e for e in metrics if e.version is not None],
        charts=[c for c in gathered.charts if c.name not in INFRA],
        drift=facts.drift,
        drift_sentence=_drift_sentence(facts),
        worst=_worst(hurt),
        segments=facts.segments,
        against=[e for e in facts.versions if not _of_infra(e)],
        estimated=facts.estimated,
        gaps=facts.gaps,
        reliability=facts.reliability,
        monitors=[m for m in facts.monitors if not _of_infra(m)],
        findings=facts.findings,
    )


def _infra(gathered: Gathered) -> InfraPane:
    metrics = sorted(
        (e for e in gathered.assessment.metrics if _of_infra(e) and e.segment is None),
        key=lambda e: INFRA.index(e.name) if e.name in INFRA else len(INFRA),
    )
    return InfraPane(
        metrics=[e for e in metrics if e.version is None],
        by_version=[e for e in metrics if e.version is not None],
        charts=[c for c in gathered.charts if c.name in INFRA],
        changes=gathered.changes,
        against=[e for e in gathered.assessment.versions if _of_infra(e)],
        burns=gathered.assessment.burns,
        monitors=[m for m in gathered.assessment.monitors if _of_infra(m)],
    )


def _of_infra(told: Estimate | Monitor) -> bool:
    """Traffic, latency, and gauges someone else computed; the rest is about the model."""
    return told.source.split(" ")[0] in ("traffic", "latency", "gauge")


def _shares(facts: Assessment) -> list[tuple[str, float]]:
    """Each version's share of requests, the largest first."""
    rates = [(e.version, e.value or 0.0) for e in facts.metrics if e.name == "requests"]
    served = [(version, rate) for version, rate in rates if version is not None and rate > 0]
    total = sum(rate for _, rate in served)
    return sorted(((v, rate / total) for v, rate in served), key=lambda pair: (-pair[1], pair[0]))


def _drift_sentence(facts: Assessment) -> str:
    """The worst drift by name, the others by number: 'drift major: amount · the rest minor'."""
    said = [d for d in facts.drift if d.drift_class in ("major", "noticeable", "minor")]
    if not said:
        return f"drift: {facts.drift[0].drift_class}" if facts.drift else "drift: no reference"
    moved = [d for d in said if d.drift_class != "minor"]
    if not moved:
        return f"drift minor in all {len(said)}"
    worst, *others = moved
    where = f" ({worst.segment})" if worst.segment else ""
    rest = f"{len(others)} more" if others else "the rest minor"
    return f"drift {worst.drift_class}: {worst.feature}{where} · {rest}"


def _worst(hurt: Impact) -> str:
    """'worst: region BR, 2.4× wrong decisions'."""
    if hurt.segment is None or not hurt.wrong_one_in or not hurt.healthy_one_in:
        return ""
    return f"worst: {hurt.segment}, {hurt.healthy_one_in / hurt.wrong_one_in:.1f}× wrong decisions"
