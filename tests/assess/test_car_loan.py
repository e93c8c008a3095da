"""The third-party car-loan log: the quality of every chunk agrees with figures from its rows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from cockpit.assess import calibration, quality, scores
from tests.assess.building import score_table

DATA = Path(__file__).parents[3] / "shared/data/nannyml_car_loan"
CHUNK = 5_000

pytestmark = pytest.mark.skipif(
    not (DATA / "expected.json").exists(), reason=f"third-party data is not at {DATA}"
)


def column(file: str, names: list[str]) -> np.ndarray:
    with gzip.open(DATA / f"synthetic_car_loan_{file}.csv.gz", "rt") as rows:
        header = next(rows).strip().split(",")
        places = [header.index(name) for name in names]
        return np.array([[float(row.split(",")[i]) for i in places] for row in rows])


@pytest.fixture(scope="module")
def chunks() -> list[tuple[dict, scores.Scores]]:
    scored = column("analysis", ["y_pred_proba", "y_pred"])
    label = column("analysis_target", ["repaid"])[:, 0].astype(int)
    expected = json.loads((DATA / "expected.json").read_text())["car_loan"]["chunks"]
    found = []
    for i, chunk in enumerate(expected):
        part = slice(i * CHUNK, (i + 1) * CHUNK)
        p, decision = scored[part].T
        found.append((chunk, scores.of(score_table(p, decision.astype(int), label[part]))))
    return found


def test_ranking_and_decisions_of_every_chunk(chunks):
    assert len(chunks) == 10
    for chunk, given in chunks:
        assert given.labelled == CHUNK
        assert given.confusion[:3] == (chunk["tp"], chunk["fp"], chunk["fn"])
        assert quality.auc(given).value == pytest.approx(chunk["roc_auc"], abs=2e-4)
        assert quality.auc(given).value == pytest.approx(chunk["roc_auc"], abs=1e-12)
        for name in ("precision", "recall", "f1", "accuracy"):
            assert getattr(quality, name)(given).value == pytest.approx(chunk[name], abs=1e-12)
        assert quality.average_precision(given).value == pytest.approx(
            chunk["average_precision"], abs=1e-9
        )
        assert calibration.brier(given).value == pytest.approx(chunk["brier"], abs=1e-8)


def test_drift_of_the_score_grows_where_the_published_figures_do(chunks):
    from cockpit.assess.drift_record import compare, of_scores
    from cockpit.bins import SCORE_BINS, score_bin
    from cockpit.config import Drifting

    p = column("reference", ["y_pred_proba"])[:, 0]
    reference = np.bincount(score_bin(p), minlength=SCORE_BINS)
    found = [compare(of_scores(reference, given.every), Drifting()) for _, given in chunks]
    published = [chunk["psi"]["y_pred_proba"] for chunk, _ in chunks]
    assert np.corrcoef([d.psi for d in found], published)[0, 1] > 0.95
