"""AUC with its interval of scores and labels in memory, beside scikit-learn's value without one."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.figures import Figure, milliseconds
from bench.harness import in_turn, seconds
from cockpit.assess.quality import ranking
from cockpit.assess.scores import DECISIONS, LABELS, Scores
from cockpit.bins import SCORE_BINS, score_bin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cockpit.assess.methods.measurement import Measurement

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RUNS = {1_000_000: 7, 10_000_000: 3}
LEAST = {1_000_000: 15, 10_000_000: 40}  # times as fast as scikit-learn
LEAST_BOOTSTRAP = 5_000
RESAMPLES, TIMED = 1_000, 3  # of the bootstrap: how many it takes, how many are timed
BLOCK = 1 << 18  # rows binned at once


def measure(folder: Path) -> list[Figure]:
    """One million and ten million rows, binning included."""
    found = []
    for rows in RUNS:
        random = np.random.default_rng(11)
        score = random.beta(1.2, 6.0, rows)
        label = (random.random(rows) < score).astype(np.int64)
        figure, ours = _beside_the_value(score, label)
        found.append(figure)
        if rows == min(RUNS):
            found.append(_beside_bootstrap(score, label, ours))
    return found


def _beside_the_value(score: Floats, label: Ints) -> tuple[Figure, float]:
    """The figure, and the seconds ours took."""
    rows = len(score)
    ours, theirs = (
        median(times)
        for times in in_turn(
            RUNS[rows],
            lambda: seconds(lambda: auc(score, label)),
            lambda: seconds(lambda: roc_auc_score(label, score)),
        )
    )
    off = abs((auc(score, label).value or 0.0) - float(roc_auc_score(label, score)))
    figure = Figure(
        what=f"AUC with its interval of {rows:,} rows, binning included",
        measured=f"{milliseconds(ours)}, {theirs / ours:.0f} × as fast, {off:.0e} away",
        reference=f"scikit-learn `roc_auc_score`, no interval: {milliseconds(theirs)}",
        goal=f"≥ {LEAST[rows]} ×",
        met=theirs / ours >= LEAST[rows],
    )
    return figure, ours


def auc(score: Floats, label: Ints) -> Measurement:
    """AUC and interval of rows in memory: counted into the exact bins, then by the counts."""
    counts = np.zeros(2 * SCORE_BINS, dtype=np.int64)
    for start in range(0, len(score), BLOCK):
        part = slice(start, start + BLOCK)
        counts += np.bincount(
            label[part] * SCORE_BINS + score_bin(score[part]), minlength=len(counts)
        )
    cells = np.zeros((LABELS, DECISIONS, SCORE_BINS), dtype=np.int64)
    cells[1:, 0] = counts.reshape(2, SCORE_BINS)
    nothing = np.zeros((LABELS, SCORE_BINS))
    return ranking.auc(Scores(cells, nothing, nothing))


def _beside_bootstrap(score: Floats, label: Ints, ours: float) -> Figure:
    random = np.random.default_rng(12)

    def resample() -> float:
        drawn = random.integers(0, len(score), len(score))
        return float(roc_auc_score(label[drawn], score[drawn]))

    whole = median(seconds(resample) for _ in range(TIMED)) * RESAMPLES
    return Figure(
        what=f"the same interval of {len(score):,} rows",
        measured=f"{milliseconds(ours)}, {whole / ours:,.0f} × as fast",
        reference=f"bootstrap of {RESAMPLES:,} resamples, told from {TIMED}: {whole:,.0f} s",
        goal=f"≥ {LEAST_BOOTSTRAP:,} ×",
        met=whole / ours >= LEAST_BOOTSTRAP,
    )
