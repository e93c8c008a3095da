"""The monitors of a moment: which there are, from when, against what, and what they say."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from cockpit.assess.estimates import Moment
from cockpit.assess.monitors.report import combined, fast_monitors, slow_monitors
from cockpit.assess.onset.changes import Onset
from cockpit.assess.report import assess
from cockpit.assess.versions.arms import Arms, arms
from cockpit.config import Config, IncidentSettings, Model, Objective, Predictions, Versions
from cockpit.records import MINUTE, SECOND, Assessment, Counts, Event, Window
from tests.assess.building import score_table, summed, table
from tests.assess.rollout import DEPLOYED, rollout
from tests.assess.two_versions import BEGAN, CONFIG, END, MAP, START, service


def onset(at=BEGAN) -> Onset:
    return Onset(at=at, low=at, high=at, what="", before=0.0, since=0.0, evidence=9.0)


def monitors(inputs, begun=None):
    moment = Moment(inputs, begun)
    return {m.id: m for m in combined(moment, fast_monitors(moment) + slow_monitors(moment))}


NOW = {"error_rate", "latency_p99", "wrong_rate", "refused", "clicked"}
AGAINST = {f"{name}@v42 against v41" for name in (*NOW, "mae", "auc", "any metric")}


def test_there_is_one_for_each_rate_with_a_direction_and_nothing_alarms_without_cause():
    quiet = monitors(service())
    assert quiet.keys() == NOW | AGAINST
    assert [m.id for m in quiet.values() if m.alarm_at is not None] == []
    assert all(m.evidence < m.threshold for m in quiet.values())
    assert quiet["error_rate@v42 against v41"].start == START
    assert quiet["error_rate"].run_length == 7 * 24 * 60 * MINUTE
    assert {m.run_length for name, m in quiet.items() if name in AGAINST} == {None}
    assert {m.source.split(",")[0] for m in quiet.values()} == {
        "latency", "mean", "rate", "score", "traffic",
    }  # fmt: skip


def test_a_canary_that_fails_more_often_is_said_with_the_time():
    found = monitors(service(errors=(0.005, 0.05)), onset())
    alarm = found["error_rate@v42 against v41"]
    assert alarm.alarm_at is not None
    assert BEGAN < alarm.alarm_at <= BEGAN + 90 * SECOND
    assert alarm.sentence.startswith("errors: v42 fails more often than v41, sure since 22:")
    assert "1 of 20" in alarm.sentence
    assert alarm.evidence >= alarm.threshold == 20
    anything = found["any metric@v42 against v41"]
    assert anything.alarm_at == END
    assert anything.evidence >= 20
    assert anything.sentence.startswith("errors: v42 is worse than v41, sure now")
    assert found["latency_p99@v42 against v41"].alarm_at is None


def test_it_is_wrong_now_only_where_more_than_tolerated_is_bad():
    found = monitors(service(errors=(0.06, 0.06), slow=(0.006, 0.006)), onset())
    failing, slow = found["error_rate"], found["latency_p99"]
    assert failing.alarm_at is not None
    assert BEGAN < failing.alarm_at <= BEGAN + MINUTE
    assert "errors: wrong now, sure since" in failing.sentence
    assert "once a week" in failing.sentence
    # Three times as many are slow as before, and still fewer than the 1 % that was promised.
    assert slow.alarm_at is None
    assert found["error_rate@v42 against v41"].alarm_at is None


def test_what_is_well_again_is_not_wrong_now():
    inputs = service(errors=(0.06, 0.06))
    traffic = inputs.history["traffic"]
    c = dict(traffic.columns)
    failed = np.array(traffic.words["kind"])[c["kind"]] == "timeout"
    c["n"] = np.where(failed & (c["valid"] >= END - 6 * MINUTE), c["n"] // 12, c["n"])
    healed = replace(inputs, history={"traffic": Counts("traffic", c, traffic.words)})
    alarm = monitors(healed, onset())["error_rate"]
    assert alarm.alarm_at is not None
    assert alarm.evidence < alarm.threshold
    assert "not surely in the last 5 min" in alarm.sentence


def test_wrong_decisions_means_and_ranking_are_watched_too():
    found = monitors(service(wrong=(0.03, 0.2), mae=(1.0, 1.5)), onset())
    for name in ("wrong_rate", "refused", "clicked", "mae"):
        alarm = found[f"{name}@v42 against v41"]
        assert alarm.alarm_at is not None, name
        assert BEGAN < alarm.alarm_at <= BEGAN + 6 * MINUTE, name
    assert found["clicked@v42 against v41"].sentence.startswith("requests without clicked: v42")
    assert found["auc@v42 against v41"].evidence >= 20
    assert found["auc@v42 against v41"].alarm_at == END
    assert "ranks worse than v41, sure now" in found["auc@v42 against v41"].sentence


@pytest.mark.parametrize("direction", ["lower_is_better", "higher_is_better"])
def test_a_mean_below_zero_is_compared_as_any_other(direction):
    error = msgspec.structs.replace(MAP.means[0], direction=direction)
    lower = replace(service(mae=(1.0, -3.0)), map=msgspec.structs.replace(MAP, means=[error]))
    alarm = monitors(lower)["mae@v42 against v41"]
    assert (alarm.alarm_at is not None) == (direction == "higher_is_better")


def test_labels_that_come_sooner_for_one_version_are_no_evidence():
    inputs = service(wrong=(0.03, 0.03))
    c = dict(inputs.decisions.columns)
    hidden = (c["version"] == 0) & (c["valid"] // MINUTE % 2 == 0)
    c["label"] = np.where(hidden, -1, c["label"])
    found = monitors(replace(inputs, decisions=Counts("score", c, inputs.decisions.words)))
    told = found["wrong_rate@v42 against v41"]
    assert told.evidence == 1.0
    assert "labels come unequally soon" in told.sentence


def test_an_equally_young_time_is_the_baseline_while_labels_come():
    inputs = service(wrong=(0.2, 0.2))
    rng = np.random.default_rng(3)
    decision = (rng.uniform(size=5000) < 0.2).astype(int)
    aged = {"score": score_table(rng.uniform(size=5000), decision, 0)}  # as often wrong when young
    assert monitors(inputs, onset())["wrong_rate"].alarm_at is not None
    told = monitors(replace(inputs, aged=aged), onset())["wrong_rate"]
    assert told.alarm_at is None
    assert "an equally young time" in told.null


def test_without_any_baseline_the_promise_is_what_is_tolerated():
    promised = Config(objectives=[Objective(name="errors", good="no error", target="99%")])
    inputs = replace(service(errors=(0.06, 0.06)), config=promised)
    early = replace(inputs, infra_window=inputs.history_window)
    assert monitors(early)["error_rate"].null == "at most 1 % errors (as promised)"
    assert "error_rate" not in monitors(replace(early, config=CONFIG))


def test_a_watch_longer_than_the_look_back_begins_where_it_did_a_second_ago():
    """Else each second would be a watch of its own, and more of them would alarm than is said."""
    inputs = service()
    long_ago = Config(incident=IncidentSettings(look_back="10m"), model=CONFIG.model)
    starts = set()
    for second in range(0, 9 * MINUTE, 7 * SECOND):
        at = END - 9 * MINUTE + second
        slow = at - at % MINUTE
        window = Window(start=slow - 10 * MINUTE, end=at)
        shown = replace(
            inputs, at=at, as_of_fast=at, as_of_slow=slow, history_window=window, config=long_ago
        )
        found = monitors(shown)["error_rate@v42 against v41"]
        assert window.start <= found.start <= window.start + 5 * MINUTE
        starts.add(found.start)
    assert len(starts) <= 3
    assert all(start % (5 * MINUTE) == 0 for start in starts)


def test_the_open_bucket_is_no_step_of_what_is_told_bucket_by_bucket():
    start, late = END - 3 * MINUTE, END + 59 * SECOND
    closed = replace(service(mae=(1.0, 1.5)), history_window=Window(start=start, end=END))
    later = replace(closed, at=late, as_of_fast=late, history_window=Window(start=start, end=late))
    told = monitors(later)
    assert told["mae@v42 against v41"].evidence > 1
    for name, monitor in monitors(closed).items():
        if monitor.source in ("mean", "rate", "score"):
            assert told[name] == monitor


# --- awkward ------------------------------------------------------------------------------------


def test_nothing_known_nothing_watched():
    empty = replace(service(), now={}, history={}, decisions=None)
    assert monitors(empty) == {}


@pytest.mark.parametrize("name", ["traffic", "latency", "rate", "mean"])
def test_a_table_without_rows_is_no_obstacle(name):
    inputs = service()
    none = inputs.history[name]
    none = Counts(name, {c: x[:0] for c, x in none.columns.items()}, none.words)
    assert monitors(replace(inputs, history={**inputs.history, name: none})).keys() < NOW | AGAINST


def test_errors_that_nobody_records_are_not_watched():
    inputs = service()
    traffic = inputs.history["traffic"]
    asked = np.array(traffic.words["kind"])[traffic.columns["kind"]] == ""
    only = Counts("traffic", {c: x[asked] for c, x in traffic.columns.items()}, traffic.words)
    unmapped = replace(inputs, history={"traffic": only}, map=Predictions())
    assert "error_rate" not in monitors(unmapped)


def test_more_errors_than_requests_do_no_harm():
    inputs = service(errors=(1.0, 1.0))
    c = dict(inputs.history["traffic"].columns)
    c["n"] = np.where((c["kind"] > 0) & (c["valid"] >= BEGAN), 3 * c["n"], c["n"])
    words = inputs.history["traffic"].words
    found = monitors(replace(inputs, history={"traffic": Counts("traffic", c, words)}), onset())
    assert found["error_rate"].alarm_at is not None
    assert found["error_rate@v42 against v41"].alarm_at is None


@pytest.mark.parametrize("factor", [-1, 0, 10**11])
def test_counts_that_no_service_has_do_no_harm(factor):
    inputs = service(mae=(1.0, 1.5))

    def forged(counts):
        columns = {**counts.columns, "n": counts.columns["n"] * factor}
        return Counts(counts.table, columns, counts.words)

    history = {name: forged(counts) for name, counts in inputs.history.items()}
    found = monitors(replace(inputs, history=history, decisions=forged(inputs.decisions)), onset())
    assert all(np.isfinite(monitor.evidence) for monitor in found.values())


def test_labels_for_some_decisions_only_say_nothing_of_wrong_ones():
    selective = replace(service(), map=Predictions(error="e", labels_only_when="decision=0"))
    assert not {i for i in monitors(selective) if i.startswith(("wrong_rate", "auc"))}


def test_versions_that_never_served_at_once_are_not_compared():
    inputs = service()
    traffic = inputs.history["traffic"]
    c = traffic.columns
    apart = (c["version"] == 1) == (c["valid"] >= BEGAN)
    split = Counts("traffic", {k: x[apart] for k, x in c.items()}, traffic.words)
    found = monitors(replace(inputs, history={"traffic": split}, decisions=None, now={}))
    assert found.keys() == {"error_rate"}


def test_evidence_beyond_all_numbers_is_still_one():
    found = monitors(service(errors=(0.9, 0.9), wrong=(0.9, 0.9)), onset())
    for monitor in found.values():
        assert b"null" not in msgspec.json.encode(monitor.evidence)


# --- which versions -----------------------------------------------------------------------------


def deploy(at, version):
    return Event(
        id=f"r:{at}", writer="r", seq=at, lamport=at, at=at, observed_at=at, written_at=at,
        kind="deploy", data={"version": version},
    )  # fmt: skip


def test_the_canary_is_what_is_configured_else_deployed_else_newest():
    inputs = service()
    turned = Config(model=Model(versions=Versions(current="v41")))
    assert arms(replace(inputs, config=turned)) == Arms("v41", "v42")
    plain = replace(inputs, config=Config())
    events = [deploy(START + 1, "v42"), deploy(START + 2, "v41"), deploy(START + 3, "v9")]
    assert arms(replace(plain, events=events)) == Arms("v41", "v42")
    rows = {"kind": "", "n": 5, "valid": [START, START, END - SECOND, START]}
    three = summed(table("traffic", version=["a", "b", "c", "(none)"], **rows))
    assert arms(replace(plain, history={"traffic": three})) == Arms("c", "a")
    # Of two that served all the time, the one that serves less, not the one whose row came later.
    rows = {"kind": "", "n": [5, 95], "valid": [START, START + SECOND]}
    always = summed(table("traffic", version=["b", "a"], **rows))
    assert arms(replace(plain, history={"traffic": always})) == Arms("b", "a")
    one = table("traffic", version="a", kind="", valid=[START])
    assert arms(replace(plain, history={"traffic": one})) is None


def test_a_hostile_version_is_harmless_in_every_sentence():
    rows = {"kind": "", "n": 5, "valid": [START, START]}
    hostile = table("traffic", version=["a\x1b[31m", "b\nc"], **rows)
    inputs = replace(service(), history={"traffic": hostile}, config=Config(), decisions=None)
    for monitor in monitors(inputs).values():
        assert not {"\x1b", "\n"} & set(monitor.id + monitor.null + monitor.sentence)


def test_an_assessment_carries_them():
    inputs = replace(rollout(12_000), map=Predictions(segments=["region"], error="failed"))
    report = assess(inputs, onset(DEPLOYED))
    slower = {m.id: m for m in report.monitors}["latency_p99@v42 against v41"]
    assert slower.alarm_at is not None
    assert DEPLOYED < slower.alarm_at <= DEPLOYED + 3 * MINUTE
    decoded = msgspec.json.decode(msgspec.json.encode(report), type=Assessment)
    assert decoded.monitors == report.monitors
