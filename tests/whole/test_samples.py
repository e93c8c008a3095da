"""The two packaged incidents are what the documentation promises of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.assets import sample_incident
from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry
from cockpit.records import MINUTE, SECOND, Window
from cockpit.session import Session
from tests.whole.conftest import told, told_json
from tests.whole.made import iso

SAMPLES = ("card-fraud-rollout", "unit-swap")
LARGEST = 5_000_000  # bytes


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Path:
    return sample_incident(request.param)


def events(file: Path) -> dict[str, list[dict[str, Any]]]:
    """What was recorded, by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in told_json("timeline", file)["entries"]:
        found.setdefault(entry["kind"], []).append(entry)
    return found


def opening(file: Path) -> int:
    with Session.read(file) as session:
        return session.opens_at


def test_it_is_sound_and_small(sample: Path) -> None:
    assert told("verify", sample).startswith("sound: ")
    assert sample.stat().st_size < LARGEST


def test_it_holds_a_service_that_ran(sample: Path) -> None:
    with IncidentFile.open(sample) as file:
        telemetry = Telemetry(file)
        span = telemetry.span()
        scores = telemetry.counts("score", None, span.end)
        users = telemetry.counts("users", None, span.end)
        series = telemetry.series(None, None, span.end)
    assert span.end - span.start >= 20 * MINUTE
    assert 80_000 <= scores.columns["n"].sum() <= 150_000
    assert len(scores.words["version"]) >= 2
    assert len(users) > 0
    steps = [np.median(np.diff(times)) for times, _ in series.values() if len(times) > 100]
    assert steps
    assert steps == pytest.approx([SECOND] * len(steps), rel=0.01)
    recorded = events(sample)
    assert {"deploy", "schema", "alert", "page", "report"} <= recorded.keys()


def test_labels_come_minutes_later(sample: Path) -> None:
    with IncidentFile.open(sample) as file:
        telemetry = Telemetry(file)
        end = telemetry.span().end
        window = range(end - 20 * MINUTE, end - 10 * MINUTE, MINUTE)
        for start in window:
            at_once = labelled(telemetry, start, start + MINUTE)
            later = labelled(telemetry, start, start + 9 * MINUTE)
            assert at_once < 0.05
            assert later > 0.8


def labelled(telemetry: Telemetry, start: int, as_of: int) -> float:
    """The share of one minute's decisions whose label was known at `as_of`."""
    counts = telemetry.counts("score", Window(start=start, end=start + MINUTE), as_of)
    n = counts.columns["n"]
    return float(n[counts.columns["label"] >= 0].sum() / n.sum())


def test_it_opens_shortly_before_the_page_and_knows_nothing_of_it(sample: Path) -> None:
    at = opening(sample)
    (page,) = events(sample)["page"]
    assert 0 < page["at"] - at <= 3 * MINUTE
    then = told_json("status", sample, "--at", iso(at))
    assert then["status"]["paged_at"] is None
    assert "page" not in {
        e["kind"] for e in told_json("timeline", sample, "--at", iso(at))["entries"]
    }


def test_nothing_is_advised_while_all_is_well(sample: Path) -> None:
    with Session.read(sample) as session:
        early = session.recording.span.start + 5 * MINUTE
    table = told_json("options", sample, "--at", iso(early))
    assert table["recommendation"]["option"] in ("", "observe", "shadow")


def test_the_one_region_that_is_hurt_is_found(sample: Path) -> None:
    status = told_json("status", sample)
    assert status["impact"]["segment"] == "region BR"
    assert status["impact"]["of"] == "users"
    assert status["impact"]["wrong_one_in"] < status["impact"]["healthy_one_in"] / 2


def test_the_rollout_calls_for_more_than_watching() -> None:
    table = told_json("options", sample_incident("card-fraud-rollout"))
    assert table["recommendation"]["option"] not in ("", "observe", "shadow")
    recommended = next(
        row for row in table["options"] if row["id"] == table["recommendation"]["option"]
    )
    observe = next(row for row in table["options"] if row["id"] == "observe")
    assert recommended["wrong"]["value"] < observe["wrong"]["value"]
    assert recommended["until"]["value"] < observe["until"]["value"] / 2
    assert table["recommendation"]["why"]
    assert any(note.startswith("not observe: ") for note in table["footnotes"])
    slow = next(m for m in metrics("card-fraud-rollout") if m["id"] == "latency_p99")
    assert slow["verdict"] in ("degraded", "critical")


def test_a_unit_swap_is_not_mended_by_a_rollback_and_the_table_says_why() -> None:
    table = told_json("options", sample_incident("unit-swap"))
    wrong = ("", "observe", "shadow", "rollback", "canary", "split")
    assert table["recommendation"]["option"] not in wrong
    (why,) = [note for note in table["footnotes"] if note.startswith("not rollback to v41: ")]
    assert re.search(r"with its data or features at fault \(.*\) it spares", why)
    rollback = next(row for row in table["options"] if row["id"] == "rollback")
    assert rollback["quality"]["low"] < 0 < rollback["quality"]["high"]


def test_a_unit_swap_hides_in_the_view_of_all_regions() -> None:
    drift = {
        (d["feature"], d["segment"]): d
        for d in told_json("assess", sample_incident("unit-swap"))["drift"]
    }
    everywhere = drift["amount", None]
    assert everywhere["missing_share"] == 0
    assert everywhere["class"] != "major"
    in_brazil = drift["amount", "region BR"]
    assert in_brazil["class"] == "major"
    assert in_brazil["psi_corrected"] > 10 * everywhere["psi_corrected"]


def metrics(sample: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told_json("assess", sample_incident(sample))["metrics"]
    return found
