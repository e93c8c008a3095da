"""Twice and half of each assumption: what is told of it agrees with deciding anew."""

from __future__ import annotations

import re

import pytest

from cockpit.config import Config
from cockpit.decide.facts.measured import measured
from cockpit.decide.table.again import option_taken
from cockpit.decide.table.assumed import assumptions
from cockpit.decide.table.decision import Basics, Decision, choose, decide
from cockpit.decide.table.tries import DRAWS, WHOLE, survives, tried
from cockpit.records import BadInput
from cockpit.setting import first_number, times, with_value
from cockpit.views import Assumption, Flip
from tests.decide.stories import CONFIG, ROLLOUT, UNIT_SWAP, Cells, assessment, state

BELIEVED = {"model": 0.45, "data": 0.35, "capacity": 0.1, "mix": 0.05, "noise": 0.05}
GIVEN = with_value(
    with_value(CONFIG, "options.rollback.capacity", "{warm_workers: 8, needed: 12}"),
    "options.vendor",
    "{serves: {vendor: 100%}, wrong_share: 3%, latency_p99: 90}",
)
STORIES = {"rollout": ROLLOUT, "unit swap": UNIT_SWAP}
LEVELS = ("SEV1", "SEV3")


def basics(cells: Cells, level: str) -> Basics:
    told = assessment(cells, p99={"v42": 418.0, "v41": 118.0})
    return Basics(measured(told, state(), GIVEN), told, state(), BELIEVED, level)


def best(found: Basics, config: Config, draws: int = DRAWS) -> str:
    """A whole new decision."""
    choosing = choose(decide(found, config, draws), found.level)
    assert choosing is not None
    return choosing.best


def changed(assumption: Assumption, factor: float) -> Config:
    text = times(assumption.value, factor)
    if assumption.key.endswith(WHOLE):
        text = f"{float(text):.0f}"
    try:
        return with_value(GIVEN, assumption.key, text)
    except BadInput:
        return GIVEN


@pytest.fixture(scope="module", params=[(s, level) for s in STORIES for level in LEVELS])
def case(request: pytest.FixtureRequest) -> tuple[Basics, Decision, str]:
    story, level = request.param
    found = basics(STORIES[story], level)
    decision = decide(found, GIVEN, DRAWS)
    return found, decision, best(found, GIVEN)


@pytest.fixture(scope="module")
def told(case: tuple[Basics, Decision, str]) -> tuple[list[Assumption], list[Flip]]:
    found, decision, taken = case
    return tried(assumptions(decision, found), decision, taken, found)


def test_what_is_kept_makes_no_difference(case: tuple[Basics, Decision, str]) -> None:
    found, decision, taken = case
    assert option_taken(decision, found, GIVEN) == taken
    for assumption in assumptions(decision, found):
        for factor in (0.1, 0.5, 2.0, 10.0):
            config = changed(assumption, factor)
            assert option_taken(decision, found, config) == best(found, config), (
                assumption.key,
                factor,
            )


def test_holds_is_what_deciding_anew_says(
    case: tuple[Basics, Decision, str], told: tuple[list[Assumption], list[Flip]]
) -> None:
    found, decision, taken = case
    for assumption in told[0]:
        if not assumption.holds:
            continue
        others = {best(found, changed(assumption, factor)) for factor in (2.0, 0.5)} - {taken}
        assert (assumption.holds == "holds") == (not others)
        for option in others:
            assert decision.traits[option].label in assumption.holds


def test_a_flip_is_where_another_option_begins(
    case: tuple[Basics, Decision, str], told: tuple[list[Assumption], list[Flip]]
) -> None:
    found, _, taken = case
    values = {assumption.key: assumption for assumption in told[0]}
    for flip in told[1]:
        assumption = values[flip.input]
        now = first_number(assumption.value)
        assert now == flip.now
        assert best(found, changed(assumption, flip.at / flip.now)) == flip.option != taken
        side = 1.02 if flip.at < flip.now else 0.98
        if abs(flip.at / flip.now - 1.0) > 0.03:
            assert best(found, changed(assumption, side * flip.at / flip.now)) == taken
        assert "%" not in assumption.value or flip.at <= 100.0
        for number in re.findall(r"[\d.]+", flip.sentence.partition(" if ")[2].partition(" ")[2]):
            assert len(number.replace(".", "").strip("0")) <= 4


def test_every_assumption_that_weighs_is_tried(
    told: tuple[list[Assumption], list[Flip]],
) -> None:
    untried = {a.key for a in told[0] if not a.holds}
    assert "decisions.requests_per_user" in untried
    assert "model.harm.false_positive" not in untried
    assert "options.rules.precision" not in untried
    assert "options.rollback.undo" not in untried


def test_on_all_draws_where_fewer_would_recommend_another(
    case: tuple[Basics, Decision, str],
) -> None:
    found, decision, taken = case
    other = next(kind for kind in ("kill", "throttle") if kind != taken)
    told, _ = tried(assumptions(decision, found)[:2], decision, other, found)
    assert all(assumption.holds != "holds" for assumption in told)


def test_the_header_names_what_the_choice_rests_on_and_not_more_than_three() -> None:
    held = Assumption(key="a", value="1", holds="holds")
    rests = [Assumption(key=k, value="1", holds="rollback at half") for k in "bcdef"]
    assert survives([held]) == "the choice holds at twice and half of each assumption"
    assert survives([held, rests[0]]) == "the choice rests on assumptions: b (rollback at half)"
    assert survives(rests).endswith("d (rollback at half) and 2 more")
    assert ";" not in survives(rests)
