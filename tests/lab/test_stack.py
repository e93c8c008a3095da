"""The stack as a whole: its services, servers and logs, what can be done to it, and its end."""

import csv
import json
import subprocess

import msgspec
import pytest
import yaml

from cockpit.config import Config, check
from prediction_log import LOG_COLUMNS
from tests.daemons import get
from tests.stack import eventually, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    options = {"rate": 15, "scrape": 1, "alert_for": 1, "label_minutes": 0.05}
    with running_stack(folder, **options) as running:
        yield running


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def events(stack):
    return [json.loads(line) for line in (stack.folder / "deploys.jsonl").read_text().splitlines()]


def value_of(stack, query):
    """The values of an instant query, by their labels."""
    answer = json.loads(get(f"{stack.prometheus}/api/v1/query?query={query}"))
    return [float(series["value"][1]) for series in answer["data"]["result"]]


def test_payments_are_logged_and_labels_come_later(stack):
    log, labels = stack.folder / "predictions.csv", stack.folder / "labels.csv"
    eventually(lambda: len(rows(log)) > 30 and len(rows(labels)) > 10)
    logged, known = rows(log), rows(labels)
    assert tuple(logged[0]) == LOG_COLUMNS
    assert {row["model_version"] for row in logged} == {"v41"}
    times = {row["id"]: row["timestamp"] for row in logged}
    assert all(times[row["id"]] < row["labelled_at"] for row in known if row["id"] in times)
    assert {row["id"] for row in known} & set(times)


def test_prometheus_scrapes_the_service_and_has_rules(stack):
    eventually(lambda: value_of(stack, "sum(rate(fraud_request_seconds_count[10s]))>0"))
    rules = json.loads(get(f"{stack.prometheus}/api/v1/rules"))["data"]["groups"][0]["rules"]
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}
    assert len(rules) == 3


def test_the_configuration_is_valid_and_each_query_of_it_answers(stack):
    config = msgspec.convert(yaml.safe_load(stack.config.read_text()), Config)
    check(config)
    assert config.sources.metrics.prometheus == stack.prometheus
    assert (stack.folder / config.sources.predictions.reference).exists()
    eventually(lambda: value_of(stack, "fraud_warm_replicas"))
    for panel in config.panels.values():
        query = "".join(f"%{byte:02x}" for byte in panel.query.encode())
        eventually(lambda query=query: value_of(stack, query))


def test_no_file_can_be_read_by_others(stack):
    files = [path for path in stack.folder.rglob("*") if path.name != "stack.log"]
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_a_rollout_is_told_and_its_alert_reaches_the_pager(stack):
    stack.inject("rollout")
    assert {"deploy", "schema"} <= {event["kind"] for event in events(stack)}

    def paged():
        alerts = json.loads(get(f"{stack.alertmanager}/api/v2/alerts"))
        return [alert for alert in alerts if {"name": "pager"} in alert["receivers"]]

    eventually(paged, 60.0)
    assert {alert["labels"]["service"] for alert in paged()} == {"card-fraud"}


def test_the_rules_decide_where_the_model_is_switched_off(stack):
    stack.inject("segment-off", "BR")
    log = stack.folder / "predictions.csv"
    eventually(lambda: any(row["model_version"] == "rules" for row in rows(log)))
    assert {row["region"] for row in rows(log) if row["model_version"] == "rules"} == {"BR"}
    stack.inject("segment-on", "BR")


def test_a_frozen_log_goes_on_with_what_waited(stack):
    log = stack.folder / "predictions.csv"
    stack.inject("freeze-log")
    before, sent = log.stat().st_size, value_of(stack, "sum(fraud_request_seconds_count)")[0]
    eventually(lambda: value_of(stack, "sum(fraud_request_seconds_count)")[0] > sent + 20)
    assert log.stat().st_size == before
    stack.inject("thaw-log")
    eventually(lambda: log.stat().st_size > before)


def test_prometheus_is_killed_hidden_and_comes_back_with_its_data(stack):
    seen = value_of(stack, "count_over_time(up[1h])")[0]
    stack.inject("kill-prometheus")
    with pytest.raises(OSError, match="refused"):
        get(stack.prometheus)
    stack.inject("html")
    assert b"<!doctype html>" in get(f"{stack.prometheus}/api/v1/query?query=up")
    stack.inject("start-prometheus")
    eventually(lambda: get(f"{stack.prometheus}/-/ready"))
    eventually(lambda: (value_of(stack, "count_over_time(up[1h])") or [0])[0] > seen)


def test_the_swapped_unit_is_told_later_than_it_happens(stack):
    stack.inject("unit-swap", "0.02")
    assert not any("minor units" in event["text"] for event in events(stack))
    eventually(lambda: any("minor units" in event["text"] for event in events(stack)))
    (schema,) = [event for event in events(stack) if "minor units" in event["text"]]
    assert schema["time"] < schema["observed_at"]
    assert schema["segment"] == "region=BR"


@pytest.mark.parametrize("what", [["nonsense"], ["split", "v42=7"], ["segment-off", "Mars"]])
def test_what_cannot_be_done_is_refused_in_one_line(stack, what):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        stack.inject(*what)
    assert refused.value.returncode == 2
    assert refused.value.stderr.count("\n") == 1
