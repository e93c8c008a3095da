"""The watch: an effect is seen when traffic moved and what hurt is surely better, not before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.assess.service.serving import Serving
from cockpit.decide.effect.next_option import next_option
from cockpit.decide.effect.watch import follow, judge
from cockpit.decide.table.report import option_table
from cockpit.records import MINUTE, Assessment
from cockpit.views import Aim, Choice, Hurt, OptionTable
from tests.decide.stories import (
    AT,
    CONFIG,
    NO_LABELS,
    ROLLOUT,
    UNIT_SWAP,
    Counts,
    assessment,
    event,
    state,
)
from tests.decide.test_traffic import CHOSEN, STEP, STEPS, traffic

SLOW = {"v42": 418.0, "v41": 118.0}
QUICK = {"v42": 118.0, "v41": 118.0}
HEALTHY = {key: Counts(60, 9, 9, 1_300, 5_000) for key in ROLLOUT}
WITHIN = 9 * MINUTE
END = STEPS * STEP
WRONG = Hurt(name="wrong_rate", value=0.06, low=0.055, high=0.065)
P99 = Hurt(name="latency_p99", value=418.0, low=400.0, high=440.0)

MOVED = traffic({"v42": 0.9, "v41": 0.1}, {"v41": 1.0}, 40, 1_000)
STILL = traffic({"v42": 0.9, "v41": 0.1}, {"v42": 0.9, "v41": 0.1}, 40, 1_000)


def chosen(*hurt: Hurt, executed: bool = True, aim: Aim | None = None) -> Choice:
    return Choice(
        id="me:1",
        option="rollback",
        label="rollback to v41",
        reason="worse",
        companions=[],
        expected="",
        chosen_at=CHOSEN,
        aim=aim or Aim(serves={"v41": 1.0}),
        hurt=list(hurt),
        within=WITHIN,
        executed_at=CHOSEN if executed else None,
        due=CHOSEN + WITHIN if executed else None,
        effect="watching" if executed else "",
    )


def seen(choice: Choice, served: Serving, facts: Assessment | None, at: int = END) -> Choice:
    followed, begun = follow(choice, served)
    return judge(followed, begun, served, facts, at)


def test_an_effect_is_seen_when_traffic_moved_and_what_hurt_is_good_again() -> None:
    found = seen(chosen(WRONG, P99), MOVED, assessment(HEALTHY, p99=QUICK))
    assert found.effect == "seen"
    assert found.effect_why == (
        "traffic is as planned since 00:06; wrong decisions 1 in 77 of 5,512, was 1 in 17, "
        "p99 118 ms, was 418 ms"
    )


def test_moving_traffic_is_not_yet_an_effect() -> None:
    bad = assessment(ROLLOUT, p99=SLOW)
    soon = seen(chosen(P99), MOVED, bad, CHOSEN + WITHIN)
    assert soon.effect == "watching"
    late = seen(chosen(P99), MOVED, bad, CHOSEN + WITHIN + 1)
    assert late.effect == "not seen in time"
    assert late.effect_why.startswith("traffic is as planned since 00:06, but p99 418 ms")


def test_traffic_that_did_not_move_is_told_from_figures_that_did_not_fall() -> None:
    soon = seen(chosen(WRONG), STILL, None, CHOSEN + WITHIN)
    assert (soon.effect, soon.effect_why) == (
        "watching",
        "traffic has not moved yet: v42 serves 90 %, v41 10 %",
    )
    late = seen(chosen(WRONG), STILL, None, CHOSEN + WITHIN + 1)
    assert (late.effect, late.effect_why) == (
        "not seen in time",
        "traffic did not move: v42 serves 90 %, v41 10 %",
    )


@given(st.integers(0, 29), st.booleans())
def test_on_too_few_labels_nothing_is_said_however_late_it_is(labels: int, late: bool) -> None:
    few = {("v41", "BR"): Counts(0, 0, 0, labels, 5_000), ("v41", "rest"): Counts(0, 0, 0, 0, 9)}
    found = seen(
        chosen(WRONG, P99), MOVED, assessment(few, p99={"v42": 90.0}), END if late else CHOSEN + 1
    )
    assert found.effect == "watching"
    assert "too early to say: wrong decisions " in found.effect_why


def test_without_any_figure_that_was_bad_those_that_are_measured_count() -> None:
    assert seen(chosen(), MOVED, assessment(NO_LABELS, p99=QUICK)).effect == "seen"
    few = assessment(NO_LABELS, p99=QUICK)
    timed = [replace(e, n=367) if e.name == "latency_p99" else e for e in few.metrics]
    assert seen(chosen(), MOVED, replace(few, metrics=timed)).effect == "watching"


def test_what_is_bad_now_and_was_good_is_no_effect() -> None:
    found = seen(chosen(WRONG), MOVED, assessment(HEALTHY, p99=SLOW))
    assert found.effect == "not seen in time"
    assert "p99 418 ms, which was good" in found.effect_why


@pytest.mark.parametrize(("low", "effect"), [(0.05, "seen"), (0.03, "not seen in time")])
def test_rules_worse_than_healthy_help_where_they_are_surely_better_than_it_was(
    low: float, effect: str
) -> None:
    """A fallback is never as good as the model was: it has to be better than what hurt."""
    rules = {("rules", part): Counts(500, 300, 300, 13_000, 30_000) for part in ("BR", "rest")}
    facts = assessment(rules, p99={"v42": 40.0})
    aim = Aim(serves={"rules": 1.0})
    served = traffic({"v42": 1.0}, {"rules": 1.0}, 40, 1_000)
    worse = Hurt(name="wrong_rate", value=0.06, low=low, high=0.07)
    assert seen(chosen(worse, aim=aim), served, facts).effect == effect


def test_a_segment_that_sends_nothing_hurts_nobody() -> None:
    aim = Aim(serves={"rules": 1.0}, segment="region BR")
    served = traffic({"v42": 0.9, "v41": 0.1}, {}, 50, 40)
    without = {k: v for k, v in HEALTHY.items() if k[1] == "rest"}
    hurt = replace(WRONG, segment="region BR")
    facts = assessment(without, p99=QUICK)
    assert seen(chosen(hurt, aim=aim), served, facts).effect == "seen"


@pytest.mark.parametrize("aim", [Aim(shed=1.0), Aim(shadow="v41")])
def test_turning_everything_away_and_a_shadow_are_seen_by_traffic_alone(aim: Aim) -> None:
    after = {"v41": 1.0} if aim.shadow else {}
    served = traffic({} if aim.shadow else {"v41": 1.0}, after, 40, 1_000)
    assert seen(chosen(WRONG, aim=aim), served, assessment(ROLLOUT)).effect == "seen"


def test_what_nobody_marked_is_noticed_and_due_from_then() -> None:
    found, begun = follow(chosen(WRONG, executed=False), MOVED)
    assert begun == found.noticed_at == 40 * STEP
    assert found.due == 40 * STEP + WITHIN
    assert found.executed_at is None
    unmoved, begun = follow(chosen(WRONG, executed=False), STILL)
    assert (unmoved, begun) == (chosen(WRONG, executed=False), None)


def test_what_was_marked_is_judged_from_when_traffic_moved() -> None:
    found, begun = follow(chosen(WRONG), MOVED)
    assert (found, begun) == (chosen(WRONG), 40 * STEP)
    hidden = chosen(WRONG, aim=Aim())  # pinned features: who serves does not change
    assert follow(hidden, STILL) == (hidden, CHOSEN)


def table(cells: dict[tuple[str, str], Counts] = UNIT_SWAP) -> OptionTable:
    return option_table(assessment(cells), state(), CONFIG)


def test_the_next_option_is_the_recommended_one_then_the_best_of_the_rest() -> None:
    found = table()
    best = found.recommendation
    first = next_option(found, {"none"})
    assert first is not None
    assert (first.id, first.why) == (best.option, best.why)
    second = next_option(found, {best.option})
    assert second is not None
    assert second.id not in (best.option, "observe", "shadow")
    assert second.why.startswith("least harm of what is left")
    assert next_option(found, {row.id for row in found.rows}) is None


@given(st.sets(st.sampled_from(["rollback", "rules", "kill", "canary", "split", "segment_off"])))
def test_the_next_option_was_not_tried_and_can_be_taken(tried: set[str]) -> None:
    rows = [
        replace(
            row,
            blocked="no" if row.id == "canary" else "",
            irreversible="mail is sent" if row.id == "rules" else "",
        )
        for row in TABLE.rows
    ]
    found = next_option(replace(TABLE, rows=rows), tried)
    allowed = {"rollback", "kill", "split", "segment_off", "throttle"} - tried
    if TABLE.recommendation.option == "rules" and "rules" not in tried:
        allowed = {"rules"}
    assert found is not None
    assert found.id in allowed


TABLE = table()


def test_undoing_a_choice_takes_back_what_came_with_it() -> None:
    kept = {
        "option": "observe", "label": "observe", "guarantee": "safety", "gain": "a little",
        "override": "decided by the commander", "recheck": 10 * MINUTE,
        "hurt": [{"name": "wrong_rate", "value": 0.06}],
    }  # fmt: skip
    entry = event("choose", "", AT - MINUTE, seq=1, writer="me", **kept)
    choice = state(entry).choice
    assert choice is not None
    assert choice.recheck_at == AT + 9 * MINUTE
    assert (choice.guarantee, choice.gain) == ("safety", "a little")
    assert choice.override == "decided by the commander"
    assert choice.hurt == [Hurt(name="wrong_rate", value=0.06)]
    undo = event("undo", "", AT, seq=2, writer="me", event=entry.id)
    assert state(entry, undo).choice is None


@pytest.mark.parametrize(
    "spoilt", [{"aim": 3}, {"aim": {"serves": {"v41": "all"}}}, {"hurt": "much"}, {"recheck": -1}]
)
def test_data_of_another_shape_says_nothing(spoilt: dict[str, object]) -> None:
    choice = state(event("choose", "", AT, seq=1, writer="me", option="kill", **spoilt)).choice
    assert choice is not None
    assert (choice.aim, choice.hurt, choice.recheck_at) == (None, [], None)
