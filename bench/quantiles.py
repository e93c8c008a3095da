"""p95 and p99 with their intervals of a million latencies, beside numpy's values without any."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np

from bench.figures import Figure
from bench.harness import in_turn
from cockpit.assess.service.latency import log_buckets
from cockpit.bins import latency_bin
from cockpit.records import Counts

ROWS, RUNS = 1_000_000, 9
BLOCK = 1 << 16  # rows binned at once: they stay in the cache
BINS = int(latency_bin(np.array([np.finfo(np.float32).max]))[0]) + 1
LEAST = 5  # times as fast


def measure(folder: Path) -> list[Figure]:
    """Binning included."""
    seconds = np.random.default_rng(13).lognormal(-2.5, 0.8, ROWS)

    def ours() -> float:
        began = time.perf_counter()
        n = sum(
            np.bincount(latency_bin(seconds[start : start + BLOCK]), minlength=BINS)
            for start in range(0, ROWS, BLOCK)
        )
        bins = np.flatnonzero(n)
        counted = log_buckets(Counts("latency", {"bin": bins, "n": n[bins]}, {}))
        counted.quantile(0.95)
        counted.quantile(0.99)
        return time.perf_counter() - began

    def theirs() -> float:
        began = time.perf_counter()
        np.quantile(seconds, [0.95, 0.99])
        return time.perf_counter() - began

    binned, plain = (median(times) for times in in_turn(RUNS, ours, theirs))
    return [
        Figure(
            what=f"p95 and p99 with their intervals of {ROWS:,} latencies, binning included",
            measured=f"{binned * 1e3:.1f} ms, {plain / binned:.1f} × as fast",
            reference=f"`np.quantile`, no interval: {plain * 1e3:.1f} ms",
            goal=f"≥ {LEAST} ×",
            met=plain / binned >= LEAST,
        )
    ]
