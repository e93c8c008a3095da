"""What is taken as given: where each value comes from, and that each key listed sets it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from cockpit.config import Config
from cockpit.decide.options.assumptions import DEFAULTS, assumed, assumed_rules, percent
from cockpit.decide.table.assumed import assumptions
from cockpit.decide.table.decision import Basics, Decision, decide
from cockpit.setting import with_value
from cockpit.state import State
from cockpit.views import Assumption
from tests.decide.facts import NEW, OLD, QUICK, SLOW, cell, facts
from tests.decide.stories import AT, ROLLOUT, assessment

CONFIG = msgspec.convert(
    {
        "options": {
            "rollback": {"capacity": {"warm_workers": 8, "needed": 12}, "cost": 1_000_000},
            "rules": {"wrong_share": "4.123456%", "precision": 0.55, "latency_p99": 40.5},
            "pin": {},
            "canary": {"share": "0.25%"},
            "vendor": {"serves": {"vendor": "100%"}, "wrong_share": "7%", "latency_p99": 300},
            "slower": {"shed": "30%", "slow_left": "100%"},
        },
        "decisions": {"horizon": "90m"},
    },
    Config,
)
HERE = facts(cell(NEW, 5_000, 500), cell(OLD, 500, 10), tails={NEW: SLOW, OLD: QUICK})
BELIEVED = {"model": 0.7, "data": 0.1, "capacity": 0.1, "mix": 0.05, "noise": 0.05}


def decision(config: Config = CONFIG, **assumed_here: str) -> tuple[Decision, Basics]:
    state = State(at=AT, assumed=assumed_here)
    basics = Basics(HERE, assessment(ROLLOUT), state, BELIEVED, "SEV2")
    return decide(basics, config, 100), basics


def listed(config: Config = CONFIG, **assumed_here: str) -> dict[str, Assumption]:
    return {found.key: found for found in assumptions(*decision(config, **assumed_here))}


def test_every_key_that_is_listed_sets_what_it_lists() -> None:
    found = listed()
    for key, one in found.items():
        again = listed(with_value(CONFIG, key, one.value))
        assert again[key].value == one.value
        assert set(again) == set(found)
        assert again[key].source == ("configuration" if _not_default(key) else one.source)


def _not_default(key: str) -> bool:
    """Of an option any value given is the team's; elsewhere one that equals the default is not."""
    return key.startswith("options.")


def test_each_says_where_it_comes_from() -> None:
    found = listed(**{"model.harm.slow": "0.5"})
    assert found["options.rollback.minutes"].source == "default"
    assert found["options.rollback.minutes"].value == "[4, 9]"
    assert found["options.rollback.cost"].text == "options.rollback.cost = 1000000"
    assert found["options.canary.share"].text == "options.canary.share = 0.25%"
    assert found["decisions.horizon"].source == "configuration"
    assert found["model.harm.slow"].source == "set here"
    assert found["decisions.tail.SEV2"].value == "0.5"
    assert found["options.vendor.wrong_share"].source == "configuration"
    assert found["options.rollback.capacity.needed"].value == "12"
    assert "options.observe.minutes" not in found
    assert "options.kill.shed" not in found


def test_a_gauge_of_warm_workers_goes_before_the_number_given() -> None:
    assert "options.rollback.capacity.warm_workers" in listed()
    found, basics = decision()
    counted = Basics(
        replace(HERE, warm={OLD: 3}), basics.assessment, basics.state, BELIEVED, "SEV2"
    )
    keys = {one.key for one in assumptions(found, counted)}
    assert "options.rollback.capacity.warm_workers" not in keys


def test_the_fallback_is_twice_as_wrong_as_a_healthy_service_unless_it_is_given() -> None:
    given = assumed_rules(CONFIG, 0.02)
    assert (given.wrong_share, given.precision) == (pytest.approx(0.04123456), 0.55)
    assert [one.source for one in given.listed] == ["configuration"] * 3
    twice = assumed_rules(Config(), 0.0201)
    assert twice.wrong_share == pytest.approx(0.0402)
    assert [one.text for one in twice.listed] == ["options.rules.wrong_share = 4.02% (default)"]
    assert assumed_rules(Config(), 0.9).wrong_share == 1.0
    assert assumed_rules(Config(), None).wrong_share is None


def test_what_has_to_be_set_up_first_is_there_where_the_configuration_says_so() -> None:
    for kind in ("blue_green", "pin"):
        assert assumed(kind, Config()) is None
        assert assumed(kind, with_value(Config(), f"options.{kind}.undo", "1")) is not None
    off = with_value(Config(), "options.rollback.enabled", "false")
    assert assumed("rollback", off) is None
    for kind in DEFAULTS:
        if kind not in ("blue_green", "pin"):
            assert assumed(kind, Config()) is not None


@pytest.mark.parametrize(
    ("share", "text"), [(0.1, "10%"), (0.0025, "0.25%"), (0.07, "7%"), (1e-6, "0.0001%")]
)
def test_a_share_is_written_as_the_configuration_has_it(share: float, text: str) -> None:
    assert percent(share) == text
