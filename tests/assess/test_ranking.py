"""Quality figures against scikit-learn, and against what must hold for any labels and scores."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special
from sklearn import metrics

from cockpit.assess import scores
from cockpit.assess.metrics import QUALITY
from cockpit.assess.quality import ranking
from tests.assess.building import score_table

# Two-decimal scores each fall into a bin of their own, so binned figures are exact.
rows = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from([-1, 0, 1])), min_size=0, max_size=300
)


def as_scores(pairs: list[tuple[int, int]], threshold: float = 0.5) -> scores.Scores:
    p = np.array([p for p, _ in pairs]) / 100.0
    label = np.array([y for _, y in pairs], dtype=np.int64)
    return scores.of(score_table(p, (p >= threshold).astype(int), label))


def labelled(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    kept = [(p, y) for p, y in pairs if y >= 0]
    return np.array([y for _, y in kept]), np.array([p for p, _ in kept]) / 100.0


@given(rows)
def test_every_figure_equals_scikit_learn_or_says_why_not(pairs):
    y, p = labelled(pairs)
    given_scores = as_scores(pairs) if pairs else None
    if given_scores is None:
        return
    decided = (p >= 0.5).astype(int)
    if len(y):
        expected = {
            "brier": metrics.brier_score_loss(y, p),
            "accuracy": metrics.accuracy_score(y, decided),
            "wrong_rate": 1 - metrics.accuracy_score(y, decided),
        }
        if decided.sum():
            expected["precision"] = metrics.precision_score(y, decided)
        if y.sum():
            expected["recall"] = metrics.recall_score(y, decided)
        if y.sum() or decided.sum():
            expected["f1"] = metrics.f1_score(y, decided)
        if min(y.sum(), len(y) - y.sum()) >= ranking.FEWEST:
            expected["auc"] = metrics.roc_auc_score(y, p)
            expected["average_precision"] = metrics.average_precision_score(y, p)
        for name, value in expected.items():
            found = QUALITY[name](given_scores)
            assert found.value == pytest.approx(value, abs=1e-8), name
    for name, measure in QUALITY.items():
        found = measure(given_scores)
        assert (found.value is None) == bool(found.reason), name
        if found.low is not None and found.high is not None:
            assert found.low <= found.value <= found.high, name
            assert math.isfinite(found.low + found.high), name


def test_too_few_of_the_rarer_class_gives_no_auc_and_says_how_few():
    pairs = [(80, 1)] * 9 + [(20, 0)] * 500
    found = ranking.auc(as_scores(pairs))
    assert found.value is None
    assert "9" in found.reason
    assert found.n == 509


def test_a_perfect_ranking_is_still_uncertain():
    found = ranking.auc(as_scores([(90, 1)] * 20 + [(10, 0)] * 20))
    assert found.value == 1.0
    assert found.high == 1.0
    assert 0.7 < found.low < 1.0


def test_near_one_with_a_rare_class_the_interval_is_the_wider_of_two():
    pairs = [(90, 1)] * 28 + [(40, 1)] * 2 + [(10, 0)] * 900 + [(50, 0)] * 70
    found = ranking.auc(as_scores(pairs))
    assert 30 * (1 - found.value) < 5
    half = 1.96 * math.sqrt(ranking.hanley_mcneil(found.value, 30, 970))
    assert found.low <= found.value - half + 1e-3
    assert found.high >= min(found.value + half, 1.0) - 1e-3


@pytest.mark.parametrize(
    ("positives", "negatives", "separation"),
    [(30, 970, 2.7), (50, 1950, 3.3), (200, 800, 1.8), (20, 180, 0.8)],
)
def test_auc_interval_covers_the_truth(positives, negatives, separation):
    truth = 0.5 * math.erfc(-separation / 2)
    rng = np.random.default_rng(5)
    trials, covered = 250, 0
    label = np.repeat([1, 0], [positives, negatives])
    for _ in range(trials):
        x = rng.normal(size=positives + negatives) + separation * label
        p = 1 / (1 + np.exp(-x))
        found = ranking.auc(scores.of(score_table(p, label, label)))
        covered += found.low <= truth <= found.high
    assert covered / trials >= 0.92


def test_f1_interval_covers_the_truth():
    rng = np.random.default_rng(6)
    trials, covered = 400, 0
    for _ in range(trials):
        cell = rng.choice(4, 300, p=[0.3, 0.1, 0.15, 0.45])  # tp, fp, fn, tn
        decision, label = np.array([1, 1, 0, 0])[cell], np.array([1, 0, 1, 0])[cell]
        found = ranking.f1(scores.of(score_table(np.full(300, 0.5), decision, label)))
        covered += found.low <= 0.6 / 0.85 <= found.high
    assert covered / trials >= 0.92


def test_decisions_that_were_not_made_count_nowhere_but_in_coverage():
    p = np.full(30, 0.4)
    given_scores = scores.of(score_table(p, np.full(30, -1), np.repeat([0, 1], 15)))
    assert ranking.accuracy(given_scores).value is None
    assert ranking.accuracy(given_scores).reason == "no decisions"
    assert ranking.label_coverage(given_scores).value == 1.0


@given(rows, st.integers(0, 2**32 - 1))
def test_auc_variance_is_delongs_on_the_placements_of_every_row(pairs, seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([[p / 100 for p, _ in pairs], rng.integers(0, 101, 80) / 100])
    y = np.concatenate([[max(y, 0) for _, y in pairs], np.repeat([0, 1], 40)]).astype(int)
    positives, negatives = p[y == 1], p[y == 0]
    beats = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    area = beats.mean()
    variance = sum(np.var(beats.mean(axis=side), ddof=1) / beats.shape[1 - side] for side in (0, 1))
    found = ranking.auc(scores.of(score_table(p, y, y)))
    assert found.value == pytest.approx(area, abs=1e-12)
    if min(beats.shape) * min(area, 1 - area) >= 5:
        half = 1.959964 * math.sqrt(variance) / (area * (1 - area))
        ends = special.expit(special.logit(area) + np.array([-half, half]))
        assert (found.low, found.high) == pytest.approx(tuple(ends), abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=10, max_size=60), st.integers(0, 2**32 - 1))
def test_binning_moves_an_auc_by_no_more_than_its_note_says(values, seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([values, rng.beta(0.2, 3, 30)])
    y = np.concatenate([np.repeat([0, 1], 10), rng.integers(0, 2, len(p) - 20)])
    given_scores = scores.of(score_table(p, y, y))
    found = ranking.auc(given_scores)
    bound = ranking.binning_bound(given_scores)
    exact = metrics.roc_auc_score(y, p)
    assert abs(found.value - exact) <= bound + 1e-12
    said = re.fullmatch(r"binned, at worst (1?\.\d{4}) off", found.note)
    assert bound <= float(said[1]) <= bound + 1e-4


@pytest.mark.parametrize("spread", [0.5, 1.0, 1.8, 2.5])
def test_a_rare_event_model_loses_less_than_a_ten_thousandth_of_auc(spread):
    # Log odds are normal about those of 1e-4, so those of the positives are too, spread² higher.
    rng = np.random.default_rng(13)
    y = np.repeat([0, 1], 60_000)
    p = special.expit(math.log(1e-4) + spread * rng.normal(size=len(y)) + spread**2 * y)
    assert 0.9e-4 < np.median(p[y == 0]) < 1.1e-4
    found = ranking.auc(scores.of(score_table(p, y, y)))
    assert abs(found.value - metrics.roc_auc_score(y, p)) < 1e-4


def test_a_perfect_ranking_has_an_average_precision_with_a_bound():
    found = ranking.average_precision(as_scores([(90, 1)] * 20 + [(10, 0)] * 20))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 20))


def test_average_precision_interval_covers_the_truth():
    rng = np.random.default_rng(14)

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        y = (rng.uniform(size=n) < 0.15).astype(int)
        return special.expit(rng.normal(size=n) + 1.5 * y - 2), y

    p, y = draw(200_000)
    truth = metrics.average_precision_score(y, p)
    covered = 0
    for _ in range(150):
        p, y = draw(1500)
        found = ranking.average_precision(scores.of(score_table(p, y, y)))
        covered += found.low <= truth <= found.high
    assert covered / 150 >= 0.9


def test_many_histograms_at_once_are_each_alone():
    rng = np.random.default_rng(21)
    positive, negative = rng.integers(0, 5, (2, 6, 40))
    areas, variances = ranking.areas(positive, negative)
    for i in range(6):
        alone = ranking.areas(positive[i], negative[i])
        assert (areas[i], variances[i]) == pytest.approx(alone)
        label = np.repeat([1, 0], [positive[i].sum(), negative[i].sum()])
        score = np.concatenate([np.repeat(np.arange(40), c[i]) for c in (positive, negative)])
        assert areas[i] == pytest.approx(metrics.roc_auc_score(label, score))
