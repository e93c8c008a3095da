"""The ledger on the two packaged incidents: which fault leads, when, and how surely."""

from __future__ import annotations

import pytest

from cockpit.assets import sample_incident
from cockpit.decide.faults.hypotheses import prior
from cockpit.decide.faults.ledger import ledger
from cockpit.decide.faults.posterior import hypotheses
from cockpit.incident.replay import open_incident
from cockpit.incident.state import fold
from cockpit.session.gather import Gatherer
from cockpit.session.settings import config_of
from cockpit.signs import SIGNS
from cockpit.text import inert
from cockpit.units import parse_instant
from cockpit.views import Hypothesis, Sign


def told(sample: str, at: str) -> tuple[list[Sign], list[Hypothesis]]:
    """The ledger and the hypotheses at a clock time."""
    incident = open_incident(sample_incident(sample))
    try:
        now = parse_instant(at, incident.events()[0].at)
        config = config_of(incident.recording)
        events = incident.events(until=now)
        found = Gatherer(incident, config).at(now, events)
        signs = ledger(found.assessment, found.changes, fold(events, now), config)
        return signs, hypotheses(signs, prior(found.changes, now, config))
    finally:
        incident.close()


@pytest.mark.parametrize(
    ("sample", "at", "leads", "low", "high"),
    [
        # Before anything is wrong, noise leads; before labels, no fault is sure.
        ("unit-swap", "04:44", "noise", 0.5, 0.8),
        ("unit-swap", "04:48:50", "data", 0.5, 0.9),
        ("unit-swap", "04:53", "data", 0.95, 1.0),
        ("card-fraud-rollout", "04:11", "model", 0.5, 0.9),
        ("card-fraud-rollout", "04:17", "model", 0.9, 1.0),
        ("card-fraud-rollout", "04:25", "model", 0.95, 1.0),
    ],
)
def test_which_fault_leads(sample: str, at: str, leads: str, low: float, high: float) -> None:
    signs, found = told(sample, at)
    assert [sign.id for sign in signs] == list(SIGNS)
    assert found[0].id == leads
    assert low < found[0].probability < high
    assert sum(hypothesis.probability for hypothesis in found) == pytest.approx(1.0)
    for sign in signs:
        assert sign.why
        assert sign.why == inert(sign.why, 2_000)


def test_what_told_the_unit_swap() -> None:
    signs, found = told("unit-swap", "04:53")
    states = {sign.id: sign.state for sign in signs}
    for sign in ("quality_degraded", "versions_alike", "feature_drifted", "fits_data_change"):
        assert states[sign] == "seen"
    assert states["only_new_worse"] == states["latency_on_new"] == "not seen"
    assert found[0].evidence[0].startswith("for, 14×: a feature drifted far")


def test_what_told_the_rollout() -> None:
    states = {sign.id: sign.state for sign in told("card-fraud-rollout", "04:25")[0]}
    for sign in ("quality_degraded", "only_new_worse", "latency_on_new", "fits_deploy"):
        assert states[sign] == "seen"
    assert states["versions_alike"] == states["latency_with_load"] == "not seen"
