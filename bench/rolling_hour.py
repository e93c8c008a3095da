"""A second more of a rolling hour: its rows, every metric and 20 PSI, beside doing it all anew."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from sklearn import metrics

from bench.figures import Figure, milliseconds
from cockpit.assess.drift.divergence import divergence
from cockpit.assess.metrics import QUALITY
from cockpit.assess.quality.rolling import Rolling, Rows
from cockpit.bins import freeze_numeric

HOUR, ROWS, FEATURES = 3_600, 1_000, 20  # seconds, rows of each, features
RUNS, ANEW = 50, 2
LEAST = 800  # times as fast


def measure(folder: Path) -> list[Figure]:
    """Median of some seconds after a full hour."""
    random = np.random.default_rng(14)
    reference = {f"x{i}": random.normal(size=50_000) for i in range(FEATURES)}
    bins = [freeze_numeric(name, values) for name, values in reference.items()]
    was = {each.name: each.histogram(reference[each.name]) for each in bins}
    hour = [_second(random) for _ in range(HOUR)]
    rolling = Rolling(HOUR, bins)
    for rows in hour:
        rolling.add(rows)

    def ours(rows: Rows) -> float:
        began = time.perf_counter()
        rolling.add(rows)
        scores = rolling.scores
        for metric in QUALITY.values():
            metric(scores)
        for name, counts in rolling.features.items():
            divergence(was[name], counts)
        return time.perf_counter() - began

    frame = _frame(hour)
    edges = {
        name: np.quantile(values, np.linspace(0, 1, 11)[1:-1]) for name, values in reference.items()
    }

    def theirs(rows: Rows) -> float:
        began = time.perf_counter()
        _anew(pd.concat([frame, _frame([rows])]).tail(HOUR * ROWS), edges, reference)
        return time.perf_counter() - began

    rolled = median(ours(_second(random)) for _ in range(RUNS))
    anew = median(theirs(_second(random)) for _ in range(ANEW))
    return [
        Figure(
            what=f"{ROWS:,} rows more in a rolling hour, every metric with its interval, 20 PSI",
            measured=f"{rolled * 1e3:.1f} ms, {anew / rolled:,.0f} × as fast",
            reference=f"pandas and scikit-learn on the whole hour anew: {milliseconds(anew)}",
            goal=f"≥ {LEAST} ×",
            met=anew / rolled >= LEAST,
        )
    ]


def _second(random: np.random.Generator) -> Rows:
    score = random.beta(1.2, 6.0, ROWS)
    return Rows(
        score=score,
        label=(random.random(ROWS) < score).astype(np.int64),
        decision=(score >= 0.5).astype(np.int64),
        features={f"x{i}": random.normal(size=ROWS) for i in range(FEATURES)},
    )


def _frame(seconds: list[Rows]) -> pd.DataFrame:
    columns = {
        "score": np.concatenate([rows.score for rows in seconds]),
        "label": np.concatenate([rows.label for rows in seconds]),
        "decision": np.concatenate([rows.decision for rows in seconds]),
    }
    for name in seconds[0].features:
        columns[name] = np.concatenate([rows.features[name] for rows in seconds])
    return pd.DataFrame(columns)


def _anew(
    frame: pd.DataFrame,
    edges: dict[str, np.ndarray],
    reference: dict[str, np.ndarray],
) -> None:
    """The values alone, without intervals, as a notebook has them."""
    label, score, decision = frame["label"], frame["score"], frame["decision"]
    metrics.roc_auc_score(label, score)
    metrics.average_precision_score(label, score)
    metrics.brier_score_loss(label, score)
    metrics.precision_recall_fscore_support(label, decision, average="binary")
    metrics.accuracy_score(label, decision)
    by_bin = frame.groupby((score * 16).astype(int))[["score", "label"]].sum()
    (by_bin["score"] - by_bin["label"]).abs().sum()
    for name, inner in edges.items():
        q = np.bincount(np.searchsorted(inner, frame[name]), minlength=10) / len(frame)
        p = np.bincount(np.searchsorted(inner, reference[name]), minlength=10) / len(
            reference[name]
        )
        ((q - p) * np.log((q + 1e-4) / (p + 1e-4))).sum()
