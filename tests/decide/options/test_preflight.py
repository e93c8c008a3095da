"""What stands before an option: workers, columns, features, retries, snapshots, approval."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from msgspec.structs import replace as with_

from cockpit.config import Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import plan
from cockpit.decide.options.preflight import Preflight, preflight
from cockpit.records import MINUTE, Assessment, Drift, DriftClass
from cockpit.state import State
from cockpit.views import Ask
from tests.decide.facts import AT, NEW, OLD, cell, facts
from tests.decide.stories import ROLLOUT, assessment, event, state

HERE = facts(cell(NEW, 500, 5), cell(OLD, 50, 1))
TOLD = assessment(ROLLOUT)


def checked(
    kind: str,
    config: Config | None = None,
    measured: Measured = HERE,
    told: Assessment = TOLD,
    at: State | None = None,
    **options: object,
) -> Preflight:
    given = config or msgspec.convert(
        {
            "options": {kind: options},
            "stakeholders": {"legal": {"ask": "may the rules decide?", "owner": "Ada"}},
        },
        Config,
    )
    made = plan(kind, measured, given)
    assert made is not None
    return preflight(made, measured, told, at or state(), given)


@pytest.mark.parametrize(
    ("kind", "share", "warm", "needs", "missing"),
    [
        ("rollback", {}, 8, "8/12 warm", 4),
        ("rollback", {}, 11, "11/12 warm", 1),
        ("rollback", {}, 12, "12/12 warm", 0),
        ("rollback", {}, 40, "12/12 warm", 0),
        ("split", {"share": "50%"}, 8, "6/6 warm", 0),
        ("canary", {"share": "10%"}, 8, "8/11 warm", 3),
    ],
)
def test_workers_that_are_not_warm_are_warmed_up_first(
    kind: str, share: dict[str, object], warm: int, needs: str, missing: int
) -> None:
    capacity = {"warm_workers": warm, "needed": 12}
    found = checked(kind, capacity=capacity, cold=[0.4, 10], **share)
    assert (found.needs, found.blocked) == (needs, "")
    assert found.warm_up == (10.0 if missing else 0.0)
    said = [warning for warning in found.warnings if warning.startswith(f"warm {missing} more")]
    assert len(said) == bool(missing)


def test_a_gauge_says_how_many_are_warm_and_nothing_is_asked_where_nothing_is_given() -> None:
    gauge = replace(HERE, warm={OLD: 3})
    capacity = {"warm_workers": 12, "needed": 12}
    assert checked("rollback", measured=gauge, capacity=capacity).needs == "3/12 warm"
    assert checked("rollback") == Preflight()


def test_a_column_that_nothing_sends_blocks_going_back() -> None:
    lacking = with_(TOLD, reads={OLD: ["amount", "country", "age"]}, logged=["amount"])
    found = checked("rollback", told=lacking)
    assert found.blocked == "v41 reads country and age, which nothing sends"
    assert found.needs == "schema"
    assert checked("observe", told=lacking).blocked == ""
    unlogged = with_(TOLD, reads={OLD: ["amount", "country"]}, logged=["other"])
    assert checked("rollback", told=unlogged).blocked == ""  # inputs are not logged at all


def test_a_schema_that_changed_after_the_deploy_is_to_be_checked() -> None:
    changed = state(event("schema", "amount in cents", AT - 5 * MINUTE, seq=3))
    assert checked("rollback", at=changed).needs == "schema check"
    before = state(event("schema", "amount in cents", AT - 60 * MINUTE, seq=3))
    assert checked("rollback", at=before).needs == ""


def test_a_drifted_feature_that_the_version_before_reads_too_is_a_warning() -> None:
    drifted = with_(
        TOLD,
        drift=[drift("amount", "major"), drift("age", "minor")],
        reads={OLD: ["amount", "age"]},
        logged=["amount", "age"],
    )
    found = checked("rollback", told=drifted)
    assert found.warnings == ("v41 reads amount too, which drifted",)
    assert found.blocked == ""


def drift(feature: str, drift_class: DriftClass) -> Drift:
    unknown = dict.fromkeys(("psi", "psi_corrected", "low", "high", "kl"))
    return Drift(feature=feature, n=5_000, drift_class=drift_class, **unknown)


@pytest.mark.parametrize(
    ("asked", "needs", "warns"),
    [
        (None, "legal OK", "ask legal first: nobody has"),
        (("open", None), "legal open", "legal has not answered yet"),
        (("overdue", None), "legal overdue", "legal has not answered yet"),
        (("answered", "yes, for a day"), "legal answered", "legal answered: yes, for a day"),
    ],
)
def test_whose_approval_it_takes_and_how_far_the_ask_got(
    asked: tuple[str, str | None] | None, needs: str, warns: str
) -> None:
    asks = []
    if asked is not None:
        ask = {"id": "a", "who": "legal", "what": "rules?", "deadline": None, "default": "no"}
        asks = [
            msgspec.convert({**ask, "asked_at": AT, "state": asked[0], "answer": asked[1]}, Ask)
        ]
    found = checked("rules", at=with_(state(), asks=asks), approval="legal")
    assert found.needs == needs
    assert found.warnings == (warns,)
    assert found.blocked == ""


def test_callers_that_try_again_are_a_warning_and_pinning_needs_its_snapshot() -> None:
    retrying = msgspec.convert({"retries": {"times": 3}, "options": {"pin": {}}}, Config)
    assert "callers try again up to 3 times" in checked("rollback", retrying).warnings[0]
    assert checked("rules", retrying).warnings == ()
    assert checked("pin", retrying).needs == "snapshot"
    assert checked("pin", snapshot="of Monday").needs == "of Monday"
    assert checked("rollback", needs="release manager").needs == "release manager"
