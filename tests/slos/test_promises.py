"""Files of OpenSLO and Sloth: what becomes an objective, what a panel, what is left, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.config import Config
from cockpit.records import BadInput
from cockpit.services import ServiceConfig, load_services

SERVER = 'service: fraud\nsources: {metrics: {prometheus: "http://127.0.0.1:9090"}}\n'

SLOTH = """\
version: prometheus/v1
service: fraud-api
labels: {owner: risk}
slos:
  - name: requests-availability
    objective: 99.9
    description: Answers that are no fault of ours.
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="fraud",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="fraud"}[{{.window}}]))
    alerting: {name: FraudAvailability, page_alert: {labels: {severity: page}}}
  - name: decided-in-time
    objective: 99
    sli:
      events:
        error_query: |
          sum(rate(decision_seconds_count{job="fraud"}[{{.window}}]))
          -
          sum(rate(decision_seconds_bucket{job="fraud",le="0.25"}[{{.window}}]))
        total_query: sum(rate(decision_seconds_count{job="fraud"}[{{.window}}]))
  - name: fresh features
    objective: 95
    sli: {raw: {error_ratio_query: "avg(feature_age_seconds > bool 300)"}}
  - name: from-a-plugin
    objective: 99
    sli: {plugin: {id: sloth-common/kubernetes/apiserver/availability}}
  - name: never
    objective: 100
    sli: {raw: {error_ratio_query: "vector(0)"}}
"""

OPENSLO = """\
apiVersion: openslo/v1
kind: DataSource
metadata: {name: main}
spec: {type: prometheus, connectionDetails: {url: "http://prometheus:9090"}}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: in-time}
spec:
  ratioMetric:
    counter: true
    good:
      metricSource:
        metricSourceRef: main
        spec: {query: 'sum(rate(decision_seconds_bucket{job="fraud",le="0.1"}[5m]))'}
    total:
      metricSource:
        metricSourceRef: main
        spec: {query: 'sum(rate(decision_seconds_bucket{job="fraud",le="+Inf"}[5m]))'}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: decided-in-time}
spec:
  service: fraud-api
  indicatorRef: in-time
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.995}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: answered}
spec:
  service: fraud-api
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        good:
          metricSource:
            type: prometheus
            spec: {query: 'sum(increase(http_requests_total{job="fraud",code!~"5.."}[5m]))'}
        total:
          metricSource:
            type: prometheus
            spec: {query: 'sum(increase(http_requests_total{job="fraud"}[5m]))'}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: all, targetPercent: 99.9}]
