"""A change of an overall rate, split by segments: reversals, hidden falls, mere traffic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.methods.measurement import Z
from cockpit.assess.segments.mix import split
from cockpit.assess.segments.mix_report import mix_findings
from cockpit.config import NamedColumn
from tests.assess.segmented import Cells, asked, decided, moment

COUNTS = st.tuples(st.integers(0, 5000), st.floats(0, 1)).map(
    lambda pair: (round(pair[0] * pair[1]), pair[0])
)


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=12))
def test_the_two_parts_add_up_to_the_change(segments):
    now, base = (np.array(side, dtype=float).T for side in zip(*segments, strict=True))
    found = split(*now, *base)
    if now[1].sum() == 0 or base[1].sum() == 0:
        assert found is None
        return
    change = now[0].sum() / now[1].sum() - base[0].sum() / base[1].sum()
    assert found.overall.value == pytest.approx(change)
    assert found.within.value + found.mix.value == pytest.approx(change, abs=1e-9)
    assert found.pull.sum() == pytest.approx(found.mix.value, abs=1e-9)
    assert min(found.overall.error, found.within.error, found.mix.error) >= 0
    back = split(*base, *now)
    assert back.within.value == pytest.approx(-found.within.value, abs=1e-9)


def test_intervals_of_both_parts_cover_the_truth():
    rng = np.random.default_rng(1)
    shares, rates = np.array([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4]]), np.array([0.04, 0.1, 0.2])
    sides = rates, rates * [1.0, 1.5, 0.9]
    within = shares.mean(axis=0) @ (sides[1] - sides[0])
    mix = (shares[1] - shares[0]) @ (sides[0] + sides[1]) / 2
    covered = np.zeros(2)
    for _ in range(1000):
        n_base, n = rng.multinomial(3000, shares[0]), rng.multinomial(1000, shares[1])
        k_base, k = rng.binomial(n_base, sides[0]), rng.binomial(n, sides[1])
        found = split(*(np.array(x, dtype=float) for x in (k, n, k_base, n_base)))
        covered += [
            abs(part.value - truth) <= Z * part.error
            for part, truth in ((found.within, within), (found.mix, mix))
        ]
    assert (covered >= 935).all()


def precise(cells: dict[tuple[str, str], tuple[float, int]]) -> Cells:
    """Positive decisions alone: precision and how many, for each segment."""
    return {key: (round(p * n), n - round(p * n), 0, 0) for key, (p, n) in cells.items()}


BEFORE = {("device", "android"): (0.800, 10_000), ("device", "ios"): (0.930, 10_000)}


def test_a_reversal_names_what_happened_inside_and_the_traffic_that_hides_it():
    now = {("device", "android"): (0.775, 6_000), ("device", "ios"): (0.905, 14_000)}
    found = mix_findings(
        moment(
            {"score_by_segment": decided(precise(now))},
            {"score_by_segment": decided(precise(BEFORE))},
        )
    )
    assert found[-1] == (
        "precision moved no more than noise overall, but fell in every device: "
        "more traffic is device ios"
    )


def test_one_segment_falls_while_the_whole_improves():
    part, usual = "region × device", {"BR × android": 2_000, "US × android": 8_000}
    before = BEFORE | {(part, value): (0.80, n) for value, n in usual.items()}
    before |= {(part, "US × ios"): (0.93, 10_000)}
    now = {
        ("device", "android"): (0.79, 1_800),
        ("device", "ios"): (0.93, 2_200),
        (part, "BR × android"): (0.71, 180),
        (part, "US × android"): (0.80, 1_620),
        (part, "US × ios"): (0.93, 2_200),
    }
    found = mix_findings(
        moment(
            {"score_by_segment": decided(precise(now))},
            {"score_by_segment": decided(precise(before))},
        )
    )
    assert len(found) == 2  # as wrong decisions, and as precision
    assert "but fell 8.9 points to .711 in region × device BR × android, of 180" in found[1]
    assert found[1].endswith("more traffic is device ios")


RATE = NamedColumn(name="fallback", column="fallback", direction="lower_is_better")


def test_a_campaign_that_moves_traffic_is_not_the_model():
    before = {("channel", "search"): (400, 40_000), ("channel", "partner"): (400, 10_000)}
    now = {("channel", "search"): (650, 65_000), ("channel", "partner"): (1_300, 32_500)}
    found = mix_findings(moment({"rate": asked(now)}, {"rate": asked(before)}, rates=[RATE]))
    assert found == [
        "fallback rose 0.4 points: the change is the traffic mix, not the model: "
        "more traffic is channel partner"
    ]


def test_a_rate_that_rises_everywhere_is_no_mix():
    before = {("channel", "search"): (400, 40_000), ("channel", "partner"): (400, 10_000)}
    now = {("channel", "search"): (800, 40_000), ("channel", "partner"): (800, 10_000)}
    assert mix_findings(moment({"rate": asked(now)}, {"rate": asked(before)}, rates=[RATE])) == []


def test_nothing_to_compare_says_nothing():
    tables = {"score_by_segment": decided(precise(BEFORE))}
    assert mix_findings(moment(tables, {})) == []
    assert mix_findings(moment({}, tables)) == []


def drawn(rng, n, shares):
    """Decisions of n requests over segments of two dimensions and their pair, nothing changed."""
    table = rng.multinomial(n, np.outer(shares, (0.6, 0.4)).ravel()).reshape(-1, 2)
    cells: dict[tuple[str, str], np.ndarray] = {}
    for (i, j), rows in np.ndenumerate(table):
        found = rng.multinomial(rows, (0.08, 0.01 + 0.005 * (i % 3), 0.02, 0.89 - 0.005 * (i % 3)))
        for key in (("region", str(i)), ("device", str(j)), ("region × device", f"{i} × {j}")):
            cells[key] = cells.get(key, 0) + found
    return {"score_by_segment": decided({key: tuple(found) for key, found in cells.items()})}


def test_where_nothing_changed_little_is_found():
    rng = np.random.default_rng(4)
    shares = np.array([0.02, 0.08, 0.1, 0.1, 0.2, 0.2, 0.3])
    found = [
        bool(mix_findings(moment(drawn(rng, 4_000, shares), drawn(rng, 20_000, shares))))
        for _ in range(200)
    ]
    assert np.mean(found) <= 0.05
