"""A team's own rates and means: interval, difference, verdict, promise, versions and segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.assess.quality.team_report import team_estimates
from cockpit.config import Config, NamedColumn, Objective, Predictions
from cockpit.records import HOUR, Counts, Estimate, Window
from cockpit.tables import ALL
from tests.assess.building import summed, table

MAP = Predictions(
    rates=[NamedColumn(name="refused", column="refused", direction="lower_is_better")],
    means=[
        NamedColumn(name="rating", column="r", step=1e-3, direction="higher_is_better", unit="★"),
        NamedColumn(name="age", column="a", step=1.0, unit="s"),
    ],
)
CONFIG = Config(objectives=[Objective(name="stars", metric="rating", at_least=4.0, tolerance=0.1)])


def rated(k: int, n: int, **more: Any) -> Counts:
    where = {"version": "v1", "dimension": ALL, "value": ALL, **more}
    return summed(table("rate", name="refused", k=[k], n=[n], **where))


def averaged(name: str, x: np.ndarray, step: float, **more: Any) -> Counts:
    where = {"version": "v1", "dimension": ALL, "value": ALL, **more}
    sums = {"sum_x": np.rint(x / step), "sum_x2": np.rint(x * x / step)}
    return summed(table("mean", name=name, **sums, **where))


def estimates(now: dict[str, Counts], reference: dict[str, Counts] | None = None):
    window = Window(start=0, end=HOUR)
    inputs = Inputs(
        at=HOUR,
        as_of_fast=HOUR,
        as_of_slow=HOUR,
        infra_window=window,
        quality_window=window,
        history_window=window,
        now=now,
        reference=reference or {},
        config=CONFIG,
        map=MAP,
    )
    return {e.id: e for e in team_estimates(Moment(inputs, None))}


def test_a_rate_has_interval_difference_and_verdict_by_its_direction():
    found = estimates({"rate": rated(900, 6000)}, {"rate": rated(500, 10_000)})["refused"]
    assert (found.value, found.unit, found.direction) == (0.15, "share", "lower_is_better")
    ends = stats.binomtest(900, 6000).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert found.difference.value == pytest.approx(0.1)
    assert found.difference.low > 0
    assert found.verdict == "critical"
    steady = estimates({"rate": rated(3000, 60_000)}, {"rate": rated(5000, 100_000)})
    assert steady["refused"].verdict == "fine"


def test_a_mean_has_students_interval_and_its_promise():
    x = np.round(np.random.default_rng(1).normal(3.9, 1.0, 4000), 3)
    rating = averaged("rating", x, 1e-3)
    found = estimates({"mean": rating})["rating"]
    ends = stats.t.interval(0.95, 3999, x.mean(), stats.sem(x))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-4)
    assert found.missed > 0.9
    assert found.verdict == "degraded"
    assert "likely to miss the promise of at least 4 ★" in found.sentence


def test_a_mean_without_a_direction_is_told_and_not_judged():
    ages = np.arange(100.0)
    age = {"mean": averaged("age", ages, 1.0)}
    found = estimates(age, {"mean": averaged("age", ages + 50, 1.0)})["age"]
    assert (found.verdict, found.missed) == ("", None)
    assert found.sentence == "fell from 99.5 s to 49.5 s (reference)"
    assert found.difference.value == -50.0


def test_versions_and_segments_are_told_apart():
    rows = table(
        "rate",
        name="refused",
        version=["v1", "v2", "v1", "v2"],
        dimension=["", "", "region", "region"],
        value=["", "", "BR", "B\x1bR"],
        k=[10, 30, 1, 2],
        n=[100, 100, 20, 20],
    )
    found = estimates({"rate": rows})
    values = {key: e.value for key, e in found.items()}
    assert values == {
        "refused": 0.2,
        "refused@v1": 0.1,
        "refused@v2": 0.3,
        "refused@region BR": 0.05,
        "refused@region B␛R": 0.1,
    }


@pytest.mark.parametrize(
    ("k", "n", "reason"),
    [
        (0, 0, "no rows"),
        (5, 3, "more hits than rows"),
        (-1, 3, "counts below zero"),
        (-5, -3, "counts below zero"),
    ],
)
def test_counts_that_cannot_be_are_named(k, n, reason):
    found = estimates({"rate": rated(k, n)})["refused"]
    assert (found.value, found.reason, found.verdict) == (None, reason, "not enough data")


def mean_of(n: int, sum_x: int, sum_x2: int, name: str = "rating") -> Estimate:
    cells = {"n": [n], "sum_x": [sum_x], "sum_x2": [sum_x2]}
    counts = table("mean", name=name, version="v1", dimension=ALL, value=ALL, **cells)
    return estimates({"mean": counts})[name]


def test_a_single_row_is_not_judged():
    found = mean_of(1, 2000, 4000)
    assert (found.value, found.low, found.high) == (2.0, None, None)
    assert (found.verdict, found.missed) == ("not enough data", None)


def test_a_stuck_value_is_sure_of_many_rows_and_unsure_of_few():
    assert mean_of(5, 10_000, 20_000).low is None
    stuck = mean_of(5000, 10_000_000, 20_000_000)
    assert (stuck.low, stuck.value, stuck.high) == (2.0, 2.0, 2.0)
    assert (stuck.verdict, stuck.missed) == ("critical", 1.0)


def test_sums_near_the_largest_integer_do_not_wrap_round():
    largest = 2**63 - 1
    rows = table(
        "mean",
        name="age",
        version=["v1", "v2"],
        dimension=ALL,
        value=ALL,
        n=[2**20, 2**20],
        sum_x=[largest, largest],
        sum_x2=[largest, largest],
    )
    found = estimates({"mean": rows})["age"]
    assert found.value == pytest.approx(2**43)
    assert (found.low, found.high) == (None, None)  # such squares cannot be: they overflowed
    assert "do not fit" in found.sentence
    assert mean_of(0, 5, 5).reason == "no rows"
    assert mean_of(-3, 5, 5).reason == "no rows"
