"""For how long a chart has been over a bound: by minutes, so that one second changes nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.decide.severity.service_facts import over_for
from cockpit.records import MINUTE
from tests.decide.severity.judging import p99_chart

BOUND = 250.0


@given(st.integers(0, 59))
def test_minutes_over_are_counted_back_from_now(minutes: int) -> None:
    assert over_for(p99_chart(minutes), BOUND) == (minutes * MINUTE, True)


def test_where_it_was_over_from_the_first_point_on_it_may_be_longer() -> None:
    assert over_for(p99_chart(20, recorded=20), BOUND) == (20 * MINUTE, False)
    assert over_for(replace(p99_chart(0), points=[]), BOUND) == (0, False)


def test_a_single_step_neither_ends_it_nor_begins_it() -> None:
    chart = p99_chart(20)
    fast, slow = list(chart.points), list(chart.points)
    fast[-30] = 90.0
    slow[-200] = 900.0
    assert over_for(replace(chart, points=fast), BOUND) == (20 * MINUTE, True)
    assert over_for(replace(chart, points=slow), BOUND) == (20 * MINUTE, True)


def test_a_minute_within_the_bound_ends_it() -> None:
    chart = p99_chart(20)
    points = [100.0 if 30 <= len(chart.points) - i <= 40 else p for i, p in enumerate(chart.points)]
    lasting, begun = over_for(replace(chart, points=points), BOUND)
    assert begun
    assert lasting < 7 * MINUTE


def test_steps_without_requests_are_passed_over() -> None:
    chart = p99_chart(20)
    points = [None if i % 7 == 0 else p for i, p in enumerate(chart.points)]
    assert over_for(replace(chart, points=points), BOUND) == (20 * MINUTE, True)


def test_long_steps_count_as_they_are() -> None:
    chart = replace(p99_chart(0), step=3 * MINUTE, points=[100.0] * 10 + [400.0] * 5)
    assert over_for(chart, BOUND) == (15 * MINUTE, True)
