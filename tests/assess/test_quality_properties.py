"""Whatever was counted, a figure of quality is null with its reason or lies in its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.assess.methods.intervals import wilson
from cockpit.assess.metrics import QUALITY
from cockpit.assess.quality.label_free import FIGURES, Expected, calibrate
from cockpit.assess.quality.report import harm_rate
from cockpit.assess.scores import DECISIONS, LABELS, Scores
from cockpit.bins import SEGMENT_BINS, segment_edges
from cockpit.config import Harm

COUNTS = st.one_of(st.integers(0, 3), st.integers(0, 400), st.integers(0, 2**47))


@st.composite
def counted(draw):
    """Scores of a few bins: any labels and decisions, at any place within the bin."""
    cells = np.zeros((LABELS, DECISIONS, SEGMENT_BINS), dtype=np.int64)
    for bin_ in draw(st.sets(st.integers(0, SEGMENT_BINS - 1), min_size=1, max_size=5)):
        cells[:, :, bin_] = np.reshape([draw(COUNTS) for _ in range(9)], (LABELS, DECISIONS))
    rows, edges = cells.sum(axis=1), segment_edges()
    p = edges[:-1] + draw(st.sampled_from([0.0, 0.4, 1.0])) * np.diff(edges)
    return Scores(cells, rows * p, rows * p**2)


def figures(scores):
    found = {name: measure(scores) for name, measure in QUALITY.items()}
    found["harm_rate"] = harm_rate(scores, Harm())
    calibration = calibrate(scores.positive, scores.negative)
    if calibration is not None:
        expected = Expected(scores.cells[0].astype(np.float64), calibration)
        found |= {f"{name}~estimated": figure(expected) for name, figure in FIGURES.items()}
    return found


@given(counted())
@settings(max_examples=150, deadline=None)
def test_a_figure_lies_in_its_interval_or_says_why_there_is_none(scores):
    for name, found in figures(scores).items():
        if found.value is None:
            assert found.reason, name
            continue
        ends = [end for end in (found.low, found.high) if end is not None]
        assert all(math.isfinite(x) for x in (found.value, *ends)), name
        assert found.low is None or found.low <= found.value * (1 + 1e-9) + 1e-12, name
        assert found.high is None or found.value <= found.high * (1 + 1e-9) + 1e-12, name


def alike(negative, positive, p):
    """Every score the same, p."""
    cells = np.zeros((LABELS, DECISIONS, SEGMENT_BINS), dtype=np.int64)
    bin_ = int(np.searchsorted(segment_edges(), p, side="right")) - 1
    cells[1, 1, bin_], cells[2, 1, bin_] = negative, positive
    rows = cells.sum(axis=1)
    return Scores(cells, rows * p, rows * p**2)


def test_a_few_rows_that_are_all_alike_show_no_certainty():
    constant = QUALITY["auc"](alike(12, 12, 0.3))
    assert constant.value == pytest.approx(0.5)
    assert constant.high - constant.low > 0.2
    assert QUALITY["brier"](alike(12, 0, 0.3)).low is None
    right = QUALITY["ece"](alike(18, 0, 0.0))
    assert (right.value, right.low) == (0.0, 0.0)
    assert right.high == pytest.approx(1 - 0.025 ** (1 / 18))  # 18 of 18, Clopper & Pearson 1934


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (3, -2), (6, 5), (0, 0)])
def test_counts_that_are_no_share_have_none(k, n):
    assert wilson(k, n).value is None
    assert wilson(k, n).reason
