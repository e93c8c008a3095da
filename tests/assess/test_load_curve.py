"""Load curves: a simulated queue is found again, and what cannot be told is refused."""

from __future__ import annotations

import heapq
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.assess.inputs import Inputs
from cockpit.assess.onset.changes import Onset
from cockpit.assess.service.load_curve import BEYOND, load_curves
from cockpit.assess.service.load_fit import Sample, fit
from cockpit.bins import latency_bin
from cockpit.records import HOUR, MINUTE, SECOND, LoadCurve, Window
from tests.assess.building import summed, table

START = 1_700_000_040 * SECOND // HOUR * HOUR
_MINUTES = 20


def waves(low, high, seconds=_MINUTES * 60):
    """Requests of each second: waves of seven minutes, arriving by chance."""
    rng = np.random.default_rng(3)
    rate = low + (high - low) * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(seconds) / 420))
    return rng.poisson(rate)


def responses(arrived, service, servers):
    """Seconds that each request takes in a queue with so many servers."""
    free = [0.0] * servers
    found = np.empty(len(arrived))
    for i, (at, takes) in enumerate(zip(arrived.tolist(), service.tolist(), strict=True)):
        end = max(at, heapq.heappop(free)) + takes
        heapq.heappush(free, end)
        found[i] = end - at
    return found


def requests(per_second, servers=4, service=0.04, seed=1, slower_from=None):
    """When each request came (s) and how long it took (s); service times are exponential."""
    rng = np.random.default_rng(seed)
    seconds = np.repeat(np.arange(len(per_second)), per_second)
    arrived = np.sort(seconds + rng.random(seconds.size))
    took = rng.exponential(service, arrived.size)
    if slower_from is not None:
        took[arrived >= slower_from] *= 2
    return arrived, responses(arrived, took, servers)


def recorded(arrived, took, version="v1", series=None):
    """What a session knows at the end of the twenty minutes."""
    valid = START + arrived.astype(np.int64) * SECOND
    end = START + _MINUTES * MINUTE
    kind = np.full(arrived.size, "")
    version = np.broadcast_to(version, arrived.shape)
    return Inputs(
        at=end,
        as_of_fast=end,
        as_of_slow=end,
        infra_window=Window(start=end - 5 * MINUTE, end=end),
        quality_window=Window(start=START, end=end),
        history_window=Window(start=START, end=end),
        now={},
        history={
            "traffic": summed(table("traffic", version=version, kind=kind, valid=valid)),
            "latency": summed(
                table("latency", version=version, bin=latency_bin(took), valid=valid)
            ),
        },
        series=series or {},
    )


def begun_at(minute):
    at = START + minute * MINUTE
    return Onset(at=at, low=at, high=at, what="", before=0.0, since=1.0, evidence=99.0)


def latency(curve: LoadCurve, load: float) -> float:
    rho = load / np.array(curve.draws)[:, 2]
    s, k, _ = np.array(curve.draws).T
    return float(np.median(s + k * rho / (1 - rho)))


@pytest.fixture(scope="module")
def busy():
    """Four servers of 25 a second each, from 40 to 85 requests a second."""
    return requests(waves(40, 85))


def test_the_quantiles_of_a_queue_are_found_at_each_load(busy):
    """M/M/4: its true p95 and p99 at 50 and 75 requests a second, from longer simulations."""
    for curve in load_curves(recorded(*busy), None):
        assert curve.regime == "now"
        for load, close in ((50, 0.08), (75, 0.12)):
            _, took = requests(np.full(1500, load), seed=8)
            truth = np.quantile(took[5_000:], curve.quantile) * 1000
            assert latency(curve, load) == pytest.approx(truth, rel=close)
        assert "rises with load" in curve.sentence
        assert curve.capacity == pytest.approx(100, rel=0.1)
        assert curve.greatest == pytest.approx(85, rel=0.12)
        assert f"not told beyond {BEYOND * curve.greatest:.0f}" in curve.sentence


def test_where_load_does_not_matter_no_rise_and_no_capacity_is_claimed():
    arrived, took = requests(waves(40, 85), servers=100)
    for curve in load_curves(recorded(arrived, took), None):
        assert curve.capacity is None
        assert "not seen to rise" in curve.sentence
        assert latency(curve, 60.0) == pytest.approx(
            np.quantile(took, curve.quantile) * 1000, rel=0.05
        )


def test_a_fault_has_a_curve_of_its_own():
    """Service takes twice as long from minute 10; each regime sees only its own time."""
    arrived, took = requests(waves(40, 85), servers=100, slower_from=600)
    curves = {(c.regime, c.quantile): c for c in load_curves(recorded(arrived, took), begun_at(10))}
    for q in (0.95, 0.99):
        now, before = curves["now", q], curves["before", q]
        assert latency(now, 60.0) == pytest.approx(2 * latency(before, 60.0), rel=0.15)
        assert before.window.end == now.window.start == START + 10 * MINUTE


def test_each_version_has_its_own_where_several_serve(busy):
    arrived, took = busy
    version = np.where(np.arange(arrived.size) % 2 == 0, "v1", "v2")
    took = np.where(version == "v2", took * 3, took)
    curves = load_curves(recorded(arrived, took, version), None)
    assert {c.version for c in curves} == {None, "v1", "v2"}
    one, two = (
        next(c for c in curves if c.version == v and c.quantile == 0.95) for v in ("v1", "v2")
    )
    assert latency(two, 30.0) == pytest.approx(3 * latency(one, 30.0), rel=0.1)
    assert one.greatest == pytest.approx(curves[0].greatest / 2, rel=0.1)


