"""Safety, privacy and data loss: no figure marks or clears them; a named owner does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.config import Escalation, Owner
from cockpit.decide.severity.policy import default_policy
from cockpit.decide.severity.safety import cleared, clearing_refused, escalation
from cockpit.records import MINUTE
from tests.decide.severity.judging import CONFIG, began, failing, healthy, judged
from tests.decide.stories import AT, event, state

TREE = ["on-call +49 1", "director +49 2"]
CALLED = replace(CONFIG, escalation=Escalation(tree=TREE))
OWNED = replace(CONFIG, owner=Owner(compliance="Legal on-call"))
MARKED = began(state(event("data_loss", "rows gone", AT, seq=9)))


@pytest.mark.parametrize("facts", [healthy(), failing(0.5)], ids=["all green", "failing"])
def test_a_mark_outranks_every_figure(facts: object) -> None:
    found = judged(facts, MARKED, CALLED)  # type: ignore[arg-type]
    assert (found.level, found.confirmed, found.safety) == ("SEV0", True, "data loss")
    assert found.evidence[0] == "data loss: rows gone, whatever the metrics say"
    assert found.contain_by == AT + 10 * MINUTE
    assert found.tree == TREE
    assert found.cadence == 15 * MINUTE


def test_reports_of_harm_mark_nothing() -> None:
    said = began(state(event("report", "it told my son to hurt himself", AT, seq=9)))
    found = judged(healthy(), said, CALLED)
    assert (found.safety, found.tree) == ("", [])
    assert "a user may come to harm" in found.people_know


def test_a_mark_says_whom_to_call_by_when_and_the_phone_tree() -> None:
    found = escalation(MARKED, default_policy(), CALLED, AT)
    assert found.tree == TREE
    assert found.contain_by == AT + 10 * MINUTE
    assert found.steps[0].text == "page the incident commander at once"
    assert found.steps[-1].text == "call an executive after 15 min"
    assert [step.due for step in found.steps] == [AT, AT, AT, AT, AT + 15 * MINUTE]
    assert not any(step.done for step in found.steps)


def test_only_the_owner_that_is_named_clears_it() -> None:
    refused = clearing_refused("Ada", MARKED, OWNED)
    assert refused == "only the compliance owner clears a mark of data loss: Legal on-call"
    assert clearing_refused(" legal  On-Call", MARKED, OWNED) == ""
    assert cleared("Legal on-call", OWNED) == "cleared by Legal on-call"


def test_where_no_owner_is_named_anyone_does_and_it_is_said() -> None:
    assert clearing_refused("Ada", MARKED, CONFIG) == ""
    assert "names no compliance owner" in cleared("Ada", CONFIG)
    assert "nothing is marked" in clearing_refused("Ada", state(), CONFIG)
