"""Counts nobody would wish for: a right figure or none with its reason, and never a warning."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess import scores
from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.assess.methods.measurement import Measurement
from cockpit.assess.metrics import QUALITY
from cockpit.assess.quality import reliability
from cockpit.assess.quality.report import quality_estimates
from cockpit.assess.quality.report import reliability as reliability_of
from cockpit.assess.verdicts import probability_missed
from cockpit.bins import SCORE_BINS
from cockpit.config import Config, Model, Objective, Predictions
from cockpit.records import HOUR, Counts, Estimate, Window
from cockpit.tables import FIXED_POINT
from tests.assess.building import score_table, table


@pytest.fixture(autouse=True)
def nothing_warns():
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def counted(p: Any, label: Any) -> Counts:
    p = np.asarray(p, dtype=float)
    return score_table(p, (p >= 0.5).astype(int), np.resize(label, len(p)))


def kept(counts: Counts, mask: np.ndarray) -> Counts:
    return Counts(counts.table, {k: v[mask] for k, v in counts.columns.items()}, counts.words)


def measured(counts: Counts) -> dict[str, Measurement]:
    """Every figure of the table, each right in form."""
    given_scores = scores.of(counts)
    found = {name: measure(given_scores) for name, measure in QUALITY.items()}
    for name, measurement in found.items():
        assert (measurement.value is None) == bool(measurement.reason), name
        if measurement.value is None:
            assert measurement.low is measurement.high is None, name
            continue
        assert math.isfinite(measurement.value), name
        if measurement.low is not None:
            assert math.isfinite(measurement.low), name
            assert measurement.low <= measurement.value <= measurement.high, name
    for each in reliability.reliability_bins(given_scores):
        assert 0 <= each.low <= each.observed <= each.high <= 1
        assert each.start - 1e-9 <= each.predicted <= each.end + 1e-9
    return found


def reasons(found: dict[str, Measurement]) -> dict[str, str]:
    return {name: m.reason for name, m in found.items() if m.value is None}


def test_an_empty_window_has_no_figure():
    one = counted([0.5], 1)
    found = reasons(measured(kept(one, np.array([False]))))
    assert found == dict.fromkeys(QUALITY, "no predictions")


def test_nothing_labelled_yet_is_said_of_every_figure():
    found = reasons(measured(counted(np.linspace(0, 1, 500), -1)))
    assert found == dict.fromkeys(QUALITY, "no labels yet")


@pytest.mark.parametrize("only", [0, 1])
def test_one_class_only_has_figures_of_decisions_and_no_ranking(only):
    found = measured(counted(np.linspace(0.001, 0.999, 500), only))
    without = {"auc", "average_precision", "observed_expected"}
    without |= {"calibration_slope", "calibration_intercept"}
    said = reasons(found)
    assert {name for name in said if said[name] == "one class only"} == without
    assert set(said) - without <= {"recall"}
    assert found["accuracy"].value == 0.5
    assert found["recall"].value == (0.5 if only else None)


def test_one_row_has_values_without_certainty():
    found = measured(counted([0.7], [1]))
    assert found["accuracy"].value == 1.0
    assert found["accuracy"].low < 0.3
    assert found["brier"].low is None
    for name in ("auc", "average_precision", "ece", "observed_expected", "calibration_slope"):
        assert found[name].value is None, name


def test_scores_of_exactly_zero_and_one():
    # 90 of 100 such certainties are right; a wrong one is infinitely wrong in odds.
    p = np.repeat([0.0, 1.0], 50)
    found = measured(counted(p, np.concatenate([[1] * 5, [0] * 45, [0] * 5, [1] * 45])))
    assert found["auc"].value == pytest.approx(0.9)
    assert found["brier"].value == found["wrong_rate"].value == 0.1
    assert found["ece"].note.endswith("p <.001")
    assert found["observed_expected"].value == 1.0
    assert 0.1 < found["calibration_slope"].value < 0.2
    right = measured(counted(p, p.astype(int)))
    assert (right["auc"].value, right["average_precision"].value) == (1.0, 1.0)
    assert right["brier"].value == right["ece"].value == 0.0
    assert right["calibration_slope"].reason == "the scores separate the classes"


def test_a_constant_score_ranks_nothing():
    found = measured(counted(np.full(200, 0.3), np.resize([0, 0, 0, 1], 200)))
    assert found["auc"].value == 0.5
    assert found["average_precision"].value == 0.25
    assert found["calibration_slope"].reason == "every score is the same"
    assert found["calibration_intercept"].value == pytest.approx(math.log(1 / 3) - math.log(3 / 7))
    assert found["precision"].reason == "no positive decisions"


def test_cells_beyond_zero_count_as_nothing():
    good = counted(np.resize([0.1, 0.4, 0.8], 300), np.resize([0, 1, 0, 1, 1], 300))
    bad = Counts(good.table, {k: v.copy() for k, v in good.columns.items()}, good.words)
    for cell in ("n", "sum_p", "sum_p2"):
        bad.columns[cell][0] = -(10**12)
    assert measured(bad) == measured(kept(good, np.arange(len(good)) > 0))


@pytest.mark.parametrize("n", [10**9, 10**12, 2**62, 2**63 - 1])
def test_huge_counts_do_not_overflow(n):
    counts = table(
        "score",
        version="v1",
        role="served",
        decision=[0, 1, 0, 1],
        label=[0, 0, 1, 1],
        bin=[400, 900, 400, 900],
        n=n,
        sum_p=0,
        sum_p2=0,
    )
    found = measured(counts)
    assert found["accuracy"].value == found["auc"].value == 0.5
    assert found["accuracy"].high - found["accuracy"].low < 1e-4


def test_sums_of_scores_that_no_rows_can_have_are_held_to_what_they_can():
    counts = counted(np.resize([0.2, 0.6], 100), np.resize([0, 1, 1], 100))
    counts.columns["sum_p"][:] = 10**6 * FIXED_POINT
    counts.columns["sum_p2"][:] = -5
    found = measured(counts)
    assert found["observed_expected"].value == pytest.approx(66 / 40, rel=0.01)
    assert 0 <= found["brier"].value <= 1


cells = st.lists(
    st.tuples(
        st.sampled_from([-2, -1, 0, 1, 2]),
        st.sampled_from([-2, -1, 0, 1, 2]),
        st.sampled_from([-1, 0, 1, 320, 700, 1342, SCORE_BINS - 1, SCORE_BINS]),
        st.sampled_from([-5, 0, 1, 12, 700, 2**40]),
        st.sampled_from([-(10**9), 0, 1, FIXED_POINT // 3, 12 * FIXED_POINT, 2**62]),
        st.sampled_from([-1, 0, FIXED_POINT // 9, 2**62]),
    ),
    max_size=14,
)


@given(cells)
def test_no_forged_table_gives_a_warning_or_a_number_that_is_none(rows):
    names = ("decision", "label", "bin", "n", "sum_p", "sum_p2")
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(names)).T
    counts = Counts("score", dict(zip(names, columns, strict=True)), {})
    given_scores = scores.of(counts)
    for name, measure in QUALITY.items():
        found = measure(given_scores)
        assert (found.value is None) == bool(found.reason), name
        for number in found.interval:
            assert number is None or math.isfinite(number), name
    for each in reliability.reliability_bins(given_scores):
        assert 0 <= each.low <= each.observed <= each.high <= 1


def inputs(counts: Counts, reference: Counts | None = None, **more: Any) -> Inputs:
    window = Window(start=0, end=HOUR)
    return Inputs(
        at=HOUR,
        as_of_fast=HOUR,
        as_of_slow=HOUR,
        infra_window=window,
        quality_window=window,
        history_window=window,
        now={"score": counts},
        reference={} if reference is None else {"score": reference},
        **more,
    )


def by_id(given_inputs: Inputs) -> dict[str, Estimate]:
    return {e.id: e for e in quality_estimates(Moment(given_inputs, None))}


def selective(labelled_decision: int) -> Counts:
    """Calibrated scores, with labels only where this was decided."""
    rng = np.random.default_rng(22)
    p = rng.beta(2, 3, 6000)
    label = (rng.uniform(size=6000) < p).astype(int)
    decision = (p >= 0.5).astype(int)
    return score_table(p, decision, np.where(decision == labelled_decision, label, -1))


@pytest.mark.parametrize("decision", [0, 1])
def test_labels_for_some_decisions_only(decision):
    only = f"decision={decision}"
    found = by_id(inputs(selective(decision), map=Predictions(labels_only_when=only)))
    for name in ("auc", "average_precision", "recall", "f1", "accuracy", "wrong_rate", "harm_rate"):
        assert (found[name].value, found[name].reason) == (None, f"labels only when {only}")
    if decision:
        assert found["precision"].value > 0.5
    else:
        assert found["precision"].reason == "labels only when decision=0"
    # Scores that are right are right among these too; that it is of these alone is said.
    for name in ("brier", "ece", "observed_expected", "calibration_slope", "calibration_intercept"):
        assert found[name].sentence.startswith(f"only of {only}"), name
    assert found["observed_expected"].low < 1 < found["observed_expected"].high
    assert found["calibration_slope"].low < 1 < found["calibration_slope"].high
    assert found["calibration_intercept"].low < 0 < found["calibration_intercept"].high


def test_a_promise_on_a_figure_has_its_chance_wherever_there_is_a_figure():
    promises = [
        Objective(name="a", metric="precision", at_least=0.9),
        Objective(name="b", metric="auc", at_least=0.1),
        Objective(name="c", metric="recall", at_least=0.5),
    ]
    config = Config(objectives=promises, model=Model(positive="fra\x1bud"))
    counts = counted(np.resize(np.linspace(0.05, 0.95, 19), 950), np.resize([0, 1, 1, 0, 1], 950))
    given_inputs = inputs(counts, config=config)
    found = by_id(given_inputs)
    assert found["precision"].missed > 0.9
    assert found["precision"].verdict in ("degraded", "critical")
    assert "likely to miss the promise of at least .900" in found["precision"].sentence
    assert found["auc"].missed < 0.01
    assert found["brier"].missed is None
    assert "fra␛ud than predicted" in found["observed_expected"].sentence
    unlabelled = by_id(replace(given_inputs, now={"score": counted([0.5] * 20, -1)}))
    assert unlabelled["precision"].missed is None
    assert probability_missed(Measurement(reason="no labels yet"), None, 1.0) is None


def test_reliability_is_of_what_serves():
    served, shadow = counted([0.1, 0.9] * 50, [0, 1]), counted([0.4] * 100, [0, 1])
    both = {k: np.concatenate([v, shadow.columns[k]]) for k, v in served.columns.items()}
    both["role"] = np.concatenate([served.columns["role"], shadow.columns["role"] + 1])
    counts = Counts("score", both, {**served.words, "role": ("served", "shadow")})
    found = reliability_of(Moment(inputs(counts), None))
    assert [(b.start, b.n, b.observed) for b in found] == [(1 / 16, 50, 0.0), (14 / 16, 50, 1.0)]
    assert reliability_of(Moment(inputs(Counts("score", {}, {})), None)) == []
