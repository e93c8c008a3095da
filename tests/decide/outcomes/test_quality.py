"""How often each version is wrong under each fault, and when labels outweigh what it leads to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.config import FAULTS, Decisions
from cockpit.decide.facts.cells import REST
from cockpit.decide.facts.health import Health, Usual
from cockpit.decide.facts.measured import Measured
from cockpit.decide.options.assumptions import Rules
from cockpit.decide.outcomes.quality import Part, given_wrong, part_of, pinned_under, wrong_under
from cockpit.records import Settled
from tests.decide.facts import CONFIG, NEW, OLD, cell, facts

DRAWS = 2_000


def wrong(measured: Measured, fault: str, version: str) -> np.ndarray:
    """A version's wrong decisions under one fault, (draws,)."""
    part = known(measured)
    return wrong_under(fault, version, measured, REST, part, DRAWS).sum(axis=0)


def known(measured: Measured) -> Part:
    part = part_of(measured, REST, CONFIG, DRAWS)
    assert part is not None
    return part


def test_without_labels_a_fault_spoils_whom_it_touches_by_multiples_of_the_healthy_share() -> None:
    here = facts()
    healthy = known(here).healthy.sum(axis=0)
    for fault in ("model", "data"):
        times = np.median(wrong(here, fault, NEW) / healthy)
        assert times == pytest.approx(Decisions().unlabelled[0], rel=0.05)
    assert wrong(here, "model", OLD) == pytest.approx(healthy)
    shared = (wrong(here, "data", OLD) - healthy) / (wrong(here, "data", NEW) - healthy)
    low, high = Decisions().shared_fault
    assert low - 1e-6 <= shared.min() <= shared.max() <= high + 1e-6
    for fault in ("capacity", "noise", "mix"):
        assert wrong(here, fault, NEW) == pytest.approx(healthy)
        assert (wrong(here, fault, OLD) >= healthy - 1e-12).all()  # the improvement is given up


