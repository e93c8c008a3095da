"""What the team was told and when: the timeline's events, the alert and page, user reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from alert import AlertWatch
from scenarios import Event, Scenario, UserReport
from times import rfc3339

Moment = Callable[[float], datetime]  # from minutes of the timeline to a time


def told_events(scenario: Scenario, moment: Moment) -> list[dict[str, str]]:
    """The timeline's events, each at the moment it was really done."""
    return [_line(event, moment) for event in scenario.events]


def alert_events(watch: AlertWatch) -> list[dict[str, str]]:
    """The alert and the page after it; none if the rule never fired."""
    if watch.fired_at is None:
        return []
    text = watch.rule.text.format(value=watch.value)
    paged = watch.fired_at + timedelta(minutes=watch.rule.page_after_minutes * watch.scale)
    return [
        {"time": rfc3339(watch.fired_at), "kind": "alert", "text": text},
        {"time": rfc3339(paged), "kind": "page", "text": f"On-call paged: {text}"},
    ]


def report_events(
    scenario: Scenario, moment: Moment, rows: list[dict[str, str]], fraud: dict[str, str]
) -> list[dict[str, str]]:
    """The scenario's reports, each from a customer whom the service really wronged just before."""
    return [
        {
            "time": rfc3339(moment(report.minute)),
            "kind": "report",
            "text": report.text,
            "segment": f"region={report.region}",
            "user": wronged_customer(report, rfc3339(moment(report.minute)), rows, fraud),
        }
        for report in scenario.reports
    ]


def wronged_customer(
    report: UserReport, before: str, rows: list[dict[str, str]], fraud: dict[str, str]
) -> str:
    """The last customer of the report's region sent to review without reason before that time."""
    wrong = [
        row["customer"]
        for row in rows
        if row["timestamp"] < before
        and row["region"] == report.region
        and report.version in (None, row["model_version"])
        and row["sent_to_review"] == "1"
        and fraud[row["id"]] == "0"
    ]
    return wrong[-1]


def write_events(path: Path, events: list[dict[str, str]]) -> None:
    """Events as JSON lines, in order of time."""
    ordered = sorted(events, key=lambda event: event["time"])
    lines = (json.dumps(event, ensure_ascii=False) + "\n" for event in ordered)
    path.write_text("".join(lines), encoding="utf-8")


def _line(event: Event, moment: Moment) -> dict[str, str]:
    line = {"time": rfc3339(moment(event.minute)), "kind": event.kind, "text": event.text}
    if event.version:
        line["version"] = event.version
    if event.segment:
        line["segment"] = event.segment
    if event.observed_minute is not None:
        line["observed_at"] = rfc3339(moment(event.observed_minute))
    return line
