"""Worse facts never lower the level that is suggested."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.records import Assessment, Burn, Drift
from cockpit.views import Chart
from tests.decide.severity.judging import (
    CONFIG,
    TIER1,
    began,
    burning,
    calibrated,
    drift,
    failing,
    healthy,
    hurt_segment,
    judged,
    p99_chart,
    slow,
    wrong,
)
from tests.decide.stories import AT, event, state

SHARE = st.floats(0.0, 1.0)


def missing(share: float) -> Assessment:
    return healthy(drift=[drift("major", missing_share=share)])


# A kind of harm by a figure that is worse the larger it is.
WORSE: dict[str, tuple[st.SearchStrategy[float], Callable[[float], Assessment]]] = {
    "wrong everywhere": (st.floats(0.5, 20.0), wrong),
    "wrong in a segment": (st.floats(0.5, 20.0), lambda times: hurt_segment(0.3, times)),
    "size of a segment": (SHARE, lambda share: hurt_segment(share, 3.0)),
    "failing": (st.floats(0.05, 1.0), failing),
    "burning": (SHARE, lambda chance: healthy(burns=[burning(14.4, chance)])),
    "p99": (st.floats(10.0, 2_000.0), lambda ms: slow(ms, 0.95 * ms)),
    "missing": (SHARE, missing),
    "calibration": (st.floats(1.0, 3.0), lambda ratio: calibrated(ratio, ratio + 0.1)),
}


@pytest.mark.parametrize("harm", WORSE)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), minutes=st.integers(0, 60), tier1=st.booleans())
def test_the_worse_a_fact_the_graver_or_the_same(
    harm: str, data: st.DataObject, minutes: int, tier1: bool
) -> None:
    figures, facts = WORSE[harm]
    better, worse = sorted((data.draw(figures), data.draw(figures)))
    found = [
        judged(
            facts(figure), began(state()), TIER1 if tier1 else CONFIG, charts=[p99_chart(minutes)]
        )
        for figure in (better, worse)
    ]
    assert found[1].suggested <= found[0].suggested  # "SEV0" is the gravest
    assert found[1].level <= found[0].level


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(260.0, 900.0), st.floats(260.0, 900.0))
def test_the_longer_and_slower_the_graver_or_the_same(a: int, b: int, c: float, d: float) -> None:
    charts: list[Chart] = [
        p99_chart(minutes, over=over)
        for minutes, over in zip(sorted((a, b)), sorted((c, d)), strict=True)
    ]
    better, worse = (judged(slow(), began(state()), charts=[chart]) for chart in charts)
    assert worse.suggested <= better.suggested


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([wrong(3.0), hurt_segment(0.1, 1.5), failing(0.1), slow(), calibrated(2, 3)]),
    st.lists(st.sampled_from([burning(r, 0.95) for r in (14.4, 6.0, 1.0)]), max_size=2),
    st.lists(st.sampled_from([drift("noticeable"), drift(missing_share=0.2)]), max_size=2),
    st.integers(0, 4),
    st.booleans(),
)
def test_one_more_thing_that_is_wrong_makes_nothing_lighter(
    facts: Assessment, burns: list[Burn], drifts: list[Drift], reports: int, marked: bool
) -> None:
    said = [event("report", "hm", AT, seq=20 + i) for i in range(reports)]
    said += [event("safety", "", AT, seq=40)] if marked else []
    alone = judged(facts, began(state()))
    together = judged(replace(facts, burns=burns, drift=drifts), began(state(*said)))
    assert together.suggested <= alone.suggested
    assert (together.level == "SEV0") == marked
