"""One version against another at the same time: no ramp and no trend passes for a difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from cockpit.assess.estimates import Moment
from cockpit.assess.methods import intervals
from cockpit.assess.methods.differences import difference
from cockpit.assess.report import assess
from cockpit.assess.versions.report import version_pairs
from cockpit.assess.versions.stratified import anchored, standardized
from cockpit.config import Config, Model, Objective, Predictions, Versions
from cockpit.records import MINUTE, Window
from cockpit.tables import ABSENT
from tests.assess.building import score_table, summed, table
from tests.assess.rollout import END, rollout
from tests.assess.test_paired import correlated, counts

TIME = np.linspace(0, 1, 60)


def arms(rng, rows, share, base, apart, known=1.0):
    """Hits and rows of both arms by minute: (k, n), each of shape (2, minutes)."""
    asked = rng.poisson(rows, len(share))
    canary = rng.binomial(asked, share)
    n = rng.binomial(np.stack([canary, asked - canary]), known)
    return rng.binomial(n, np.stack([base + apart, base + 0 * share])), n


def covered(rng, apart, *given_arms, runs=400, **more):
    """How often the stratified difference, and the plain one, hold the truth."""
    hits = np.zeros(2)
    for _ in range(runs):
        k, n = arms(rng, *given_arms, apart, **more)
        one, other = standardized(k, n)
        plain = [intervals.wilson(int(k[i].sum()), int(n[i].sum())) for i in (0, 1)]
        for i, pair in enumerate([(one, other), plain]):
            found = difference(pair[0].interval, pair[1].interval)
            hits[i] += found.low <= apart <= found.high
    return hits / runs


def test_a_ramp_over_a_trend_with_labels_still_coming_fools_the_plain_difference_alone():
    ramp, trend, known = 0.01 + 0.89 * TIME, 0.02 + 0.1 * TIME, 1 - 0.9 * TIME
    rng = np.random.default_rng(1)
    stratified, plain = covered(rng, 0.0, 300, ramp, trend, known=known)
    assert stratified >= 0.93
    assert plain < 0.2
    stratified, _ = covered(rng, 0.02, 300, ramp, trend, known=known)
    assert stratified >= 0.93


@pytest.mark.parametrize(
    ("rows", "share", "base", "apart"),
    [
        (50, 0.1 + 0 * TIME, 0.003 + 0 * TIME, 0.0),
        (3, 0.5 + 0 * TIME, 0.9 + 0 * TIME, -0.1),
        (20, 0.01 + 0.9 * TIME, 0.9 - 0.4 * TIME, -0.05),
        (20, 0.05 + 0.9 * (TIME > 0.5), 0.02 + 0.6 * (TIME > 0.5), 0.05),
        (20, 0.05 + 0.9 * (TIME > 0.5), 0.62 - 0.6 * (TIME > 0.5), 0.05),
    ],
)
def test_the_stratified_difference_covers_for_rare_and_sparse_and_stepping_rates(
    rows, share, base, apart
):
    assert covered(np.random.default_rng(2), apart, rows, share, base)[0] >= 0.92


def test_its_value_is_that_of_mantel_and_haenszel_and_its_width_that_of_sato():
    k, n = arms(np.random.default_rng(3), 400, 0.2 + 0.3 * TIME, 0.1 + 0 * TIME, 0.03)
    total, weight = n.sum(axis=0), n[0] * n[1] / n.sum(axis=0)
    value = ((k[0] * n[1] - k[1] * n[0]) / total).sum() / weight.sum()
    found = difference(*(arm.interval for arm in standardized(k, n)))
    assert found.value == pytest.approx(value)
    # Sato, Greenland & Robins 1989.
    p = (n[0] ** 2 * k[1] - n[1] ** 2 * k[0] + n[0] * n[1] * (n[1] - n[0]) / 2) / total**2
    q = (k[0] * (n[1] - k[1]) + k[1] * (n[0] - k[0])) / (2 * total)
    half = 1.96 * np.sqrt(value * p.sum() + q.sum()) / weight.sum()
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.03)


tallies = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(tallies, tallies)
def test_of_one_minute_it_is_newcombes_which_is_statsmodels(one, other):
    (k, n), (k_base, n_base) = one, other
    plain = difference(intervals.wilson(k, n).interval, intervals.wilson(k_base, n_base).interval)
    both = standardized(np.array([[k], [k_base]]), np.array([[n], [n_base]]))
    found = difference(both[0].interval, both[1].interval)
    expected = confint_proportions_2indep(k, n, k_base, n_base, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
    assert (plain.low, plain.high) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(*[st.integers(-2, 9)] * 4), min_size=1, max_size=8))
def test_any_counts_give_ends_in_order_or_a_reason(cells):
    k, n = np.array(cells).T.reshape(2, 2, -1)
    for arm in standardized(k, n):
        assert (arm.value is None) == bool(arm.reason)
        assert (
            arm.value is None or 0 <= arm.low <= arm.value + 1e-12 <= arm.high + 2e-12 <= 1 + 1e-9
        )


def test_a_figure_its_baseline_and_their_difference_agree():
    k, n = arms(np.random.default_rng(4), 100, 0.01 + 0.9 * TIME, 0.02 + 0.2 * TIME, 0.0)
    now = intervals.wilson(int(k[0].sum()), int(n[0].sum()))
    found = anchored(now, standardized(k, n))
    assert now.value - found.base.value == pytest.approx(found.difference.value)
    assert abs(found.difference.value) < 0.02
    assert found.base.low < found.base.value < found.base.high


def test_what_the_other_version_would_have_shown_is_a_share_still():
    """Of labels that came late for one version: it is at .99, and in the minutes shared at .90."""
    now, one, other = (intervals.wilson(k, 100) for k in (99, 90, 95))
    found = anchored(now, (one, other))
    assert found.base.value == found.base.high == 1.0
    assert found.difference.value == pytest.approx(-0.05)
    assert anchored(now, (one, other), 2.0).base.value == pytest.approx(1.04)


# --- as records ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def versions():
    return {e.id: e for e in assess(rollout(), None).versions}


def test_every_figure_of_a_version_is_held_against_the_other(versions):
    names = ("auc", "precision", "recall", "f1", "accuracy", "wrong_rate", "harm_rate")
    names += ("manual_review", "error_rate", "latency_p50", "latency_p95", "latency_p99")
    # v41 has most requests of the quality window, if not of its last five minutes.
    assert set(versions) == {f"{name}@v42 against v41" for name in names}
    for found in versions.values():
        assert found.baseline.what == "v41 at the same time"
        assert found.value - found.baseline.value == pytest.approx(found.difference.value)
        assert found.difference.low <= found.difference.value <= found.difference.high
    assert versions["latency_p99@v42 against v41"].difference.low > 0
    assert versions["auc@v42 against v41"].difference.high < 0


def named(current, previous, **more) -> Config:
    return Config(model=Model(versions=Versions(current=current, previous=previous)), **more)


def test_the_configured_previous_version_is_the_control():
    found = assess(replace(rollout(), config=named("v41", "v42")), None).versions
    assert {(e.version, e.baseline.what) for e in found} == {("v41", "v42 at the same time")}
    p99 = next(e for e in found if e.name == "latency_p99")
    assert p99.verdict == "fine"
    assert " against " in p99.sentence
    assert p99.sentence.endswith("surely better")


def test_who_is_held_against_whom():
    served = {"v1": 90, "v2": 10, "v3": 30, ABSENT: 500, **{f"x{i}": 1 for i in range(9)}}
    some = table("latency", version=list(served), bin=1, n=list(served.values()))
    times, rows = list(range(len(served))), list(served.values())
    asked = table("traffic", version=list(served), kind="", valid=times, n=rows)
    inputs = replace(rollout(500), now={"latency": some}, history={"traffic": asked})
    pairs = version_pairs(Moment(inputs, None), some)
    assert pairs[:3] == [("v3", "v1"), ("v2", "v1"), ("x0", "v1")]
    assert len(pairs) == 5
    configured = replace(inputs, config=named("v3", "v2"))
    assert version_pairs(Moment(configured, None), some)[0] == ("v1", "v2")
    unseen = Moment(replace(inputs, history={}, decisions=None), None)
    assert version_pairs(unseen, some)[0] == ("v3", "v1")
    alone = table("latency", version=["v1", ABSENT], bin=1, n=[3, 4])
    assert version_pairs(Moment(inputs, None), alone) == []


def ramped(seed=6, worse=0.0, known=lambda age: 1 - np.exp(-age / 20), n=60_000):
    """A canary ramping to 90 % while precision falls for both; the young are hardly labelled."""
    rng = np.random.default_rng(seed)
    minute = rng.integers(0, 60, n)
    version = np.where(rng.uniform(size=n) < minute / 60 * 0.9, "v42", "v41")
    p = rng.uniform(size=n)
    right = 0.9 - 0.3 * minute / 60 - worse * (version == "v42")
    label = np.where(rng.uniform(size=n) < right, p > 0.5, p <= 0.5)
    label = np.where(rng.uniform(size=n) < known(60 - minute), label, -1)
    start = END - 60 * MINUTE
    rows = {"p": p, "decision": p > 0.5, "label": label, "version": version}
    timed = score_table(**rows, valid=start + minute * MINUTE)
    window = Window(start=start, end=END)
    return replace(
        rollout(500),
        now={"score": score_table(**rows)},
        decisions=timed,
        history={},
        reference={},
        quality_window=window,
        history_window=window,
        config=named("v42", "v41"),
    )


def test_a_good_canary_in_a_bad_hour_is_not_blamed_and_a_bad_one_is():
    found = {e.name: e for e in assess(ramped(), None).versions}
    assert found["precision"].verdict == "fine"
    assert found["precision"].difference.low < 0 < found["precision"].difference.high
    assert found["wrong_rate"].difference.low < 0 < found["wrong_rate"].difference.high
    plain = assess(ramped(), None).metrics
    by_id = {e.id: e.value for e in plain}
    assert by_id["precision@v42"] < by_id["precision@v41"] - 0.05
    bad = {e.name: e for e in assess(ramped(worse=0.25), None).versions}
    assert bad["precision"].verdict in ("degraded", "critical")
    assert bad["wrong_rate"].difference.value == pytest.approx(0.25, abs=0.03)


def test_ranking_over_labels_of_two_ages_says_so():
    found = {e.name: e for e in assess(ramped(), None).versions}
    assert "of its rows labelled," in found["auc"].sentence
    even = {e.name: e for e in assess(ramped(known=lambda age: 0.6), None).versions}
    assert "labelled" not in even["auc"].sentence


def test_versions_that_never_served_in_the_same_minute_are_not_compared():
    inputs = ramped(known=lambda age: 1.0)
    c = inputs.decisions.columns
    early = c["valid"] < END - 30 * MINUTE
    codes = [inputs.decisions.words["version"].index(v) for v in ("v41", "v42")]
    c["version"][:] = np.where(early, *codes)
    found = {e.name: e for e in assess(inputs, None).versions}
    precision = found["precision"]
    assert (precision.baseline, precision.difference, precision.verdict) == (None, None, "")
    assert "v41 at the same time: no minute has such rows of both" in precision.sentence


def test_a_promise_both_versions_miss_is_not_the_ones_fault():
    promise = Objective(name="quality", metric="precision", at_least=0.99, tolerance=0.05)
    inputs = ramped()
    inputs = replace(inputs, config=named("v42", "v41", objectives=[promise]))
    found = assess(inputs, None)
    assert next(e for e in found.metrics if e.id == "precision").verdict == "critical"
    assert next(e for e in found.versions if e.name == "precision").verdict == "fine"


def test_a_shadow_is_held_against_what_served_on_the_same_rows():
    p, q, y = correlated(np.random.default_rng(7), 4000, (1.0, 2.0))
    inputs = replace(rollout(500), now={"pair": counts(p, q, y)})
    found = {e.id: e for e in assess(inputs, None).versions}
    names = ("auc", "accuracy", "wrong_rate", "agreement")
    assert list(found) == [f"{name}@v43 shadow against v42" for name in names]
    assert {(e.role, e.version) for e in found.values()} == {("shadow", "v43")}
    auc = found["auc@v43 shadow against v42"]
    assert auc.baseline.what == "v42 on the same rows"
    assert auc.difference.low > 0
    assert auc.verdict == "fine"
    assert found["wrong_rate@v43 shadow against v42"].difference.high < 0
    assert found["agreement@v43 shadow against v42"].unit == "share"
    some = replace(inputs, map=Predictions(labels_only_when="decision=0"))
    said = {e.name: e for e in assess(some, None).versions}
    assert said["auc"].reason == "labels only when decision=0"
    assert said["agreement"].value == found["agreement@v43 shadow against v42"].value


def test_names_from_outside_are_made_inert():
    p, q, y = correlated(np.random.default_rng(8), 500)
    hostile = counts(p, q, y)
    hostile.words["shadow"] = ("\x1b[2Jv43",)
    inputs = rollout(2000)
    for name in ("score", "traffic", "latency", "rate"):
        inputs.now[name].words["version"] = ("\x1b[2Jv41", "v42‮")
    found = assess(replace(inputs, now={**inputs.now, "pair": hostile}, history={}), None).versions
    assert len(found) > 10
    assert Counter("\x1b" in e.id + e.sentence or "‮" in e.sentence for e in found)[True] == 0


def test_a_mean_a_team_names_is_compared_over_the_window():
    mean = summed(
        table(
            "mean",
            name="age",
            version=np.repeat(["v1", "v2"], [300, 100]),
            dimension="",
            value="",
            sum_x=np.repeat([10, 12], [300, 100]) * 10**6 + np.arange(400) % 3 * 10**6,
            sum_x2=(np.repeat([10, 12], [300, 100]) + np.arange(400) % 3) ** 2 * 10**6,
        )
    )
    (found,) = assess(replace(rollout(500), now={"mean": mean}), None).versions
    assert found.id == "age@v2 against v1"
    assert found.difference.low < 2 < found.difference.high
