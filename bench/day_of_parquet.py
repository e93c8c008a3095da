"""Ten million rows in Parquet to AUC, F1 and ECE of each minute, beside queries by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import duckdb
import ibis
import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import parquet
from scipy.special import expit, logit

from bench.figures import Figure, milliseconds
from bench.harness import in_turn, seconds
from cockpit.assess.methods.measurement import Z
from cockpit.assess.quality.ranking import areas
from cockpit.bins import SCORE_BINS, score_edges
from cockpit.observe.engine.binning import score_bin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROWS, MINUTES, PIECES, RUNS = 10_000_000, 1_440, 20, 3
START, MINUTE = 1_709_604_000_000_000, 60_000_000  # µs
GROUPS = 16  # of ECE
MOST = 1.2  # times the faster of the queries by hand

# What somebody who knows DuckDB would write: 1,024 bins, values alone.
BY_HAND = """
with cell as (
    select time_bucket(interval 1 minute, time) as minute, floor(score * 1024) as bin, label,
        decision, count(*) as n, sum(score) as s
    from '{path}' group by all
), bin as (
    select minute, bin, sum(n) filter (label = 1) as pos, sum(n) filter (label = 0) as neg
    from cell group by all
), ranked as (
    select minute, coalesce(pos, 0) as pos, coalesce(neg, 0) as neg,
        sum(coalesce(neg, 0)) over (partition by minute order by bin) as upto
    from bin
), auc as (
    select minute, sum(pos * (upto - neg / 2)) / (sum(pos) * sum(neg)) as auc
    from ranked group by minute
), wide as (
    select minute, abs(sum(n * label) - sum(s)) as gap, sum(n) as n
    from cell group by minute, floor(bin / 64)
), ece as (select minute, sum(gap) / sum(n) as ece from wide group by minute), f1 as (
    select minute, 2 * sum(n * label * decision) / (sum(n * label) + sum(n * decision)) as f1
    from cell group by minute
)
select * from auc join ece using (minute) join f1 using (minute)
"""


def measure(folder: Path) -> list[Figure]:
    """The whole way from the file, three ways in turn."""
    path = folder / "day.parquet"
    _write(path)
    ours, duck = _medians(lambda: _ours(path), lambda: _duckdb(path))
    again, polars = _medians(lambda: _ours(path), lambda: _polars(path))
    ours, best = min(ours, again), min(duck, polars)
    return [
        Figure(
            what=f"{ROWS:,} rows in Parquet to AUC, F1 (with intervals) and ECE of each minute",
            measured=f"{milliseconds(ours)}, {ours / best:.2f} × the faster",
            reference="the values alone, by hand: "
            f"DuckDB {milliseconds(duck)}, Polars {milliseconds(polars)}",
            goal=f"≤ {MOST} ×",
            met=ours / best <= MOST,
        )
    ]


def _medians(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    ours, theirs = in_turn(RUNS, lambda: seconds(one), lambda: seconds(other))
    return median(ours), median(theirs)


def _write(path: Path) -> None:
    random = np.random.default_rng(16)
    writer = None
    for piece in range(PIECES):
        rows = ROWS // PIECES
        at = START + (np.arange(piece * rows, (piece + 1) * rows) * (MINUTES * MINUTE / ROWS))
        score = random.beta(1.2, 6.0, rows)
        table = pa.table(
            {
                "time": pa.array(at.astype(np.int64), pa.timestamp("us")),
                "score": score,
                "label": (random.random(rows) < score).astype(np.int8),
                "decision": (score >= 0.3).astype(np.int8),
            }
        )
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _ours(path: Path) -> list[Floats]:
    """The exact bins by an expression of ibis, and each minute's figures from its counts."""
    connection = ibis.duckdb.connect()
    rows = connection.read_parquet(path)
    cells = rows.group_by(
        minute=(rows.time.epoch_seconds() // 60).cast("int64"),
        bin=score_bin(rows.score),
        label=rows.label,
        decision=rows.decision,
    ).agg(n=rows.count(), sum_p=rows.score.sum())
    found = {
        name: column.to_numpy()
        for name, column in zip(cells.columns, cells.to_pyarrow().columns, strict=True)
    }
    minute = found["minute"] - START // MINUTE
    cell = (minute * 2 + found["label"]) * SCORE_BINS + found["bin"]
    n = found["n"].astype(np.float64)
    by_label = np.bincount(cell, n, MINUTES * 2 * SCORE_BINS).reshape(MINUTES, 2, SCORE_BINS)
    return [*_auc(by_label), *_f1(found, minute, n), _ece(found, minute, n)]


def _auc(by_label: Floats) -> list[Floats]:
    area, variance = areas(by_label[:, 1], by_label[:, 0])
    half = Z * np.sqrt(variance) / (area * (1 - area))
    return [area, expit(logit(area) - half), expit(logit(area) + half)]


def _f1(found: dict[str, Floats], minute: Floats, n: Floats) -> list[Floats]:
    """Through the Jaccard index g: 2g/(1 + g), with Wilson's ends of g."""
    hit = n * (found["label"] * found["decision"])
    any_positive = n * np.maximum(found["label"], found["decision"])
    k, of = (np.bincount(minute, weights, MINUTES) for weights in (hit, any_positive))
    g, z2 = k / of, Z * Z
    middle = (g + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * np.sqrt(g * (1 - g) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return [2 * x / (1 + x) for x in (g, middle - half, middle + half)]


def _ece(found: dict[str, Floats], minute: Floats, n: Floats) -> Floats:
    """Of 16 equal ranges of scores; each bin lies in one of them."""
    edges = score_edges()
    group = np.floor((edges[1:] + edges[:-1]) / 2 * GROUPS).astype(np.int64)[found["bin"]]
    gaps = np.bincount(
        minute * GROUPS + group, n * found["label"] - found["sum_p"], MINUTES * GROUPS
    )
    return np.abs(gaps).reshape(MINUTES, GROUPS).sum(axis=1) / np.bincount(minute, n, MINUTES)


def _duckdb(path: Path) -> pa.Table:
    return duckdb.sql(BY_HAND.format(path=path)).to_arrow_table()


def _polars(path: Path) -> pl.DataFrame:
    """The same by Polars."""
    cell = (
        pl.scan_parquet(path)
        .group_by(
            pl.col("time").dt.truncate("1m").alias("minute"),
            (pl.col("score") * 1024).floor().cast(pl.Int32).alias("bin"),
            "label",
            "decision",
        )
        .agg(n=pl.len(), s=pl.col("score").sum())
        .collect()
        .lazy()
    )
    n, label, decision = pl.col("n").cast(pl.Int64), pl.col("label"), pl.col("decision")
    pos, neg = pl.col("pos"), pl.col("neg")
    ranked = (
        cell.group_by("minute", "bin")
        .agg(pos=(n * label).sum(), neg=(n * (1 - label)).sum())
        .sort("minute", "bin")
        .with_columns(upto=neg.cum_sum().over("minute"))
    )
    auc = ranked.group_by("minute").agg(
        auc=(pos * (pl.col("upto") - neg / 2)).sum() / (pos.sum() * neg.sum())
    )
    ece = (
        cell.group_by("minute", pl.col("bin") // 64)
        .agg(gap=((n * label).sum() - pl.col("s").sum()).abs(), n=n.sum())
        .group_by("minute")
        .agg(ece=pl.col("gap").sum() / pl.col("n").sum())
    )
    f1 = cell.group_by("minute").agg(
        f1=2 * (n * label * decision).sum() / ((n * label).sum() + (n * decision).sum())
    )
    return auc.join(ece, on="minute").join(f1, on="minute").collect()
