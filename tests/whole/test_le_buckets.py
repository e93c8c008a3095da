"""Latency from Prometheus' `le` counters in a long metrics file, imported by the command."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cockpit.records import HOUR, MINUTE, SECOND
from cockpit.units import iso, parse_instant
from tests.whole.conftest import told, told_json

START = parse_instant("2026-11-03T02:00:00Z")
MINUTES, EVERY = 40, 15  # of the log; seconds from one scrape to the next
BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, np.inf]
MEDIAN = {"v1": 0.06, "v2": 0.2}  # seconds
RESTARTED = {"v1": 70, "v2": 150}  # scrapes after which the counters begin at zero again
MAP = """
service: checkout
time: t
score: score
version: v1
metrics:
  - {name: latency_bucket, column: http_request_duration_seconds_bucket, unit: s}
"""
CONFIG = """
objectives:
  - {name: latency, good: latency <= 250ms, target: 95%}
"""


def scrapes(rng: np.random.Generator) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """Rows of the metrics file, and the latencies (s) of each version in its last five minutes."""
    rows, last = [], {}
    for version, median in MEDIAN.items():
        n = MINUTES * 60 // EVERY
        requests = [rng.lognormal(np.log(median), 0.5, 40) for _ in range(n)]
        counters = np.zeros(len(BOUNDS), dtype=int)
        for i, seconds in enumerate(requests):
            if i == RESTARTED[version]:
                counters = np.zeros(len(BOUNDS), dtype=int)
            counters += [int((seconds <= bound).sum()) for bound in BOUNDS]
            rows += [
                {
                    "time": iso(START + i * EVERY * SECOND),
                    "name": "http_request_duration_seconds_bucket",
                    "value": count,
                    "le": "+Inf" if np.isinf(bound) else f"{bound:g}",
                    "version": version,
                    "job": "checkout",
                }
                for bound, count in zip(BOUNDS, counters.tolist(), strict=True)
            ]
        last[version] = np.concatenate(requests[-5 * 60 // EVERY + 1 :])
    rng.shuffle(rows)
    return rows, last


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    rows, last = scrapes(np.random.default_rng(5))
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "cockpit.yaml").write_text(CONFIG, encoding="utf-8")
    log = [{"t": iso(START + i * 10 * SECOND), "score": 0.5} for i in range(MINUTES * 6)]
    file = tmp_path / "checkout.incident"
    files = {
        "--predictions": write(tmp_path / "predictions.csv", log),
        "--metrics": write(tmp_path / "metrics.csv", rows),
        "--map": tmp_path / "map.yaml",
        "--config": tmp_path / "cockpit.yaml",
    }
    told("import", *(part for pair in files.items() for part in pair), "-o", file)
    return file, last


def test_quantiles_and_burn_come_out_of_le_counters(checkout):
    file, last = checkout
    document = told_json("assess", file, "--at", iso(START + MINUTES * MINUTE))
    by_id = {e["id"]: e for e in document["metrics"]}
    last[""] = np.concatenate(list(last.values()))
    for version, seconds in last.items():
        for name, q in {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}.items():
            found = by_id[f"{name}@{version}" if version else name]
            assert found["source"] == "latency buckets"
            assert found["n"] == seconds.size
            truth = np.quantile(seconds, q, method="inverted_cdf") * 1000
            assert found["low"] <= truth <= found["high"]
    burn = document["burns"][0]
    assert burn["objective"] == "latency"
    assert burn["short"]["value"] == pytest.approx((last[""] > 0.25).mean() / 0.05)
    assert burn["long"]["window"]["end"] - burn["long"]["window"]["start"] < HOUR
    assert "recorded of 1 h" in burn["sentence"]
