"""Whether memory and time per row stay flat: `python -m bench.scale 1_000_000 100_000_000`.

Each number of rows is generated into Parquet, in pieces, in a temporary folder, and imported by a
process of its own, whose peak memory is what the system says of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from bench.harness import environment

PIECE = 500_000
START = 1_709_604_000_000_000  # 2024-03-05T02:00:00Z, µs
DAY = 86_400_000_000
MAP = """
service: bench
time: time
score: score
threshold: {v41: 0.5, v42: 0.4}
label: label
label_time: label_time
user: user
version: version
latency: latency
error: error
segments: [region, device]
features: {numeric: [amount, age_days], categorical: [merchant]}
"""
IMPORT = """
import json, resource, sys, time
from pathlib import Path
from cockpit.session.importing import ImportRequest, import_incident
folder = Path(sys.argv[1])
began = time.perf_counter()
import_incident(ImportRequest(
    predictions=folder / "log.parquet", map=folder / "map.yaml", output=folder / "log.incident",
), None)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "processor": used.ru_utime + used.ru_stime,
    "peak_mb": used.ru_maxrss / 1024,
}))
"""


def generate(path: Path, rows: int) -> None:
    """A day of predictions in the order of their times, labels an hour or less behind them."""
    random = np.random.default_rng(7)
    writer = None
    for first in range(0, rows, PIECE):
        n = min(PIECE, rows - first)
        times = START + np.linspace(first, first + n, n, endpoint=False) * (DAY / rows)
        at = times.astype(np.int64)
        score = random.beta(0.4, 20.0, n)
        stamp = pa.timestamp("us", "UTC")
        known = at + random.integers(60_000_000, 3_600_000_000, n)
        piece = pa.table(
            {
                "time": pa.array(at, stamp),
                "score": score,
                "label": pa.array(random.random(n) < score, mask=random.random(n) < 0.3),
                "label_time": pa.array(known, stamp),
                "user": random.integers(0, 9_000_000, n),
                "version": _words(random, ["v41", "v42"], n),
                "latency": random.lognormal(3.5, 0.6, n),
                "error": pa.array(["timeout"] * n, mask=random.random(n) > 0.002),
                "region": _words(random, ["BR", "DE", "IN", "MX", "US"], n),
                "device": _words(random, ["app", "web"], n),
                "amount": np.round(random.lognormal(3.0, 1.0, n), 2),
                "age_days": random.integers(0, 4_000, n),
                "merchant": _words(random, ["food", "fuel", "travel", "games"], n),
            }
        )
        writer = writer or parquet.ParquetWriter(path, piece.schema)
        writer.write_table(piece)
    if writer is not None:
        writer.close()


def _words(random: np.random.Generator, words: list[str], n: int) -> pa.Array:
    codes = pa.array(random.integers(0, len(words), n), pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words)).dictionary_decode()


def measure(rows: int, folder: Path) -> dict[str, float]:
    """Seconds of the clock and of the processor, and the peak of memory in MB, of one import."""
    (folder / "map.yaml").write_text(MAP)
    generate(folder / "log.parquet", rows)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(folder)],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    found["file_mb"] = (folder / "log.incident").stat().st_size / 2**20
    return found


def main(wanted: list[str]) -> None:
    """Print a line of a table for each number of rows."""
    print("| rows | seconds | rows/s | processor, µs a row | peak memory | incident file |")
    print("|---:|---:|---:|---:|---:|---:|", flush=True)
    for rows in map(int, wanted or ["1_000_000"]):
        with tempfile.TemporaryDirectory() as folder:
            found = measure(rows, Path(folder))
        print(
            f"| {rows:,} | {found['seconds']:,.0f} | {rows / found['seconds']:,.0f} "
            f"| {found['processor'] / rows * 1e6:,.0f} | {found['peak_mb']:,.0f} MB "
            f"| {found['file_mb']:,.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
