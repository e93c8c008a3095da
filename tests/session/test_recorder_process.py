"""The recorder's own process, with a real Alertmanager: what wakes somebody opens an incident."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cockpit.incident.declared import end, open_incidents
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.rolling import recording_path
from cockpit.records import HOUR
from cockpit.session.recorder_process import RecorderProcess
from cockpit.units import iso
from tests.daemons import alertmanager, post_json

CONFIG = """
service: shop
sources:
  alerts: {{alertmanager: "{server}", every: 300ms}}
"""


def now() -> int:
    """The wall clock, µs UTC."""
    return time.time_ns() // 1_000


def until(true: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + 20.0
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def fires(server: str, name: str) -> None:
    labels = {"alertname": name, "severity": "critical"}
    alert = {"labels": labels, "startsAt": iso(now()), "endsAt": iso(now() + HOUR)}
    post_json(f"{server}/api/v2/alerts", [alert])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with alertmanager(tmp_path / "server") as address:
        yield address


def test_an_alert_opens_an_incident_and_no_other_while_it_is_open(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path))
    config = tmp_path / "cockpit.yaml"
    config.write_text(CONFIG.format(server=server))
    recorder = RecorderProcess(config, "shop")
    assert recorder.keep_running() == ""

    def told() -> list[str]:
        path = recording_path(tmp_path, "shop")
        if not path.exists():
            return []
        with IncidentFile.open(path) as file:
            return [event.text for event in events(file) if event.kind == "alert"]

    try:
        fires(server, "Errors")
        until(lambda: open_incidents(tmp_path, "shop"))
        (opened,) = open_incidents(tmp_path, "shop")
        assert opened.title == "Errors (critical)"
        fires(server, "Slow")
        until(lambda: "Slow (critical)" in told())
        assert open_incidents(tmp_path, "shop") == [opened]
        with IncidentFile.open_live(opened.path) as file:
            (declared,) = [event for event in events(file) if event.kind == "declare"]
            assert declared.data == {"cause": "alert: Errors (critical)"}
            end(file, at=now(), reason="mended", writer="ann@here")
        fires(server, "Late")  # what fired before opens none again; what is new does
        until(lambda: open_incidents(tmp_path, "shop"))
        assert [each.title for each in open_incidents(tmp_path, "shop")] == ["Late (critical)"]
        assert told() == ["Errors (critical)", "Slow (critical)", "Late (critical)"]
    finally:
        recorder.close()
