"""Queues by formula: against known figures, a simulation, and what must hold of any queue."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.capacity.queueing import (
    erlang_b,
    erlang_c,
    mean_wait,
    response_quantile,
    slower_than,
    utilisation,
    warning,
)
from tests.decide.capacity.curves import queue

servers = st.integers(1, 80)
loads = st.floats(0.0, 0.99)
rates = st.floats(0.1, 500.0)


def p99(rate, servers, service_rate):
    return float(response_quantile(0.99, rate, servers, service_rate)) * 1000


@pytest.mark.parametrize(("warm", "ms"), [(24, math.inf), (32, 238), (36, 146)])
def test_rolling_back_to_few_warm_workers_is_an_overload(warm, ms):
    assert p99(1000, warm, 32) == pytest.approx(ms, abs=0.5)


@pytest.mark.parametrize(("shed", "ms"), [(0.10, math.inf), (0.12, 382), (0.20, 310)])
def test_shedding_helps_until_service_time_is_all_that_is_left(shed, ms):
    assert p99(1000 * (1 - shed), 60, 15) == pytest.approx(ms, abs=0.6)


@given(servers, st.floats(0.0, 200.0))
def test_blocking_is_the_truncated_poisson_distribution(c, offered):
    """Erlang B is P(N = c | N ≤ c) of a Poisson variable N."""
    logs = [k * math.log(offered) - math.lgamma(k + 1) if offered else 0.0 for k in range(c + 1)]
    terms = np.exp(np.array(logs) - max(logs)) if offered else np.array([1.0] + [0.0] * c)
    assert float(erlang_b(c, offered)) == pytest.approx(terms[-1] / terms.sum(), abs=1e-9)


@given(loads, rates)
def test_one_server_is_m_m_1(rho, mu):
    """There a share ρ waits and responses are exponential with rate μ − λ."""
    assert float(erlang_c(1, rho)) == pytest.approx(rho)
    median = math.log(2) / (mu * (1 - rho))
    assert float(response_quantile(0.5, rho * mu, 1, mu)) == pytest.approx(median)


@given(servers, loads, rates, st.floats(0.01, 0.999))
def test_a_quantile_is_where_its_share_is_slower(c, rho, mu, q):
    at = response_quantile(q, rho * c * mu, c, mu)
    assert float(slower_than(at, rho * c * mu, c, mu)) == pytest.approx(1 - q, rel=1e-6)


@given(servers, loads, rates)
def test_more_load_is_slower_more_servers_are_faster(c, rho, mu):
    rate = rho * c * mu
    slow = response_quantile(0.99, rate, c, mu)
    assert response_quantile(0.99, 0.9 * rate, c, mu) <= slow * (1 + 1e-9)
    assert response_quantile(0.99, rate, c + 1, mu) <= slow * (1 + 1e-9)
    assert slow >= math.log(100) / mu * (1 - 1e-9)  # no response is faster than its service


@given(st.integers(2, 60), rates, st.floats(0.0, 20.0))
def test_the_tail_is_smooth_where_its_formula_divides_by_zero(c, mu, services):
    """At a = c − 1 the formula has a limit; on both sides of it the tail is next to that."""
    level, *near = (
        float(slower_than(services / mu, (c - 1) * mu * x, c, mu)) for x in (1, 1 - 1e-7, 1 + 1e-7)
    )
    assert near == pytest.approx([level, level], rel=1e-4, abs=1e-12)


@given(servers, st.floats(1.0, 100.0), rates)
def test_from_capacity_on_everything_waits_without_end(c, times, mu):
    rate = times * c * mu * (1 + 1e-9)
    assert erlang_c(c, rate / mu) == slower_than(1e6, rate, c, mu) == 1.0
    assert math.isinf(response_quantile(0.5, rate, c, mu))
    assert math.isinf(mean_wait(rate, c, mu))


def test_without_servers_nothing_is_answered():
    assert math.isinf(utilisation(10, 0, 5))
    assert slower_than(1.0, 10, 0, 5) == 1.0
    assert math.isinf(response_quantile(0.99, 10, 0, 5))


@pytest.mark.parametrize(("rho", "tolerance"), [(0.6, 0.02), (0.8, 0.03), (0.875, 0.05)])
def test_responses_agree_with_a_simulation(rho, tolerance):
    """At ρ = .875 the p99 of one simulation of this length errs by 4 %, that of ten by 1 %."""
    rate = 8 * 10 * rho
    waits, responses = queue(rate, 8, lambda rng, n: rng.exponential(0.1, n), 300_000)
    for q in (0.5, 0.95, 0.99):
        formula = float(response_quantile(q, rate, 8, 10))
        assert formula == pytest.approx(np.quantile(responses, q), rel=tolerance)
    assert float(mean_wait(rate, 8, 10)) == pytest.approx(waits.mean(), rel=0.08)


@given(loads, rates, st.floats(0.0, 4.0))
def test_the_mean_wait_of_one_server_is_that_of_pollaczek_and_khinchine(rho, mu, uneven):
    """M/G/1: ρ/(1 − ρ) · (1 + C²)/2 service times, which Allen and Cunneen's has as a case."""
    exact = rho / (1 - rho) * (1 + uneven) / 2 / mu
    assert float(mean_wait(rho * mu, 1, mu, service=uneven)) == pytest.approx(exact)


def test_constant_service_waits_about_half_as_long():
    waits, _ = queue(64.0, 8, lambda _, n: np.full(n, 0.1), 200_000)
    assert float(mean_wait(64.0, 8, 10, service=0.0)) == pytest.approx(waits.mean(), rel=0.15)


def test_arrays_of_loads_give_each_its_own_answer():
    several = np.array([100.0, 500.0, 900.0, 2000.0])
    together = response_quantile(0.99, several, 36, 32)
    assert list(together) == [float(response_quantile(0.99, x, 36, 32)) for x in several]


def test_it_warns_where_formula_and_queues_part():
    assert warning(0.875) == ""
    assert "94 %" in warning(0.94)
    assert "1.30" in warning(1.302)
