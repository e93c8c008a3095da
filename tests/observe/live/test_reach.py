"""Each source is asked once, whatever it is, and one that fails or hangs costs only its own row."""

from __future__ import annotations

import asyncio
import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cockpit.observe.live.reach import answering, ask_sources
from cockpit.records import SECOND
from cockpit.services import load_services
from cockpit.views import Reached
from tests.daemons import alertmanager, free_port, openmetrics_blocks, prometheus
from tests.observe.live.metrics import openmetrics
from tests.observe.live.test_http import say, serving

CLOSED = "http://127.0.0.1:1"


async def asked(folder: Path, text: str) -> dict[str, Reached]:
    """What each source of a configuration answers, by its key."""
    path = folder / "cockpit.yaml"
    path.write_text(f"service: fraud\n{text}")
    (service,) = load_services(path).values()
    return {answer.source: answer for answer in await ask_sources(service)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A Prometheus that has scraped up to a minute from now."""
    folder = tmp_path_factory.mktemp("server")
    now = time.time_ns() // 1_000 // SECOND * SECOND
    times = range(now - 60 * SECOND, now + 60 * SECOND, 5 * SECOND)
    samples = {
        'queue{pod="a"}': dict.fromkeys(times, 3.0),
        'requests_total{job="fraud",version="v41"}': dict.fromkeys(times, 8.0),
    }
    openmetrics_blocks(
        openmetrics(samples, {"queue": "gauge", "requests": "counter"}), folder / "tsdb"
    )
    with prometheus(folder, tsdb=folder / "tsdb") as address:
        yield address


async def test_a_server_says_its_version_and_each_query_is_asked_of_it(
    server: str, tmp_path: Path
) -> None:
    told = await asked(
        tmp_path,
        f'sources:\n  metrics: {{prometheus: "{server}"}}\n'
        "  changes: [{series: queue, label: version}]\n"
        "panels:\n"
        "  depth: {query: queue}\n"
        "  gone: {query: no_such_metric}\n"
        "  wrong: {query: 'sum(queue'}\n"
        "  nan: {query: 'queue * 0 / 0'}\n"
        "counters:\n"
        "  requests: {series: 'requests_total{job=\"fraud\"}', version: version}\n"
        "  errors: {series: requests_total, kind: code}\n",
    )
    outcomes = {key: answer.outcome for key, answer in told.items()}
    assert outcomes == {
        "sources.metrics": "answered",
        "panels.depth": "answered",
        "panels.gone": "doubtful",
        "panels.wrong": "failed",
        "panels.nan": "doubtful",
        "counters.requests": "answered",
        "counters.errors": "doubtful",
        "sources.changes[0]": "doubtful",
    }
    assert told["sources.metrics"].said.startswith("version ")
    assert told["panels.depth"].said == "1 series"
    assert told["panels.gone"].said == "no series"
    assert told["panels.gone"].mend.endswith("it is asked at cockpit.yaml:7")
    assert "parse error" in told["panels.wrong"].said
    assert told["panels.wrong"].mend == "mend the query"
    assert "none with a value" in told["panels.nan"].said
    assert told["counters.errors"].said == "1 series, none with the label code"
    assert told["counters.errors"].mend == "they have job, version; mend cockpit.yaml:12"


async def test_a_query_is_asked_of_the_server_that_it_names(server: str, tmp_path: Path) -> None:
    told = await asked(
        tmp_path,
        f'sources: {{metrics: [{{name: a, prometheus: "{CLOSED}"}},'
        f' {{name: b, prometheus: "{server}"}}]}}\n'
        "panels: {first: {query: queue}, depth: {query: queue, server: b}}\n",
    )
    assert {key: answer.said for key, answer in told.items() if "panels" in key} == {
        "panels.depth": "1 series"
    }
    assert told["sources.metrics[0]"].said == "connection refused"
    assert told["sources.metrics[0]"].mend == "start it, or mend its address"


async def test_an_alertmanager_says_its_version(tmp_path: Path) -> None:
    with alertmanager(tmp_path / "am") as address:
        told = await asked(tmp_path, f'sources: {{alerts: {{alertmanager: "{address}"}}}}\n')
    assert told["sources.alerts"].outcome == "answered"
    assert told["sources.alerts"].said.startswith("Alertmanager ")


LOG = "sources: {predictions: {path: 'log/*.csv', time: time, score: score, segments: [country]}}\n"


@pytest.mark.parametrize(
    ("rows", "outcome", "said"),
    [
        ("time,score,country\n2026-11-03T02:00:00Z,0.5,BR\n", "answered",
         "1 file, newest row 2026-11-03 02:00:00, 3 columns"),
        ("time,score\n2026-11-03T02:00:00Z,0.5\n", "failed", "column 'country' (cockpit.yaml:2"),
        ("", "failed", "no file of rows yet"),
    ],
)  # fmt: skip
async def test_of_a_log_its_newest_row_is_told_and_a_column_that_is_missing(
    tmp_path: Path, rows: str, outcome: str, said: str
) -> None:
    (tmp_path / "log").mkdir()
    if rows:
        (tmp_path / "log" / "a.csv").write_text(rows)
    answer = (await asked(tmp_path, LOG))["sources.predictions"]
    assert answer.outcome == outcome
    assert said in answer.said


async def test_a_table_of_an_engine_is_looked_at(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "log.db")) as connection:
        connection.execute("CREATE TABLE rows (time TIMESTAMP, score DOUBLE)")
    engine = f"ibis: 'duckdb:///{tmp_path}/log.db', time: time"
    told = await asked(
        tmp_path, f"sources: {{predictions: {{{engine}, table: rows, score: score}}}}\n"
    )
    assert told["sources.predictions"].said == "table rows, 2 columns"
    told = await asked(
        tmp_path, f"sources: {{predictions: {{{engine}, table: row, score: score}}}}\n"
    )
    assert "table 'row' is not there" in told["sources.predictions"].said
    assert told["sources.predictions"].outcome == "failed"


async def test_of_a_file_of_changes_the_newest_is_told(tmp_path: Path) -> None:
    event = {"time": "2026-11-03T02:41:00Z", "kind": "deploy", "text": "v42"}
    (tmp_path / "deploys.jsonl").write_text(json.dumps(event) + "\n")
    (tmp_path / "words.jsonl").write_text("v42 to everyone\n")
    (tmp_path / "empty.jsonl").touch()
    told = await asked(
        tmp_path,
        "sources:\n  changes: [{file: deploys.jsonl}, {file: words.jsonl}, {file: none.jsonl}]\n"
        "  reports: [{file: empty.jsonl}]\n",
    )
    assert [(answer.outcome, answer.said) for answer in told.values()] == [
        ("answered", "newest event 2026-11-03 02:41:00: deploy"),
        ("doubtful", "no line of it is an event"),
        ("doubtful", "no such file yet"),
        ("answered", "empty so far"),
    ]


async def test_an_address_to_listen_at_is_free_or_taken_and_its_token_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGES_TOKEN", "hunter2")
    feed = 'sources: {changes: [{listen: "127.0.0.1:%d", token: {env: %s}}]}\n'
    port = free_port()
    told = await asked(tmp_path, feed % (port, "CHANGES_TOKEN"))
    assert told["sources.changes[0]"].said == "free to listen at"
    told = await asked(tmp_path, feed % (port, "NO_TOKEN"))
    assert told["sources.changes[0]"].said == "the variable NO_TOKEN is not set"
    assert told["sources.changes[0]"].mend == "set it where cockpit runs"
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    async with server:
        told = await asked(tmp_path, feed % (port, "CHANGES_TOKEN"))
    assert (told["sources.changes[0]"].outcome, told["sources.changes[0]"].said) == (
        "doubtful",
        "taken",
    )


async def test_a_kubeconfig_that_is_not_there_is_said(tmp_path: Path) -> None:
    told = await asked(tmp_path, "sources: {changes: [{kubernetes: kubeconfig}]}\n")
    answer = told["sources.changes[0]"]
    assert (answer.outcome, answer.said) == (
        "failed",
        f"{tmp_path}/kubeconfig: No such file or directory",
    )


async def test_what_hangs_or_lies_costs_its_own_row_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "LONGEST_WAIT", 0.5)
    monkeypatch.setenv("PROM_TOKEN", "hunter2")

    def hang(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(2.0)

    def page(handler: BaseHTTPRequestHandler) -> None:
        say(handler, b"<html>log in, hunter2 \x1b[31m</html>")

    def refuse(handler: BaseHTTPRequestHandler) -> None:
        say(handler, b'{"status": "error", "error": "hunter2 is no token \\u001b[31m"}', 400)

    (tmp_path / "log.csv").write_text("time,score\n2026-11-03T02:00:00Z,0.5\n")
    auth = "auth: {bearer: {env: PROM_TOKEN}}"
    with serving(hang) as slow, serving(page) as web, serving(refuse) as wrong:
        told = await asked(
            tmp_path,
            "sources:\n  metrics:\n"
            + "".join(
                f'    - {{name: s{i}, prometheus: "{address}", {auth}}}\n'
                for i, address in enumerate((slow, web, wrong))
            )
            + f'  alerts: {{alertmanager: "{slow}"}}\n'
            "  predictions: {path: log.csv, time: time, score: score}\n",
        )
    said = {key: answer.said for key, answer in told.items()}
    assert said["sources.metrics[0]"] == said["sources.alerts"] == "no answer within 0.5 s"
    assert said["sources.metrics[1]"] == "an HTML page"
    assert said["sources.metrics[2]"].startswith("HTTP 400: ")
    assert told["sources.predictions"].outcome == "answered"
    assert all(answer.mend for answer in told.values() if answer.outcome == "failed")
    assert "hunter2" not in repr(told)
    assert "\x1b" not in repr(told)
