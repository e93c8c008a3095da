"""Records a scenario: runs the service under load along its timeline, writes what it saw."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from rawfiles import (
    finish_predictions,
    read_rows,
    rfc3339,
    write_events,
    write_reference,
    write_rows,
    wronged_customer,
)
from scenarios import SCENARIOS, AlertRule, Event, Scenario
from scrape import Dashboard, Row, parse_exposition

HERE = Path(__file__).resolve().parent
WARM_UP_SECONDS = 75.0  # traffic before the recording, so that its first minute is a whole one


class ServiceClient:
    """The service's metrics and admin endpoints."""

    def __init__(self, port: int) -> None:
        self.port = port

    def metrics(self) -> str:
        return self._ask("GET", "/metrics")

    def set_stage(self, v42_share: float, v41_replicas: int, v42_replicas: int) -> None:
        self._ask("POST", f"/admin/replicas?version=v41&warm={v41_replicas}")
        self._ask("POST", f"/admin/replicas?version=v42&warm={v42_replicas}")
        self._ask("POST", f"/admin/split?v42={v42_share}")

    def close_log(self) -> None:
        self._ask("POST", "/admin/close-log")

    def _ask(self, method: str, path: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10.0)
        try:
            connection.request(method, path, headers={"Connection": "close"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()


@dataclass
class AlertWatch:
    """An alert rule looked at each second; holds the moment and the value it fired at."""

    rule: AlertRule
    scale: float
    fired_at: datetime | None = None
    value: float = 0.0
    over_since: datetime | None = field(default=None, repr=False)

    def look(self, now: datetime, rows: list[Row]) -> None:
        """Fire once the metric has been over its threshold for the rule's time."""
        seen = [
            row.value
            for row in rows
            if row.name == self.rule.metric and self.rule.label in (row.version + row.region,)
        ]
        if self.fired_at or not seen:
            return
        if seen[0] <= self.rule.threshold:
            self.over_since = None
            return
        self.over_since = self.over_since or now
        if now - self.over_since >= timedelta(minutes=self.rule.for_minutes * self.scale):
            self.fired_at, self.value = now, seen[0]


def record(scenario: Scenario, out: Path, minutes: float) -> None:
    """Run one scenario, shortened or not, and leave its raw files in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    scale = minutes / scenario.minutes
    with running_lab(scenario, out) as client:
        client.set_stage(*_stage_values(scenario, 0))
        start = datetime.now(UTC) + timedelta(seconds=WARM_UP_SECONDS + 3.0)
        load = subprocess.Popen(
            [sys.executable, str(HERE / "load.py"), "--scenario", scenario.name]
            + ["--port", str(client.port), "--labels", str(out / "labels.csv")]
            + ["--start", start.isoformat(), "--before", str(WARM_UP_SECONDS)]
            + ["--scale", str(scale)],
            env=_environment(),
        )
        watch = AlertWatch(scenario.alert, scale)
        metrics, stage_times = _follow(scenario, client, watch, start, scale)
        load.wait(timeout=60.0)
        client.close_log()
    end = start + timedelta(minutes=minutes)
    columns = ("time", "name", "value", "version", "region")
    write_rows(out / "metrics.csv.gz", columns, metrics)
    rows = finish_predictions(out / "served.csv", out / "labels.csv", out, start, end)
    events = _events(scenario, start, scale, watch, stage_times)
    truth = {row["id"]: row["is_fraud"] for row in read_rows(out / "labels.csv")}
    for report in scenario.reports:
        moment = rfc3339(start + timedelta(minutes=report.minute * scale))
        user = wronged_customer(report, moment, rows, truth)
        segment = f"region={report.region}"
        events.append(
            {
                "time": moment,
                "kind": "report",
                "text": report.text,
                "segment": segment,
                "user": user,
            }
        )
    write_events(out / "events.jsonl", events)
    write_reference(out / "reference.csv.gz", scenario, list(rows[0]))
    for intermediate in ("served.csv", "labels.csv"):
        (out / intermediate).unlink()
    print(f"{len(rows)} predictions, {len(metrics)} metric values, {len(events)} events in {out}")


def _follow(
    scenario: Scenario, client: ServiceClient, watch: AlertWatch, start: datetime, scale: float
) -> tuple[list[tuple[str, str, str, str, str]], dict[float, datetime]]:
    """Scrape each second until the end, turning the stages on when their minute comes."""
    dashboard = Dashboard()
    written: list[tuple[str, str, str, str, str]] = []
    stage_times: dict[float, datetime] = {}
    stages = list(enumerate(scenario.stages))[1:]
    seconds = -WARM_UP_SECONDS + 5.0
    length = scenario.minutes * 60.0 * scale
    while seconds < length:
        due = start + timedelta(seconds=seconds)
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        if stages and seconds >= stages[0][1].minute * 60.0 * scale:
            index, stage = stages.pop(0)
            client.set_stage(*_stage_values(scenario, index))
            stage_times[stage.minute] = datetime.now(UTC)
        text = client.metrics()
        now = datetime.now(UTC)
        rows = dashboard.add(now.timestamp(), parse_exposition(text))
        if seconds >= 0:
            watch.look(now, rows)
            written += [
                (rfc3339(now), row.name, f"{row.value:.6g}", row.version, row.region)
                for row in rows
            ]
        seconds += 1.0
    return written, stage_times


def _events(
    scenario: Scenario,
    start: datetime,
    scale: float,
    watch: AlertWatch,
    stage_times: dict[float, datetime],
) -> list[dict[str, str]]:
    """The scenario's events at the moments things were really done, and the alert and page."""

    def at(minute: float) -> str:
        return rfc3339(stage_times.get(minute, start + timedelta(minutes=minute * scale)))

    events = [_event_line(event, at) for event in scenario.events]
    if watch.fired_at:
        text = watch.rule.text.format(value=watch.value)
        paged = watch.fired_at + timedelta(minutes=watch.rule.page_after_minutes * scale)
        events.append({"time": rfc3339(watch.fired_at), "kind": "alert", "text": text})
        events.append({"time": rfc3339(paged), "kind": "page", "text": f"On-call paged: {text}"})
    return events


def _event_line(event: Event, at: Callable[[float], str]) -> dict[str, str]:
    line = {"time": at(event.minute), "kind": event.kind, "text": event.text}
    if event.version:
        line["version"] = event.version
    if event.segment:
        line["segment"] = event.segment
    if event.observed_minute is not None:
        line["observed_at"] = at(event.observed_minute)
    return line


def _stage_values(scenario: Scenario, index: int) -> tuple[float, int, int]:
    stage = scenario.stages[index]
    return stage.v42_share, stage.v41_replicas, stage.v42_replicas


@contextmanager
def running_lab(scenario: Scenario, out: Path) -> Iterator[ServiceClient]:
    """The feature service and the fraud service as processes of their own, ended on leaving."""
    features_port, port = _free_port(), _free_port()
    seed = str(scenario.seed)
    commands = (
        ["features.py", "--port", str(features_port), "--seed", seed]
        + ["--cache-size", str(scenario.feature_cache)],
        ["service.py", "--port", str(port), "--features-port", str(features_port), "--seed", seed]
        + ["--newer-model", scenario.newer_model, "--log", str(out / "served.csv")],
    )
    processes = [
        subprocess.Popen([sys.executable, str(HERE / name), *rest], env=_environment())
        for name, *rest in commands
    ]
    try:
        _wait_for(features_port)
        _wait_for(port)
        yield ServiceClient(port)
    finally:
        for process in processes:
            process.terminate()
            process.wait(timeout=10.0)


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def import_recording(scenario: Scenario, out: Path) -> None:
    """Make `sample_data/<name>.incident` from the raw files with cockpit's own import."""
    described = HERE / scenario.name
    target = HERE.parent / f"{scenario.name}.incident"
    command = [sys.executable, "-m", "cockpit", "import"]
    command += [
        "--predictions",
        str(out / "predictions.csv.gz"),
        "--map",
        str(described / "map.yaml"),
    ]
    command += [
        "--reference",
        str(out / "reference.csv.gz"),
        "--labels",
        str(out / "labels.csv.gz"),
    ]
    command += ["--metrics", str(out / "metrics.csv.gz"), "--events", str(out / "events.jsonl")]
    command += ["--config", str(described / "cockpit.yaml"), "-o", str(target)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--out", type=Path, help="folder of the raw files (default raw/<scenario>)")
    parser.add_argument("--minutes", type=float, help="shorter, with the timeline scaled to it")
    parser.add_argument("--raw-only", action="store_true", help="do not make the .incident file")
    arguments = parser.parse_args()
    chosen = SCENARIOS[arguments.scenario]
    folder = arguments.out or HERE / "raw" / chosen.name
    record(chosen, folder, arguments.minutes or chosen.minutes)
    if not arguments.raw_only:
        import_recording(chosen, folder)
