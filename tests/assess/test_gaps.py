"""Gaps between the groups of a protected column, and that few of many are called sure by chance."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.methods.measurement import Z
from cockpit.assess.segments.gaps import gap, gaps
from tests.assess.segmented import decided, moment


def told(cells, reference=None, **more):
    tables = {"score_by_segment": decided(cells)}
    before = {} if reference is None else {"score_by_segment": decided(reference)}
    return {e.id: e for e in gaps(moment(tables, before, protected=["age_band"], **more))}


YOUNG, OLD, REGION = ("age_band", "18–25"), ("age_band", "26+"), ("region", "BR")
CELLS = {YOUNG: (93, 20, 42, 845), OLD: (820, 100, 180, 8900), REGION: (100, 9, 9, 100)}


def test_the_gap_is_newcombes_difference_of_two_rates():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = gap((42, 135), (180, 1000), Z)
    low, high = proportion.confint_proportions_2indep(
        42, 135, 180, 1000, method="newcomb", compare="diff"
    )
    assert found.interval == pytest.approx((42 / 135 - 0.18, low, high))


def test_a_group_whose_positives_are_missed_more_often_is_said_with_its_counts():
    found = told(CELLS)
    young = found["false_negative_gap@age_band 18–25"]
    assert young.value == pytest.approx(42 / 135 - 0.18)
    assert young.low > 0
    assert young.sentence == (
        "age_band 18–25: 31 % of positives missed, 18 % in the other groups: surely more "
        "(42 of 135, 180 of 1,000)"
    )
    assert "may be chance" in found["selection_gap@age_band 18–25"].sentence
    assert not any("region" in name for name in found)  # it is not protected


def test_a_gap_stands_beside_that_of_its_baseline():
    young = told(CELLS, CELLS)["false_negative_gap@age_band 18–25"]
    assert young.baseline.value == young.value


def test_intervals_widen_with_the_number_of_groups():
    more = CELLS | {("age_band", str(i)): (100, 10, 20, 900) for i in range(8)}
    narrow, wide = (told(c)["selection_gap@age_band 18–25"] for c in (CELLS, more))
    assert wide.high - wide.low > narrow.high - narrow.low


def test_what_cannot_be_compared_says_why():
    found = told({YOUNG: (3, 0, 2, 50), OLD: (820, 100, 180, 8900)})
    assert found["false_negative_gap@age_band 18–25"].reason == "too few: 5"
    assert found["selection_gap@age_band 18–25"].value is not None
    alone = told({YOUNG: (93, 20, 42, 845)})
    assert {e.reason for e in alone.values()} == {"no other group"}
    selective = told(CELLS, labels_only_when="decision=0")
    assert selective["false_negative_gap@age_band 26+"].reason == "labels only when decision=0"
    assert selective["selection_gap@age_band 26+"].value is not None
    assert gaps(moment({"score_by_segment": decided(CELLS)}, {})) == []


def test_where_all_groups_are_treated_alike_a_sure_gap_is_rare():
    rng = np.random.default_rng(5)
    alarms = 0
    for _ in range(200):
        cells = {
            ("age_band", str(i)): tuple(rng.multinomial(2000, (0.04, 0.02, 0.01, 0.93)))
            for i in range(6)
        }
        alarms += any("surely" in e.sentence for e in told(cells).values())
    assert alarms <= 20  # of both kinds of gap, each held at 5 %
