"""A small seeded run of the coverage study: no interval covers clearly less than it promises."""

from __future__ import annotations

import math

import pytest

from studies import coverage
from studies._cases import Case, Interval

RUNS = 160


@pytest.mark.parametrize("case", [c for c in coverage.cases() if c.least], ids=lambda c: c.name)
def test_intervals_hold_the_truth(case):
    found = coverage.measure(case, RUNS)
    spread = math.sqrt(case.least * (1 - case.least) / found.runs)
    assert found.covered >= case.least - 3 * spread
    assert found.width > 0


def test_an_interval_too_narrow_is_found_out():
    case = Case("mean", "of nothing", lambda rng: [Interval(0.0, x := rng.normal() - 1, x + 2)])
    found = coverage.measure(case, 2000)
    assert found.covered == pytest.approx(0.68, abs=4 * found.error)
    assert not found.holds
    assert "1 of 1 promised settings fall short: mean, of nothing" in coverage.page([found])


def test_refusals_are_counted_and_are_no_coverage():
    case = Case("auc", "refused", lambda rng: [Interval(0.5, None, None)])
    found = coverage.measure(case, 10)
    assert found.refused == 10
    assert math.isnan(found.covered)
    assert not found.holds
