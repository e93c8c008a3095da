"""Which segments stand out: those surely worse, and few of them by chance."""

from __future__ import annotations

import numpy as np

from cockpit.assess.methods.measurement import Measurement
from cockpit.assess.segments.report import segment_figures
from cockpit.assess.segments.shrinkage import shrink
from cockpit.assess.segments.standouts import SegmentRate, standouts
from tests.assess.segmented import decided, moment


def rate(segment, k, n, base=None, pair=False):
    spread = 1.96 * (k / n * (1 - k / n) / n) ** 0.5
    now = Measurement(value=k / n, low=k / n - spread, high=k / n + spread, n=n)
    before = None if base is None else Measurement(value=base, low=base - 0.01, high=base + 0.01)
    return SegmentRate(segment, k, n, now, before, pair)


def test_the_worst_is_the_one_surely_worse_not_the_one_with_the_greatest_rate():
    found = standouts(
        [
            rate("region BR", 150, 1000, base=0.05),
            rate("region XX", 2, 8, base=0.05),  # 25 %, of eight
            rate("region DE", 100, 2000, base=0.05),
        ],
        252,
        3008,
    )
    assert [one.segment for one in found] == ["region BR"]
    assert found[0].ratio.low > 1
    assert found[0].low > 0
    assert str(found[0]) == "region BR: 2.9× the wrong decisions of the rest"


def test_a_segment_that_always_was_worse_does_not_stand_out():
    rates = [rate("region BR", 150, 1000, base=0.15), rate("region DE", 130, 2000, base=0.04)]
    assert "region BR" not in [one.segment for one in standouts(rates, 280, 3000)]


def test_without_a_baseline_a_segment_stands_out_from_the_rest():
    rates = [rate("region BR", 150, 1000), rate("region DE", 100, 2000)]
    assert [one.segment for one in standouts(rates, 250, 3000)] == ["region BR"]


def test_a_pair_comes_first_only_when_it_explains_more_than_any_single_segment():
    single = rate("region BR", 150, 1000, base=0.05)
    alike = rate("a × b BR × ios", 40, 250, 0.05, pair=True)
    assert standouts([single, alike], 200, 4000)[0].segment == "region BR"
    worse = rate("a × b BR × ios", 130, 300, 0.05, pair=True)
    assert standouts([single, worse], 200, 4000)[0].segment == "a × b BR × ios"


def test_nothing_to_look_at_names_nothing():
    assert standouts([], 0, 0) == []
    assert standouts([rate("region BR", 5, 10)], 5, 10) == []  # everything there is


def simulated(rng, hurt):
    """Wrong decisions of twenty segments before and now; the first `hurt` became twice as bad."""
    n = rng.integers(100, 1500, 20)
    usual = np.full(20, 0.05)
    base = shrink(rng.binomial(4000, usual)[None], np.full((1, 20), 4000))[0]
    k = rng.binomial(n, np.where(np.arange(20) < hurt, 2.5, 1.0) * usual)
    now = shrink(k[None], n[None])[0]
    rates = [
        SegmentRate(str(i), int(k[i]), int(n[i]), now[i], base[i], pair=False) for i in range(20)
    ]
    return [int(one.segment) for one in standouts(rates, int(k.sum()), int(n.sum()))]


def test_alike_segments_rarely_stand_out():
    rng = np.random.default_rng(2)
    assert np.mean([bool(simulated(rng, 0)) for _ in range(200)]) <= 0.05


def test_of_those_named_few_are_chance_and_most_of_the_hurt_are_named():
    rng = np.random.default_rng(3)
    named = [np.array(simulated(rng, 4)) for _ in range(100)]
    assert np.mean([(one >= 4).mean() if len(one) else 0.0 for one in named]) <= 0.05
    assert np.mean([(one < 4).sum() / 4 for one in named]) >= 0.8


def judged(wrong):
    """Segments of two dimensions and their pair, 2,000 decisions for each unit of `rows`."""
    rows = {("BR", "ios"): 1, ("BR", "web"): 9, ("US", "ios"): 20, ("US", "web"): 10}
    cells = {}
    for (region, device), share in rows.items():
        n = 2_000 * share
        k = round(n * wrong.get((region, device), 0.03))
        found = np.array((n // 10, k, 0, n - n // 10 - k))
        for key in (
            ("region", region),
            ("device", device),
            ("region × device", f"{region} × {device}"),
        ):
            cells[key] = cells.get(key, 0) + found
    return {"score_by_segment": decided({key: tuple(found) for key, found in cells.items()})}


def findings(wrong):
    estimates, found = segment_figures(moment(judged(wrong), judged({})))
    return next(e for e in estimates if e.name == "worst_segment"), found


def test_what_stands_out_only_through_the_worst_is_told_apart():
    worst, found = findings({("BR", "ios"): 0.12, ("BR", "web"): 0.12})
    assert worst.segment == "region BR"
    assert worst.sentence == "region BR: 4.0× the wrong decisions of the rest, 25 % of requests"
    assert len(found) == 1
    assert "segments have surely more wrong decisions: region BR 4.0×; only through" in found[0]
    assert "device web" in found[0].partition("only through region BR: ")[2]


def test_what_stands_out_of_its_own_is_not_explained_away():
    hurt = {("BR", "ios"): 0.12, ("BR", "web"): 0.12, ("US", "web"): 0.06}
    _, found = findings(hurt)
    assert "device web" in found[0].partition("; only through")[0]


def test_where_nothing_stands_out_nothing_is_found():
    worst, found = findings({})
    assert worst.value is None
    assert worst.reason == "no segment stands out"
    assert found == []