def test_only_steps_with_as_many_warm_workers_as_now_count(busy):
    times = START + np.array([0, 5, 12]) * MINUTE
    series = {'warm_replicas{version="v1"}': (times, np.array([8.0, np.nan, 4.0]))}
    arrived, took = busy
    version = np.where(np.arange(arrived.size) % 2 == 0, "v1", "v2")
    curves = load_curves(recorded(arrived, took, version, series), None)
    own = next(c for c in curves if c.version == "v1")
    assert own.workers == 4.0
    assert own.n * own.step <= 8 * MINUTE
    others = [c for c in curves if c.version != "v1"]
    assert all(c.workers is None and c.n * c.step > 15 * MINUTE for c in others)


def test_a_load_that_hardly_varies_is_refused():
    for curve in load_curves(recorded(*requests(np.full(_MINUTES * 60, 60))), None):
        assert curve.reason.startswith("load varied too little to tell: ")
        assert curve.reason.endswith("requests a second")
        assert curve.draws == []
        assert curve.service_ms is curve.capacity is None
        assert curve.sentence == ""


def test_chance_alone_is_not_taken_for_varied_load():
    """Two requests a second vary by half from step to step, but they are one load."""
    rng = np.random.default_rng(2)
    curves = load_curves(recorded(*requests(rng.poisson(2, _MINUTES * 60))), None)
    assert all(curve.reason.startswith("too few requests to tell") for curve in curves)


def test_a_present_that_is_too_short_is_refused_and_the_time_before_is_told(busy):
    curves = load_curves(recorded(*busy), begun_at(19))
    now, before = ([c for c in curves if c.regime == regime] for regime in ("now", "before"))
    assert all(c.reason.startswith("too few steps") for c in now)
    assert all(c.draws for c in before)


def test_gauges_tell_where_nothing_was_counted():
    minutes = START + np.arange(_MINUTES) * MINUTE
    load = 50 + 40 * np.sin(np.arange(_MINUTES))
    series = {
        "requests": (minutes, load),
        "latency_p99": (minutes, (50 + 20 * (load / 120) / (1 - load / 120)) / 1000),
        'requests{version="v1"}': (minutes, load),
    }
    inputs = replace(
        recorded(np.zeros(0), np.zeros(0)),
        series=series,
        series_units={"latency_p99": "s"},
        history={},
    )
    (curve,) = load_curves(inputs, None)
    assert (curve.quantile, curve.version, curve.source) == (0.99, None, "gauges")
    assert latency(curve, 60.0) == pytest.approx(70.0, rel=0.02)
    assert curve.capacity == pytest.approx(120, rel=0.1)


def test_gauges_that_are_never_a_number_tell_nothing():
    minutes = START + np.arange(_MINUTES) * MINUTE
    nothing = np.full(_MINUTES, np.nan)
    inputs = replace(
        recorded(np.zeros(0), np.zeros(0)),
        series={"requests": (minutes, nothing), "latency_p99": (minutes, nothing)},
        history={},
    )
    (curve,) = load_curves(inputs, None)
    assert curve.reason.startswith("too few steps")


def test_without_traffic_or_gauges_there_is_no_curve():
    assert load_curves(recorded(np.zeros(0), np.zeros(0)), None) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 200), st.sampled_from([0, 1, 3, 30]), st.integers(-5, 60), st.booleans())
def test_no_history_however_short_is_an_error(seconds, rate, cut, warm):
    """Nor one that ends within a step, or before the onset."""
    rng = np.random.default_rng(seconds)
    arrived, took = requests(rng.poisson(rate, seconds))
    at = np.array([START + cut * SECOND])
    series = {'warm_replicas{version="v1"}': (at, np.array([3.0]))} if warm else {}
    version = np.where(np.arange(arrived.size) % 3 == 0, "v1", "v2")
    inputs = recorded(arrived, took, version, series)
    for end in (START + cut * SECOND, START + seconds * SECOND):
        window = Window(start=min(START, end), end=end)
        for begun in (None, begun_at(1)):
            found = load_curves(replace(inputs, as_of_fast=end, history_window=window), begun)
            assert all(bool(curve.reason) is not bool(curve.draws) for curve in found)


def test_the_same_facts_give_the_same_curve_and_it_stays_small(busy):
    once, again = (load_curves(recorded(*busy), None) for _ in range(2))
    assert once == again
    assert all(len(curve.draws) == 40 for curve in once)
    assert len(msgspec.json.encode(once[0])) < 2_000
    assert msgspec.json.decode(msgspec.json.encode(once), type=list[LoadCurve]) == once


@settings(max_examples=60)
@given(
    st.floats(1, 500), st.floats(0, 500), st.floats(1.03, 8), st.integers(3, 12), st.integers(0, 99)
)
def test_points_on_a_curve_are_fitted_by_it(service, queue, room, size, seed):
    load = np.sort(np.random.default_rng(seed).uniform(20, 100, size))[None, :]
    rho = load / (room * load.max())
    ms = service + queue * rho / (1 - rho)
    ((s, k, capacity),) = fit(Sample(load, ms, 1 / ms**2))
    assert min(s, k) >= 0
    assert capacity > load.max()
    fitted = s + k * (load / capacity) / (1 - load / capacity)
    assert fitted == pytest.approx(ms, rel=0.1)


@given(st.lists(st.floats(1, 1000), min_size=3, max_size=12), st.integers(0, 99))
def test_whatever_the_latencies_service_and_queue_are_not_negative(latencies, seed):
    load = np.random.default_rng(seed).uniform(1, 100, (1, len(latencies)))
    ((s, k, capacity),) = fit(Sample(load, np.array([latencies]), np.ones_like(load)))
    assert s >= 0
    assert k >= 0
    assert capacity > load.max()
