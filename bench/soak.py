"""What a recording that goes on for days takes: on disk for a day, and in memory as days go by."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from bench.day import write_day
from bench.figures import Figure
from bench.harness import ROOT, environment, script

DAYS = 3  # of which one is kept
MOST_BYTES = 40_000_000
FLAT = 1.05  # times what was held a day before


def measure(folder: Path) -> list[Figure]:
    """Days of a synthetic service, recorded and looked at as fast as it goes."""
    command = [*script("soaking_app.py"), str(folder), str(DAYS)]
    variables = environment(folder) | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    imported = folder / "day.incident"
    write_day(imported)
    before, last = told["memory"][-5], told["memory"][-1]
    return [
        Figure(
            what="a day of 200 series at 15 s and 1,000,000 predictions, recorded live",
            measured=_megabytes(told["file"]),
            reference=f"the same day, written minute by minute: {_megabytes(_size(imported))}",
            goal=f"≤ {_megabytes(MOST_BYTES)}",
            met=told["file"] <= MOST_BYTES,
        ),
        Figure(
            what=f"memory of who records and looks, after {DAYS} days of which one is kept",
            measured=f"{_megabytes(last)}, {last / before:.2f} × a day before",
            reference=f"a day before: {_megabytes(before)}",
            goal=f"≤ {FLAT} ×",
            met=last <= FLAT * before,
        ),
    ]


def _size(path: Path) -> int:
    return path.stat().st_size


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
