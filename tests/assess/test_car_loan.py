"""The third-party car-loan log: the quality of every chunk agrees with figures from its rows."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cockpit.assess import calibration, quality, scores
from cockpit.assess.drift_record import compare, of_feature, of_scores
from cockpit.bins import SCORE_BINS, freeze_categorical, freeze_numeric, score_bin
from cockpit.config import Drifting
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
    p = column("reference", ["y_pred_proba"])[:, 0]
    reference = np.bincount(score_bin(p), minlength=SCORE_BINS)
    found = [compare(of_scores(reference, given.every), Drifting()) for _, given in chunks]
    published = [chunk["psi"]["y_pred_proba"] for chunk, _ in chunks]
    assert np.corrcoef([d.psi for d in found], published)[0, 1] > 0.95


FEATURES = ("car_value", "debt_to_income_ratio", "loan_length", "driver_tenure")
CATEGORIES = ("salary_range", "repaid_loan_on_prev_car", "size_of_downpayment")


def words(file: str, name: str) -> np.ndarray:
    with gzip.open(DATA / f"synthetic_car_loan_{file}.csv.gz", "rt") as rows:
        return np.array([row[name] for row in csv.DictReader(rows)])


def written_out(reference: np.ndarray, current: np.ndarray) -> float:
    """PSI of labels of bins, by its definition, half a count in each bin."""
    bins = sorted({*reference.tolist(), *current.tolist()})
    p, q = (np.array([(x == b).sum() + 0.5 for b in bins]) for x in (reference, current))
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def published_psi(reference: np.ndarray, current: np.ndarray) -> float:
    """As the published figures have it: (lo, hi] between deciles, shares of at least 1e-4."""
    if reference.dtype.kind == "f":
        edges = np.unique(np.quantile(reference, np.linspace(0, 1, 11)))[1:-1]
        reference, current = (np.searchsorted(edges, x, "left") for x in (reference, current))
    bins = sorted({*reference.tolist(), *current.tolist()})
    p, q = (np.maximum([(x == b).mean() for b in bins], 1e-4) for x in (reference, current))
    return float(((q - p) * np.log(q / p)).sum())


@pytest.mark.parametrize("name", FEATURES + CATEGORIES)
def test_drift_of_a_feature_in_every_chunk(name):
    expected = json.loads((DATA / "expected.json").read_text())["car_loan"]["chunks"]
    if name in FEATURES:
        reference, analysis = (column(f, [name])[:, 0] for f in ("reference", "analysis"))
        bins = freeze_numeric(name, reference)
    else:
        reference, analysis = (words(f, name) for f in ("reference", "analysis"))
        bins = freeze_categorical(name, Counter(reference.tolist()))
    was = np.bincount(bins.digitize(reference), minlength=bins.size)
    for i, chunk in enumerate(expected):
        current = analysis[i * CHUNK : (i + 1) * CHUNK]
        counts = np.bincount(bins.digitize(current), minlength=bins.size)
        found = compare(of_feature(bins, was, counts), Drifting())
        assert found.n == CHUNK
        assert found.psi == pytest.approx(
            written_out(bins.digitize(reference), bins.digitize(current)), abs=1e-12
        )
        # The published figures by their own formula, exactly; ours are near them, but see more
        # where values repeat: each has a bin of its own.
        published = chunk["psi"][name]
        assert published_psi(reference, current) == pytest.approx(published, abs=1e-12)
        more = 0.5 if name == "loan_length" else 0.15
        assert found.psi == pytest.approx(published, rel=more, abs=0.004)
        if name in CATEGORIES:
            distance = math.sqrt(found.js / math.log(2))
            assert distance == pytest.approx(chunk["js"][name], abs=2e-3)
        moved = published > 0.1
        assert (found.drift_class in ("noticeable", "major")) == moved
        assert not moved or i >= 5
