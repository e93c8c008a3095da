"""PSI and KL: the definition, the null, the interval, when a class is said, and hostile columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.drift import divergence
from cockpit.assess.drift_record import compare, of_feature, of_scores, quantile_groups
from cockpit.bins import SCORE_BINS, freeze_categorical, freeze_numeric, score_bin
from cockpit.config import Drifting

histograms = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=20
).filter(lambda pairs: any(a for a, _ in pairs) and any(b for _, b in pairs))


def reference_psi(a, b):
    """The definition, written out: half a count in every bin that either of the two uses."""
    used = [(x, y) for x, y in zip(a, b, strict=True) if x + y > 0]
    n, m = sum(x for x, _ in used) + len(used) / 2, sum(y for _, y in used) + len(used) / 2
    pairs = [((x + 0.5) / n, (y + 0.5) / m) for x, y in used]
    return (
        sum((q - p) * math.log(q / p) for p, q in pairs),
        sum(q * math.log(q / p) for p, q in pairs),
    )


@given(histograms)
def test_psi_and_kl_are_their_definitions(pairs):
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    found = divergence(a, b)
    psi, kl = reference_psi(a, b)
    assert found.psi == pytest.approx(psi, abs=1e-9)
    assert found.kl == pytest.approx(kl, abs=1e-9)
    assert 0 <= found.low <= found.corrected <= found.high


def test_kl_is_of_the_current_rows_against_the_reference():
    a, b = np.array([900, 100]), np.array([500, 500])
    expected = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    assert divergence(a * 1000, b * 1000).kl == pytest.approx(expected, abs=1e-4)


def test_without_drift_the_corrected_value_is_near_zero_and_hardly_ever_called_drift():
    rng = np.random.default_rng(1)
    reference = rng.multinomial(100_000, np.full(10, 0.1))
    found = [divergence(reference, rng.multinomial(300, np.full(10, 0.1))) for _ in range(500)]
    assert np.mean([d.psi for d in found]) == pytest.approx(9 / 300, rel=0.1)
    assert np.mean([d.corrected for d in found]) < 0.008
    assert np.mean([d.low > 0 for d in found]) < 0.05


@pytest.mark.parametrize("m", [300, 1000, 5000])
def test_interval_covers_the_true_value(m):
    p = np.full(10, 0.1)
    q = np.exp(0.3 * np.linspace(-1.5, 1.5, 10))
    q /= q.sum()
    truth = ((q - p) * np.log(q / p)).sum()
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        found = divergence(rng.multinomial(50_000, p), rng.multinomial(m, q))
        covered += found.low <= truth <= found.high
    assert covered / 400 >= 0.92


def drift_of(reference, current, **rules):
    bins = freeze_numeric("amount", reference)
    counts = (np.bincount(bins.digitize(x), minlength=bins.size) for x in (reference, current))
    return compare(of_feature(bins, *counts), Drifting(**rules))


def test_one_outlier_blinds_nobody():
    rng = np.random.default_rng(3)
    reference, current = rng.normal(size=5000), rng.normal(0.5, 1, 5000)
    plain = drift_of(reference, current)
    spoilt = drift_of(reference, np.append(current, 1e6))
    assert spoilt.psi == pytest.approx(plain.psi, rel=0.02)
    assert plain.psi_corrected == pytest.approx(0.24, abs=0.05)


def test_missing_values_are_drift_and_are_said():
    rng = np.random.default_rng(4)
    current = rng.normal(size=5000)
    current[:1000] = np.nan
    found = drift_of(rng.normal(size=5000), current)
    assert found.drift_class == "major"
    assert found.missing_share == pytest.approx(0.2)
    assert "20 % are missing (was 0 %)" in found.sentence


def test_a_constant_that_becomes_another_constant_is_major():
    assert drift_of(np.full(5000, 3.0), np.full(5000, 4.0)).drift_class == "major"


def test_an_unseen_category_has_a_bin_of_its_own():
    bins = freeze_categorical("channel", {"app": 900, "web": 100})
    reference = np.bincount(bins.digitize(["app"] * 900 + ["web"] * 100), minlength=bins.size)
    current = np.bincount(bins.digitize(["app"] * 1000 + ["fax"] * 500), minlength=bins.size)
    found = compare(of_feature(bins, reference, current), Drifting())
    assert found.unseen_share == pytest.approx(1 / 3)
    assert "unseen" in found.sentence


def test_a_class_needs_rows_or_an_interval_inside_one_class():
    rng = np.random.default_rng(5)
    reference = rng.normal(size=20_000)
    assert drift_of(reference, rng.normal(0.35, 1, 100)).drift_class == "too few rows"
    assert drift_of(reference, rng.normal(0.4, 1, 3000)).drift_class == "noticeable"
    assert drift_of(reference, rng.normal(3, 1, 200)).drift_class == "major"
    assert drift_of(rng.normal(size=300), rng.normal(0.33, 1, 3000)).drift_class in (
        "cannot tell yet",
        "noticeable",
    )


def test_no_rows_is_a_reason_not_a_zero():
    bins = freeze_numeric("amount", np.arange(100.0))
    nothing = np.zeros(bins.size, dtype=np.int64)
    some = np.ones(bins.size, dtype=np.int64)
    assert compare(of_feature(bins, some, nothing), Drifting()).psi is None
    assert compare(of_feature(bins, some, nothing), Drifting()).reason == "no rows in the window"
    assert compare(of_feature(bins, nothing, some), Drifting()).reason == "no reference"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_quantile_groups_are_contiguous_and_leave_big_bins_alone(counts):
    reference = np.array(counts)
    groups = quantile_groups(reference)
    assert groups[0] == 0
    assert set(np.diff(groups)) <= {0, 1}
    for i, n in enumerate(counts):
        if n and n * 10 >= reference.sum():
            assert (groups == groups[i]).sum() == 1


def test_score_drift_names_where_scores_went():
    rng = np.random.default_rng(6)
    reference = np.bincount(score_bin(rng.beta(2, 5, 20_000)), minlength=SCORE_BINS)
    current = np.bincount(score_bin(rng.beta(5, 2, 20_000)), minlength=SCORE_BINS)
    found = compare(of_scores(reference, current), Drifting())
    assert found.drift_class == "major"
    assert found.feature == "score"
    assert "to 1 (was" in found.sentence


def test_names_from_outside_are_inert():
    bins = freeze_categorical("\x1b[31mred", {"\x1b[2J": 50})
    counts = np.bincount(bins.digitize(["\x1b[2J"] * 50), minlength=bins.size)
    found = compare(of_feature(bins, counts, counts), Drifting())
    assert "\x1b" not in found.feature + found.sentence
