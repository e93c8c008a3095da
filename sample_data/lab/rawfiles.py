"""The raw files of a recording: cut to its span, with labels and a reference."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from model import THRESHOLD, FraudModel
from payments import Payment, Population, draw_payments
from times import rfc3339

REFERENCE_ROWS = 20_000


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A gzip-compressed CSV file without a time of its own, so that equal rows give equal bytes."""
    with (
        path.open("wb") as target,
        gzip.GzipFile("", "wb", mtime=0, fileobj=target) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def finish_predictions(
    log: Path, labels: Path, out: Path, start: datetime, end: datetime
) -> list[dict[str, str]]:
    """Keep the predictions of [start, end) in order and the labels known before the end of them."""
    first, last = rfc3339(start), rfc3339(end)
    rows = sorted(
        (row for row in read_rows(log) if first <= row["timestamp"] < last),
        key=lambda row: row["timestamp"],
    )
    write_rows(out / "predictions.csv.gz", rows[0], (row.values() for row in rows))
    scored = {row["id"] for row in rows if row["score"]}
    known = sorted(
        (row for row in read_rows(labels) if row["id"] in scored and row["labelled_at"] < last),
        key=lambda row: row["labelled_at"],
    )
    write_rows(out / "labels.csv.gz", known[0], (row.values() for row in known))
    return rows


def write_reference(
    path: Path, population: Population, v41: FraudModel, columns: Iterable[str]
) -> None:
    """Healthy traffic of the weeks before, scored by v41 and labelled; it has no times or ids."""
    rng = np.random.default_rng([population.seed, 6])
    payments, fraud = draw_payments(population, REFERENCE_ROWS, rng)
    scores = v41.score(payments)
    kept = [c for c in columns if c not in {"timestamp", "id", "latency_ms", "error"}]
    rows = (
        [_reference_value(column, payment, float(score)) for column in kept] + [label]
        for payment, score, label in zip(payments, scores, fraud.tolist(), strict=True)
    )
    write_rows(path, [*kept, "is_fraud"], rows)


def _reference_value(column: str, payment: Payment, score: float) -> object:
    match column:
        case "model_version":
            return "v41"
        case "merchant_risk":
            return ""  # v41 does not read it
        case "score":
            return repr(score)
        case "sent_to_review":
            return int(score >= THRESHOLD)
        case _:
            return getattr(payment, column)
