"""Decisions of a healthy service whose labels had time: of the reference, else of before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cockpit.assess.estimates import Moment
from cockpit.assess.inputs import Inputs
from cockpit.assess.onset.changes import Onset
from cockpit.assess.quality.settled import FEWEST, settled
from cockpit.records import HOUR, SECOND, Counts, Settled, Window
from tests.assess.building import score_table

END = 1_700_000_400 * SECOND
NOW = Window(start=END - HOUR, end=END)
PAST = Window(start=END - 3 * HOUR, end=NOW.start)


def scored(seed: int, n: int = 4_000, known: float = 1.0, **more: Any) -> Counts:
    rng = np.random.default_rng(seed)
    p = rng.beta(0.5, 1.5, n)
    label = (rng.uniform(size=n) < p).astype(int)
    label[rng.uniform(size=n) >= known] = -1
    return score_table(p, p > 0.5, label, **more)


def counted(counts: Counts) -> Settled | None:
    """What is settled where these counts are the reference."""
    return settled(Moment(moment(reference={"score": counts}), None))


def moment(
    reference: dict[str, Counts] | None = None, history: dict[str, Counts] | None = None
) -> Inputs:
    return Inputs(
        at=END,
        as_of_fast=END,
        as_of_slow=END,
        infra_window=NOW,
        quality_window=NOW,
        history_window=Window(start=PAST.start, end=END),
        now={"score": scored(1, known=0.3)},
        reference=reference or {},
        history=history or {},
    )


def test_labelled_decisions_of_the_reference_are_counted_by_what_they_were() -> None:
    counts = scored(2)
    found = counted(counts)
    assert found is not None
    columns, n = counts.columns, counts.columns["n"]
    decided, label = columns["decision"] == 1, columns["label"] == 1
    assert found.what == "reference"
    assert found.n == n.sum() == 4_000
    assert found.false_positives == n[decided & ~label].sum() > 0
    assert found.false_negatives == n[~decided & label].sum() > 0
    assert found.positives == n[label].sum()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_what_has_no_label_is_not_counted(share: float) -> None:
    found = counted(scored(3, known=share))
    assert found is not None
    assert found.n == pytest.approx(share * 4_000, rel=0.1)
    assert 0 < found.false_positives + found.false_negatives < found.n


def test_a_shadow_decides_nothing() -> None:
    both = scored(4)
    assert counted(scored(4, role="shadow")) is None
    assert counted(both) is not None


def test_too_few_tell_nothing() -> None:
    assert counted(scored(5, n=FEWEST - 1)) is None
    assert counted(scored(5, n=FEWEST)) is not None
    assert settled(Moment(moment(), None)) is None


def test_without_a_labelled_reference_the_time_before_the_onset_tells() -> None:
    before = scored(6, valid=PAST.end - HOUR, known=0.95)
    unlabelled = scored(7, known=0.0)
    begun = Onset(NOW.start, NOW.start, END, "wrong decisions", 0.02, 0.06, 9.0)
    for reference in ({}, {"score": unlabelled}):
        found = settled(Moment(moment(reference, {"score": before}), begun))
        assert found is not None
        assert found.what.startswith("before ")
        assert found.n < 4_000
