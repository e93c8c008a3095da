"""The study of recorded series: how it scores, on made-up series and on two of NAB's files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cockpit.records import DAY, MINUTE
from studies import _recorded, series
from studies._recorded import Recorded

SIZE = 600


def recorded(incidents, bad=(), again=False):
    values = np.random.default_rng(7).normal(size=SIZE)
    for begin, end in bad:
        values[begin:end] += 9.0
    times = np.arange(SIZE, dtype=np.int64) * MINUTE
    named = [(name, begin * MINUTE, end * MINUTE) for name, begin, end in incidents]
    return Recorded("made up", "x", times, values, named, again)


def score_of(*given):
    return series.scores(list(given))["made up"]


def test_an_alarm_inside_an_incident_finds_it_and_one_outside_is_false():
    score = score_of(recorded([("a", 300, 330)], bad=[(302, 320), (450, 470)]))
    assert score.delays.keys() == {"a"}
    assert 2 * MINUTE <= score.delays["a"] <= 8 * MINUTE
    assert score.false == 1
    assert (score.series, score.span) == (1, (SIZE - 1) * MINUTE)


def test_an_incident_seen_in_several_series_is_one_and_its_first_alarm_counts():
    late = recorded([("a", 300, 340)], bad=[(310, 330)])
    soon = recorded([("a", 300, 340)], bad=[(301, 330)])
    unseen = recorded([("a", 300, 340)])
    score = score_of(late, unseen, soon)
    assert len(score.incidents) == 1
    assert score.delays["a"] < 8 * MINUTE
    assert (score.series, score.false) == (3, 0)


def test_what_is_watched_again_is_not_false_twice():
    twice = [recorded([], bad=[(450, 470)]), recorded([], bad=[(450, 470)], again=True)]
    score = score_of(*twice)
    assert (score.series, score.false) == (1, 1)


def test_an_incident_without_a_past_is_said_to_be_unknown():
    score = score_of(recorded([("early", 5, 30), ("late", 500, 520)]))
    assert score.unknown == {"early"}
    assert score.incidents == {"early", "late"}


@pytest.mark.skipif(not _recorded.DATA.is_dir(), reason="the recorded series are not here")
def test_two_files_of_nab():
    answers = json.loads((_recorded.DATA / "ground_truth.json").read_text(encoding="utf-8"))
    names = ("rds_cpu_utilization_e47b3b", "art_flatline")
    chosen = [a for a in answers["nab"] if a["file"].split("/")[-1][:-4] in names]
    found = series.scores([_recorded.nab_file(_recorded.DATA, a) for a in chosen])["NAB"]
    assert (found.series, len(found.incidents)) == (2, 2)
    assert len(found.delays) == 2
    assert found.false <= found.span / DAY


def test_readings_whose_order_tells_nothing_alarm_more_seldom_than_promised():
    assert series.orderless(10, 1_000) >= series.RUN_LENGTH
