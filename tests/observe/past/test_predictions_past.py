"""Predictions of a recorded past: the rows of the window alone, from files and from an engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow import csv, parquet

from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.past.recording import PastRequest, record_past
from cockpit.observe.report import ImportReport
from cockpit.records import HOUR, MINUTE, SECOND, BadInput, Window
from cockpit.services import load_services
from cockpit.units import iso
from tests.observe.conftest import write_csv
from tests.observe.live.metrics import START

WINDOW = Window(start=START + 10 * MINUTE, end=START + 40 * MINUTE)
MAP = """
service: shop
sources:
  predictions:
    {where}
    time: time
    score: score
    threshold: 0.5
    latency: ms
    label: label
    label_time: known
    label_delay: 1m
"""
ROWS = [
    {
        "time": iso(START + i * SECOND),
        "score": (i * 37 % 100) / 100,
        "ms": 5 + i % 50,
        "label": i % 3 // 2,
        "known": iso(START + i * SECOND + 15 * MINUTE),
    }
    for i in range(3600)
]


def in_csv(folder: Path) -> str:
    write_csv(folder / "log.csv", ROWS)
    return "path: log.csv"


def in_parquet(folder: Path) -> str:
    (folder / "log").mkdir()
    parquet.write_table(csv.read_csv(write_csv(folder / "log.csv", ROWS)), folder / "log/1.parquet")
    return "path: log"


def in_duckdb(folder: Path) -> str:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(folder / "log.db") as database:
        write_csv(folder / "log.csv", ROWS)
        database.execute("CREATE TABLE log AS FROM read_csv(?)", [str(folder / "log.csv")])
    return f"ibis: duckdb:///{folder / 'log.db'}\n    table: log"


def recorded(folder: Path, where: str, window: Window = WINDOW) -> ImportReport:
    config = folder / "cockpit.yaml"
    config.write_text(MAP.format(where=where))
    return record_past(
        PastRequest(
            service=load_services(config)["shop"],
            window=window,
            output=folder / "past.incident",
            state_folder=folder / "state",
            documents={"config": config.read_text()},
        )
    )


@pytest.mark.parametrize("put", [in_csv, in_parquet, in_duckdb])
def test_the_rows_of_the_window_and_the_labels_known_by_then(put, tmp_path: Path):
    report = recorded(tmp_path, put(tmp_path))
    assert report.used == 30 * 60
    assert report.dropped == {"not of the time that is recorded": 30 * 60}
    assert report.labels_used == 15 * 60
    with IncidentFile.open(tmp_path / "past.incident") as file:
        telemetry = Telemetry(file)
        latest = START + 2 * HOUR
        traffic = telemetry.counts_by_valid("traffic", None, latest)
        assert traffic.columns["n"].sum() == 30 * 60
        assert traffic.columns["valid"].min() == WINDOW.start
        score = telemetry.counts("score", None, latest)
        labels = {
            label: int(score.columns["n"][score.columns["label"] == label].sum())
            for label in (0, 1)
        }
        assert labels == {0: 10 * 60, 1: 5 * 60}
        lag = 30 * SECOND if put is in_duckdb else 0  # so long an engine's rows may take
        assert telemetry.told(WINDOW.end, HOUR) == WINDOW.end - 5 * SECOND // 2 - lag


def test_requests_are_shown_when_a_recorder_would_have_read_them(tmp_path: Path):
    recorded(tmp_path, in_csv(tmp_path))
    at = START + 20 * MINUTE
    with IncidentFile.open(tmp_path / "past.incident") as file:
        telemetry = Telemetry(file)
        seen = {
            second: int(telemetry.counts("traffic", None, at + second * SECOND).columns["n"].sum())
            for second in (8, 9, 18, 19)
        }
    # Read 7.5 s after each ten seconds, but for the second that is not over; shown 1.5 s later.
    assert seen == {8: 597, 9: 607, 18: 607, 19: 617}


def test_nothing_of_that_time(tmp_path: Path):
    later = Window(start=START + 2 * HOUR, end=START + 3 * HOUR)
    with pytest.raises(BadInput, match="no row can be used: 3,600 not of the time"):
        recorded(tmp_path, in_csv(tmp_path), later)
    assert not (tmp_path / "past.incident").exists()
