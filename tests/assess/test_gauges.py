"""Gauges against their own past: what alarms, what must not, and what the monitor says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.assess.methods.rank_detector import RUN_LENGTH, THRESHOLD, watch
from cockpit.assess.monitors.gauge_monitors import gauge_monitors
from cockpit.assess.service.gauges import reading
from cockpit.config import Config, Objective
from cockpit.records import DAY, HOUR, MINUTE, SECOND, Window
from tests.assess.building import table

START = 1_700_000_040 * SECOND // DAY * DAY


def every(step, values):
    return START + np.arange(len(values)) * step, np.asarray(values, dtype=np.float64)


def noise(size, seed=1):
    return np.random.default_rng(seed).normal(size=size)


def stepped(at=300, by=6.0, size=400, back=None):
    values = noise(size)
    values[at:back] += by
    return every(MINUTE, values)


# --- the detector ------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 10**15), st.floats(allow_nan=True, allow_infinity=True)),
        max_size=80,
    )
)
def test_no_readings_however_awkward_are_an_error(readings):
    times = np.array([at for at, _ in readings], dtype=np.int64)
    seen = watch(times, np.array([x for _, x in readings], dtype=np.float64))
    assert len(seen.times) == len(seen.evidence) <= len(readings)
    assert np.all(np.diff(seen.times) > 0)
    assert np.all((seen.evidence >= 0) & (seen.evidence <= THRESHOLD))


@given(st.integers(0, 2**32 - 1), st.sampled_from([4.0, -0.5, 2.0**40]))
def test_neither_order_nor_unit_nor_repeats_matter(seed, unit):
    rng = np.random.default_rng(seed)
    times, values = stepped(at=120, size=160)
    order = rng.permutation(np.repeat(np.arange(160), 2))
    plain, other = watch(times, values), watch(times[order], unit * values[order])
    assert [(e.start, e.end) for e in other.episodes] == [(e.start, e.end) for e in plain.episodes]
    assert np.array_equal(other.evidence, plain.evidence)


def test_the_last_of_several_readings_at_one_time_counts():
    times, values = stepped()
    wrong = np.concatenate([values + 50, values])
    assert np.array_equal(
        watch(np.concatenate([times, times]), wrong).evidence, watch(times, values).evidence
    )


def test_a_step_is_found_soon_with_its_side_and_lasts():
    times, values = stepped(at=300)
    for side, found in (("higher", watch(times, values)), ("lower", watch(times, -values))):
        (episode,) = [e for e in found.episodes if e.end is None]
        assert episode.side == side
        assert times[300] <= episode.start <= times[304]
        assert found.evidence[-1] == THRESHOLD


def test_an_episode_ends_when_it_is_over():
    times, values = stepped(at=300, back=330)
    episode = watch(times, values).episodes[-1]
    assert times[330] <= episode.end <= times[336]


def test_a_level_that_stays_becomes_the_past():
    times, values = stepped(at=300, size=700)
    (episode,) = watch(times, values).episodes
    assert (episode.end - episode.start) // MINUTE == 199


@pytest.mark.parametrize("far", [10.0, 1e6, 1e300])
def test_one_outlier_is_no_alarm_and_hides_none(far):
    times, values = stepped(at=300)
    values[200] = far
    found = watch(times, values)
    assert not [e for e in found.episodes if e.start < times[300]]
    assert found.episodes[-1].start <= times[304]


def test_constants_nothing_and_too_short_a_past_are_no_alarm():
    for values in ([], [1.0], [np.nan] * 50, [3.0] * 500, [0.0] * 19 + [9.0] * 19):
        assert watch(*every(MINUTE, values)).episodes == []


def test_false_alarms_are_as_seldom_as_promised():
    runs, size = 40, 1_000
    alarms = sum(len(watch(*every(MINUTE, noise(size, seed))).episodes) for seed in range(runs))
    assert alarms <= runs * size / RUN_LENGTH
    skew = sum(
        len(watch(*every(MINUTE, np.exp(3 * noise(size, seed)))).episodes) for seed in range(runs)
    )
    assert skew == alarms  # the same ranks


def test_excursions_that_always_were_long_are_waited_for():
    bursts = np.zeros(1_000)
    for begin in range(50, 1_000, 170):
        bursts[begin : begin + 6] = 5.0
    found = {}
    for name, past in (("calm", np.zeros(1_000)), ("bursting", bursts)):
        times, values = every(MINUTE, past + noise(1_000))
        values[950:] += 20.0
        found[name] = watch(times, values).episodes[-1].start
    assert times[950] < found["calm"] < found["bursting"]


def test_a_daily_course_is_known_from_its_third_day():
    step, days = 10 * MINUTE, 10
    per_day = DAY // step
    course = 10 * np.sin(2 * np.pi * np.arange(days * per_day) / per_day)
    times, values = every(step, course + 0.5 * noise(days * per_day))
    usual = watch(times, values)
    assert not [e for e in usual.episodes if e.start > START + 4 * DAY]
    night = 8 * per_day + 3 * per_day // 4  # its lowest hour; now it is as at noon, no record
    values[night : night + 6] += 10.0
    (found,) = [e for e in watch(times, values).episodes if e.start > START + 4 * DAY]
    assert found.side == "higher"
    assert times[night] <= found.start <= times[night + 5]


def test_readings_of_a_minute_are_one_once_it_is_over():
    values = noise(4 * 300)
    often = watch(*every(15 * SECOND, values))
    medians = np.median(values.reshape(300, 4), axis=1)
    assert np.array_equal(often.times, START + np.arange(1, 300) * MINUTE)
    assert np.array_equal(often.evidence, watch(*every(MINUTE, medians[:-1])).evidence)


# --- its monitors ------------------------------------------------------------------------------


def moment(series, **config):
    at = START + 6 * HOUR
    window = Window(start=START, end=at)
    inputs = Inputs(
        at=at,
        as_of_fast=at,
        as_of_slow=at,
        infra_window=window,
        quality_window=window,
        history_window=window,
        now={},
        series=series,
    )
    return Moment(replace(inputs, config=Config(**config)), None)


def test_the_sentence_says_which_side_and_since_when():
    times, values = stepped(at=169, size=360)
    (found,) = gauge_monitors(moment({"saturation": (times, values)}))
    assert found.sentence == "saturation: higher than in its last 5 h 59 min, since 02:51"
    assert found.alarm_at == START + 171 * MINUTE
    assert (found.kind, found.evidence, found.n) == ("e-detector", THRESHOLD, 360)
    assert found.run_length == RUN_LENGTH * MINUTE
    (over,) = gauge_monitors(moment({"saturation": stepped(at=169, size=360, back=190)}))
    assert over.sentence == "saturation: as usual now, higher from 02:51 to 03:12"
    assert over.alarm_at is None
    (usual,) = gauge_monitors(moment({"saturation": every(MINUTE, noise(360))}))
    assert usual.sentence == "saturation: not sure that it differs from its last 5 h 59 min"
    assert usual.evidence < THRESHOLD


def test_gauges_of_the_service_and_of_versions_are_watched_inert():
    series = every(MINUTE, noise(60))
    names = ["queue", 'queue{version="v42"}', 'queue{region="BR"}', "evil\x1b[31m"]
    found = gauge_monitors(moment(dict.fromkeys(names, series)))
    assert [m.id for m in found] == ["evil␛[31m", "queue", "queue@v42"]
    assert not any("\x1b" in m.sentence + m.null + m.source for m in found)


def test_of_many_gauges_the_promised_come_first_and_the_rest_is_left_out():
    series = {f"gauge_{i:02}": every(MINUTE, noise(60)) for i in range(30)}
    promise = Objective(name="full", metric="gauge_29", at_most=3.0)
    found = gauge_monitors(moment(series, objectives=[promise]))
    assert found[0].name == "gauge_29"
    assert len(found) == 12


def test_what_is_counted_is_not_watched_as_a_gauge():
    gauge = every(MINUTE, noise(60))
    known = moment(dict.fromkeys(("error_rate", "latency_p99", "saturation"), gauge))
    traffic = table("traffic", version="v1", kind="", valid=START)
    latency = table("latency", version="v1", bin=0, valid=START)
    assert len(gauge_monitors(known)) == 3
    counted = replace(known.inputs, history={"traffic": traffic, "latency": latency})
    assert [m.id for m in gauge_monitors(Moment(counted, None))] == ["saturation"]


def test_gauges_whose_past_is_too_short_have_no_monitor():
    times, _ = every(MINUTE, noise(60))
    nothing, few = (times, np.full(60, np.nan)), (times[:20], np.ones(20))
    before = (times - DAY, np.ones(60))
    assert gauge_monitors(moment({"a": nothing, "b": few, "c": before})) == []


# --- readings that stop ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("silent", "n", "said"),
    [
        (10 * SECOND, 30, "gauge, no interval"),
        (45 * SECOND, 26, "gauge, no interval, last read 45 s ago"),
        (7 * MINUTE, 0, "no reading for 7 min"),
    ],
)
def test_readings_that_stop_say_for_how_long(silent, n, said):
    series = every(10 * SECOND, np.ones(90))
    end = int(series[0][-1]) + silent
    now = reading(series, Window(start=end - 5 * MINUTE, end=end))
    assert (now.n, now.note or now.reason) == (n, said)


def test_a_series_that_was_never_read_has_no_age():
    nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    assert reading(nothing, Window(start=START, end=START + MINUTE)).reason == "no readings"
