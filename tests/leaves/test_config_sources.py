"""Sources that cannot be asked, and secrets that stand in the file, are refused when it is read."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import Config, check
from cockpit.config.checking_sources import servers_of
from cockpit.records import BadInput
from cockpit.yamlfile import load

SERVER = "prometheus: 'http://127.0.0.1:9090'"
LATENCY = "counters: {latency: {series: %s}}"


def read(text: str) -> Config:
    return load(text, Config, where="cockpit.yaml", check=check)


def metrics(more: str) -> str:
    return f"sources:\n  metrics:\n    {more}\n"


def with_server(text: str) -> str:
    return metrics(SERVER) + text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (metrics("prometheus: 127.0.0.1:9090"),
         "cockpit.yaml:3: sources.metrics.prometheus: no address; write one like"),
        (metrics("prometheus: 'ftp://host'"), "no address"),
        (metrics("prometheus: 'http://host:99999'"), "no address"),
        (metrics("prometheus: 'http://me:hunter2@host'"),
         "a user and a password do not belong in an address; name them: auth: {basic:"),
        (metrics("prometheus: 'http://me:hun/ter2@host'"), "do not belong in an address"),
        (metrics("prometheus: 'http://host/?token=hunter2'"), "an address ends before ?"),
        (metrics(f"{SERVER}\n    every: now and then"),
         "cockpit.yaml:4: sources.metrics.every: 'now and then' is not a duration"),
        (metrics(f"{SERVER}\n    every: 0s"), "sources.metrics.every: not above zero"),
        (metrics(f"{SERVER}\n    timeout: 0ms"), "sources.metrics.timeout: not above zero"),
        (metrics(f"{SERVER}\n    settled: -1s"), "sources.metrics.settled: '-1s' is not a"),
        (metrics(f"{SERVER}\n    auth: {{bearer: {{}}}}"),
         "sources.metrics.auth.bearer: name either a variable"),
        (metrics(f"{SERVER}\n    auth: {{bearer: {{env: A, file: b}}}}"), "name either a variable"),
        (metrics(f"{SERVER}\n    auth: {{bearer: {{env: A}}, basic: {{user: u, password:"
                 " {env: B}}}"), "sources.metrics.auth: both basic and bearer"),
        (metrics(f"{SERVER}\n    auth: {{basic: {{user: u, password: hunter2}}}}"),
         "sources.metrics.auth.basic.password: Expected `object`, got `str`"),
        (metrics(f"{SERVER}\n    auth: {{headers: {{X-Api-Key: hunter2}}}}"),
         "sources.metrics.auth.headers.X-Api-Key: a secret is named, not written"),
        (metrics(f"{SERVER}\n    auth: {{key: client.key}}"), "without a certificate"),
        (f"sources: {{metrics: [{{{SERVER}}}, {{{SERVER}}}]}}",
         "sources.metrics[0].name: 'metrics' is named twice"),
        ("sources: {alerts: {alertmanager: 'http://host', matchers: ['service=\"a', team]}}",
         "sources.alerts.matchers[0]: 'service=\"a' matches nothing"),
        ("sources: {alerts: {alertmanager: 'http://host', matchers: ['team=~\"(\"']}}",
         "sources.alerts.matchers[0]: no regular expression"),
        ("sources: {changes: [{}]}", "sources.changes[0]: says nothing; write exactly one of file"),
        ("sources: {changes: [{file: a, series: b}]}", "says file and series; write exactly one"),
        ("sources: {changes: [{file: a, kind: deployed}]}",
         "sources.changes[0].kind: Invalid enum value 'deployed'"),
        ("sources: {changes: [{listen: 8099, token: {env: T}}]}", "write it in quotes"),
        ("sources: {changes: [{listen: 'localhost', token: {env: T}}]}", "is not host:port"),
        ("sources: {changes: [{listen: '127.0.0.1:70000', token: {env: T}}]}", "is not host:port"),
        ("sources: {changes: [{listen: '127.0.0.1:8099'}]}", "sources.changes[0].token: missing"),
        ("sources: {changes: [{listen: '[::1]:8099', token: {env: T}}],"
         " reports: [{listen: '[::1]:8099', token: {env: T}}]}",
         "sources.reports[0].listen: '[::1]:8099' is taken by another; give each its own port"),
        ("objectives_from: [{file: slos.yaml}]", "objectives_from[0]: there is no server to ask"),
        ("escalation: {pagerduty: {routing_key: {}}}",
         "escalation.pagerduty.routing_key: name either a variable"),
        ("sources: {predictions: {ibis: 'clickhouse://me:hunter2@host/db'}}",
         "sources.predictions.ibis: a password does not belong"),
        ("incident: {declare_on: [deploy]}", "incident.declare_on[0]: Invalid enum value 'deploy'"),
        ("sources: {changes: [{series: build_info}]}", "sources.changes[0]: there is no server"),
        ("sources: {reports: [{series: build_info}]}", "sources.reports[0].series: not for what"),
        ("panels: {saturation: {query: up}}", "panels.saturation: there is no server to ask"),
        (with_server("panels: {saturation: {query: up, server: metrix}}"),
         "cockpit.yaml:4: panels.saturation.server: no server 'metrix'; did you mean 'metrics'?"),
        (with_server("panels: {saturation: {query: ''}}"), "panels.saturation.query: empty"),
        (with_server(LATENCY % "latency_seconds"), "does not end in _bucket"),
        (with_server(LATENCY % "'rate(x_bucket[1m])'"), "counters.latency.series: 'rate(x_bucket"),
        (with_server("counters: {errors: {series: up, server: b}}"), "counters.errors.server: no"),
        ("sources: {predictions: {lag: soon}}", "sources.predictions.lag: 'soon' is not a"),
        ("incident: {every: 7s}", "incident.every: '7s' does not divide a minute"),
        ("incident: {every: 0s}", "incident.every: '0s' does not divide a minute"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_where_it_stands(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert said in str(refused.value)
    assert str(refused.value).startswith("cockpit.yaml:")
    assert "hunter2" not in str(refused.value)
    assert "ter2" not in str(refused.value)


def test_what_teams_write_of_their_sources_is_read() -> None:
    config = read(
        "sources:\n"
        "  metrics:\n"
        "    - {prometheus: 'https://mimir.example/prometheus', auth: {bearer: {env: A},"
        " headers: {X-Scope-OrgID: payments, X-Token: {file: t}}, certificate: c.pem}}\n"
        "    - {name: gpu, prometheus: 'http://[::1]:9090', every: 1m}\n"
        "  alerts: {alertmanager: 'http://host:9093/am', matchers: ['service=\"a\"', a!=b,"
        ' \'team=~"fraud|risk"\', \'"name with ü"="x"\']}\n'
        "  changes:\n"
        "    - {file: deploys.jsonl}\n"
        "    - {listen: '[::1]:8099', token: {env: T}}\n"
        "    - {series: 'kube_replicas{app=\"fraud\"}', label: '', server: gpu, kind: traffic}\n"
        "    - {kubernetes: kubeconfig}\n"
        "  reports: [{file: reports.jsonl}]\n"
        "panels: {saturation: {query: max(gpu_busy), server: gpu}}\n"
        "counters: {latency: {series: 'http_seconds_bucket{job=\"a\"}', version: version}}\n"
    )
    assert list(servers_of(config)) == ["sources.metrics[0]", "sources.metrics[1]"]


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_an_address_is_it_is_read_or_refused_in_one_line(address: str) -> None:
    data = {"sources": {"metrics": {"prometheus": address}}}
    config = msgspec.convert(data, Config)
    said = ""
    try:
        check(config)
    except BadInput as error:
        said = str(error)
    assert "\n" not in said
    assert said or (address.isprintable() and address.lower().startswith(("http://", "https://")))
