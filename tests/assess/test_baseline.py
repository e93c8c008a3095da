"""Labels take time: an immature window is compared with one that was as immature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.baseline import as_young, labelled_source, windows_as_young
from cockpit.assess.inputs import Inputs
from cockpit.assess.onset.changes import Onset
from cockpit.assess.report import assess
from cockpit.records import HOUR, MINUTE, SECOND, Window
from tests.assess.building import score_table

END = 1_700_000_400 * SECOND
NOW = Window(start=END - 2 * HOUR, end=END)
BEFORE = Window(start=NOW.start - 2 * HOUR, end=NOW.start)
JUDGED = ("auc", "precision", "recall", "f1", "accuracy", "wrong_rate", "brier", "ece", "harm_rate")


def tables(seed: int, *, n: int = 30_000, mature: bool = False, fault: float = 0.0):
    """Two hours of a model whose negatives are known in minutes and whose positives in hours.

    `fault` of the positive decisions are of negatives that it never met before.
    """
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 1.5, n)
    label = (rng.uniform(size=n) < p).astype(int)
    label[(p > 0.5) & (rng.uniform(size=n) < fault)] = 0
    age = rng.uniform(0, 120, n)
    known = mature | (rng.exponential(np.where(label == 1, 90, 15)) < age)
    rows = {"p": p, "decision": p > 0.5, "label": np.where(known, label, -1)}
    region = rng.choice(["BR", "DE"], n)
    return {
        "score": score_table(**rows),
        "score_by_segment": score_table(
            **rows, name="score_by_segment", dimension="region", value=region
        ),
    }


def moment(aged=None, **more) -> Inputs:
    return Inputs(
        at=END,
        as_of_fast=END,
        as_of_slow=END,
        infra_window=NOW,
        quality_window=NOW,
        history_window=Window(start=BEFORE.start, end=END),
        now=tables(1, **more),
        reference=tables(2, mature=True),
        aged=aged or {},
        aged_window=BEFORE if aged else None,
    )


def verdicts(inputs: Inputs) -> dict[str, str]:
    found = assess(inputs, None)
    return {e.id: e.verdict for e in (*found.metrics, *found.segments) if e.name in JUDGED}


def test_labels_of_one_class_first_are_no_fault_and_look_like_one_to_the_reference():
    fair, unfair = moment(tables(3)), moment()
    assert {"degraded", "critical"} & set(verdicts(unfair).values())
    assert verdicts(unfair)["precision"] in ("degraded", "critical")
    assert verdicts(unfair)["precision@region BR"] in ("degraded", "critical")
    assert not {"degraded", "critical", "watch"} & set(verdicts(fair).values())
    assert verdicts(fair)["precision"] == "fine"
    precision = next(e for e in assess(unfair, None).metrics if e.id == "precision")
    assert precision.difference.value < -0.08
    assert precision.baseline.what == "reference, labels older"
    assert "(reference, labels older)" in precision.sentence


def test_a_fault_is_found_though_labels_are_still_coming():
    found = verdicts(moment(tables(3), fault=0.3))
    assert found["precision"] in ("degraded", "critical")
    assert found["precision@region BR"] in ("degraded", "critical")


def test_the_baseline_and_the_note_say_how_old_their_labels_are():
    fair = assess(moment(tables(3)), None)
    by_id = {e.id: e for e in (*fair.metrics, *fair.segments)}
    for name in ("precision", "wrong_rate@region DE"):
        assert by_id[name].baseline.what == "before 20:20, labels as old"
        assert "older" not in by_id[name].sentence
    assert by_id["psi"].verdict == "fine"  # of scores: the reference serves as it is
    assert any("from it and from the baseline alike" in note for note in fair.notes)
    unfair = assess(moment(), None)
    assert any("not from the baseline" in note for note in unfair.notes)


def test_too_few_labels_before_leave_the_reference():
    inputs = moment(tables(3, n=300))
    assert as_young(inputs, "score") is None
    found = labelled_source(inputs, "score", None)
    assert found.what == "reference, labels older"
    # As few as the window itself has are enough: it is no worse than what is compared with it.
    small = replace(inputs, now=tables(4, n=300))
    assert as_young(small, "score") is not None
    complete = replace(inputs, now=tables(4, mature=True), aged={}, aged_window=None)
    assert labelled_source(complete, "score", None).what == "reference"


def test_a_class_nobody_has_yet_is_missing_from_both():
    inputs = moment(tables(3))
    for counts in (*inputs.now.values(), *inputs.aged.values()):
        label = counts.columns["label"]
        label[label == 1] = -1
    found = verdicts(inputs)
    assert labelled_source(inputs, "score", None).what.endswith("labels as old")
    assert not {"degraded", "critical"} & set(found.values())


minutes = st.integers(0, 300)
EMPTY = Inputs(
    at=END,
    as_of_fast=END,
    as_of_slow=END,
    infra_window=NOW,
    quality_window=NOW,
    history_window=NOW,
    now={},
)


@given(minutes, st.integers(1, 120), st.integers(0, 59), st.none() | minutes)
def test_windows_as_young_lie_before_the_onset_and_are_read_before_now(past, span, second, onset):
    start = END - span * MINUTE - past * MINUTE - second * SECOND
    inputs = replace(
        EMPTY,
        quality_window=Window(start=END - span * MINUTE, end=END),
        history_window=Window(start=start, end=END),
        slow_bucket=MINUTE,
    )
    begun = None
    if onset is not None:
        low = END - onset * MINUTE - 7 * SECOND
        begun = Onset(low, low, low + MINUTE, "requests", 0.0, 1.0, 9.0)
    found = windows_as_young(inputs, begun)
    last = inputs.quality_window.start if begun is None else begun.low
    ages = []
    for (window, read), (after, _) in zip(found, found[1:] + found[-1:], strict=True):
        assert start <= window.start < window.end <= last
        assert window.end == after.start or window == after
        assert window.start % MINUTE == window.end % MINUTE == read % MINUTE == 0
        assert window.end <= read <= END
        minutes = np.arange(window.start, window.end, MINUTE)
        ages += (read - minutes).tolist()
    assert len(found) <= 6
    if not found:
        assert last - start < 2 * MINUTE or last >= END - MINUTE
        return
    covered = sum(window.end - window.start for window, _ in found)
    if covered == span * MINUTE:
        assert len(found) == 1
    expected = np.mean(END - np.arange(END - span * MINUTE, END, MINUTE))
    assert np.mean(ages) == pytest.approx(expected, abs=2 * MINUTE)
