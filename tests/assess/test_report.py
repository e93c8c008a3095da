"""The whole assessment of a made-up rollout, and of inputs nobody would wish for."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.assess.charts import charts
from cockpit.assess.inputs import Inputs
from cockpit.assess.onset.changes import fits
from cockpit.assess.onset.signals import find_onset
from cockpit.assess.report import assess
from cockpit.config import Predictions
from cockpit.records import MINUTE, SECOND, Counts, Window
from cockpit.tables import TABLES
from tests.assess.building import score_table, table
from tests.assess.rollout import DEPLOYED, END, START, rollout

NAMES = {
    "requests",
    "error_rate",
    "latency_p50",
    "latency_p95",
    "latency_p99",
    "saturation",
    "auc",
    "average_precision",
    "precision",
    "recall",
    "f1",
    "accuracy",
    "brier",
    "ece",
    "observed_expected",
    "calibration_slope",
    "calibration_intercept",
    "psi",
    "label_coverage",
    "users",
    "manual_review",
}


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return rollout()


@pytest.fixture(scope="module")
def assessment(inputs):
    return assess(inputs, find_onset(inputs))


@pytest.fixture(scope="module")
def by_id(assessment):
    return {e.id: e for e in (*assessment.metrics, *assessment.segments)}


def test_every_name_is_there_for_the_whole_service_and_ids_are_unique(assessment, by_id):
    assert set(by_id) >= NAMES
    ids = Counter(e.id for e in (*assessment.metrics, *assessment.segments))
    assert [i for i, n in ids.items() if n > 1] == []


def test_every_estimate_has_a_value_or_a_reason_and_an_ordered_interval(assessment):
    for e in (*assessment.metrics, *assessment.segments):
        assert (e.value is None) == bool(e.reason), e.id
        for low, high in ((e.low, e.value), (e.value, e.high)):
            if low is not None and high is not None:
                assert low <= high, e.id


def test_versions_that_serve_side_by_side_are_told_apart(by_id):
    for name in ("requests", "latency_p99", "auc", "precision", "psi", "users"):
        assert {f"{name}@v41", f"{name}@v42"} <= set(by_id)
    assert by_id["latency_p99@v42"].verdict == "critical"
    assert by_id["latency_p99@v41"].verdict == "fine"
    assert by_id["auc@v42"].value < by_id["auc@v41"].value


def test_counts_behind_the_segments_of_each_version_add_up(by_id):
    for name in ("wrong_rate", "false_positive_share", "false_negative_share", "label_coverage"):
        for version in ("v41", "v42"):
            regions = [by_id[f"{name}@{version}@region {r}"] for r in ("BR", "DE", "IN", "US")]
            assert sum(e.n_pos for e in regions) == by_id[f"{name}@{version}"].n_pos
            assert sum(e.n for e in regions) == by_id[f"{name}@{version}"].n


def test_the_hurt_region_is_named_and_its_inputs_too(assessment, by_id):
    worst = next(e for e in assessment.segments if e.name == "worst_segment")
    assert worst.segment == "region BR"
    assert "× the wrong decisions of the rest" in worst.sentence
    assert by_id["wrong_rate@v42@region BR"].verdict in ("degraded", "critical")
    assert by_id["requests_share@region BR"].value == pytest.approx(0.1, abs=0.01)
    drift = assessment.drift[0]
    assert (drift.feature, drift.segment, drift.drift_class) == ("amount", "region BR", "major")
    assert [d.psi_corrected for d in assessment.drift] == sorted(
        (d.psi_corrected for d in assessment.drift), reverse=True
    )
    assert {d.feature for d in assessment.drift if d.segment is None} == {"score", "amount"}


def test_the_onset_is_the_deploy(inputs, assessment):
    begun = find_onset(inputs)
    assert begun.low <= DEPLOYED <= begun.high
    assert [c.fit for c in fits(inputs.events, begun)] == ["best fit", "after onset"]
    assert assessment.notes[0] == begun.sentence


def test_quality_is_compared_with_the_reference_and_latency_with_the_time_before(by_id):
    assert by_id["precision"].baseline.what == "reference, labels older"
    assert by_id["latency_p99"].baseline.what.startswith("before ")
    assert by_id["latency_p99"].baseline.value == pytest.approx(203, rel=0.05)
    assert by_id["requests"].baseline is not None


def test_gauges_have_no_interval_and_say_so(by_id):
    gauge = by_id["saturation"]
    assert (gauge.value, gauge.low, gauge.high) == (0.55, None, None)
    assert gauge.sentence == "gauge, no interval"
    assert by_id["warm_replicas@v42"].value == 12.0
    assert by_id["manual_review_rate@region BR"].value == 0.4
    assert "cpu" not in by_id


def test_a_latency_gauge_is_judged_by_its_promise_in_ms(inputs):
    times = END - 60 * SECOND + np.arange(60) * SECOND
    gauged = replace(
        inputs,
        now={},
        history={},
        series={"latency_p99": (times, np.full(60, 0.418))},
        series_units={"latency_p99": "s"},
    )
    found = {e.id: e for e in assess(gauged, None).metrics}["latency_p99"]
    assert (found.value, found.unit, found.verdict) == (418.0, "ms", "degraded")
    assert "over 250 ms in 60 of 60 readings" in found.sentence
    assert [c.points[-1] for c in charts(gauged, None)] == [418.0]


def test_a_gauge_that_crosses_its_promise_has_an_onset():
    times = START + np.arange(1200) * SECOND
    crossing = np.where(times >= DEPLOYED, 400.0, 180.0)
    found = find_onset(
        replace(rollout(2000), history={}, series={"latency_p99": (times, crossing)})
    )
    assert found.low <= DEPLOYED <= found.high


def test_charts_are_aligned_to_absolute_time(inputs):
    found = {c.name: c for c in charts(inputs, None)}
    assert set(found) == {
        "latency_p99",
        "error_rate",
        "requests",
        "precision",
        "wrong_rate",
        "auc",
        "psi",
    }
    for chart in found.values():
        assert chart.start % chart.step == 0
        assert chart.start + len(chart.points) * chart.step >= END
    p99 = found["latency_p99"]
    assert p99.threshold == 250.0
    at = (DEPLOYED - p99.start) // p99.step
    assert np.mean(p99.points[at + 1 :]) > 1.3 * np.mean(p99.points[:at])
    requests = found["requests"].points
    assert sum(requests) * found["requests"].step / SECOND == pytest.approx(30_000, rel=0.01)


def test_without_a_reference_the_time_before_is_the_baseline(inputs):
    alone = replace(inputs, reference={})
    begun = find_onset(alone)
    since = Window(start=begun.at, end=END)
    found = {e.id: e for e in assess(replace(alone, quality_window=since), begun).metrics}
    assert found["precision"].baseline.what.startswith("before ")
    assert found["precision"].baseline.value == pytest.approx(
        next(e for e in assess(inputs, begun).metrics if e.id == "precision").baseline.value,
        abs=0.05,
    )


def test_labels_for_some_decisions_only_leave_recall_unsaid(inputs):
    censored = replace(inputs, map=Predictions(segments=["region"], labels_only_when="decision=1"))
    found = assess(censored, None)
    by_id = {e.id: e for e in (*found.metrics, *found.segments)}
    for name in ("recall", "auc", "wrong_rate", "recall@region BR"):
        assert by_id[name].reason == "labels only when decision=1"
    assert by_id["precision"].value is not None


def test_the_same_inputs_give_the_same_answer(inputs):
    begun = find_onset(inputs)
    assert msgspec.json.encode(assess(inputs, begun)) == msgspec.json.encode(assess(inputs, begun))


def bare(**more) -> Inputs:
    window = Window(start=START, end=END)
    fields = {
        "at": END,
        "as_of_fast": END,
        "as_of_slow": END,
        "infra_window": window,
        "quality_window": window,
        "history_window": window,
        "now": {},
    }
    return Inputs(**{**fields, **more})


def empty_tables() -> dict[str, Counts]:
    return {
        name: table(
            name,
            **{c: np.zeros(0, dtype=str) for c in t.coded},
            **{k: np.zeros(0, dtype=int) for k in (*t.keys, *t.cells)},
            **({"label": np.zeros(0, dtype=int)} if t.labelled else {}),
        )
        for name, t in TABLES.items()
    }


def test_nothing_at_all_is_every_name_with_a_reason():
    none = Counts("score", {}, {})
    for given_inputs in (
        bare(),
        bare(now=empty_tables(), history=empty_tables(), reference=empty_tables()),
        bare(now=dict.fromkeys(TABLES, none), history=dict.fromkeys(TABLES, none)),
        bare(infra_window=Window(start=END, end=END), quality_window=Window(start=END, end=END)),
    ):
        found = assess(given_inputs, find_onset(given_inputs))
        charts(given_inputs, None)
        values = {e.name: e.value for e in found.metrics}
        assert values.pop("requests") in (0.0, None)
        assert set(values.values()) == {None}
        assert all(e.reason for e in found.metrics if e.value is None)


cells = st.lists(
    st.tuples(
        st.sampled_from(["v1", "v2", "\x1b[2Jv3"]),
        st.sampled_from(["served", "shadow"]),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([0.0, 1e-9, 0.5, 1 - 1e-12, 1.0]),
        st.integers(-3, 40),
        st.integers(0, MINUTE * 20 // SECOND - 1),
        st.sampled_from(["BR", "", "‮DE"]),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(
    cells,
    cells,
    st.lists(st.floats(), max_size=20),
)
def test_no_counts_make_it_raise_or_say_a_number_that_is_none(now, reference, gauge):
    def tables(rows, timed):
        if not rows:
            return {}
        version, role, decision, label, p, n, second, region = map(
            np.array, zip(*rows, strict=True)
        )
        more = {"valid": START + second * SECOND} if timed else {}
        scores = {"version": version, "role": role, **more}
        found = {
            "score": score_table(p, decision, label, **scores),
            "score_by_segment": score_table(
                p, decision, label, "score_by_segment", dimension="region", value=region, **scores
            ),
            "traffic": table("traffic", version=version, kind=region, n=n, **more),
            "latency": table("latency", version=version, bin=8000 + label, n=n, **more),
            "rate": table(
                "rate", name="r", version=version, dimension="", value="", k=n, n=n - label, **more
            ),
            "mean": table(
                "mean",
                name="m",
                version=version,
                dimension="",
                value="",
                n=n,
                sum_x=n * label,
                sum_x2=n,
                **more,
            ),
            "users": table(
                "users", version=version, dimension="", value="", bit=abs(n) * 7, n=n, **more
            ),
        }
        for name in ("score", "score_by_segment"):
            found[name].columns["n"] = np.resize(n, len(found[name]))
        return found

    series = {
        "latency_p99": (START + np.arange(len(gauge)) * MINUTE, np.array(gauge, dtype=float)),
        "x{": (np.zeros(0, dtype=np.int64), np.zeros(0)),
    }
    given_inputs = bare(
        now=tables(now, False),
        history=tables(now, True),
        reference=tables(reference, False),
        series=series,
        map=Predictions(segments=["region"]),
    )
    begun = find_onset(given_inputs)
    found = assess(given_inputs, begun)
    charts(given_inputs, begun)
    for e in (*found.metrics, *found.segments):
        assert (e.value is None) == bool(e.reason), e.id
        for number in (e.value, e.low, e.high):
            assert number is None or math.isfinite(number), e.id
        assert "\x1b" not in e.id + e.sentence
        assert "‮" not in e.id + e.sentence
    assert len({e.id for e in (*found.metrics, *found.segments)}) == len(
        [*found.metrics, *found.segments]
    )


def test_silence_is_said_for_its_zeros_are_no_good_news():
    inputs = rollout()
    assert not any("no requests" in note for note in assess(inputs, None).notes)
    nothing = table("traffic", version=[], kind=[])
    silent = replace(inputs, now={**inputs.now, "traffic": nothing})
    assert any(note.startswith("no requests since ") for note in assess(silent, None).notes)
    empty = replace(silent, history={})
    assert any(note.startswith("no requests in the ") for note in assess(empty, None).notes)


def test_requests_whose_latency_is_not_recorded_are_not_called_no_requests(inputs):
    now = {name: counts for name, counts in inputs.now.items() if name != "latency"}
    found = {e.id: e for e in assess(replace(inputs, now=now, series={}), None).metrics}
    assert found["requests"].value > 0
    assert found["latency_p99"].reason == "latency not recorded"
