"""Quality told from scores alone: its formulas, its intervals, and when it says not to trust it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.isotonic import IsotonicRegression

from cockpit import bins
from cockpit.assess.quality import ranking
from cockpit.assess.quality.label_free import FIGURES, Expected, calibrate, disagreement
from cockpit.assess.quality.label_free_report import label_free_estimates
from cockpit.assess.scores import Scores
from tests.assess.building import score_table
from tests.assess.segmented import moment

COUNTS = arrays.arrays(np.int64, 30, elements=st.integers(0, 40))
# Two parameters of a Beta distribution of scores, and the threshold.
SHAPES = {"rare": (0.15, 4, 0.3), "usual": (0.8, 2.4, 0.5), "common": (5, 2, 0.6)}


@given(COUNTS, COUNTS)
def test_chances_are_those_of_isotonic_regression(positive, negative):
    found = calibrate(positive, negative)
    if min(positive.sum(), negative.sum()) < 10:
        assert found is None
        return
    rows = positive + negative
    used = np.flatnonzero(rows)
    oracle = IsotonicRegression().fit(used, positive[used] / rows[used], sample_weight=rows[used])
    assert found.chance[used] == pytest.approx(oracle.predict(used), abs=1e-9)
    assert (np.diff(found.chance) >= 0).all()
    assert rows @ found.chance == pytest.approx(positive.sum())
    assert found.variance.min() > 0


def rows(rng, n, shape="usual"):
    """Scores, decisions, and labels as likely as the scores say."""
    a, b, threshold = SHAPES[shape]
    p = rng.beta(a, b, n)
    return p, (p > threshold).astype(int), (rng.random(n) < p).astype(int)


def counted(p, decision, label):
    """As dense counts; the sums of scores are not needed here."""
    cell = ((label + 1) * 3 + decision + 1) * bins.SCORE_BINS + bins.score_bin(p)
    cells = np.bincount(cell, minlength=9 * bins.SCORE_BINS).reshape(3, 3, -1)
    return Scores(cells, *np.zeros((2, 3, bins.SCORE_BINS)))


def expected(window, reference):
    """What is expected of a window's rows without looking at their labels."""
    calibration = calibrate(reference.positive, reference.negative)
    return Expected(window.cells.sum(axis=0).astype(float), calibration)


@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_cover_the_figures_the_labels_will_show(shape):
    rng = np.random.default_rng(7)
    covered = dict.fromkeys(FIGURES, 0)
    for _ in range(200):
        reference, window = counted(*rows(rng, 4_000, shape)), counted(*rows(rng, 2_000, shape))
        unlabelled = expected(window, reference)
        for name, figure in FIGURES.items():
            found, truth = figure(unlabelled), getattr(ranking, name)(window).value
            covered[name] += found.low <= truth <= found.high
    assert min(covered.values()) >= 0.92 * 200, covered


def test_estimates_of_many_windows_are_right_on_average():
    rng = np.random.default_rng(8)
    reference = counted(*rows(rng, 100_000))
    for name, figure in FIGURES.items():
        windows = [counted(*rows(rng, 4_000)) for _ in range(20)]
        off = [
            figure(expected(w, reference)).value - getattr(ranking, name)(w).value for w in windows
        ]
        assert abs(np.mean(off)) <= 0.01


def test_labels_that_agree_and_labels_that_do_not():
    rng = np.random.default_rng(9)
    reference, window = counted(*rows(rng, 20_000)), counted(*rows(rng, 5_000))
    calibration = calibrate(reference.positive, reference.negative)
    ratio, z = disagreement((window.positive, window.negative), calibration)
    assert ratio == pytest.approx(1.0, abs=0.1)
    assert abs(z) < 3
    p, decision, label = rows(rng, 5_000)
    fewer = counted(p, decision, label * (rng.random(5_000) < 0.7))
    ratio, z = disagreement((fewer.positive, fewer.negative), calibration)
    assert ratio == pytest.approx(0.7, abs=0.1)
    assert z < -5
    nothing = np.zeros(bins.SCORE_BINS, dtype=np.int64)
    assert np.isnan(disagreement((nothing, nothing), calibration)).all()


def test_what_cannot_be_estimated_says_why():
    rng = np.random.default_rng(10)
    p, decision, label = rows(rng, 2_000)
    reference = counted(p, decision, label)
    never = expected(counted(p, np.zeros_like(decision), label), reference)
    assert FIGURES["precision"](never).reason == "no positive decisions"
    undecided = expected(counted(p, decision * 0 - 1, label), reference)
    assert FIGURES["accuracy"](undecided).reason == "no decisions"
    assert FIGURES["auc"](undecided).value is not None
    one = expected(counted(p[:3], decision[:3], label[:3]), reference)
    assert FIGURES["auc"](one).reason.startswith("too few")


