"""PSI, KL and JS: definitions, scipy, what chance does, the interval, and when a class is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, entropy, norm

from cockpit.assess.drift.divergence import SMOOTHING, classify, divergence, rows_needed, two_digits
from cockpit.config import Drifting

pytestmark = pytest.mark.filterwarnings("error")

histograms = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=20
).filter(lambda pairs: any(a for a, _ in pairs) and any(b for _, b in pairs))
TENTHS = np.full(10, 0.1)


def reference_psi(a, b):
    """The definition, written out: half a count in every bin that either of the two uses."""
    used = [(x, y) for x, y in zip(a, b, strict=True) if x + y > 0]
    n, m = sum(x for x, _ in used) + len(used) / 2, sum(y for _, y in used) + len(used) / 2
    return sum(
        ((y + 0.5) / m - (x + 0.5) / n) * math.log((y + 0.5) / m / ((x + 0.5) / n)) for x, y in used
    )


def shifted(d):
    """Shares of ten bins, of a normal and of one d standard deviations away; and their PSI."""
    edges = norm.ppf(np.linspace(0.1, 0.9, 9))
    p, q = (np.diff(np.concatenate([[0], norm.cdf(edges - x), [1]])) for x in (0, d))
    return p, q, float(((q - p) * np.log(q / p)).sum())


@given(histograms)
def test_psi_is_its_definition_and_the_interval_holds_the_corrected_value(pairs):
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    found = divergence(a, b)
    assert found.psi == pytest.approx(reference_psi(a, b), abs=1e-9)
    assert 0 <= found.low <= found.corrected <= found.high
    assert found.corrected <= max(found.psi, 0)


@given(histograms)
def test_kl_js_and_the_null_agree_with_scipy(pairs):
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    found = divergence(a, b)
    p, q = (h[a + b > 0] + SMOOTHING for h in (a, b))  # scipy makes shares of them
    assert found.kl == pytest.approx(entropy(q, p), abs=1e-9)
    assert found.js == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-9)
    if len(p) > 1:
        scale = 1 / a.sum() + 1 / b.sum()
        assert found.p_value == pytest.approx(chi2.sf(found.psi / scale, len(p) - 1), abs=1e-12)
        assert found.null_line == pytest.approx(scale * chi2.isf(0.01, len(p) - 1))


@given(st.lists(histograms, min_size=1, max_size=4), st.floats(1, 9))
def test_many_comparisons_at_once_are_those_one_by_one(several, design_effect):
    size = max(map(len, several))
    a, b = np.zeros((2, len(several), size), dtype=np.int64)
    for i, pairs in enumerate(several):
        a[i, : len(pairs)], b[i, : len(pairs)] = zip(*pairs, strict=True)
    together = divergence(a, b, design_effect)
    for i, pairs in enumerate(several):
        alone = divergence(
            *(np.array(column) for column in zip(*pairs, strict=True)), design_effect
        )
        for name in ("psi", "low", "high", "kl", "js", "null_line", "p_value", "n", "m"):
            assert getattr(together[i], name) == pytest.approx(getattr(alone, name), abs=1e-12)


def test_kl_is_of_the_current_rows_against_the_reference():
    a, b = np.array([900, 100]), np.array([500, 500])
    expected = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    assert divergence(a * 1000, b * 1000).kl == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("bins", "m"), [(5, 300), (10, 300), (10, 5000), (20, 1000), (30, 1000)])
def test_without_drift_psi_and_kl_are_what_chance_does(bins, m):
    rng = np.random.default_rng(bins + m)
    even = np.full(bins, 1 / bins)
    found = divergence(rng.multinomial(50_000, even, 4000), rng.multinomial(m, even, 4000))
    by_chance = (bins - 1) * (1 / 50_000 + 1 / m)
    assert found.psi.mean() == pytest.approx(by_chance, rel=0.06)
    assert found.kl.mean() == pytest.approx(by_chance / 2, rel=0.1)
    assert found.js.mean() == pytest.approx(by_chance / 8, rel=0.1)
    # In four thousand, 0.5 % off is three standard errors; a small window stays below its line.
    assert (found.psi > found.null_line).mean() < 0.015
    assert (found.kl > found.kl_null_line).mean() < 0.015
    assert (found.p_value < 0.05).mean() == pytest.approx(0.05, abs=0.015)
    if m * 5 >= 300 * bins:
        assert (found.psi > found.null_line).mean() > 0.004


def test_without_drift_the_corrected_value_is_near_zero_and_its_interval_holds_zero():
    rng = np.random.default_rng(1)
    reference = rng.multinomial(100_000, TENTHS)
    found = divergence(reference, rng.multinomial(300, TENTHS, 500))
    assert found.corrected.mean() < 0.008
    assert (found.low > 0).mean() < 0.05


@pytest.mark.parametrize("m", [100, 300, 1000, 5000])
@pytest.mark.parametrize("d", [0.0, 0.1, 0.35, 1.0])
def test_interval_covers_the_true_value(m, d):
    p, q, truth = shifted(d)
    rng = np.random.default_rng(m)
    found = divergence(rng.multinomial(20_000, p, 1500), rng.multinomial(m, q, 1500))
    assert ((found.low <= truth) & (truth <= found.high)).mean() >= 0.92


def test_a_design_effect_is_that_many_times_fewer_rows_by_chance():
    p, q, _ = shifted(0.5)
    rng = np.random.default_rng(3)
    a, b = rng.multinomial(20_000, p), rng.multinomial(2_000, q)
    plain, wide = divergence(a, b), divergence(a, b, 4.0)
    assert wide.psi == plain.psi
    assert wide.null_line == pytest.approx(4 * plain.null_line)
    assert wide.high - wide.corrected > 1.9 * (plain.high - plain.corrected)
    assert plain.p_value < wide.p_value


def test_one_bin_alone_cannot_differ():
    found = divergence(np.array([500, 0]), np.array([7, 0]))
    assert (found.psi, found.kl, found.js, found.null_line, found.p_value) == (0, 0, 0, 0, 1)


def test_a_class_needs_rows_or_an_interval_inside_one_class():
    rng = np.random.default_rng(5)

    def said(n, m, d, design_effect=1.0):
        p, q, _ = shifted(d)
        found = divergence(rng.multinomial(n, p), rng.multinomial(m, q), design_effect)
        return classify(found, Drifting())

    assert said(20_000, 100, 0.35) == "too few rows"
    assert said(20_000, 3000, 0.4) == "noticeable"
    assert said(20_000, 200, 3) == "major"
    assert said(20_000, 500, 0) == "minor"
    assert said(300, 3000, 0.33) == "cannot tell yet"
    assert said(20_000, 3000, 0.33, design_effect=8.0) == "cannot tell yet"
    assert said(20_000, 1000, 0.33) in ("minor", "noticeable")  # said however wide it is


@given(histograms, st.integers(1, 2000))
def test_a_class_is_said_only_by_the_rule(pairs, min_rows):
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    found, rules = divergence(a, b), Drifting(min_rows=min_rows)
    limits = (rules.noticeable, rules.major)
    inside = [sum(x > limit for limit in limits) for x in (found.low, found.corrected, found.high)]
    said = classify(found, rules)
    if said in ("minor", "noticeable", "major"):
        assert ("minor", "noticeable", "major")[inside[1]] == said
        assert b.sum() >= min_rows or inside[0] == inside[2]
    else:
        assert inside[0] != inside[2]
        assert said == ("too few rows" if b.sum() < min_rows else "cannot tell yet")


def test_the_rows_that_are_needed_are_about_enough():
    p, q, _ = shifted(0.2)  # PSI .04: minor
    rng = np.random.default_rng(6)
    rules = Drifting(min_rows=100_000)
    few = divergence(rng.multinomial(1_000_000, p, 200), rng.multinomial(150, q, 200))
    spanning = [
        found for found in map(few.__getitem__, range(200)) if classify(found, rules)[0] == "t"
    ]
    needed = int(np.median([rows_needed(found, rules) for found in spanning]))
    assert 150 < needed < 2_000
    then = divergence(rng.multinomial(1_000_000, p, 200), rng.multinomial(2 * needed, q, 200))
    said = [classify(found, rules) for found in map(then.__getitem__, range(200))]
    assert said.count("minor") > 100


@given(st.integers(1, 10**9))
def test_rows_are_rounded_up_to_two_digits(n):
    rounded = two_digits(n)
    assert n <= rounded < n * 1.1 + 1
    assert set(str(rounded)[2:]) <= {"0"}
