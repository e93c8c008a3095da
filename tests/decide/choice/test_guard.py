"""The rules before the best option: which one speaks, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.config import Decisions
from cockpit.decide.choice.guard import (
    Guard,
    allowed,
    diagnose,
    guard,
    recheck,
    shadow_before,
)
from cockpit.decide.choice.threshold import ActIf
from cockpit.decide.choice.traits import Traits
from cockpit.records import MINUTE, SECOND

ABOVE = ActIf(0.62, 0.0, 0.12, "P(real fault) 62 % > 12 %: act")
BELOW = replace(ABOVE, probability=0.05)
FLIP = "flips to canary if P(data) > 60 %, now 20 %"


def spoken(
    option: str,
    line: ActIf = ABOVE,
    budget: float | None = 9.7,
    probe: float | None = 5.0,
    verdict: float | None = 38.2,
) -> Guard:
    return guard(
        option,
        option,
        line,
        budget=budget,
        probe=probe,
        verdict=verdict,
        flip=FLIP,
    )


def test_contain_now_where_no_look_fits_into_the_budget() -> None:
    found = spoken("rollback", budget=0.2)
    assert found.rule == "contain now"
    assert found.sentence == "contain now: looking is worth 12 s of harm, and takes longer"
    assert spoken("rollback", budget=4.9).rule == "contain now"
    assert spoken("rollback", budget=0.2, probe=None).rule == "contain now"
    assert spoken("rollback", budget=2.0, probe=None).rule == "best"


def test_below_the_line_shadow_and_sample_unless_the_tail_asks_to_act() -> None:
    found = spoken("observe", BELOW, budget=None)
    assert found.rule == "shadow first"
    assert found.sentence == "shadow and sample: data enough for a verdict in 39 min"
    unknown = spoken("observe", BELOW, budget=None, verdict=None).sentence
    assert unknown == "shadow and sample: when there will be data enough is not known"
    assert spoken("rollback", BELOW).rule == "best"


def test_else_the_best_option_with_what_would_flip_it() -> None:
    assert spoken("rollback") == Guard("best", f"rollback; {FLIP}")


@pytest.mark.parametrize(
    ("option", "budget", "probe", "words"),
    [
        ("rollback", 9.7, 5.0, "diagnose ≤ 9 min"),
        ("rollback", 9.7, None, "diagnose ≤ 9 min"),
        ("rollback", 153.4, 5.0, "diagnose ≤ 2 h 33 min"),
        ("rollback", 0.7, 0.5, "diagnose ≤ 42 s"),
        ("rollback", 0.2, None, "contain now"),
        ("rollback", 9.7, 10.0, "contain now"),
        ("rollback", None, 10.0, ""),
        ("observe", 9.7, 10.0, ""),
    ],
)
def test_the_budget_in_words(
    option: str, budget: float | None, probe: float | None, words: str
) -> None:
    assert diagnose(option, budget, probe) == words


def test_nothing_irreversible_on_too_little_data_unless_the_policy_says_so() -> None:
    traits = {
        "purge": Traits("purge the cache", 0.0, 1.0, 0.0, irreversible=True),
        "observe": Traits("observe", 1.0, 0.0, 0.0),
    }
    order = ["purge", "observe"]
    assert allowed(order, traits, enough=False, policy=False) == ["observe"]
    assert allowed(order, traits, enough=True, policy=False) == order
    assert allowed(order, traits, enough=False, policy=True) == order


def test_a_full_rollback_on_too_little_data_proposes_shadow_first_below_sev1() -> None:
    words = "not enough data: shadow first, data enough for a verdict in 39 min"
    assert shadow_before("rollback", "SEV2", False, 38.2) == words
    assert shadow_before("blue_green", "SEV3", False, 38.2) == words
    for option, level, enough in (
        ("rollback", "SEV1", False),
        ("rollback", "SEV2", True),
        ("canary", "SEV2", False),
    ):
        assert shadow_before(option, level, enough, 38.2) == ""


def test_observing_carries_the_time_to_look_again() -> None:
    decisions = Decisions(recheck="10m")
    assert recheck("observe", decisions, None) == 10 * MINUTE
    assert recheck("shadow", decisions, 30.0) == 10 * MINUTE
    assert recheck("observe", decisions, 2.5) == 150 * SECOND
    assert recheck("rollback", decisions, 2.5) is None
