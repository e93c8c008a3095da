"""Records a scenario: runs the service under load along its timeline, writes what it saw."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alert import AlertWatch
from events import alert_events, report_events, told_events, write_events
from model import train_version
from payments import make_population
from processes import HERE, ServiceClient, running, running_services
from rawfiles import finish_predictions, read_rows, write_reference, write_rows
from scenarios import SCENARIOS, Scenario
from scrape import Dashboard, parse_exposition
from times import rfc3339

WARM_UP_SECONDS = 75.0  # traffic before the recording, so that its first minute is a whole one
METRIC_COLUMNS = ("time", "name", "value", "version", "region")


def record(scenario: Scenario, out: Path, minutes: float) -> None:
    """Run one scenario, shortened or not, and leave its raw files in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    served, labels = out / "served.csv", out / "labels.csv"
    served.unlink(missing_ok=True)  # of a recording that was broken off
    scale = minutes / scenario.minutes
    watch = AlertWatch(scenario.alert, scale)
    with running_services(scenario, served) as service:
        service.enter(scenario.stages[0])
        start = datetime.now(UTC) + timedelta(seconds=WARM_UP_SECONDS + 3.0)
        with running(
            "load.py",
            scenario=scenario.name,
            port=service.port,
            labels=labels,
            start=start.isoformat(),
            before=WARM_UP_SECONDS,
            scale=scale,
        ) as load:
            metrics, entered = follow_timeline(scenario, service, watch, start, scale)
            load.wait(timeout=60.0)
        service.close_log()

    def moment(minute: float) -> datetime:
        return entered.get(minute, start + timedelta(minutes=minute * scale))

    write_rows(out / "metrics.csv.gz", METRIC_COLUMNS, metrics)
    end = start + timedelta(minutes=minutes)
    rows = finish_predictions(served, labels, out, start, end)
    fraud = {row["id"]: row["is_fraud"] for row in read_rows(labels)}
    events = told_events(scenario, moment) + alert_events(watch)
    events += report_events(scenario, moment, rows, fraud)
    write_events(out / "events.jsonl", events)
    population = make_population(scenario.seed)
    v41 = train_version("v41", population)
    write_reference(out / "reference.csv.gz", population, v41, list(rows[0]))
    served.unlink()
    labels.unlink()
    if watch.fired_at is None:
        print("the alert rule never fired: this recording has no alert and no page")
    print(f"{len(rows)} predictions, {len(metrics)} metric values, {len(events)} events in {out}")


def follow_timeline(
    scenario: Scenario, service: ServiceClient, watch: AlertWatch, start: datetime, scale: float
) -> tuple[list[tuple[str, ...]], dict[float, datetime]]:
    """Scrape each second until the end, entering each stage when its minute comes.

    Returns the rows of the metrics file and, by minute, the time each stage was entered at.
    """
    dashboard = Dashboard()
    written: list[tuple[str, ...]] = []
    entered: dict[float, datetime] = {}
    waiting = list(scenario.stages[1:])
    seconds = 5.0 - WARM_UP_SECONDS
    while seconds < scenario.minutes * 60.0 * scale:
        due = start + timedelta(seconds=seconds)
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        if waiting and seconds >= waiting[0].minute * 60.0 * scale:
            stage = waiting.pop(0)
            service.enter(stage)
            entered[stage.minute] = datetime.now(UTC)
        sample = parse_exposition(service.metrics())
        now = datetime.now(UTC)
        rows = dashboard.add(now.timestamp(), sample)
        if seconds >= 0:
            watch.look(now, rows)
            written += [
                (rfc3339(now), row.name, f"{row.value:.6g}", row.version, row.region)
                for row in rows
            ]
        seconds += 1.0
    return written, entered


def import_recording(scenario: Scenario, raw: Path) -> None:
    """Make `sample_data/<name>.incident` anew from the raw files with cockpit's own import."""
    described = HERE / scenario.name
    files = {
        "--predictions": raw / "predictions.csv.gz",
        "--labels": raw / "labels.csv.gz",
        "--reference": raw / "reference.csv.gz",
        "--metrics": raw / "metrics.csv.gz",
        "--events": raw / "events.jsonl",
        "--map": described / "map.yaml",
        "--config": described / "cockpit.yaml",
        "-o": HERE.parent / f"{scenario.name}.incident",
    }
    options = [str(part) for pair in files.items() for part in pair]
    subprocess.run([sys.executable, "-m", "cockpit", "import", "--force", *options], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--out", type=Path, help="folder of the raw files (default raw/<scenario>)")
    parser.add_argument("--minutes", type=float, help="shorter, with the timeline scaled to it")
    parser.add_argument("--raw-only", action="store_true", help="do not make the .incident file")
    parser.add_argument("--import-only", action="store_true", help="make it from raw files kept")
    arguments = parser.parse_args()
    chosen = SCENARIOS[arguments.scenario]
    folder = arguments.out or HERE / "raw" / chosen.name
    if not arguments.import_only:
        record(chosen, folder, arguments.minutes or chosen.minutes)
    if not arguments.raw_only:
        import_recording(chosen, folder)
