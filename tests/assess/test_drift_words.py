"""Awkward columns: what drifted, what is said of it, and never a warning or an exception."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.drift.record import compare, of_feature, of_scores, quantile_groups
from cockpit.bins import SCORE_BINS, FeatureBins, freeze_categorical, freeze_numeric, score_bin
from cockpit.config import Drifting
from cockpit.observe.features import Column

pytestmark = pytest.mark.filterwarnings("error")

REFERENCE = 5_000


def drift_of(reference, current, design_effect=1.0, **rules):
    bins = freeze_numeric("amount", reference)
    counts = (np.bincount(bins.digitize(x), minlength=bins.size) for x in (reference, current))
    return compare(of_feature(bins, *counts), Drifting(**rules), design_effect)


def drift_of_words(reference, current):
    """As the import counts them: categories met once in the reference are unseen to the others."""
    column = Column("channel", "categorical")
    column.see(pa.array(reference))
    frozen = column.freeze()
    sides = [
        frozen.digitize(pa.array(reference), reference=True),
        frozen.digitize(pa.array(current)),
    ]
    counts = [np.bincount(side, minlength=frozen.bins.size) for side in sides]
    return compare(of_feature(frozen.bins, *counts), Drifting())


@pytest.fixture
def rng():
    return np.random.default_rng(3)


# The probe of awkward inputs. Equal-width bins are blinded by most of these.


@pytest.mark.parametrize("rows", [5000, 1000, 100, 30])
def test_no_drift_is_not_called_drift(rng, rows):
    found = drift_of(rng.normal(size=REFERENCE), rng.normal(size=rows))
    assert found.low == 0
    assert found.psi < found.null_line
    assert found.drift_class in ("minor", "too few rows")
    assert found.sentence.endswith("no more than chance would move it")


def test_a_shift_is_found_and_one_outlier_blinds_nobody(rng):
    reference, current = rng.normal(size=REFERENCE), rng.normal(0.5, 1, 5000)
    plain = drift_of(reference, current)
    assert plain.psi_corrected == pytest.approx(0.24, abs=0.05)
    for there, here in (
        (reference, np.append(current, 1e6)),
        (np.append(reference, 1e3), current),
        (np.append(reference, -1e300), np.append(current, 1.7e308)),
    ):
        assert drift_of(there, here).psi == pytest.approx(plain.psi, rel=0.04)


def test_a_heavy_tail_that_doubles_is_found(rng):
    reference, current = rng.lognormal(0, 2, (2, REFERENCE))
    assert drift_of(reference, 2 * current).psi_corrected == pytest.approx(0.12, abs=0.03)


def test_missing_values_are_drift_and_are_said(rng):
    current = rng.normal(size=5000)
    current[:1000] = np.nan
    found = drift_of(rng.normal(size=REFERENCE), current)
    assert found.psi == pytest.approx(1.56, abs=0.1)
    assert found.drift_class == "major"
    assert found.missing_share == pytest.approx(0.2)
    assert found.changes == ["20 % are missing (was 0 %)"]
    assert found.sentence == "amount: major, 20 % are missing (was 0 %)"


def test_all_missing_is_a_value_and_not_an_error(rng):
    found = drift_of(rng.normal(size=REFERENCE), np.full(5000, np.nan))
    assert found.psi == pytest.approx(16.1, abs=0.3)
    assert found.changes == ["100 % are missing (was 0 %)"]


def test_infinities_have_bins_of_their_own_and_one_is_news(rng):
    current = np.append(rng.normal(size=4997), [np.inf, np.inf, -np.inf])
    found = drift_of(rng.normal(size=REFERENCE), current)
    assert found.psi < 0.02
    assert found.drift_class == "minor"
    assert found.changes == ["0.04 % are +∞ (was 0 %)", "0.02 % are −∞ (was 0 %)"]


def test_a_constant_that_becomes_another_constant_is_major():
    found = drift_of(np.full(REFERENCE, 3.0), np.full(5000, 4.0))
    assert found.drift_class == "major"
    assert found.changes[0] == "100 % are above the reference's largest, 3 (was 0 %)"
    assert drift_of(np.full(REFERENCE, 3.0), np.full(5000, 3.0)).psi == 0


def test_five_thousand_ids_as_a_category_are_no_drift(rng):
    ids = [f"id {i}" for i in range(5000)]
    for rows in (5_000, 20_000, 100_000):
        found = drift_of_words(rng.choice(ids, rows), rng.choice(ids, 5_000))
        assert found.drift_class == "minor"
        assert found.changes == []


def test_one_percent_unseen_is_said_and_is_minor(rng):
    reference = rng.choice(["app", "web"], REFERENCE)
    current = np.append(rng.choice(["app", "web"], 4950), ["fax"] * 50)
    found = drift_of_words(reference, current)
    assert found.drift_class == "minor"
    assert found.unseen_share == pytest.approx(0.01)
    assert found.sentence == "channel: minor, 1 % are unseen categories (was 0 %)"


def test_no_rows_is_a_reason_not_a_zero():
    bins = freeze_numeric("amount", np.arange(100.0))
    nothing, some = np.zeros(bins.size, dtype=np.int64), np.ones(bins.size, dtype=np.int64)
    for counts, reason in (
        ((some, nothing), "no rows in the window"),
        ((nothing, some), "no reference"),
        ((nothing, nothing), "no rows in the window"),
    ):
        found = compare(of_feature(bins, *counts), Drifting())
        assert (found.psi, found.js, found.p_value, found.reason) == (None, None, None, reason)
        assert found.sentence == f"amount: {reason}"


def test_a_reference_without_any_number_can_still_be_compared():
    found = drift_of(np.full(REFERENCE, np.nan), np.append(np.full(2000, np.nan), np.ones(2000)))
    assert found.drift_class == "major"
    assert found.changes == ["50 % are missing (was 100 %)"]


# Words for a unit, a sign, a zero, values that are gone.


def test_another_unit_is_asked_about(rng):
    reference, current = rng.lognormal(3, 1, (2, REFERENCE))
    above = drift_of(reference, 1000 * current)
    assert "are above the reference's largest" in above.sentence
    assert above.sentence.endswith("100 times or more: another unit?")
    below = drift_of(reference, current / 10_000)
    assert "are below the reference's smallest" in below.sentence
    assert below.sentence.endswith("100 times or more: another unit?")
    negative = drift_of(-reference, -1e7 * current)
    assert negative.sentence.endswith("1000 times or more: another unit?")
    assert "unit" not in drift_of(reference, 1.5 * current).sentence


def test_zeros_and_signs_that_the_reference_never_has(rng):
    reference, current = rng.lognormal(3, 1, (2, REFERENCE))
    assert (
        drift_of(reference, np.where(rng.random(5000) < 0.3, 0, current))
        .changes[0]
        .endswith(" % are 0, which the reference never is (was 0 %)")
    )
    assert (
        drift_of(reference, np.where(rng.random(5000) < 0.3, -1, current))
        .changes[0]
        .endswith(" % are negative, which the reference never is (was 0 %)")
    )


def test_bins_of_an_older_file_tell_the_range_too(rng):
    reference = rng.normal(size=REFERENCE)
    new = freeze_numeric("x", reference)
    edges = tuple(e for e in new.edges if new.smallest <= e <= math.nextafter(new.largest, 9))
    old = FeatureBins(name="x", kind="numeric", edges=edges)
    counts = [np.bincount(old.digitize(x), minlength=old.size) for x in (reference, reference + 9)]
    said = compare(of_feature(old, *counts), Drifting()).changes[0]
    assert said.startswith("100 % are above the reference's largest, ")
    assert "unit" not in said


def test_a_constant_and_what_is_gone_are_named(rng):
    kinds = np.repeat(["app", "web", "\x1b[2J"], [3000, 1500, 500])
    assert drift_of_words(kinds, ["web"] * 3000).changes == ["all are web (was 30 %)"]
    left = drift_of_words(kinds, rng.choice(["app", "web"], 3000, p=[0.6, 0.4]))
    assert left.changes == ["'␛[2J' is gone (was 10 %)"]
    flags = np.repeat([0.0, 1.0, 2.0], [2500, 1500, 1000])
    assert drift_of(flags, np.zeros(3000)).changes == ["all are 0 (was 50 %)"]
    assert drift_of(flags, rng.choice([0.0, 1.0], 3000)).changes == ["'2' is gone (was 20 %)"]


def test_many_that_are_gone_are_counted(rng):
    reference = rng.choice(list("abcdef"), 6 * 500)
    (said,) = drift_of_words(reference, ["f"] * 500 + ["e"] * 500).changes
    assert said.count("'") == 6
    assert " and 1 more are gone (were 6" in said


@given(
    st.lists(st.sampled_from(["app", "web", None]), max_size=60),
    st.lists(st.sampled_from(["app", "fax", None]), max_size=60),
)
def test_no_words_make_it_raise(reference, current):
    assert drift_of_words(pa.array(reference, pa.string()), pa.array(current, pa.string())).sentence


numbers = st.lists(st.one_of(st.floats(), st.sampled_from([0.0, 1.0, -3.0])), max_size=60)


@given(numbers, numbers)
def test_no_numbers_make_it_raise(reference, current):
    assert drift_of(np.array(reference, dtype=float), np.array(current, dtype=float)).sentence


# The sentence.


def test_too_few_rows_say_how_many_it_takes(rng):
    reference = rng.normal(size=20_000)
    found = drift_of(reference, rng.normal(0.35, 1, 100))
    assert found.drift_class == "too few rows"
    assert "(100 of about " in found.sentence
    small = drift_of(reference[:300], rng.normal(0.33, 1, 3000))
    assert small.sentence.startswith("amount: cannot tell yet (the reference has 300 rows), ")


def test_rows_that_resemble_their_neighbours_count_for_less_in_words(rng):
    reference, current = rng.normal(size=20_000), rng.normal(1, 1, 3000)
    assert "resemble" not in drift_of(reference, current, 1.2).sentence
    found = drift_of(reference, current, 3.0)
    assert found.design_effect == 3.0
    assert found.sentence.endswith("; rows resemble their neighbours, 3,000 count as about 1,000")


def test_names_from_outside_are_inert():
    bins = freeze_categorical("\x1b[31mred", {"\x1b[2J": 50})
    counts = np.bincount(bins.digitize(["\x1b[2J"] * 50), minlength=bins.size)
    found = compare(of_feature(bins, counts, counts[::-1]), Drifting())
    assert "\x1b" not in found.feature + found.sentence + "".join(found.changes)


def test_score_drift_names_where_scores_went(rng):
    reference, current = (
        np.bincount(score_bin(rng.beta(a, b, 20_000)), minlength=SCORE_BINS)
        for a, b in ((2, 5), (5, 2))
    )
    found = compare(of_scores(reference, current), Drifting())
    assert (found.feature, found.drift_class) == ("score", "major")
    assert "to 1 (was" in found.sentence


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_quantile_groups_are_contiguous_and_leave_big_bins_alone(counts):
    reference = np.array(counts)
    groups = quantile_groups(reference)
    assert groups[0] == 0
    assert set(np.diff(groups)) <= {0, 1}
    for i, n in enumerate(counts):
        if n and n * 10 >= reference.sum():
            assert (groups == groups[i]).sum() == 1
