"""Facts: each figure with what it rests on, and the same after a trip through the journal."""

from __future__ import annotations

from hypothesis import given

from cockpit.brief.facts import as_data, facts, of_export
from cockpit.records import Event
from cockpit.views import View
from tests.brief.sample_view import AT, PRECISION, VIEW, WINDOW
from tests.brief.situations import changed, views


@given(views())
def test_every_fact_is_bound_to_its_moment(view: View) -> None:
    for name, fact in facts(view).items():
        assert fact.name == name
        assert fact.text
        assert fact.estimate
        assert fact.as_of <= fact.taken_at == view.at
        assert fact.window.start < fact.window.end


@given(views())
def test_facts_survive_the_journal(view: View) -> None:
    export = Event(
        id="ada:1",
        writer="ada",
        seq=1,
        lamport=1,
        at=AT,
        observed_at=AT,
        written_at=AT,
        kind="export",
        data={"figures": as_data(facts(view))},
    )
    assert of_export(export) == facts(view)
    assert of_export(None) == {}


def test_a_fact_is_its_estimate() -> None:
    fact = facts(VIEW)["precision"]
    assert (fact.value, fact.low, fact.high, fact.n) == (0.812, 0.790, 0.833, 1_204)
    assert (fact.window, fact.estimate) == (WINDOW, PRECISION.id)


def test_version_and_segment_tell_figures_apart() -> None:
    segments = [
        changed(PRECISION, segment="region BR"),
        changed(PRECISION, version="v41"),
        changed(PRECISION, value=None, reason="too few", segment="region PT"),
    ]
    found = facts(changed(VIEW, model=changed(VIEW.model, segments=segments)))
    assert {"precision", "precision, region BR", "precision, v41"} <= set(found)
    assert found["precision, region PT"].text == "too few"
