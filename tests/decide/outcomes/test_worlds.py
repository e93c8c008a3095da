"""The worlds options are simulated in: versions, fallbacks, own options, pinned features."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from cockpit.config import FAULTS, Config
from cockpit.decide.facts.cells import REST
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import assumed_rules
from cockpit.decide.options.plans import PINNED, now, plans
from cockpit.decide.outcomes.worlds import Basis, basis
from cockpit.setting import with_value
from tests.decide.facts import NEW, OLD, QUICK, SLOW, cell, facts

DRAWS = 500
HERE = facts(cell(NEW, 5_000, 500), cell(OLD, 500, 10), tails={NEW: SLOW, OLD: QUICK})
OPTIONS: dict[str, dict[str, object]] = {
    "rules": {"wrong_share": "4%", "latency_p99": 40.0},
    "pin": {},
    "vendor": {"serves": {"vendor": "100%"}, "wrong_share": "7%", "latency_p99": 300.0},
    "mixed": {"serves": {OLD: "60%", "rules": "30%"}},
    "guess": {"serves": {"guess": "100%"}},
}


def config(**options: dict[str, object]) -> Config:
    return msgspec.convert({"options": options or OPTIONS}, Config)


def made(measured: Measured, given: Config, before: Basis | None = None) -> Basis:
    rules = assumed_rules(given, 0.02)
    return basis(measured, plans(measured, given), rules, given, DRAWS, before)


def wrong(found: Basis, version: str) -> np.ndarray:
    """(faults, draws)"""
    path = found.worlds.paths.index((version, REST))
    rates = found.worlds.rates
    return rates.false_positives[path] + rates.false_negatives[path]


def test_what_is_given_is_the_same_under_every_fault() -> None:
    found = made(HERE, config())
    for version, share in (("rules", 0.04), ("vendor", 0.07)):
        rates = wrong(found, version)
        assert rates.mean() == pytest.approx(share, rel=0.1)
        assert (rates == rates[0]).all()
        assert (version, REST) in found.no_model
    assert (NEW, REST) not in found.no_model
    slow = dict(zip(found.worlds.paths, found.worlds.rates.slow, strict=True))
    assert slow["rules", REST].max() < 1e-6
    assert slow["vendor", REST].min() > 0.01


def test_of_what_nobody_gives_anything_nothing_is_known() -> None:
    assert made(HERE, config()).unknown == {("guess", REST)}
    guess = next(p for p in plans(HERE, config()) if p.kind == "guess")
    assert guess.blocked == "nothing is known of guess: set options.guess.wrong_share"
    bare = assumed_rules(Config(), None)
    assert ("rules", REST) in basis(HERE, plans(HERE, Config()), bare, Config(), DRAWS).unknown


def test_without_a_baseline_or_labels_no_version_is_known() -> None:
    found = made(facts(health=None), config())
    assert {(NEW, REST), (OLD, REST)} <= found.unknown
    assert found.hits is None


def test_pinned_features_are_wrong_less_often_if_the_data_is_at_fault_and_as_often_else() -> None:
    found = made(HERE, config())
    pinned, new = wrong(found, PINNED), wrong(found, NEW)
    for h, fault in enumerate(FAULTS):
        if fault == "data":
            assert pinned[h].mean() < new[h].mean()
        else:
            np.testing.assert_array_equal(pinned[h], new[h])


def test_weights_are_of_all_requests_and_what_is_left_is_turned_away() -> None:
    found = made(HERE, config())
    spread = {plan.kind: found.weights(plan.serving, HERE) for plan in plans(HERE, config())}
    assert found.weights(now(HERE), HERE).sum() == pytest.approx(1.0)
    assert spread["mixed"].sum() == pytest.approx(0.9)
    assert spread["kill"].sum() == 0.0
    assert spread["throttle"].sum() == pytest.approx(0.8)
    assert spread["pin"][found.worlds.paths.index((PINNED, REST))] == pytest.approx(0.9)


def test_hits_are_told_while_every_known_path_tells_them() -> None:
    precise = {**OPTIONS, "rules": {"wrong_share": "4%", "precision": 0.5}}
    without_vendor = {k: v for k, v in precise.items() if k != "vendor"}
    assert made(HERE, config(**without_vendor)).hits is not None  # though guess is not known
    assert made(HERE, config(**precise)).hits is None


@pytest.mark.parametrize(
    ("key", "text", "touched"),
    [
        ("options.rules.wrong_share", "8%", {"rules"}),
        ("options.vendor.wrong_share", "8%", {"vendor"}),
        ("options.pin.restored", "50%", {PINNED}),
        ("decisions.improvement", "[1%, 1%]", {NEW, OLD, PINNED}),
        ("options.rollback.minutes", "[8, 9]", set()),
        ("model.harm.slow", "0.5", set()),
    ],
)
def test_what_an_assumption_does_not_touch_is_kept(key: str, text: str, touched: set[str]) -> None:
    before = made(HERE, config())
    changed = with_value(config(), key, text)
    kept, anew = made(HERE, changed, before), made(HERE, changed)
    assert (kept is before) == (not touched)
    for index, (version, _) in enumerate(kept.worlds.paths):
        alone = np.eye(len(kept.worlds.paths))[index]
        assert kept.same_for(alone, before) == (version not in touched)
    for rates in ("false_positives", "false_negatives", "slow", "failing"):
        ours, theirs = (getattr(one.worlds.rates, rates) for one in (kept, anew))
        np.testing.assert_array_equal(ours, theirs)


def test_a_worst_segment_makes_two_parts_whose_requests_add_up() -> None:
    both = replace(
        HERE,
        segment="region BR",
        segment_share=0.1,
        health={"region BR": HERE.health[REST], REST: HERE.health[REST]},
        cells={
            (version, part): replace(HERE.cells[version, REST], part=part)
            for version in (NEW, OLD)
            for part in ("region BR", REST)
        },
    )
    found = made(both, config())
    assert sum(found.worlds.parts.values()) == pytest.approx(1.0)
    off = next(plan for plan in plans(both, config()) if plan.kind == "segment_off")
    weights = dict(zip(found.worlds.paths, found.weights(off.serving, both), strict=True))
    assert weights["rules", "region BR"] == pytest.approx(0.1)
    assert weights[NEW, "region BR"] == weights["rules", REST] == 0.0