"""

CALENDAR = OPENSLO.replace("{duration: 4w, isRolling: true}", "{duration: 1M, isRolling: false}")


def adopted(folder: Path, *texts: str, config: str = SERVER, more: str = "") -> ServiceConfig:
    """The service of a configuration that takes over files with these texts."""
    for i, text in enumerate(texts):
        (folder / f"slo{i}.yaml").write_text(text)
    path = folder / "cockpit.yaml"
    path.write_text(f"{config}objectives_from: [{{file: 'slo*.yaml'{more}}}]\n")
    (service,) = load_services(path).values()
    return service


def objectives(config: Config) -> list[tuple[str, str, str, str]]:
    return [(one.name, one.good, one.target, one.window) for one in config.objectives]


def test_promises_of_sloth_become_objectives_with_the_counters_that_tell_them(
    tmp_path: Path,
) -> None:
    service = adopted(tmp_path, SLOTH)
    assert objectives(service.config) == [
        ("requests-availability", "no error", "99.9%", "30d"),
        ("decided-in-time", "latency <= 250ms", "99%", "30d"),
    ]
    counters = service.config.counters
    assert counters.requests is not None
    assert counters.errors is not None
    assert counters.latency is not None
    assert counters.requests.series == 'http_requests_total{job="fraud"}'
    assert counters.errors.series == 'http_requests_total{code=~"5..", job="fraud"}'
    assert counters.latency.series == 'decision_seconds_bucket{job="fraud"}'


def test_what_only_the_server_can_compute_is_a_panel_and_the_rest_is_said(tmp_path: Path) -> None:
    service = adopted(tmp_path, SLOTH)
    panel = service.config.panels["fresh_features"]
    assert panel.query == "avg(feature_age_seconds > bool 300)"
    assert panel.direction == "lower_is_better"
    assert [str(one) for one in service.left] == [
        "slo0.yaml:22: 'fresh features' shown as the panel fresh_features, without a budget:"
        " its queries count no counter that could be counted here",
        "slo0.yaml:25: 'from-a-plugin' its queries are made by a plugin of Sloth",
        "slo0.yaml:28: 'never' objective 100 is not between 0 and 100",
    ]


def test_promises_of_openslo_name_what_stands_elsewhere_in_their_file(tmp_path: Path) -> None:
    service = adopted(tmp_path, OPENSLO)
    assert objectives(service.config) == [
        ("decided-in-time", "latency <= 100ms", "99.5%", "28d"),
        ("answered", "no error", "99.9%", "30d"),
    ]
    errors = service.config.counters.errors
    assert errors is not None
    assert errors.series == 'http_requests_total{code=~"5..", job="fraud"}'
    assert service.left == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CALENDAR, "its window follows the calendar (1M)"),
        (OPENSLO.replace("Occurrences", "Timeslices"), "it counts slices of time (Timeslices)"),
        (OPENSLO.replace("indicatorRef: in-time", "indicatorRef: gone"), "'gone' is not in this"),
        (OPENSLO.replace("{type: prometheus, c", "{type: datadog, c"), "are for datadog, not for"),
        (OPENSLO.replace("{target: 0.995}", "{target: 1.0}"), "no target between 0 and 1"),
        (
            "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\n",
            "sloth.slok.dev/v1 PrometheusServiceLevel, no file of promises",
        ),
        ("groups: []\n", "rules of Prometheus, no file of promises"),
    ],
)
def test_what_cannot_be_had_is_named_with_its_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    service = adopted(tmp_path, text)
    assert reason in str(service.left[0])
    assert str(service.left[0]).startswith("slo0.yaml:")
    assert "decided-in-time" not in [one.name for one in service.config.objectives]


def test_what_the_configuration_says_itself_stays(tmp_path: Path) -> None:
    own = SERVER + (
        "objectives: [{name: requests-availability, good: no error, target: 99%}]\n"
        "counters: {latency: {series: 'other_seconds_bucket'}}\n"
    )
    service = adopted(tmp_path, SLOTH, config=own)
    assert objectives(service.config) == [("requests-availability", "no error", "99%", "28d")]
    assert service.config.counters.latency is not None
    assert service.config.counters.latency.series == "other_seconds_bucket"
    told = {one.name: one.reason for one in service.left}
    assert "there is an objective of that name" in told["requests-availability"]
    assert "counters.latency counts something else" in told["decided-in-time"]


def test_only_promises_of_one_service_are_taken(tmp_path: Path) -> None:
    service = adopted(tmp_path, SLOTH, more=", service: loans-api")
    assert service.config.objectives == []
    assert service.left == ()


def test_the_text_of_the_service_has_what_was_taken_over(tmp_path: Path) -> None:
    service = adopted(tmp_path, SLOTH)
    (tmp_path / "kept.yaml").write_text(service.text)
    (kept,) = load_services(tmp_path / "kept.yaml").values()
    assert kept.config.objectives == service.config.objectives
    assert kept.config.counters == service.config.counters
    assert kept.config.panels == service.config.panels


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SLOTH.replace("objective: 99.9", "objective: high"), "slo0.yaml:6: slos[0].objective"),
        (SLOTH.replace("        total_query: sum(rate(http", "        total: sum(rate(http"),
         "slo0.yaml:"),
        ("version: prometheus/v1\n", "slo0.yaml"),
        ("a: [\n", "slo0.yaml:2: not YAML"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        adopted(tmp_path, text)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cockpit.yaml:3: objectives_from\[0\].file: no file is"):
        adopted(tmp_path)
