"""A third party's 50,000 car loans through the command line: its published figures come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.records import MINUTE
from cockpit.units import parse_instant
from tests.whole.conftest import told, told_json
from tests.whole.made import iso

LOGS = Path(__file__).parents[2].parent / "shared" / "data" / "nannyml_car_loan"
START = parse_instant("2018-01-01T00:00:00Z")
AUC_WITHIN = 2e-4
EXACTLY = 1e-12

MAP = """
service: car-loan
time: {start: 2018-01-01T00:00:00Z, every: 12ms}
bucket: 1m
score: y_pred_proba
prediction: y_pred
label: repaid
id: id
"""


@pytest.fixture(scope="module")
def car_loan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not LOGS.is_dir():
        pytest.skip("the car-loan log is not at ../shared/data/nannyml_car_loan")
    folder = tmp_path_factory.mktemp("car-loan")
    (folder / "map.yaml").write_text(MAP)
    told(
        *("import", "--map", folder / "map.yaml", "-o", folder / "car-loan.incident"),
        *("--predictions", LOGS / "synthetic_car_loan_analysis.csv.gz"),
        *("--reference", LOGS / "synthetic_car_loan_reference.csv.gz"),
        *("--labels", LOGS / "synthetic_car_loan_analysis_target.csv.gz"),
    )
    return folder / "car-loan.incident"


@pytest.fixture(scope="module")
def expected(car_loan: Path) -> dict[str, Any]:
    return json.loads((LOGS / "expected.json").read_text())["car_loan"]


def check(file: Path, start: int, end: int, figures: dict[str, Any]) -> None:
    said = told_json("assess", file, "--from", iso(start), "--to", iso(end))
    assert said["window"] == {"start": start, "end": end}
    metrics = {metric["id"]: metric for metric in said["metrics"]}
    assert metrics["auc"]["value"] == pytest.approx(figures["roc_auc"], abs=AUC_WITHIN)
    assert metrics["auc"]["n"] == figures["n"]
    assert metrics["auc"]["n_pos"] == figures["tp"] + figures["fn"]
    for name in ("precision", "recall", "f1", "accuracy"):
        assert metrics[name]["value"] == pytest.approx(figures[name], abs=EXACTLY), name
    for name in ("auc", "precision", "recall", "f1", "accuracy"):
        assert metrics[name]["low"] <= metrics[name]["value"] <= metrics[name]["high"]
    baseline = metrics["auc"]["baseline"]
    assert baseline["what"] == "reference"


@pytest.mark.parametrize("chunk", range(10))
def test_the_figures_of_each_5000_rows_agree(
    car_loan: Path, expected: dict[str, Any], chunk: int
) -> None:
    start = START + chunk * MINUTE
    check(car_loan, start, start + MINUTE, expected["chunks"][chunk])


def test_the_figures_of_all_rows_agree(car_loan: Path, expected: dict[str, Any]) -> None:
    check(car_loan, START, START + 10 * MINUTE, expected["analysis"])


def test_the_baseline_is_the_reference(car_loan: Path, expected: dict[str, Any]) -> None:
    metrics = {metric["id"]: metric for metric in told_json("assess", car_loan)["metrics"]}
    figures = expected["reference"]
    assert metrics["auc"]["baseline"]["value"] == pytest.approx(figures["roc_auc"], abs=AUC_WITHIN)
    for name in ("precision", "recall", "f1"):
        value = metrics[name]["baseline"]["value"]
        assert value == pytest.approx(figures[name], abs=EXACTLY), name
