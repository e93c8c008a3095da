"""What a recording is made of: traffic, the alert, events and raw files, and their description."""

import csv
import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alert import AlertWatch
from cockpit.config import Config, Predictions, check
from events import alert_events, told_events, wronged_customer
from load import arrival_times, payment_stream
from prediction_log import LOG_COLUMNS
from rawfiles import finish_predictions, read_rows, write_rows
from scenarios import CARD_FRAUD_ROLLOUT, SCENARIOS, UNIT_SWAP, AlertRule, UserReport
from scrape import Row
from times import rfc3339

LAB = Path(__file__).resolve().parents[2] / "sample_data" / "lab"
START = datetime(2026, 11, 3, 2, 40, tzinfo=UTC)


def at(minute):
    return START + timedelta(minutes=minute)


def test_traffic_is_uneven_about_65_a_second_and_the_same_for_a_seed():
    times = arrival_times(1680.0, 41)
    assert times.tolist() == arrival_times(1680.0, 41).tolist()
    assert np.all(np.diff(times) >= 0)
    assert 60 < times.size / 1680 < 70
    per_second = np.bincount(times.astype(int))
    assert per_second.max() > 2 * per_second.mean()


def test_amounts_change_for_the_region_and_from_the_minute_the_scenario_says():
    minutes = [8.0] * 300 + [9.0] * 300
    changed = list(payment_stream(UNIT_SWAP, iter(minutes)))
    plain = list(payment_stream(replace(UNIT_SWAP, amount_changes=()), iter(minutes)))
    for minute, (now, fraud), (before, same_fraud) in zip(minutes, changed, plain, strict=True):
        factor = 100 if now.region == "BR" and minute >= 9 else 1
        assert now.amount == pytest.approx(before.amount * factor)
        assert (now.id, now.customer, fraud) == (before.id, before.customer, same_fraud)


@given(st.lists(st.floats(0, 500), max_size=200), st.integers(1, 30))
def test_an_alert_fires_only_after_its_time_over_the_threshold(values, seconds):
    watch = AlertWatch(AlertRule("latency_p99", "", 250.0, "{value}", for_minutes=seconds / 60))
    for second, value in enumerate(values):
        rows = [Row("latency_p99", value), Row("latency_p99", 999.0, version="v42")]
        watch.look(START + timedelta(seconds=second), rows)
    over = [value > 250.0 for value in values]
    runs = [i for i in range(len(over)) if i >= seconds and all(over[i - seconds : i + 1])]
    assert watch.fired_at == (START + timedelta(seconds=runs[0]) if runs else None)
    assert len(alert_events(watch)) == (2 if runs else 0)


def test_told_events_keep_both_clocks():
    told = told_events(UNIT_SWAP, at)
    (schema,) = [event for event in told if event["kind"] == "schema"]
    assert schema["time"] == rfc3339(at(9.0)) < schema["observed_at"] == rfc3339(at(12.2))


def test_a_report_comes_from_a_customer_wronged_before_it():
    def row(number, minute, region="BR", version="v42", review="1"):
        return {
            "id": f"p{number}",
            "customer": f"c{number}",
            "timestamp": rfc3339(at(minute)),
            "region": region,
            "model_version": version,
            "sent_to_review": review,
        }

    rows = [
        row(1, 1),
        row(2, 2, region="US"),
        row(3, 3, version="v41"),
        row(4, 4, review="0"),
        row(5, 5),  # rightly held: it is fraud
        row(6, 7),  # after the report
    ]
    fraud = {f"p{n}": "1" if n == 5 else "0" for n in range(1, 7)}
    report = UserReport(6.0, "BR", "v42", "held")
    assert wronged_customer(report, rfc3339(at(6.0)), rows, fraud) == "c1"


def test_raw_files_hold_the_span_and_only_labels_known_by_its_end(tmp_path):
    times = {"early": -1, "first": 0, "failed": 1, "late": 9, "after": 10}
    with (tmp_path / "served.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", "id", "score"])
        for name in ("late", "first", "failed", "early", "after"):  # as threads may log them
            writer.writerow([rfc3339(at(times[name])), name, "" if name == "failed" else "0.5"])
    with (tmp_path / "truth.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "is_fraud", "labelled_at"])
        for name, minute in times.items():
            writer.writerow([name, "0", rfc3339(at(minute + 3))])
    kept = finish_predictions(
        tmp_path / "served.csv", tmp_path / "truth.csv", tmp_path, at(0), at(10)
    )
    assert [row["id"] for row in kept] == ["first", "failed", "late"]
    assert list(read_rows(tmp_path / "predictions.csv.gz")) == kept
    assert [row["id"] for row in read_rows(tmp_path / "labels.csv.gz")] == ["first"]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["C"])), min_size=2, max_size=2)))
def test_equal_rows_give_equal_bytes_and_are_read_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("rows")
    write_rows(folder / "a.csv.gz", ["x", "y"], rows)
    write_rows(folder / "b.csv.gz", ["x", "y"], rows)
    assert (folder / "a.csv.gz").read_bytes() == (folder / "b.csv.gz").read_bytes()
    with gzip.open(folder / "a.csv.gz", "rt", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == rows


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
class TestDescription:
    """What stands beside each scenario for `cockpit import`."""

    def test_the_map_names_only_columns_that_are_recorded(self, scenario):
        text = (LAB / scenario.name / "map.yaml").read_text(encoding="utf-8")
        columns = msgspec.convert(yaml.safe_load(text), Predictions)
        segments = {c for s in columns.segments for c in ([s] if isinstance(s, str) else s)}
        named = {columns.time, columns.score, columns.id, columns.user, columns.version}
        named |= segments | {*columns.features.numeric, *columns.features.categorical}
        named |= {columns.latency, columns.error, *(rate.column for rate in columns.rates)}
        assert named <= set(LOG_COLUMNS)
        assert columns.label == "is_fraud"

    def test_the_configuration_is_valid(self, scenario):
        text = (LAB / scenario.name / "cockpit.yaml").read_text(encoding="utf-8")
        config = msgspec.convert(yaml.safe_load(text), Config)
        check(config)
        last = scenario.stages[-1]
        assert config.options["rollback"].capacity.warm_workers == last.v41_replicas

    def test_the_signatures_differ_by_the_column_v42_gained(self, scenario):
        inputs = []
        for version in ("v41", "v42"):
            path = LAB / scenario.name / "schemas" / f"MLmodel-{version}.yaml"
            signature = yaml.safe_load(path.read_text(encoding="utf-8"))["signature"]
            inputs.append({column["name"] for column in json.loads(signature["inputs"])})
        assert inputs[0] < set(LOG_COLUMNS)
        assert inputs[1] - inputs[0] == {"merchant_risk"}

    def test_the_truth_agrees_with_the_timeline(self, scenario):
        truth = json.loads((LAB / scenario.name / "truth.json").read_text(encoding="utf-8"))
        kinds = Counter(event.kind for event in scenario.events)
        assert truth["scenario"] == scenario.name
        assert truth["starts_minute"] in {event.minute for event in scenario.events}
        assert kinds["deploy"] >= 1 <= kinds["schema"]


def test_the_rollout_leaves_time_for_labels_to_mature():
    assert CARD_FRAUD_ROLLOUT.minutes - CARD_FRAUD_ROLLOUT.stages[-1].minute > 15
