"""Simulated incidents: what is counted agrees with what is true, and what is true with itself."""

from dataclasses import replace

import numpy as np
import pytest

from bench.decisions import page, tally
from bench.decisions.__main__ import run
from bench.decisions.counting import count
from bench.decisions.judging import RULES, judge
from bench.decisions.levers import draw_levers
from bench.decisions.recording import ONSET, events, recording
from bench.decisions.settings import draw_config
from bench.decisions.shapes import SHAPES, draw_world
from bench.decisions.truth import draw_fate, outcome
from bench.decisions.world import NEW, PREVIOUS, Spoilt
from cockpit.config import FAULTS, check
from cockpit.records import MINUTE, Window
from cockpit.tables import TABLES

every_shape = pytest.mark.parametrize("shape", SHAPES)
BARE = str.maketrans("", "", "[],")
EVER = Window(start=0, end=ONSET + 1_000 * MINUTE)


def drawn(shape, seed=3):
    rng = np.random.default_rng([seed, *shape.encode()])
    world = draw_world(rng, shape)
    return rng, world, draw_levers(rng, world)


def truly(world, levers, option, seed=4, segment=0):
    rng = np.random.default_rng(seed)
    harm = draw_config(rng, world, levers).model.harm
    return outcome(world, option, levers[option], segment, harm, draw_fate(rng, world))


@every_shape
def test_tables_tell_the_same_requests(shape):
    rng, world, _ = drawn(shape)
    telemetry = recording(world, count(rng, world)).telemetry
    end = telemetry.span().end
    tables = {name: telemetry.counts(name, EVER, end) for name in TABLES}
    rows = {name: int(table.columns["n"].sum()) for name, table in tables.items()}
    requests = tables["traffic"].columns
    asked = int(requests["n"][requests["kind"] == 0].sum())
    assert rows["score"] == rows["score_by_segment"] == rows["latency"] == asked > 0
    assert rows["feature"] == 2 * len(world.features.bins) * asked  # all of it, and by segment
    by_minute = telemetry.counts_by_valid("score", EVER, end)
    assert int(by_minute.columns["n"].sum()) == asked
    assert int(by_minute.columns["valid"].min()) == telemetry.start


@every_shape
def test_labels_only_come_and_nothing_is_seen_before_its_minute_is_over(shape):
    rng, world, _ = drawn(shape)
    telemetry = recording(world, count(rng, world)).telemetry
    window = Window(start=telemetry.start, end=ONSET)
    known = []
    for later in (0, 5, 20):
        columns = telemetry.counts("score", window, ONSET + later * MINUTE).columns
        known.append(int(columns["n"][columns["label"] >= 0].sum()))
        assert int(columns["n"].sum()) == int(
            telemetry.counts("score", window, ONSET).columns["n"].sum()
        )
    assert known == sorted(known)
    seen = telemetry.counts_by_valid("score", EVER, ONSET + MINUTE // 2)
    assert int(seen.columns["valid"].max()) == ONSET - MINUTE


@every_shape
def test_events_are_in_order_and_the_configuration_is_sound(shape):
    rng, world, levers = drawn(shape)
    times = [event.at for event in events(world)]
    assert times == sorted(times)
    assert world.fault in FAULTS
    check(draw_config(rng, world, levers))


@every_shape
def test_chances_are_chances(shape):
    _, world, _ = drawn(shape)
    for version in (PREVIOUS, NEW):
        for faulty in (False, True):
            cells = world.cells(version, faulty)
            assert cells.min() >= 0.0
            assert cells.sum(axis=(1, 2)) == pytest.approx(1.0)
    assert world.mix.sum(axis=1) == pytest.approx(1.0)
    assert world.delays.sum(axis=-1) == pytest.approx(1.0)


@pytest.mark.parametrize("shape", [s for s in SHAPES if s in ("late labels", "chance")])
def test_where_nothing_is_wrong_observing_does_no_harm(shape):
    _, world, levers = drawn(shape)
    observed = truly(world, levers, "observe")
    assert observed.harm == pytest.approx(0.0, abs=1e-6)
    assert observed.wrong == pytest.approx(0.0, abs=1e-6)
    assert truly(world, levers, "rollback").harm.mean() >= 0.0


def test_a_greater_fault_does_more_harm_to_those_who_observe():
    _, world, levers = drawn("feature nulls")
    less = Spoilt(share=world.spoilt.share / 2, together=world.spoilt.together)
    lesser = truly(replace(world, spoilt=less), levers, "observe")
    observed = truly(world, levers, "observe")
    assert (observed.wrong > lesser.wrong).all()
    assert observed.wrong == pytest.approx(2.0 * lesser.wrong)


def test_rolling_back_a_bad_model_leaves_what_is_done_until_it_takes_effect():
    _, world, levers = drawn("skewed serving")
    world = replace(world, less=0.0)  # the previous version is as good as the new one was
    back, observed = (truly(world, levers, option) for option in ("rollback", "observe"))
    assert (back.wrong <= observed.wrong + 1e-9).all()
    assert 0.0 < back.wrong.mean() < 0.5 * observed.wrong.mean()


def test_what_is_turned_away_is_no_wrong_decision():
    _, world, levers = drawn("feature nulls")
    killed = truly(world, levers, "kill")
    assert killed.wrong.mean() < 0.1 * truly(world, levers, "observe").wrong.mean()


def test_a_storm_of_retries_ends_by_shedding_enough_and_not_by_rolling_back():
    _, world, _ = drawn("retry storm")
    load = world.load
    for turned_away, given_up in ((0.0, True), (0.9, False)):
        used = load.used(NEW, 1.0 - turned_away, 1.0, True)
        assert (load.failing(used, faulty=True)[1] > 0.5) is given_up
    assert load.failing(load.used(PREVIOUS, 1.0, 1.0, True), faulty=True)[1] > 0.5
    assert load.failing(load.used(NEW, 1.0, 1.0, False), faulty=False)[1] < 0.01


def test_latencies_are_counted_as_often_beyond_the_bound_as_is_true():
    load = drawn("skewed serving")[1].load
    edges = load.bound * np.exp(np.linspace(-3.0, 3.0, 61))
    chances = load.chances(NEW, load.use, False, edges)
    assert chances.sum() == pytest.approx(1.0)
    assert chances[30:].sum() == pytest.approx(load.slow(NEW, load.use, False))


def test_half_a_dozen_incidents_go_through_the_whole_cockpit():
    judged = run(6, seed=2)
    for one in judged:
        assert one.least <= min(one.harm[one.chosen[rule]] for rule in RULES)
        assert all(one.regret(rule) >= 0.0 for rule in RULES if one.chosen[rule] in one.open)
        assert {"observe", "rules", "kill"} <= set(one.harm)
        assert one.brier is None or 0.0 <= one.brier <= 2.0
    text = page.page(judged, seed=2)
    assert "nan" not in text
    assert all(f"| {rule} | " in text for rule in RULES)


def test_the_same_seed_gives_the_same_incident():
    assert judge(np.random.default_rng(5), "unit swap") == judge(
        np.random.default_rng(5), "unit swap"
    )


def test_the_spread_of_a_mean_holds_it():
    mean, low, high = tally.mean_with_spread(np.arange(100.0)).translate(BARE).split()
    assert float(low) < float(mean) < float(high)
