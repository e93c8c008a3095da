"""A shadow on the rows that were served: paired DeLong, McNemar, Newcombe, agreement."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

from cockpit.assess.versions import paired
from cockpit.bins import SEGMENT_BINS, segment_bin
from cockpit.records import Counts
from tests.assess.building import table


def counts(p, q, label, decision=None, shadow_decision=None) -> Counts:
    """The pair table of rows scored p by what served and q by its shadow."""
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    return table(
        "pair",
        version="v42",
        shadow="v43",
        bin=segment_bin(p),
        shadow_bin=segment_bin(q),
        decision=p >= 0.5 if decision is None else decision,
        shadow_decision=q >= 0.5 if shadow_decision is None else shadow_decision,
        label=label,
    )


def pairs(*columns, **more) -> paired.Pairs:
    given_counts = counts(*columns, **more)
    return paired.of(given_counts, np.arange(len(given_counts)))


def correlated(rng, n, shift=(1.5, 1.5), together=0.7):
    """Scores of two models whose errors correlate, and labels of which a third are positive."""
    label = (rng.uniform(size=n) < 0.33).astype(int)
    noise = rng.multivariate_normal([0, 0], [[1, together], [together, 1]], size=n)
    p, q = stats.norm.cdf((noise + label[:, None] * np.array(shift) - 0.75) / 1.5).T
    return p, q, label


rows = st.lists(
    st.tuples(st.integers(0, 63), st.integers(0, 63), st.integers(0, 1)), min_size=4, max_size=60
).filter(lambda found: 2 <= sum(y for *_, y in found) <= len(found) - 2)


@given(rows)
def test_areas_and_covariance_are_those_of_delong_over_every_pair_of_rows(found):
    a, b, y = map(np.array, zip(*found, strict=True))
    centre = [(s + 0.5) / SEGMENT_BINS for s in (a, b)]
    pair = pairs(*centre, y)
    areas, covariance = paired.delong(pair.scores[2], pair.scores[1])
    wins = np.stack(
        [(s[y == 1][:, None] > s[y == 0]) + 0.5 * (s[y == 1][:, None] == s[y == 0]) for s in centre]
    )
    by_positive, by_negative = wins.mean(axis=2), wins.mean(axis=1)
    expected = np.cov(by_positive) / (y == 1).sum() + np.cov(by_negative) / (y == 0).sum()
    assert areas == pytest.approx([roc_auc_score(y, s) for s in centre])
    assert covariance == pytest.approx(expected, abs=1e-12)
    # The variance of A − B, placed row by row, is that of A and of B less twice what they share.
    apart = np.var(by_positive[1] - by_positive[0], ddof=1) / (y == 1).sum()
    apart += np.var(by_negative[1] - by_negative[0], ddof=1) / (y == 0).sum()
    assert np.array([-1, 1]) @ covariance @ [-1, 1] == pytest.approx(apart, abs=1e-12)


@pytest.mark.parametrize(("shift", "n"), [((1.5, 1.5), 300), ((1.2, 1.8), 300), ((2.5, 3.5), 1000)])
def test_the_interval_of_the_difference_covers_and_is_narrower_than_of_other_rows(shift, n):
    rng = np.random.default_rng(1)
    p, q, y = correlated(rng, 400_000, shift)
    areas, _ = paired.delong(*(pairs(p, q, y).scores[label] for label in (2, 1)))
    truth, covered, widths, alone = areas[1] - areas[0], 0, [], []
    for _ in range(250):
        found = paired.auc(pairs(*correlated(rng, n, shift)))
        covered += found.difference.low <= truth <= found.difference.high
        widths.append(found.difference.high - found.difference.low)
        alone.append(math.hypot(found.now.high - found.now.low, found.base.high - found.base.low))
    assert covered / 250 >= 0.92
    assert np.mean(widths) < 0.8 * np.mean(alone)


def test_the_same_model_twice_does_not_differ():
    p, _, y = correlated(np.random.default_rng(2), 2000)
    found = paired.auc(pairs(p, p, y))
    assert found.difference.value == 0.0
    assert found.difference.high - found.difference.low < 0.15 * (found.now.high - found.now.low)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_statsmodels(one, other):
    expected = mcnemar([[5, one], [other, 5]], exact=True).pvalue
    assert paired.mcnemar(one, other) == pytest.approx(expected)


def test_the_interval_of_a_paired_difference_covers_in_every_table_of_thirty_rows():
    n = 30
    tables = [
        (e, f, g, n - e - f - g)
        for e, f, g in itertools.product(range(n + 1), repeat=3)
        if e + f + g <= n
    ]
    ends = []
    for e, f, g, h in tables:
        decisions = np.zeros((3, 3, 3), dtype=np.int64)
        # Labelled 1: both decide 1, the shadow alone, the served alone, neither.
        decisions[2, 2, 2], decisions[2, 1, 2], decisions[2, 2, 1], decisions[2, 1, 1] = e, f, g, h
        found = paired.accuracy(paired.Pairs(np.zeros((3, 64, 64), dtype=np.int64), decisions))
        assert found.difference.value == pytest.approx((f - g) / n)
        ends.append((found.difference.low, found.difference.high))
    low, high = np.array(ends).T
    covered = []
    for p in ([0.8, 0.1, 0.05, 0.05], [0.5, 0.2, 0.2, 0.1], [0.9, 0.02, 0.06, 0.02], [0.25] * 4):
        truth = p[1] - p[2]
        chance = stats.multinomial.pmf(np.array(tables), n, p)
        covered.append(chance[(low <= truth) & (truth <= high)].sum())
    assert min(covered) >= 0.93


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_correlation_is_phi_drawn_towards_zero(e, f, g, h):
    one = np.repeat([1, 1, 0, 0], [e, f, g, h])
    other = np.repeat([1, 0, 1, 0], [e, f, g, h])
    phi = np.corrcoef(one, other)[0, 1]
    found = paired.correlation(np.array([[e, f], [g, h]]))
    assert min(phi, 0) - 1e-9 <= found <= max(phi, 0) + 1e-9
    if phi < 0:
        assert found == pytest.approx(phi)


def test_accuracy_and_wrong_decisions_mirror_each_other_and_say_mcnemar():
    p, q, y = correlated(np.random.default_rng(3), 3000, (1.0, 2.0))
    pair = pairs(p, q, y)
    right, wrong = paired.accuracy(pair), paired.wrong_rate(pair)
    assert right.now.value == pytest.approx(((q >= 0.5) == y).mean())
    assert right.base.value == pytest.approx(((p >= 0.5) == y).mean())
    assert right.difference.value == pytest.approx(-wrong.difference.value)
    assert right.difference.low == pytest.approx(-wrong.difference.high)
    gained = int((((q >= 0.5) == y) & ((p >= 0.5) != y)).sum())
    assert f"shadow alone in {gained:,} rows" in right.now.note
    assert f"served alone in {gained:,} rows" not in right.now.note
    assert "exact McNemar p" in wrong.now.note


def test_rows_whose_label_is_still_to_come_count_for_agreement_alone():
    rng = np.random.default_rng(4)
    p, q, y = correlated(rng, 2000)
    late = rng.uniform(size=2000) < 0.5
    some, known = pairs(p, q, np.where(late, -1, y)), pairs(p[~late], q[~late], y[~late])
    assert paired.auc(some) == paired.auc(known)
    assert paired.wrong_rate(some) == paired.wrong_rate(known)
    agreed = (p >= 0.5) == (q >= 0.5)
    assert paired.agreement(some).value == pytest.approx(agreed.mean())
    assert paired.agreement(some).n == 2000


def test_what_cannot_be_had_says_why():
    p, q, y = correlated(np.random.default_rng(5), 400)
    unlabelled = pairs(p, q, -1)
    assert paired.auc(unlabelled).now.reason == "no labels yet"
    assert paired.accuracy(unlabelled).now.reason == "no labels yet"
    assert paired.agreement(unlabelled).value is not None
    assert paired.auc(pairs(p, q, 0)).now.reason == "one class only"
    assert paired.wrong_rate(pairs(p, q, 0)).now.value is not None
    undecided = pairs(p, q, y, decision=-1)
    assert paired.auc(undecided).difference is not None
    assert paired.accuracy(undecided).now.reason == "no decisions"
    assert paired.agreement(undecided).reason == "no decisions"
    rare = paired.auc(pairs(p / 1000, q / 1000, y))
    assert rare.now.reason == "scores too close together for 64 bins"
    assert rare.difference is None


def test_rows_outside_the_bins_and_negative_counts_are_nothing():
    given_counts = counts([0.2, 0.9, 0.5], [0.3, 0.8, 0.5], [0, 1, -1])
    c = given_counts.columns
    c["bin"][0], c["n"][1] = 64, -3
    found = paired.of(given_counts, np.arange(3))
    assert found.scores.sum() == found.decisions.sum() == 1
