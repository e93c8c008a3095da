"""`cockpit record` as people type it: the past, a while from now on, and what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cockpit.incident.connection import is_live
from cockpit.records import HOUR, MINUTE, SECOND
from cockpit.units import iso
from tests.daemons import openmetrics_blocks, prometheus
from tests.observe.past.outage import EVERY, WORSE, blocks, configured
from tests.stack import eventually
from tests.whole.conftest import cockpit, told

START = (time.time_ns() // 1_000 - 80 * MINUTE) // EVERY * EVERY
PAST = ("--from", iso(START), "--to", iso(START + HOUR))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory):
    """A Prometheus that scraped through an outage that has just ended."""
    folder = tmp_path_factory.mktemp("past")
    openmetrics_blocks(blocks(START), folder / "tsdb")
    with prometheus(folder, tsdb=folder / "tsdb") as found:
        yield found


@pytest.fixture(autouse=True)
def _own_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server on loopback that answers everything so; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
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


def test_the_past_is_a_file_that_replays(address: str, tmp_path: Path):
    out = tmp_path / "outage.incident"
    result = cockpit("record", configured(tmp_path, address), *PAST, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{out}\n"
    assert "metrics/broken: HTTP 400: " in result.stderr
    assert "panel gone: no values from that time" in result.stderr
    assert told("verify", out).startswith("sound: ")
    at = ("--at", iso(START + WORSE + 10 * MINUTE))
    found = json.loads(told("assess", out, *at, "--json"))
    (errors,) = [each for each in found["metrics"] if each["name"] == "error_rate"]
    assert errors["value"] == pytest.approx(9 / 39, abs=0.005)
    assert "v2 beside v1" in told("timeline", out)
    again = cockpit("record", tmp_path / "cockpit.yaml", *PAST, "-o", out)
    assert again.exit_code == 2
    assert "exists already; --force writes over it" in again.stderr
    told("record", tmp_path / "cockpit.yaml", *PAST, "-o", out, "--force")


def test_a_server_that_does_not_answer_is_named_and_can_be_left_out(address: str, tmp_path: Path):
    config = configured(tmp_path, address)
    text = config.read_text().replace(
        f'metrics: {{prometheus: "{address}"}}',
        f'metrics: [{{prometheus: "{address}"}}, {{name: other, prometheus: "http://127.0.0.1:9"}}]',
    )
    config.write_text(text.replace("panels:\n", "panels:\n  far: {query: up, server: other}\n"))
    out = tmp_path / "outage.incident"
    result = cockpit("record", config, *PAST, "-o", out)
    assert result.exit_code == 3
    assert (
        result.stderr == "cockpit: other: connection refused; leave it out with --without other\n"
    )
    assert not out.exists()
    unknown = cockpit("record", config, *PAST, "-o", out, "--without", "othr")
    assert unknown.stderr == (
        "cockpit: --without: no source is called 'othr'; did you mean 'other'?\n"
    )
    result = cockpit("record", config, *PAST, "-o", out, "--without", "other")
    assert result.exit_code == 0, result.stderr
    assert "other: left out, as asked" in result.stderr


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (500, b"\x1b[31mno", "HTTP 500"),
        (200, b"<html>welcome</html>", "an HTML page"),
        (200, b'{"status":"success","data":{"resu', "half an answer"),
    ],
)
def test_a_server_that_lies_leaves_no_file(status: int, body: bytes, cause: str, tmp_path: Path):
    with answering(status, body) as address:
        result = cockpit(
            "record", configured(tmp_path, address), *PAST, "-o", tmp_path / "x.incident"
        )
    assert result.exit_code == 3
    assert result.stderr.startswith(f"cockpit: metrics: {cause}")
    assert "\x1b" not in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cockpit.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-11-03T10:00:00Z"), "Give -o FILE"),
        (("--for", "1m"), "Give -o FILE"),
        (("-o", "x.incident"), "Give --from, or --for"),
        (
            ("--to", "10:00", "-o", "x.incident", "--for", "1m"),
            "--to and --without are of the past",
        ),
        (("--from", "now", "-o", "x.incident"), "--from: "),
        (("--from", "2020-01-01T00:00:00Z", "-o", "x.incident"), "--from: longer than 7 days"),
        (("--from", "2020-01-01T00:00:00Z", "--to", "2120-01-01T00:00:00Z", "-o", "x"), "to come"),
        (("--for", "0s", "-o", "x.incident"), "--for: nothing is recorded in no time"),
    ],
)
def test_what_makes_no_sense_is_said(arguments: tuple[str, ...], said: str, tmp_path: Path):
    result = cockpit("record", configured(tmp_path, "http://127.0.0.1:9"), *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_while_from_now_on_is_a_finished_file(address: str, tmp_path: Path):
    out = tmp_path / "now.incident"
    config = configured(tmp_path, address)
    result = cockpit("record", config, "--for", "6s", "-o", out)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{out}\n"
    assert not is_live(out)
    assert told("verify", out).startswith("sound: ")


@contextmanager
def recording(config: Path, folder: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """`cockpit record` in a process of its own."""
    command = [sys.executable, "-m", "cockpit", "record", str(config), *map(str, arguments)]
    variables = os.environ | {"TMPDIR": str(folder)}
    process = subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_stopped_before_its_time_the_file_is_whole(
    address: str, tmp_path: Path, number: signal.Signals, code: int
):
    out = tmp_path / "now.incident"
    config = configured(tmp_path, address)
    with recording(config, tmp_path, "--for", "10m", "-o", out) as process:
        eventually(lambda: has_chunks(tmp_path, "cockpit-*/recordings/shop.incident"))
        process.send_signal(number)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == code, stderr
    assert told("verify", out).startswith("sound: ")
    assert not list(tmp_path.glob("cockpit-*"))


def test_the_rolling_recording_is_kept_until_it_is_stopped(address: str, tmp_path: Path):
    with recording(configured(tmp_path, address), tmp_path) as process:
        eventually(lambda: has_chunks(tmp_path, "state/recordings/shop.incident"))
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 0, stderr
    assert stderr.startswith("recording shop into ")
    assert told("verify", tmp_path / "state/recordings/shop.incident").startswith("sound: ")


def test_ctrl_c_leaves_nothing_of_the_past(tmp_path: Path):
    silent = threading.Event()
    with listening(silent) as address:
        config = configured(tmp_path, address)
        with recording(config, tmp_path, *PAST, "-o", tmp_path / "x.incident") as process:
            assert silent.wait(30)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr == "cockpit: stopped; nothing was written\n"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cockpit.yaml"]


@contextmanager
def listening(asked: threading.Event) -> Iterator[str]:
    """A server that never answers; `asked` is set once it was asked."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            over.wait(30)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def has_chunks(folder: Path, pattern: str) -> bool:
    """Whether a recording of this name holds rows that were measured."""
    from cockpit.incident.file import IncidentFile
    from cockpit.records import BadInput

    for path in folder.glob(pattern):
        try:
            with IncidentFile.open(path) as file:
                return file.span().end > START + 60 * SECOND
        except BadInput:
            return False  # it is being made
    return False