@pytest.mark.parametrize("fault", ["model", "data", "mix"])
def test_labels_outweigh_what_a_fault_leads_one_to_expect_as_they_grow(fault: str) -> None:
    off = []
    for labelled in (20, 200, 2_000, 20_000):
        here = facts(cell(NEW, labelled, labelled // 10), cell(OLD))
        off.append(abs(wrong(here, fault, NEW).mean() - 0.10))
    assert off == sorted(off, reverse=True)
    assert off[-1] < 0.001


def test_a_fault_of_capacity_and_noise_spoil_no_decision_whatever_the_labels_say() -> None:
    here = facts(cell(NEW, 2_000, 200), cell(OLD))
    for fault in ("capacity", "noise"):
        assert wrong(here, fault, NEW) == pytest.approx(known(here).healthy.sum(axis=0))


def test_the_version_before_is_told_by_its_own_labels_where_a_fault_may_touch_it() -> None:
    here = facts(cell(NEW, 2_000, 200), cell(OLD, 20_000, 1_200))
    for fault in ("model", "data", "mix"):
        assert wrong(here, fault, OLD).mean() == pytest.approx(0.06, abs=0.003)


def test_where_neither_labels_nor_a_baseline_tell_nothing_is_known() -> None:
    assert part_of(facts(health=None), REST, CONFIG, DRAWS) is None
    few = facts(cell(NEW, 29, 1), cell(OLD), health=None)
    assert part_of(few, REST, CONFIG, DRAWS) is None


def test_the_least_wrong_version_stands_in_for_a_baseline() -> None:
    here = facts(cell(NEW, 2_000, 200), cell(OLD, 2_000, 40), health=None)
    assert known(here).healthy.sum(axis=0).mean() == pytest.approx(0.02, abs=0.002)


def test_young_labels_are_compared_as_young_and_made_as_old_as_the_healthy_ones() -> None:
    settled = Settled(
        what="reference", n=100_000, false_positives=1_500, false_negatives=1_500, positives=9_000
    )
    here = facts(cell(NEW, 20_000, 400), cell(OLD))
    assert wrong(here, "mix", NEW).mean() == pytest.approx(0.02, abs=0.002)
    aged = replace(here, settled=settled)
    assert known(aged).healthy.sum(axis=0).mean() == pytest.approx(0.03, abs=0.001)
    counts = cell(NEW, 20_000, 400).confusion
    assert counts is not None
    flagged = counts.false_positives / (counts.false_positives + counts.true_negatives)
    missed = counts.false_negatives / (counts.false_negatives + counts.true_positives)
    by_class = flagged * (1 - 0.09) + missed * 0.09
    assert wrong(aged, "mix", NEW).mean() == pytest.approx(by_class, rel=0.05)


def test_what_the_baseline_does_not_tell_apart_is_told_apart_nowhere() -> None:
    health = Health(Usual(0.0, 0.0), Usual(0.02, 0.001), told_apart=False)
    settled = Settled(
        what="reference", n=10_000, false_positives=100, false_negatives=100, positives=900
    )
    for here in (
        facts(cell(NEW, 2_000, 200), cell(OLD, 500, 9), health=health),
        replace(facts(cell(NEW, 2_000, 200), health=health), settled=settled),
    ):
        part = known(here)
        assert part.positives is None
        assert (part.healthy[0] == 0.0).all()
        for fault in FAULTS:
            for version in (NEW, OLD):
                assert (wrong_under(fault, version, here, REST, part, DRAWS)[0] == 0.0).all()


def test_decisions_that_are_not_told_apart_are_split_as_a_healthy_service_splits_them() -> None:
    unsplit = replace(cell(NEW, 20_000, 2_000), confusion=None)
    part = known(facts(unsplit, cell(OLD)))
    false_positives, false_negatives = part.spoiled.mean(axis=1)
    assert false_positives == pytest.approx(false_negatives, rel=0.1)


@given(st.integers(0, 3_000), st.integers(0, 3_000), st.sampled_from(FAULTS))
@settings(max_examples=40)
def test_rates_are_shares_whatever_is_labelled(labelled: int, wrong_ones: int, fault: str) -> None:
    here = facts(cell(NEW, labelled, min(wrong_ones, labelled)), cell(OLD, 100, 2))
    part = known(here)
    for version in (NEW, OLD):
        rates = wrong_under(fault, version, here, REST, part, DRAWS)
        assert (rates >= 0.0).all()
        assert (rates.sum(axis=0) <= 1.0 + 1e-9).all()


def test_pinned_features_restore_part_of_what_bad_ones_spoil_and_nothing_else() -> None:
    here = facts(cell(NEW, 20_000, 2_000), cell(OLD))
    part = known(here)
    for fault in FAULTS:
        rates = wrong_under(fault, NEW, here, REST, part, DRAWS)
        pinned = pinned_under(fault, part, rates, 0.8)
        if fault == "data":
            spoiled = (part.spoiled - part.healthy).mean()
            assert (pinned - part.healthy).mean() == pytest.approx(0.2 * spoiled, rel=0.02)
        else:
            assert pinned is rates


def test_what_is_given_is_taken_at_its_word_and_split_by_its_precision() -> None:
    part = replace(known(facts()), positives=0.10)
    rates, hits = given_wrong("wrong rules", Rules(0.05, None, None, ()), part, DRAWS)
    assert rates.sum(axis=0).mean() == pytest.approx(0.05, rel=0.05)
    assert hits is None
    rates, hits = given_wrong("wrong rules", Rules(0.05, 0.8, None, ()), part, DRAWS)
    assert hits is not None
    assert (rates >= 0.0).all()
    assert hits.mean() / (hits + rates[0]).mean() == pytest.approx(0.8, rel=0.01)
    with pytest.raises(ValueError, match="no share"):
        given_wrong("wrong rules", Rules(None, None, None, ()), part, DRAWS)
