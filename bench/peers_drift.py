"""Times evidently and NannyML on two Parquet files of features; run by `.venv-peers`."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import nannyml
import pandas as pd
from evidently import Dataset, Report
from evidently.legacy.calculations.stattests.psi import _psi
from evidently.legacy.core import ColumnType
from evidently.metrics import ValueDrift

RUNS = 2


def fastest(work) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def main(folder: Path) -> None:
    """Print seconds by name, as JSON."""
    warnings.simplefilter("ignore")
    reference = pd.read_parquet(folder / "reference.parquet")
    current = pd.read_parquet(folder / "current.parquet")
    columns = list(reference.columns)
    known, new = Dataset.from_pandas(reference), Dataset.from_pandas(current)
    report = Report([ValueDrift(column=column, method="psi") for column in columns])
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=columns, continuous_methods=["jensen_shannon"], chunk_size=len(current)
    ).fit(reference)
    print(
        json.dumps(
            {
                "report": fastest(lambda: report.run(new, known)),
                "function": fastest(
                    lambda: [
                        _psi(reference[c], current[c], ColumnType.Numerical, 0.1) for c in columns
                    ]
                ),
                "nannyml": fastest(lambda: calculator.calculate(current)),
            }
        )
    )


main(Path(sys.argv[1]))
