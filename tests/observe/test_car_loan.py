"""A third party's log of 50,000 car loans: its published figures come out of our counts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.bins import SCORE_BINS
from cockpit.incident.file import IncidentFile
from cockpit.incident.telemetry import Telemetry
from cockpit.observe.importer import ImportRequest, import_incident
from cockpit.records import MINUTE, Counts, Window
from cockpit.units import parse_instant

LOGS = Path(__file__).parents[2].parent / "shared" / "data" / "nannyml_car_loan"
START = parse_instant("2018-01-01T00:00:00Z")
AUC_WITHIN = 2e-4

MAP = """
service: car-loan
time: {start: 2018-01-01T00:00:00Z, every: 12ms}
bucket: 1m
score: y_pred_proba
prediction: y_pred
label: repaid
id: id
version: v1
segments: [salary_range]
features:
  numeric: [car_value, debt_to_income_ratio, loan_length, driver_tenure]
  categorical: [salary_range, repaid_loan_on_prev_car, size_of_downpayment]
"""


@pytest.fixture(scope="module")
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> Telemetry:
    if not LOGS.is_dir():
        pytest.skip(f"the car-loan log is not at {LOGS.name}")
    folder = tmp_path_factory.mktemp("car-loan")
    (folder / "map.yaml").write_text(MAP)
    request = ImportRequest(
        predictions=LOGS / "synthetic_car_loan_analysis.csv.gz",
        reference=LOGS / "synthetic_car_loan_reference.csv.gz",
        labels=LOGS / "synthetic_car_loan_analysis_target.csv.gz",
        map=folder / "map.yaml",
        output=folder / "car-loan.incident",
    )
    report = import_incident(request)
    assert (report.rows, report.used, report.labels_used) == (50_000, 50_000, 50_000)
    assert report.reference_rows == 50_000
    assert {**report.dropped, **report.incomplete, **report.labels_unused} == {}
    return Telemetry(IncidentFile.open(request.output))


@pytest.fixture(scope="module")
def expected(telemetry: Telemetry) -> dict:
    return json.loads((LOGS / "expected.json").read_text())["car_loan"]


def check(counts: Counts, figures: dict) -> None:
    columns = counts.columns

    def total(**wanted: int) -> int:
        rows = np.ones(len(counts), dtype=bool)
        for name, value in wanted.items():
            rows &= columns[name] == value
        return int(columns["n"][rows].sum())

    def histogram(label: int) -> np.ndarray:
        rows = columns["label"] == label
        return np.bincount(columns["bin"][rows], columns["n"][rows], SCORE_BINS)

    assert total(decision=1, label=1) == figures["tp"]
    assert total(decision=1, label=0) == figures["fp"]
    assert total(decision=0, label=1) == figures["fn"]
    assert total(decision=0, label=0) == figures["tn"]
    positives, negatives = histogram(1), histogram(0)
    below = np.cumsum(negatives) - negatives
    area = (positives * (below + negatives / 2)).sum() / (positives.sum() * negatives.sum())
    assert area == pytest.approx(figures["roc_auc"], abs=AUC_WITHIN)
    mean = columns["sum_p"].sum() / 2**30 / columns["n"].sum()
    assert mean == pytest.approx(figures["mean_score"], abs=1e-8)


@pytest.mark.parametrize("chunk", range(10))
def test_each_chunk_of_5000_rows_is_a_minute_and_its_figures_agree(
    telemetry: Telemetry, expected: dict, chunk: int
) -> None:
    window = Window(start=START + chunk * MINUTE, end=START + (chunk + 1) * MINUTE)
    check(telemetry.counts("score", window, window.end), expected["chunks"][chunk])


def test_the_whole_log_and_the_reference_agree(telemetry: Telemetry, expected: dict) -> None:
    check(telemetry.counts("score", None, telemetry.span().end), expected["analysis"])
    check(telemetry.reference("score"), expected["reference"])


def test_features_of_the_reference_lie_on_its_own_bins(telemetry: Telemetry) -> None:
    counts = telemetry.reference("feature")
    whole = counts.columns["dimension"] == counts.words["dimension"].index("")
    for name in ("car_value", "salary_range", "size_of_downpayment"):
        rows = whole & (counts.columns["feature"] == counts.words["feature"].index(name))
        assert counts.columns["n"][rows].sum() == 50_000
        assert counts.columns["bin"][rows].min() > 2  # none missing, infinite, unseen or rare
