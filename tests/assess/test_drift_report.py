"""The list of drifts: what is in it, in which order, and how sure each is among so many."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from cockpit.assess.drift.report import drifts, importances
from cockpit.assess.estimates import Moment
from cockpit.bins import freeze_numeric
from cockpit.config import Config, Drifting
from cockpit.records import MINUTE, Counts, Window
from tests.assess.building import table
from tests.assess.rollout import DEPLOYED, END, START, rollout

BINS = freeze_numeric("x", np.random.default_rng(1).normal(size=50_000))
REGIONS = ("BR", "DE", "IN")


def features(rng, shifts, n=4_000, **more):
    """A `feature` table: {feature: {region: shift}}, each region with n rows, and the whole."""
    rows = []
    for name, by_region in shifts.items():
        drawn = [BINS.digitize(rng.normal(by_region.get(r, 0.0), 1, n)) for r in REGIONS]
        histograms = [np.bincount(bins, minlength=BINS.size) for bins in drawn]
        for key, histogram in (
            (("", ""), sum(histograms)),
            *((("region", r), h) for r, h in zip(REGIONS, histograms, strict=True)),
        ):
            rows += [(name, *key, bin_, histogram[bin_]) for bin_ in np.flatnonzero(histogram)]
    columns = dict(
        zip(("feature", "dimension", "value", "bin", "n"), zip(*rows, strict=True), strict=True)
    )
    return table("feature", version="v1", **columns, **more)


def moment(shifts, measured=None, **rules):
    """Drift of made-up features alone, against a reference without any shift."""
    steady = {name: {} for name in shifts}
    inputs = replace(
        rollout(2_000),
        now={"feature": features(np.random.default_rng(2), shifts)},
        reference={"feature": features(np.random.default_rng(3), steady)},
        history={},
        bins=[msgspec.structs.replace(BINS, name=name) for name in shifts],
        importance=measured or {},
        config=Config(drift=Drifting(**rules)),
    )
    return Moment(inputs, None)


EVERYWHERE = dict.fromkeys(REGIONS, 0.5)
MORE = dict.fromkeys(REGIONS, 0.7)


def test_the_worst_comes_first_where_no_feature_is_known_to_matter_more():
    found = drifts(moment({"calm": {}, "some": EVERYWHERE, "more": MORE}))
    assert [d.feature for d in found if d.segment is None] == ["more", "some", "calm"]
    assert {d.importance for d in found} == {1.0}


def test_what_the_model_rests_on_comes_before_what_moved_more():
    measured = {"some": 0.6, "more": 0.1}
    found = drifts(moment({"some": EVERYWHERE, "more": MORE}, measured))
    assert [d.feature for d in found if d.segment is None] == ["some", "more"]
    assert [d.importance for d in found if d.segment is None] == pytest.approx([12 / 7, 2 / 7])


def test_the_configuration_wins_and_a_feature_without_a_weight_gets_the_mean():
    given = moment(
        {"some": EVERYWHERE, "more": MORE, "calm": {}},
        {"some": 0.6, "more": 0.1},
        importance={"more": 9.0, "gone": 1.0},
    )
    assert importances(given) == pytest.approx({"some": 12 / 7, "more": 1.8, "gone": 0.2})
    assert {d.feature: d.importance for d in drifts(given)}["calm"] == 1.0
    assert importances(moment({"some": {}}, importance={"some": 0.0})) == {}
    assert importances(moment({"some": {}}, {"some": 0.4, "other": 0.0}))["other"] == 0.1


def test_a_segment_is_listed_where_it_is_worse_than_overall():
    found = drifts(moment({"x": {"BR": 2.0}, "calm": {"BR": 0.1}}))
    assert [(d.feature, d.segment) for d in found] == [
        ("x", "region BR"),
        ("x", None),
        ("calm", None),
    ]


def test_p_values_are_corrected_for_every_comparison_also_those_not_listed():
    x = {"x": {"BR": 0.15}}
    alone, among = (
        {d.feature: d.p_value for d in drifts(moment(shifts))}
        for shifts in (x, x | {f"calm {i}": {} for i in range(6)})
    )
    # A feature and its three regions are four comparisons, seven features are 28.
    assert among["x"] == pytest.approx(7 * alone["x"])
    assert 0 < among["x"] < 0.05
    assert min(p for name, p in among.items() if name != "x") > 0.05


def test_steady_features_are_hardly_ever_a_finding():
    """Of thirty seeded windows of steady features, at most a few hold any finding at 5 %."""
    rng = np.random.default_rng(4)
    base = moment({name: {} for name in "abcd"})
    hits = 0
    for _ in range(30):
        now = {"feature": features(rng, {name: {} for name in "abcd"}, 500)}
        found = drifts(Moment(replace(base.inputs, now=now), None))
        assert {d.drift_class for d in found} == {"minor"}
        hits += any(d.p_value < 0.05 for d in found)
    assert hits <= 5


def test_a_feature_without_rows_says_so_beside_the_others():
    given = moment({"x": {}, "y": {}})
    only_x = features(np.random.default_rng(1), {"x": {}})
    found = drifts(Moment(replace(given.inputs, now={"feature": only_x}), None))
    assert {d.feature: d.reason for d in found} == {"x": "", "y": "no rows in the window"}
    nowhere = drifts(Moment(replace(given.inputs, reference={}), None))
    assert {d.reason for d in nowhere} == {"no reference"}


def test_the_score_has_a_design_effect_from_the_minutes_before():
    inputs = rollout(30_000)
    late = replace(inputs, quality_window=Window(start=DEPLOYED, end=END))
    score = next(d for d in drifts(Moment(late, None)) if d.feature == "score")
    assert 1.0 <= score.design_effect < 2.0
    minutes = (inputs.history["score"].columns["valid"] - START) // MINUTE
    odd = np.where((minutes % 2 == 1) & (inputs.history["score"].columns["bin"] < 500), 9, 1)
    uneven = {**inputs.history["score"].columns, "n": inputs.history["score"].columns["n"] * odd}
    restless = replace(
        late, history={"score": Counts("score", uneven, inputs.history["score"].words)}
    )
    score = next(d for d in drifts(Moment(restless, None)) if d.feature == "score")
    assert score.design_effect > 10
    assert "rows resemble their neighbours" in score.sentence


def test_without_a_reference_features_have_one_too():
    rng = np.random.default_rng(5)
    steady = [features(rng, {"x": {}}, 300, valid=START + i * MINUTE) for i in range(10)]
    restless = [
        features(rng, {"x": dict.fromkeys(REGIONS, i % 2 * 0.5)}, 300, valid=START + i * MINUTE)
        for i in range(10)
    ]
    window = Window(start=DEPLOYED, end=END)
    base = moment({"x": {}}).inputs
    for parts, low, high in ((steady, 1.0, 2.0), (restless, 10.0, 200.0)):
        history = {"feature": joined(parts)}
        given = replace(base, reference={}, history=history, quality_window=window)
        (found,) = drifts(Moment(given, None))
        assert low <= found.design_effect < high


def joined(parts):
    columns = {k: np.concatenate([p.columns[k] for p in parts]) for k in parts[0].columns}
    return Counts("feature", columns, parts[0].words)
