"""A first configuration from servers, a log, a dashboard and a registry; it is ready to run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from cockpit.cli.main import main
from cockpit.config import Config
from cockpit.observe.start.mlflow import inputs_of
from cockpit.services import load_services
from tests.daemons import get, prometheus
from tests.observe.live.metrics import exporting
from tests.stack import eventually

BUCKETS = "".join(
    f'http_request_duration_seconds_bucket{{le="{le}",version="v7"}} {n}\n'
    for le, n in (("0.1", 50), ("0.5", 90), ("+Inf", 100))
)
PAGE = (
    "# TYPE http_request_duration_seconds histogram\n"
    f"{BUCKETS}"
    'http_request_duration_seconds_sum{version="v7"} 12\n'
    'http_request_duration_seconds_count{version="v7"} 100\n'
    "# TYPE vllm:num_requests_waiting gauge\n"
    'vllm:num_requests_waiting{model_name="m"} 3\n'
    "# TYPE vllm:kv_cache_usage_perc gauge\n"
    'vllm:kv_cache_usage_perc{model_name="m"} 0.5\n'
)
LOG = "timestamp,request_id,score,region,amount,label\n" + "".join(
    f"2026-11-03T02:00:{i:02},id-{i},0.{i:02},{'BR' if i % 2 else 'DE'},{i}.5,{i % 2}\n"
    for i in range(60)
)
DASHBOARD = {
    "title": "Shop",
    "panels": [
        {
            "type": "timeseries",
            "title": "Queue depth",
            "datasource": {"type": "prometheus"},
            "fieldConfig": {"defaults": {"unit": "short"}},
            "targets": [{"expr": "sum(vllm:num_requests_waiting)"}],
        },
        {
            "type": "timeseries",
            "title": "Requests",
            "datasource": {"type": "prometheus"},
            "fieldConfig": {"defaults": {"unit": "reqps"}},
            "targets": [
                {"expr": "sum(rate(http_request_duration_seconds_count[$__rate_interval]))"}
            ],
        },
        {"type": "text", "title": "Read me", "options": {"content": "hello"}},
    ],
}
INPUTS = [{"name": "amount", "type": "double"}, {"name": "age", "type": "long"}]
MLMODEL = f"signature:\n  inputs: '{json.dumps(INPUTS)}'\n"
REGISTRY = {
    "/api/2.0/mlflow/registered-models/search": {"registered_models": [{"name": "shop"}]},
    "/api/2.0/mlflow/registered-models/get": {
        "registered_model": {"name": "shop", "aliases": [{"alias": "champion", "version": "3"}]}
    },
    "/api/2.0/mlflow/model-versions/search": {
        "model_versions": [{"version": v, "status": "READY"} for v in ("2", "4", "3")]
    },
}


@contextmanager
def registry() -> Iterator[str]:
    """A server with the REST routes of MLflow that are asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/model-versions/get-artifact":
                assert parse_qs(parts.query)["version"] == ["3"]
                body = MLMODEL.encode()
            else:
                body = json.dumps(REGISTRY[parts.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has scraped the exporter."""
    with exporting() as exporter:
        exporter.text = PAGE
        config = (
            "global: {scrape_interval: 1s}\n"
            "scrape_configs:\n"
            f"  - {{job_name: shop, static_configs: [{{targets: ['{exporter.address}']}}]}}\n"
        )
        with prometheus(tmp_path_factory.mktemp("metrics"), config) as address:
            query = f"{address}/api/v1/query?query=count(http_request_duration_seconds_bucket)"
            eventually(lambda: bool(json.loads(get(query))["data"]["result"]))
            yield address


def init(*words: str) -> Result:
    return CliRunner().invoke(main, ["init", *words], catch_exceptions=False)


def written(folder: Path, *words: str) -> tuple[Config, Result]:
    """The configuration that a run wrote, as `cockpit live` reads it."""
    out = folder / "cockpit.yaml"
    done = init(*words, "-o", str(out))
    assert done.exit_code == 0, done.output
    (service,) = load_services(out).values()
    return service.config, done


def test_known_exporters_become_counters_and_panels(metrics: str, tmp_path: Path):
    config, done = written(tmp_path, "--prometheus", metrics, "--service", "shop")
    assert config.counters.latency is not None
    assert config.counters.latency.series.startswith(
        ("http_request_duration_seconds_bucket", "vllm:")
    )
    assert "written: " in done.output
    assert "next: cockpit check " in done.output


def test_a_dashboard_becomes_panels_and_the_rest_is_listed(metrics: str, tmp_path: Path):
    path = tmp_path / "dashboard.json"
    path.write_text(json.dumps(DASHBOARD))
    config, done = written(tmp_path, "--prometheus", metrics, "--grafana", str(path))
    queries = {name: panel.query for name, panel in config.panels.items()}
    assert queries["queue_depth"] == "sum(vllm:num_requests_waiting)"
    assert "$" not in queries["requests"]
    assert config.panels["requests"].unit == "1/s"
    assert "Read me" in done.output


def test_a_log_and_a_registry_become_a_map_and_versions(tmp_path: Path):
    log = tmp_path / "log.csv"
    log.write_text(LOG)
    with registry() as address:
        config, done = written(
            tmp_path, "--predictions", str(log), "--mlflow", address, "--service", "shop"
        )
    predictions = config.sources.predictions
    assert predictions is not None
    assert (predictions.time, predictions.score, predictions.id) == (
        "timestamp",
        "score",
        "request_id",
    )
    assert predictions.segments == ["region"]
    assert config.model.versions.current == "3"
    assert config.model.versions.previous == "2"
    assert "not in the log: age" in done.output


def test_a_file_that_is_there_stays(tmp_path: Path):
    log, out = tmp_path / "log.csv", tmp_path / "cockpit.yaml"
    log.write_text(LOG)
    out.write_text("mine")
    done = CliRunner().invoke(main, ["init", "--predictions", str(log), "-o", str(out)])
    assert done.exit_code != 0
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    "text", ["", "signature: {inputs: '['}", "signature: 3", "- a", "signature: {inputs: '[3]'}"]
)
def test_a_model_without_a_signature_has_no_inputs(text: str):
    assert inputs_of(text) == []
