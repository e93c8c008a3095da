"""`cockpit silence` with a real Alertmanager: shown, agreed to, sent, journalled, ended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cockpit.incident.declared import open_incidents
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.rolling import recording_path
from cockpit.records import HOUR, MINUTE, Event
from cockpit.units import iso
from tests.daemons import alertmanager, free_port, get, post_json
from tests.observe.live.test_http import say, serving
from tests.ui.terminal import Terminal
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.test_what_is_loaded import TABLES, loaded

TOKEN = "hunter2-secret"
CONFIG = """
service: shop
sources:
  alerts:
    alertmanager: {server}
    timeout: 2s
    matchers: ['service="shop"']
    auth: {{bearer: {{env: ALERTS_TOKEN}}}}
"""
AGREED = ("--for", "1h", "--because", "gateway is being mended", "--yes")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with alertmanager(tmp_path / "server") as address:
        labels = [("Slow", "shop"), ("Slow", "ads"), ("Errors", "shop")]
        now = time.time_ns() // 1_000
        since, until = iso(now - MINUTE), iso(now + HOUR)
        alerts = [
            {"labels": {"alertname": n, "service": s}, "startsAt": since, "endsAt": until}
            for n, s in labels
        ]
        post_json(f"{address}/api/v2/alerts", alerts)
        yield address


@pytest.fixture
def config(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return configured(server, tmp_path, monkeypatch)


def configured(server: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ALERTS_TOKEN", TOKEN)
    file = folder / "cockpit.yaml"
    file.write_text(CONFIG.format(server=server))
    return file


def silences(server: str) -> list[dict[str, Any]]:
    """What the Alertmanager has."""
    found: list[dict[str, Any]] = json.loads(get(f"{server}/api/v2/silences"))
    return found


def silenced(server: str) -> set[tuple[str, str]]:
    """The name and the service of each alert that it holds back."""
    found = json.loads(get(f"{server}/api/v2/alerts?active=false"))
    return {(alert["labels"]["alertname"], alert["labels"]["service"]) for alert in found}


def journalled(file: Path) -> list[Event]:
    with IncidentFile.open(file) as incident:
        return [event for event in events(incident) if event.kind == "silence"]


def test_it_is_shown_sent_and_journalled_in_the_open_incident(
    server: str, config: Path, tmp_path: Path
) -> None:
    told("declare", "slow", "--config", config)
    result = cockpit("silence", "Slow", *AGREED, "--config", config, "--as", "ann@here")
    assert result.exit_code == 0, result.stderr
    for words in (
        'silence  alertname="Slow", service="shop"',
        " UTC (60 min)",
        "author   ann@here",
        "because  gateway is being mended",
        "held back of what fires now: 1\n  Slow: service=shop",
    ):
        assert words in result.stderr
    (made,) = silences(server)
    assert result.stdout == f"{made['id']}\n"
    assert (made["createdBy"], made["comment"]) == ("ann@here", "gateway is being mended")
    assert silenced(server) == {("Slow", "shop")}
    (opened,) = open_incidents(tmp_path / "state", "shop")
    (entry,) = journalled(opened.path)
    assert entry.who == "ann@here"
    assert entry.text.startswith('silenced alertname="Slow", service="shop" until ')
    assert entry.text.endswith(" UTC: gateway is being mended")
    assert entry.data["silence"] == made["id"]
    assert TOKEN not in opened.path.read_bytes().decode(errors="replace")
    timeline = told("timeline", opened.path)
    assert 'silenced alertname="Slow"' in timeline


def test_without_an_incident_the_recording_keeps_it(
    server: str, config: Path, tmp_path: Path
) -> None:
    document = told_json("silence", 'service=~"ads|shop"', *AGREED, "--config", config)
    assert document["schema"] == "cockpit.silence/1"
    assert document["count"] == 3
    assert document["id"] == silences(server)[0]["id"]
    assert silenced(server) == {("Slow", "shop"), ("Slow", "ads"), ("Errors", "shop")}
    (entry,) = journalled(recording_path(tmp_path / "state", "shop"))
    assert entry.data["silence"] == document["id"]


def test_a_silence_is_ended_by_its_id(server: str, config: Path, tmp_path: Path) -> None:
    made = told("silence", "Slow", *AGREED, "--config", config).strip()
    ending = ("silence", made, "--end", "--because", "mended", "--config", config)
    result = cockpit(*ending, "--yes")
    assert (result.exit_code, result.stdout) == (0, f"{made}\n")
    assert "held back until now: 1\n  Slow: service=shop" in result.stderr
    assert silenced(server) == set()
    entries = journalled(recording_path(tmp_path / "state", "shop"))
    assert entries[1].text == 'ended the silence of alertname="Slow", service="shop": mended'
    again = cockpit(*ending, "--yes")
    assert again.exit_code == 2
    assert "no silence" in again.stderr


def test_nothing_is_sent_without_agreement(server: str, config: Path) -> None:
    result = cockpit("silence", "Slow", *AGREED[:-1], "--config", config)
    assert result.exit_code == 2
    assert 'silence  alertname="Slow"' in result.stderr  # it is shown all the same
    assert "agree with --yes" in result.stderr
    assert silences(server) == []


@pytest.mark.parametrize(("key", "sent", "code"), [("y", 1, 0), ("", 0, 1)])
def test_on_a_terminal_it_asks(
    server: str, config: Path, tmp_path: Path, key: str, sent: int, code: int
) -> None:
    command = ("silence", "Slow", *AGREED[:-1], "--config", str(config))
    terminal = Terminal("-m", "cockpit", *command, COCKPIT_STATE=str(tmp_path / "state"))
    terminal.read_until("Send it? [y/N]")
    assert silences(server) == []
    terminal.type(f"{key}\n")
    assert terminal.wait() == code
    assert len(silences(server)) == sent
    assert sent or b"Nothing was sent." in terminal.raw


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Slow", "--because", "x", "--yes"), "Give --for"),
        (("Slow", "--for", "1h", "--end", "--because", "x"), "Give --for"),
        (("Slow", "--for", "soon", "--because", "x", "--yes"), "not a duration"),
        (("Slow", "--for", "0s", "--because", "x", "--yes"), "length of time"),
        (("Slow", "--for", "1h", "--because", " ", "--yes"), "takes a reason"),
        (("{}", "--for", "1h", "--because", "x", "--yes"), "every alert"),
        (("region=", "--for", "1h", "--because", "x", "--yes"), "matches nothing"),
    ],
)
def test_what_makes_no_sense_is_one_line_and_nothing_is_sent(
    server: str, config: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = cockpit("silence", *arguments, "--config", config)
    assert result.exit_code == 2
    assert words in result.stderr
    assert silences(server) == []


def test_what_the_server_refuses_is_said(server: str, config: Path) -> None:
    for alert in ('region=~"("', 'region=~".*"'):
        result = cockpit("silence", alert, *AGREED, "--config", config)
        assert result.exit_code == 3
        assert "sources.alerts: HTTP 400: " in result.stderr
    assert silences(server) == []


def test_nobody_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(f"http://127.0.0.1:{free_port()}", tmp_path, monkeypatch)
    result = cockpit("silence", "Slow", *AGREED, "--config", config)
    assert result.exit_code == 3
    assert "sources.alerts: connection refused" in result.stderr


def test_no_alertmanager_named(tmp_path: Path) -> None:
    config = tmp_path / "cockpit.yaml"
    config.write_text("service: shop\n")
    result = cockpit("silence", "Slow", *AGREED, "--config", config)
    assert result.exit_code == 2
    assert "write its address to sources.alerts.alertmanager" in result.stderr


class Hostile:
    """An Alertmanager with no alerts that answers a silence with what it is given."""

    def __init__(self, answer: bytes, status: int = 200, *, hangs: float = 0.0, date: str = ""):
        self.answer, self.status, self.hangs, self.date = answer, status, hangs, date
        self.sent = 0

    def __call__(self, handler: Any) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if handler.command == "GET":
            if self.date:
                handler.date_time_string = lambda *_: self.date
            say(handler, b"[]")
            return
        self.sent += 1
        if self.answer == b"drop":
            handler.close_connection = True
            handler.connection.shutdown(2)
            return
        time.sleep(self.hangs)
        with suppress(OSError):  # whoever asked may have gone
            say(handler, self.answer, self.status)


@pytest.mark.parametrize(
    ("hostile", "words"),
    [
        (Hostile(b"<html>login</html>"), "an HTML page"),
        (Hostile(b"{}"), "names no silence"),
        (Hostile(b"drop"), "connection dropped"),
        (Hostile(b"{}", hangs=3.0), "whether it was done is not known"),
        (Hostile(b'"\\u001b[2J hunter2-secret"', 500), "HTTP 500: ␛[2J ••••"),
        (Hostile(b"", date="Mon, 03 Nov 2036 02:51:10 GMT"), "set the clocks first"),
    ],
    ids=["html", "no-id", "drop", "hangs", "500", "clock"],
)
def test_a_hostile_server_is_one_line_and_is_asked_once(
    hostile: Hostile, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(hostile) as address:
        config = configured(address, tmp_path, monkeypatch)
        result = cockpit("silence", "Slow", *AGREED, "--config", config)
    assert result.exit_code in (2, 3)
    last = result.stderr.splitlines()[-1]
    assert words in last
    assert last.isprintable()
    assert TOKEN not in result.stderr
    assert hostile.sent == (0 if hostile.date else 1)
    assert journalled(recording_path(tmp_path / "state", "shop")) == []


def test_it_loads_no_tables(server: str, config: Path) -> None:
    found = loaded("silence", "Slow", *AGREED, "--config", config)
    assert "httpx" in found
    assert not found & {"textual", "numpy", "scipy", *TABLES}
