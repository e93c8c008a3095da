"""The options as plans: who serves what, and why one cannot be taken."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from cockpit.config import OPTIONS, Config
from cockpit.decide.facts.cells import REST
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.plans import PINNED, Plan, now, plans, segment_of
from cockpit.decide.table.latency import latency_after
from tests.decide.facts import NEW, OLD, cell, facts

BR = "region BR"
HERE = facts(cell(NEW, 500, 5, requests=900), cell(OLD, 50, 1, requests=100))
SPLIT = replace(
    HERE,
    segment=BR,
    segment_share=0.2,
    health={BR: HERE.health[REST], REST: HERE.health[REST]},
    cells={
        (NEW, BR): cell(NEW, requests=100),
        (NEW, REST): cell(NEW, requests=800),
        (OLD, BR): cell(OLD, requests=50),
        (OLD, REST): cell(OLD, requests=50),
    },
)


def by_kind(measured: Measured = HERE, **options: dict[str, object]) -> dict[str, Plan]:
    config = msgspec.convert({"options": options}, Config)
    return {plan.kind: plan for plan in plans(measured, config)}


def test_the_built_in_ones_come_first_then_the_teams_own() -> None:
    kinds = list(by_kind(vendor={"serves": {OLD: "100%"}}, pin={}, blue_green={}))
    assert kinds == [*OPTIONS, "vendor"]


def test_shares_of_a_part_add_up_to_what_is_served() -> None:
    for measured in (HERE, SPLIT):
        for plan in by_kind(
            measured, slower={"shed": "30%"}, vendor={"serves": {OLD: "60%"}}
        ).values():
            for shares in plan.serving.values():
                served = {"throttle": 0.8, "slower": 0.7, "vendor": 0.6, "kill": 0.0}
                assert sum(shares.values()) == pytest.approx(served.get(plan.kind, 1.0))
                assert plan.serves == (plan.kind != "kill")


def test_who_serves_a_part_is_told_by_its_own_predictions() -> None:
    assert now(HERE)[REST] == {NEW: pytest.approx(0.9), OLD: pytest.approx(0.1)}
    in_part = now(SPLIT)[BR]
    assert in_part[OLD] > 0.3
    assert now(SPLIT)[REST][OLD] < 0.1


def test_a_worst_segment_alone_is_taken_off_the_model() -> None:
    off = by_kind(SPLIT)["segment_off"]
    assert segment_of(off.label) == BR
    assert off.serving[BR] == {"rules": 1.0}
    assert off.serving[REST] == now(SPLIT)[REST]
    assert by_kind()["segment_off"].blocked == "no segment stands out"
    assert segment_of(by_kind()["segment_off"].label) is None
    elsewhere = by_kind(SPLIT, segment_off={"segments": ["device"]})["segment_off"]
    assert elsewhere.blocked == "options.segment_off.segments does not name region"


def test_with_no_version_before_going_back_is_blocked_and_serves_nobody_one_can_name() -> None:
    alone = facts(cell(NEW, 500, 5), serving={NEW: 1.0}, previous="")
    found = by_kind(alone, blue_green={})
    for kind in ("rollback", "blue_green", "canary", "split", "shadow"):
        assert found[kind].blocked == "no previous version: set model.versions.previous"
    assert found["rollback"].serving == {REST: {"": 1.0}}
    assert found["shadow"].serving == now(alone)


def test_pinned_features_serve_where_the_new_version_did_at_the_latency_of_now() -> None:
    pin = by_kind(pin={"snapshot": "of Monday"})["pin"]
    assert pin.serving[REST] == {PINNED: pytest.approx(0.9), OLD: pytest.approx(0.1)}
    text = latency_after(pin, HERE).text
    assert text == latency_after(by_kind()["observe"], HERE).text
    assert PINNED not in " ".join(latency_after(pin, HERE).derivation)


def test_names_from_outside_are_inert_in_labels() -> None:
    nasty = replace(HERE, versions=replace(HERE.versions, previous="v\x1b[31m41\n"))
    for plan in by_kind(nasty, evil={"label": "a\x1b]0;b\n", "shed": "5%"}).values():
        assert plan.label.isprintable()
