"""The view at T: the assessed facts and the folded journal, put together pane by pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cockpit.brief.knowledge import knowledge
from cockpit.decide.impact import impact
from cockpit.decide.options import option_table
from cockpit.decide.severity import severity
from cockpit.decide.triage import checklist, phase_marks, watch
from cockpit.incident.state import fold
from cockpit.incident.timeline import timeline
from cockpit.views import (
    PHASES,
    Choice,
    Impact,
    InfraPane,
    ModelPane,
    Status,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cockpit.config import Config
    from cockpit.decide.severity import Severity
    from cockpit.records import Assessment, Estimate, Event
    from cockpit.session.gather import Gathered
    from cockpit.state import State
    from cockpit.views import RecordingInfo

INFRA = ("latency_p50", "latency_p95", "latency_p99", "error_rate", "requests", "saturation")
INFRA_CHARTS = frozenset(INFRA)


def compose(
    gathered: Gathered, events: Sequence[Event], config: Config, recording: RecordingInfo
) -> View:
    """Everything on the screen at `gathered.inputs.at`."""
    inputs, facts = gathered.inputs, gathered.assessment
    at = inputs.at
    state = fold(events, at)
    if state.onset is None and gathered.onset is not None:
        state = msgspec.structs.replace(state, onset=gathered.onset.at)
    hurt = impact(facts, state, config)
    level = severity(facts, hurt, state, config)
    choice = None if state.choice is None else watch(state.choice, facts, at)
    options = option_table(facts, state, config)
    model = _model(gathered, hurt)
    infra = InfraPane(
        metrics=[e for e in facts.metrics if e.name in INFRA],
        charts=[c for c in gathered.charts if c.name in INFRA_CHARTS],
        changes=gathered.changes,
    )
    asked = checklist(state, facts, hurt, level, config, at)
    status = _status(gathered, state, level, choice, recording)
    known = knowledge(
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
    )
    return View(
        recording=recording.content_id,
        at=at,
        as_of=inputs.as_of_fast,
        window=inputs.quality_window,
        span=recording.span,
        status=status,
        impact=hurt,
        phases=phase_marks(state),
        model=model,
        infra=infra,
        checklist=asked,
        options=options,
        knowledge=known,
        frozen=[state.frozen[phase] for phase in PHASES if phase in state.frozen],
        timeline=timeline(events, at),
        asks=state.asks,
        choice=choice,
        notes=facts.notes,
    )


def _status(
    gathered: Gathered,
    state: State,
    level: Severity,
    choice: Choice | None,
    recording: RecordingInfo,
) -> Status:
    return Status(
        service=recording.service,
        severity=level.level,
        confirmed=level.confirmed,
        safety=level.safety,
        phase=state.phase,
        onset=state.onset,
        paged_at=state.paged_at,
        update_due=level.update_due,
        data_age=gathered.inputs.at - gathered.inputs.as_of_fast,
        containment=_containment(choice),
        timezone=recording.timezone,
    )


def _containment(choice: Choice | None) -> str:
    """Which of the two is true: chosen, or done."""
    from cockpit.units import clock

    if choice is None:
        return "not chosen"
    if choice.executed_at is None:
        return f"{choice.label} chosen, not yet executed"
    return f"{choice.label} executed {clock(choice.executed_at)}"


def _model(gathered: Gathered, hurt: Impact) -> ModelPane:
    facts = gathered.assessment
    return ModelPane(
        versions=_shares(facts),
        metrics=[e for e in facts.metrics if e.name not in INFRA],
        charts=[c for c in gathered.charts if c.name not in INFRA_CHARTS],
        drift=facts.drift,
        drift_sentence=_drift_sentence(facts),
        worst=_worst(hurt),
        segments=facts.segments,
    )


def _shares(facts: Assessment) -> list[tuple[str, float]]:
    """Each version's share of requests, the largest first."""
    rates = [e for e in facts.metrics if e.name == "requests" and e.version and e.value]
    total = sum(e.value or 0.0 for e in rates)
    shares = [(e.version or "", (e.value or 0.0) / total) for e in rates] if total else []
    return sorted(shares, key=lambda pair: (-pair[1], pair[0]))
