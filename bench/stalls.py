"""How late the interface comes while views are computed: by the worker, in a thread, not at all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.harness import SAMPLE, environment, in_turn, script

RUNS = 3
MOST = 1.5  # times what drawing costs by itself


def measure(folder: Path) -> list[Figure]:
    """The cockpit seeking from view to view, with its worker, without one, and drawing alone."""
    variables = environment(folder)

    def run(how: str) -> dict[str, Any]:
        command = [*script("seeking_app.py"), str(SAMPLE), how]
        done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    apart, others = in_turn(RUNS, lambda: run("apart"), lambda: (run("within"), run("drawn")))
    within, drawn = [first for first, _ in others], [second for _, second in others]
    ratio = _late(apart) / _late(drawn)
    return [
        Figure(
            what="how late the interface comes while views are computed, p99",
            measured=f"{_told(apart)}; {ratio:.2f} × drawing alone",
            reference=f"drawing alone: {_told(drawn)}; computed in a thread: {_told(within)}",
            goal=f"≤ {MOST} ×",
            met=ratio <= MOST,
        )
    ]


def _late(runs: list[dict[str, Any]]) -> float:
    return percentile([late for run in runs for late in run["late"]], 0.99)


def _told(runs: list[dict[str, Any]]) -> str:
    most = max(late for run in runs for late in run["late"])
    keys = percentile([key for run in runs for key in run["keys"]], 0.95)
    memory = max(run["memory"] for run in runs)
    return (
        f"{_late(runs) * 1e3:.0f} ms, at most {most * 1e3:.0f} ms, a key's sheet p95"
        f" {keys * 1e3:.0f} ms, {memory / 1e6:.0f} MB"
    )
