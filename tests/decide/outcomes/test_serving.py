"""How many requests are slow or fail under each fault: whose own figures count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cockpit.decide.facts.measured import Measured
from cockpit.decide.outcomes.serving import (
    PROMISED,
    failing_under,
    given_slow,
    healthy_failing,
    healthy_slow,
    slow_under,
)
from tests.decide.facts import NEW, OLD, QUICK, SLOW, facts

DRAWS = 2_000
HERE = facts(tails={NEW: SLOW, OLD: QUICK}, failing={NEW: (400, 10_000), OLD: (10, 1_000)})
IDLE = facts(serving={NEW: 1.0}, tails={NEW: SLOW, OLD: QUICK}, failing={NEW: (400, 10_000)})


def slow(fault: str, version: str, measured: Measured = HERE) -> float:
    return float(slow_under(fault, version, measured, DRAWS).mean())


def failing(fault: str, version: str, measured: Measured = HERE) -> float:
    return float(failing_under(fault, version, measured, DRAWS).mean())


def test_if_it_is_noise_none_is_slower_than_a_healthy_service() -> None:
    for version in (NEW, OLD):
        assert slow("noise", version) == healthy_slow(HERE, DRAWS).mean()
        assert failing("noise", version) == healthy_failing(HERE, DRAWS).mean()


def test_a_faulty_model_is_slow_by_itself() -> None:
    assert slow("model", NEW) == pytest.approx(SLOW.slower(250.0), rel=0.2)
    assert slow("model", OLD) == pytest.approx(QUICK.slower(250.0), abs=0.001)
    assert slow("model", OLD, IDLE) == healthy_slow(IDLE, DRAWS).mean()
    assert failing("model", OLD, IDLE) == healthy_failing(IDLE, DRAWS).mean()


@pytest.mark.parametrize("fault", ["data", "capacity", "mix"])
def test_else_each_is_as_measured_and_one_that_serves_nothing_as_the_service(fault: str) -> None:
    assert slow(fault, NEW) == pytest.approx(SLOW.slower(250.0), rel=0.2)
    assert slow(fault, OLD) < 0.5 * slow(fault, NEW)
    assert slow(fault, OLD, IDLE) == pytest.approx(slow(fault, NEW, IDLE))
    assert failing(fault, NEW) == pytest.approx(0.04, rel=0.1)
    assert failing(fault, OLD, IDLE) == pytest.approx(failing(fault, NEW, IDLE))


def test_without_a_bound_nothing_is_slow_and_without_counts_failing_is_as_usual() -> None:

    unbound = replace(HERE, bound=None)
    assert slow("capacity", NEW, unbound) == 0.0
    assert not healthy_slow(unbound, DRAWS).any()
    untold = facts(tails={NEW: SLOW})
    np.testing.assert_array_equal(
        failing_under("model", NEW, untold, DRAWS), healthy_failing(untold, DRAWS)
    )


def test_without_a_baseline_a_healthy_service_is_as_slow_as_promised_at_most() -> None:

    unknown = replace(HERE, healthy_slow=None, healthy_failing=None)
    assert healthy_slow(unknown, DRAWS).max() <= PROMISED
    assert healthy_failing(unknown, DRAWS).mean() == pytest.approx(0.037, rel=0.1)


def test_of_something_given_only_its_p99_tells() -> None:
    assert given_slow(None, 250.0) == given_slow(40.0, None) == 0.0
    assert given_slow(250.0, 250.0) == pytest.approx(0.01)
    assert given_slow(40.0, 250.0) < 1e-6 < given_slow(300.0, 250.0)
