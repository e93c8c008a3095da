"""How fast `cockpit import` takes rows in, beside reading the same file with pandas."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from bench.figures import Figure
from bench.harness import in_turn
from cockpit.session.importing import ImportRequest, import_incident

ROWS = 200_000
RUNS = 3
MAP = """
service: bench
time: time
score: score
threshold: 0.5
label: label
label_delay: 5m
user: user
version: version
segments: [region, device]
features: {numeric: [amount, age_days], categorical: [merchant]}
"""


def measure(folder: Path) -> list[Figure]:
    """Rows a second into a finished incident file."""
    log, map_file = folder / "log.csv", folder / "map.yaml"
    _write_log(log)
    map_file.write_text(MAP)
    request = ImportRequest(
        predictions=log, map=map_file, output=folder / "log.incident", force=True
    )

    def ours() -> float:
        began = time.perf_counter()
        import_incident(request, None)
        return time.perf_counter() - began

    def plain() -> float:
        began = time.perf_counter()
        pd.read_csv(log)
        return time.perf_counter() - began

    imported, read = (ROWS / median(times) for times in in_turn(RUNS, ours, plain))
    return [
        Figure(
            what=f"`cockpit import` of {ROWS:,} predictions, two segments and three features",
            measured=f"{imported:,.0f} rows/s, {read / imported:.0f} × the time of reading alone",
            reference=f"`pandas.read_csv` of the same file: {read:,.0f} rows/s",
        )
    ]


def _write_log(path: Path) -> None:
    random = np.random.default_rng(7)
    score = random.beta(1.2, 6.0, ROWS)
    seconds = np.sort(random.uniform(0.0, 2 * 3600.0, ROWS))
    pd.DataFrame(
        {
            "time": pd.Timestamp("2024-03-05T02:00:00Z") + pd.to_timedelta(seconds, unit="s"),
            "score": score,
            "label": (random.random(ROWS) < score).astype(int),
            "user": random.integers(0, 9_000, ROWS),
            "version": random.choice(["v41", "v42"], ROWS),
            "region": random.choice(["BR", "DE", "IN", "MX", "US"], ROWS),
            "device": random.choice(["app", "web"], ROWS),
            "amount": np.round(random.lognormal(3.0, 1.0, ROWS), 2),
            "age_days": random.integers(0, 4_000, ROWS),
            "merchant": random.choice(["food", "fuel", "travel", "games"], ROWS),
        }
    ).to_csv(path, index=False)