def told(now, reference, **more):
    found = label_free_estimates(moment({"score": now}, {"score": reference}, **more))
    return {e.id: e for e in found}


def half_labelled(rng, p, decision, label):
    return score_table(p, decision, np.where(rng.random(len(p)) < 0.5, label, -1))


def test_estimates_stand_beside_the_labelled_rows_and_say_what_they_assume():
    rng = np.random.default_rng(11)
    reference = score_table(*rows(rng, 20_000))
    found = told(half_labelled(rng, *rows(rng, 6_000)), reference)
    assert list(found) == [f"{name}~estimated" for name in FIGURES]
    auc = found["auc~estimated"]
    assert auc.baseline.what == "labelled rows"
    assert auc.source == "scores alone"
    assert auc.verdict == ""
    assert auc.low < auc.baseline.value < auc.high
    assert auc.sentence.startswith("about .8")
    assert auc.sentence.endswith("if a score means what it meant (reference)")


def test_what_speaks_against_the_assumption_is_said_first():
    rng = np.random.default_rng(12)
    reference = score_table(*rows(rng, 20_000))
    p, decision, label = rows(rng, 6_000)
    changed = half_labelled(rng, p, decision, label * (rng.random(len(p)) < 0.6))
    assert (
        "fewer positives than such scores had" in told(changed, reference)["f1~estimated"].sentence
    )
    drifted = told(half_labelled(rng, *rows(rng, 6_000, "common")), reference)["f1~estimated"]
    assert drifted.sentence.startswith("do not trust: major drift of the score; about")
    low = score_table(p[p < 0.4], decision[p < 0.4], label[p < 0.4])
    beyond = told(half_labelled(rng, p, decision, label), low)["f1~estimated"]
    assert "of scores where the baseline has no labels" in beyond.sentence
    selective = told(changed, reference, labels_only_when="decision=0")["f1~estimated"]
    assert "labels only when decision=0" in selective.sentence
    assert selective.baseline is None


def test_without_a_labelled_baseline_there_is_no_estimate():
    rng = np.random.default_rng(13)
    p, decision, label = rows(rng, 2_000)
    now = half_labelled(rng, p, decision, label)
    assert told(now, score_table(p, decision, -1)) == {}
    few = told(now, score_table(p, decision, label * (np.cumsum(label) < 5)))["auc~estimated"]
    assert few.reason == "too few labels in the baseline: 4 of the rarer class"
    assert told(score_table(p, decision, label), score_table(p, decision, label)) == {}


DATA = Path(__file__).parents[3] / "shared/data/nannyml_car_loan"
CHUNK = 5_000


def loans(file, names):
    with gzip.open(DATA / f"synthetic_car_loan_{file}.csv.gz", "rt") as lines:
        header = next(lines).strip().split(",")
        places = [header.index(name) for name in names]
        return np.array([[float(line.split(",")[i]) for i in places] for line in lines]).T


@pytest.mark.skipif(not DATA.exists(), reason=f"third-party data is not at {DATA}")
def test_estimates_of_the_car_loan_chunks_are_near_what_their_labels_show():
    """Where loans change (chunks 5 to 9) the drop is foreseen to .01, though fewer are repaid."""
    p, decision, label = loans("reference", ["y_pred_proba", "y_pred", "repaid"])
    reference = counted(p, decision.astype(int), label.astype(int))
    calibration = calibrate(reference.positive, reference.negative)
    p, decision = loans("analysis", ["y_pred_proba", "y_pred"])
    (label,) = loans("analysis_target", ["repaid"])
    outside = 0
    for i in range(10):
        part = slice(i * CHUNK, (i + 1) * CHUNK)
        window = counted(p[part], decision[part].astype(int), label[part].astype(int))
        for name in ("auc", "f1", "accuracy"):
            found, truth = (
                FIGURES[name](expected(window, reference)),
                getattr(ranking, name)(window),
            )
            assert found.value == pytest.approx(truth.value, abs=0.01)
            outside += not found.low <= truth.value <= found.high
        _, z = disagreement((window.positive, window.negative), calibration)
        assert (abs(z) > 3) == (i >= 5)  # the labels say that scores no longer mean the same
    assert outside <= 2
