"""PSI and KL of 20 features of a million rows, beside evidently, NannyML and one pass of a sum."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from bench import peers
from bench.figures import Figure, milliseconds
from bench.harness import in_turn, seconds
from cockpit.assess.drift.divergence import Divergence, divergence
from cockpit.bins import FeatureBins, freeze_numeric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

ROWS, FEATURES, RUNS = 1_000_000, 20, 7
LEAST_REPORT, LEAST_NANNYML, MOST_SUM = 120, 8, 7
LEAST_BARE, LEAST_REPORT_ANEW = 3, 12


def measure(folder: Path) -> list[Figure]:
    """With the reference's bins and counts kept, and with nothing kept."""
    random = np.random.default_rng(15)
    reference = {f"x{i}": random.normal(0.0, 1.0 + i, ROWS) for i in range(FEATURES)}
    current = {f"x{i}": random.normal(0.1, 1.0 + i, ROWS) for i in range(FEATURES)}
    for name, columns in (("reference", reference), ("current", current)):
        parquet.write_table(pa.table(columns), folder / f"{name}.parquet")
    kept = _frozen(reference)
    ours, summed = (
        median(times)
        for times in in_turn(
            RUNS,
            lambda: seconds(lambda: _compared(kept, current)),
            lambda: seconds(lambda: [values.sum() for values in current.values()]),
        )
    )
    anew = median(seconds(lambda: _compared(_frozen(reference), current)) for _ in range(3))
    theirs = peers.run("peers_drift.py", folder)
    what = f"PSI and KL of {FEATURES} features, {ROWS:,} rows"
    return [
        _against(
            f"{what}, reference counts kept",
            ours,
            "evidently Report (PSI)",
            theirs["report"],
            LEAST_REPORT,
        ),
        _against(
            "the same", ours, "NannyML Jensen–Shannon, fitted", theirs["nannyml"], LEAST_NANNYML
        ),
        Figure(
            what="the same",
            measured=f"{milliseconds(ours)}, {ours / summed:.1f} × its time",
            reference=f"one pass over the memory, `np.sum`: {milliseconds(summed)}",
            goal=f"≤ {MOST_SUM} ×",
            met=ours / summed <= MOST_SUM,
        ),
        _against(
            f"{what}, nothing kept",
            anew,
            "evidently's PSI function alone",
            theirs["function"],
            LEAST_BARE,
        ),
        _against("the same", anew, "evidently Report (PSI)", theirs["report"], LEAST_REPORT_ANEW),
    ]


def _frozen(reference: Columns) -> list[tuple[FeatureBins, NDArray[np.int64]]]:
    """Bins and counts of each reference column."""
    bins = [freeze_numeric(name, values) for name, values in reference.items()]
    return [(each, each.histogram(reference[each.name])) for each in bins]


def _compared(
    kept: list[tuple[FeatureBins, NDArray[np.int64]]], current: Columns
) -> list[Divergence]:
    return [divergence(counts, bins.histogram(current[bins.name])) for bins, counts in kept]


def _against(what: str, ours: float, reference: str, theirs: float, least: int) -> Figure:
    return Figure(
        what=what,
        measured=f"{milliseconds(ours)}, {theirs / ours:.0f} × as fast",
        reference=f"{reference}: {milliseconds(theirs)}",
        goal=f"≥ {least} ×",
        met=theirs / ours >= least,
    )
