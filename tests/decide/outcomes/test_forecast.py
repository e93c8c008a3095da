"""What people would see of an option: intervals, bad paths, promises, budgets and users met."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.config import Config
from cockpit.decide.facts.measured import Measured
from cockpit.decide.outcomes.forecast import Forecast, interval
from cockpit.decide.outcomes.promises import broken, promised, promises, spent
from cockpit.decide.table.decision import Basics, Decision, decide
from cockpit.decide.table.figures import exposed_users
from tests.decide.facts import NEW, OLD, QUICK, SLOW, cell, facts
from tests.decide.stories import ROLLOUT, assessment, state

BELIEVED = {"model": 0.7, "data": 0.1, "capacity": 0.1, "mix": 0.05, "noise": 0.05}
GIVEN: dict[str, object] = {
    "objectives": [
        {"name": "fast", "good": "latency <= 250ms", "target": "99%"},
        {"name": "up", "good": "no error", "target": "99.5%"},
        {"name": "slower", "good": "latency <= 500ms", "target": "99%"},
        {"name": "exact", "metric": "precision", "at_least": 0.6},
        {"name": "wide", "metric": "recall", "at_least": 0.6},
    ],
    "options": {
        "rules": {"wrong_share": "4%", "precision": 0.5},
        "canary": {"share": "10%"},
    },
}
CONFIG = msgspec.convert(GIVEN, Config)
HERE = facts(
    cell(NEW, 5_000, 500),
    cell(OLD, 5_000, 100),
    tails={NEW: SLOW, OLD: QUICK},
    failing={NEW: (20, 10_000), OLD: (2, 1_000)},
)


def decision(measured: Measured = HERE, config: Config = CONFIG) -> Decision:
    return decide(Basics(measured, assessment(ROLLOUT), state(), BELIEVED, "SEV3"), config, 1_000)


DECISION = decision()


def forecast(kind: str) -> Forecast:
    return DECISION.forecasts[kind]


def test_promises_are_chances_with_a_reason_where_there_is_none() -> None:
    goals = promised(CONFIG, HERE.bound)
    for kind, one in DECISION.forecasts.items():
        found = {promise.objective: promise for promise in promises(one, goals)}
        assert list(found) == ["fast", "up", "slower", "exact", "wide"]
        for promise in found.values():
            for chance in (promise.in_15, promise.in_60):
                assert (chance is None) == bool(promise.reason)
                assert chance is None or 0.0 <= chance <= 1.0
        assert found["slower"].reason == "not measured"
        assert found["wide"].reason == "not simulated"
        if kind == "kill":
            assert found["exact"].reason == "nothing is decided"
            assert found["up"].in_60 == pytest.approx(0.0, abs=0.01)
        chances = [promise.in_60 for promise in found.values() if promise.in_60 is not None]
        assert broken(one, goals) == sum(chance < 0.5 for chance in chances)


def test_an_option_that_helps_keeps_more_the_longer_it_may_take() -> None:
    fast = next(
        p for p in promises(forecast("rollback"), promised(CONFIG, 250.0)) if p.objective == "fast"
    )
    still = next(
        p for p in promises(forecast("observe"), promised(CONFIG, 250.0)) if p.objective == "fast"
    )
    assert fast.in_15 is not None
    assert fast.in_60 is not None
    assert still.in_15 is not None
    assert still.in_15 < fast.in_15 <= fast.in_60
    assert still.in_15 == still.in_60


def test_turning_requests_away_breaks_the_promise_to_answer_and_spares_the_other() -> None:
    goals = promised(CONFIG, HERE.bound)
    observe, throttle = (dict(spent(forecast(kind), goals)) for kind in ("observe", "throttle"))
    assert set(observe) == {"fast", "up"}
    assert throttle["fast"].value < observe["fast"].value
    assert throttle["up"].value > 10 * observe["up"].value
    for share in (*observe.values(), *throttle.values()):
        assert 0.0 <= share.low <= share.value <= share.high


def test_a_budget_is_spent_by_what_is_bad_for_as_long_as_it_lasts() -> None:
    one = forecast("observe")
    goals = promised(CONFIG, HERE.bound)
    slow = (one.now @ one.mixture.slow) * one.situation.until_mended
    window = 28 * 24 * 60.0
    assert dict(spent(one, goals))["fast"].value == pytest.approx(slow.mean() / (0.01 * window))


def test_only_a_model_that_is_surely_bad_is_a_bad_path() -> None:
    assert forecast("observe").exposed(0.1) == pytest.approx(0.9)
    assert forecast("rollback").exposed(0.1) == 0.0
    assert forecast("canary").exposed(0.1) == pytest.approx(0.1)
    assert forecast("rules").exposed(0.1) == 0.0
    assert forecast("kill").exposed(0.1) == 0.0


@pytest.mark.parametrize(
    ("sticky", "per_user", "users"), [(False, 10, 0.651), (False, 1, 0.1), (True, 10, 0.1)]
)
def test_users_meet_it_once_a_request_or_stay_where_they_are(
    sticky: bool, per_user: float, users: float
) -> None:
    given = msgspec.convert(
        {
            **GIVEN,
            "options": {"canary": {"share": "10%", "sticky": sticky}},
            "decisions": {"requests_per_user": per_user},
        },
        Config,
    )
    plan = decision(config=given).plans["canary"]
    figure = exposed_users(plan, 0.10, given)
    assert figure.value == pytest.approx(users, abs=0.001)
    assert figure.assumed == (not sticky)


def test_requests_unserved_are_counted_apart_from_wrong_ones() -> None:
    kill, observe = forecast("kill"), forecast("observe")
    assert kill.unserved_hour == pytest.approx(12_000.0, rel=0.03)
    assert observe.unserved_hour == 0.0
    assert kill.wrong_hour.value < 0.05 * observe.wrong_hour.value
    assert kill.right_change is None
    assert kill.precision_change is None


def test_wrong_decisions_beyond_healthy_add_up_over_the_time_that_is_counted() -> None:
    one = forecast("observe")
    excess = one.now @ (one.mixture.wrong - one.mixture.healthy)
    expected = one.situation.requests * one.situation.until_mended * excess
    assert one.wrong_until == pytest.approx(expected)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
@settings(max_examples=50)
def test_an_interval_holds_nine_of_ten_draws(values: list[float]) -> None:
    draws = np.array(values)
    found = interval(draws)
    assert found.low <= found.high
    assert found.value == pytest.approx(draws.mean())
    inside = np.mean((draws >= found.low) & (draws <= found.high))
    assert inside >= 0.9 - 1.0 / draws.size
