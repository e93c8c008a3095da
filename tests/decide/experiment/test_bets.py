"""Bets: fair at the margin whatever the rates, the shares and the looks; sure where it is plain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.decide.experiment.bets import (
    against_control,
    against_fixed,
    against_served,
    log_evidence_above,
    log_evidence_below,
)
from cockpit.decide.experiment.power import SEQUENTIAL, non_inferiority

SURE = np.log(20.0)
BASE, MARGIN, PART = 0.024, 0.01, 0.1
ROWS = non_inferiority(BASE, MARGIN, ratio=PART / (1 - PART))


def watch(rng, true, apart, *, base=BASE, margin=MARGIN, part=PART, times=3.0, minutes=60):
    """One experiment looked at every minute: log evidence for the fix and against it."""
    part = np.broadcast_to(part, (minutes,))
    per_minute = ROWS * times / PART / minutes
    judged = rng.poisson(np.stack([per_minute * part, per_minute * (1 - part)]))
    rates = np.stack(np.broadcast_arrays(true + apart, true))
    bad = rng.binomial(judged, rates.reshape(2, -1))
    share = judged[0] / np.maximum(judged.sum(axis=0), 1)
    rows = against_control(bad, judged, share, base, margin)
    return log_evidence_below(rows, margin), log_evidence_above(rows, margin)


def ends(seed, true, apart, trials=600, **more):
    """Share of experiments that were ever sure: (pass, fail)."""
    rng = np.random.default_rng(seed)
    paths = [watch(rng, true, apart, **more) for _ in range(trials)]
    return tuple(np.mean([path[i].max() >= SURE for path in paths]) for i in (0, 1))


@pytest.mark.parametrize("true", [BASE, BASE / 3, BASE * 3])
def test_a_fix_at_the_margin_passes_in_at_most_1_of_20_whatever_the_rate_is(true):
    passed, failed = ends(1, true, MARGIN)
    assert passed <= 0.05 + 2 * 0.009
    assert failed <= 0.05 + 2 * 0.009


def test_a_rate_that_moves_and_a_share_that_grows_do_not_pass_for_a_difference():
    true = 0.02 + 0.03 * np.linspace(0, 1, 60) ** 2
    part = np.repeat([0.02, 0.1, 0.5], 20)
    passed, failed = ends(2, true, MARGIN, part=part)
    assert max(passed, failed) <= 0.05 + 2 * 0.009


def test_an_equal_fix_fails_hardly_ever_and_mostly_passes_in_the_rows_that_are_planned():
    passed, failed = ends(3, BASE, 0.0, times=SEQUENTIAL)
    assert failed <= 0.01
    assert passed >= 0.78


def test_half_of_all_equal_fixes_pass_in_about_the_rows_of_one_look():
    passed, _ = ends(4, BASE, 0.0, times=1.1)
    assert passed >= 0.45


def test_a_fix_that_is_plainly_worse_fails():
    passed, failed = ends(5, BASE, 3 * MARGIN, trials=200)
    assert passed == 0.0
    assert failed >= 0.95


def test_one_arm_against_a_known_rate_keeps_its_bounds():
    rng = np.random.default_rng(6)
    ever = []
    for _ in range(600):
        judged = rng.poisson(100, 60)
        rows = against_fixed(rng.binomial(judged, BASE + MARGIN), judged, BASE, MARGIN)
        paths = log_evidence_below(rows, MARGIN), log_evidence_above(rows, MARGIN)
        ever.append([path.max() >= SURE for path in paths])
    assert (np.mean(ever, axis=0) <= 0.05 + 2 * 0.009).all()


def test_a_shadow_keeps_its_bounds_however_alike_the_errors_are():
    rng = np.random.default_rng(7)
    for alone in (0.012, 0.05):
        worse = (alone + MARGIN) / 2
        ever = []
        for _ in range(400):
            cells = rng.multinomial(rng.poisson(60, 60), [worse, worse - MARGIN, 1 - alone])
            rows = against_served(cells[:, 0], cells[:, 1], cells.sum(axis=1), 0.05, MARGIN)
            ever.append(log_evidence_below(rows, MARGIN).max() >= SURE)
        assert np.mean(ever) <= 0.05 + 2 * 0.011


@given(
    rates=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    share=st.floats(0.01, 0.99),
    base=st.floats(0, 0.9),
    margin=st.floats(0.001, 0.3),
)
def test_the_mean_excess_is_the_difference_less_the_margin(rates, share, base, margin):
    """Whatever was planned, so that a wrong plan costs rows and never the bound."""
    if base + margin > 1:
        return
    one = np.ones((2, 1), dtype=np.int64)
    rows = against_control(one, 2 * one, np.array([share]), base, margin)
    fix, control = rates
    weights = [share * fix, share * (1 - fix), (1 - share) * control, (1 - share) * (1 - control)]
    mean = float(np.array(weights) @ rows.excess[:, 0])
    assert mean == pytest.approx(fix - control - margin, abs=1e-9)


@given(seed=st.integers(0, 100), steps=st.integers(1, 8))
def test_the_order_in_which_rows_come_changes_nothing_in_the_end(seed, steps):
    rng = np.random.default_rng(seed)
    judged = rng.integers(1, 50, (2, steps))
    bad = rng.binomial(judged, 0.2)
    share = judged[0] / judged.sum(axis=0)
    order = rng.permutation(steps)
    ends_ = [
        log_evidence_below(against_control(bad[:, o], judged[:, o], share[o], 0.1, 0.05), 0.05)[-1]
        for o in (np.arange(steps), order)
    ]
    assert ends_[0] == pytest.approx(ends_[1])


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_minute_in_which_one_arm_was_not_asked_says_nothing(share):
    judged = np.array([[100], [100]])
    rows = against_control(judged, judged, np.array([share]), 0.1, 0.05)
    assert log_evidence_below(rows, 0.05)[0] == 0.0


@given(bad=st.integers(0, 10**6), more=st.integers(0, 10**6), base=st.floats(0, 1))
def test_evidence_is_a_number_for_any_counts(bad, more, base):
    rows = against_fixed(np.array([bad]), np.array([bad + more]), base, 0.01)
    for path in (log_evidence_below(rows, 0.01), log_evidence_above(rows, 0.01)):
        assert np.isfinite(path).all()
