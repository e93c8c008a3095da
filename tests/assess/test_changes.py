"""When it began: found where it began, not found where nothing did, and which change fits."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.history import Steps, steps_of
from cockpit.assess.onset.changes import Onset, Signal, fits, onset, onset_of
from cockpit.records import MINUTE, SECOND, Event, Window

T0 = 1_700_000_040 * SECOND


def steps(size: int, step: int = MINUTE) -> Steps:
    return Steps(T0, step, size, Window(start=T0, end=T0 + size * step))


def signal(rates, n=500, seed=1):
    rng = np.random.default_rng(seed)
    rows = np.full(len(rates), n)
    return Signal("wrong decisions", rng.binomial(rows, rates), rows, steps(len(rates)))


def test_a_step_is_found_where_it_is():
    hits = 0
    for seed in range(100):
        found = onset_of(signal([0.03] * 12 + [0.08] * 8, seed=seed))
        assert found is not None
        hits += found.low <= T0 + 12 * MINUTE <= found.high
        assert found.before < found.since
    assert hits >= 92


@pytest.mark.parametrize(
    ("before", "since", "n"), [(0.06, 0.57, 300), (0.003, 0.02, 300), (0.02, 0.03, 3000)]
)
def test_a_change_inside_a_step_lies_in_the_interval(before, since, n):
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(100):
        at = rng.uniform(12, 24)
        after = np.clip(np.arange(30) + 1 - at, 0, 1)
        rates = before + (since - before) * after
        found = onset_of(signal(rates, n=n, seed=int(rng.integers(1 << 30))))
        hits += found is not None and found.low <= T0 + at * MINUTE <= found.high
    assert hits >= 92


def test_a_burst_of_one_step_of_seconds_is_no_onset():
    k, n = np.ones(60, dtype=np.int64), np.full(60, 300)
    k[40] = 14  # twelve that waited for the same pause
    assert onset_of(Signal("requests over 250 ms", k, n, steps(60, 5 * SECOND))) is None
    assert onset_of(Signal("requests over 250 ms", k, n, steps(60))) is not None
    k[39:44] = 14
    found = onset_of(Signal("requests over 250 ms", k, n, steps(60, 5 * SECOND)))
    assert found is not None
    assert found.low <= T0 + 39 * 5 * SECOND <= found.high


def test_a_step_that_ended_is_still_found():
    found = onset_of(signal([0.03] * 8 + [0.12] * 5 + [0.03] * 10))
    assert found is not None
    assert abs(found.at - (T0 + 8 * MINUTE)) <= MINUTE


def test_nothing_begins_where_nothing_changed():
    found = [onset_of(signal([0.05] * 30, seed=seed)) for seed in range(300)]
    assert sum(o is not None for o in found) <= 3


def test_rates_that_always_wander_are_no_onset():
    rng = np.random.default_rng(7)
    found = 0
    for seed in range(100):
        wandering = 0.05 * rng.lognormal(0, 0.4, 30)
        found += onset_of(signal(wandering, n=3000, seed=seed)) is not None
    assert found <= 10


def test_getting_better_is_no_onset():
    assert onset_of(signal([0.10] * 10 + [0.03] * 10)) is None


@pytest.mark.parametrize(
    ("k", "n"),
    [([], []), ([0, 0, 0, 0], [0, 0, 0, 0]), ([5, 5, 5, 5], [5, 5, 5, 5]), ([9, 9, 9], [1, 1, 1])],
)
def test_awkward_histories_have_no_onset(k, n):
    given = Signal("x", np.array(k, dtype=np.int64), np.array(n, dtype=np.int64), steps(len(k)))
    assert onset_of(given) is None


def test_steps_without_rows_are_no_obstacle():
    given = signal([0.02] * 10 + [0.3] * 10)
    empty = given.n.copy()
    empty[[3, 12, 19]] = 0
    found = onset_of(Signal("x", np.minimum(given.k, empty), empty, given.steps))
    assert found is not None
    assert abs(found.at - (T0 + 10 * MINUTE)) <= MINUTE


def test_the_earliest_signal_speaks():
    late, early = signal([0.03] * 15 + [0.3] * 5), signal([0.03] * 10 + [0.2] * 10)
    assert onset([late, early]).at == onset_of(early).at
    assert onset([]) is None


def event(minute: float, kind: str, seq: int) -> Event:
    at = T0 + round(minute * MINUTE)
    return Event(
        id=f"recording:{seq}",
        writer="recording",
        seq=seq,
        lamport=seq,
        at=at,
        observed_at=at,
        written_at=at,
        kind=kind,
        text=f"{kind} \x1b[31m{seq}",
    )


EVENTS = [
    event(1, "flag", 1),
    event(9.8, "deploy", 2),
    event(9, "schema", 3),
    event(15, "traffic", 4),
    event(10, "note", 5),
]


def test_changes_rank_by_distance_before_the_onset():
    at = T0 + 10 * MINUTE
    begun = Onset(at, at - 30 * SECOND + 20 * SECOND, at + MINUTE, "errors", 0.01, 0.1, 40.0)
    found = fits(EVENTS, begun)
    assert [(c.kind, c.fit) for c in found] == [
        ("deploy", "best fit"),
        ("schema", "fits"),
        ("flag", "poor fit"),
        ("traffic", "after onset"),
    ]
    assert not any("\x1b" in c.text for c in found)


def test_without_an_onset_no_change_fits():
    assert {c.fit for c in fits(EVENTS, None)} == {"onset unknown"}


def test_steps_are_round_and_aligned_to_absolute_time():
    window = Window(start=T0 + 7 * SECOND, end=T0 + 7 * SECOND + 25 * MINUTE)
    found = steps_of(window, SECOND)
    assert found.start % found.step == 0
    assert found.size <= 122
    assert found.start + found.size * found.step >= window.end
    assert found.seconds().sum() == pytest.approx(25 * 60)
    assert found.begin(0) == window.start
