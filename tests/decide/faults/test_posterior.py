"""How likely each fault is: proper, ordered by nothing but the signs, and calibrated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import FAULTS, Config
from cockpit.decide.faults.hypotheses import Prior, prior
from cockpit.decide.faults.ledger import counted
from cockpit.decide.faults.posterior import (
    chance_of_seeing,
    hypotheses,
    posterior,
    posterior_if,
)
from cockpit.decide.faults.ratios import TABLE, chances
from cockpit.decide.faults.signs.look import Look
from cockpit.state import EvidenceCall
from cockpit.views import Sign, SignState

STATES: tuple[SignState, ...] = ("seen", "not seen", "not measurable")
CONFIG = Config()
PRIOR = {fault: before.probability for fault, before in prior([], 0, CONFIG).items()}
states = st.fixed_dictionaries({sign: st.sampled_from(STATES) for sign in TABLE})
priors = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5).filter(lambda p: sum(p) > 0.01)


def signs(said: dict[str, SignState], **calls: SignState) -> list[Sign]:
    looks = {sign: Look(said.get(sign, "not measurable"), "by hand") for sign in TABLE}
    evidence = {
        sign: EvidenceCall(id="me:1", at=0, sign=sign, state=state, reason="I looked")
        for sign, state in calls.items()
    }
    return counted(looks, evidence, CONFIG)


def normalised(weights: list[float]) -> dict[str, float]:
    return {fault: w / sum(weights) for fault, w in zip(FAULTS, weights, strict=True)}


@given(states, priors)
def test_it_sums_to_one_and_is_bayes_rule(said: dict[str, SignState], weights: list[float]) -> None:
    before, ledger = normalised(weights), signs(said)
    after = posterior(before, ledger)
    assert sum(after.values()) == pytest.approx(1.0)
    products = {
        fault: before[fault] * np.prod([sign.ratios[fault] for sign in ledger]) for fault in FAULTS
    }
    for fault in FAULTS:
        assert after[fault] == pytest.approx(products[fault] / sum(products.values()), abs=1e-12)


@given(states, st.randoms(use_true_random=False))
def test_the_order_of_the_signs_does_not_matter(said: dict[str, SignState], random) -> None:
    ledger = signs(said)
    shuffled = random.sample(ledger, len(ledger))
    assert posterior(PRIOR, shuffled) == pytest.approx(posterior(PRIOR, ledger))


def test_where_nothing_can_be_measured_the_prior_stands() -> None:
    assert posterior(PRIOR, signs({})) == pytest.approx(PRIOR)
    for hypothesis in hypotheses(signs({}), prior([], 0, CONFIG)):
        assert hypothesis.probability == pytest.approx(hypothesis.prior)
        assert [line.partition(" ")[0] for line in hypothesis.evidence] == ["before"]


@given(states)
def test_a_fault_held_impossible_stays_so(said: dict[str, SignState]) -> None:
    assert posterior({**PRIOR, "noise": 0.0}, signs(said))["noise"] == 0.0


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_leads_where_its_own_signs_are_seen(fault: str) -> None:
    own: dict[str, SignState] = {
        sign: "seen" if chances(sign, False, CONFIG)[fault] > 0.2 else "not seen" for sign in TABLE
    }
    found = hypotheses(signs(own), prior([], 0, CONFIG))
    assert found[0].id == fault
    assert found == sorted(found, key=lambda hypothesis: -hypothesis.probability)


def test_a_person_overrides_what_is_measured_and_it_stays_readable() -> None:
    measured: dict[str, SignState] = {"feature_drifted": "not seen"}
    (sign,) = [s for s in signs(measured, feature_drifted="seen") if s.id == "feature_drifted"]
    assert (sign.state, sign.overridden, sign.reason) == ("seen", True, "I looked")
    assert sign.why == "measured: not seen, by hand"
    before = posterior(PRIOR, signs(measured))
    assert posterior(PRIOR, signs(measured, feature_drifted="seen"))["data"] > before["data"]
    taken_back = signs(measured, feature_drifted="not measurable")
    assert posterior(PRIOR, taken_back) == pytest.approx(PRIOR)


def test_evidence_names_the_weightiest_sign_first_and_says_for_what() -> None:
    found = hypotheses(
        signs({"feature_drifted": "seen", "errors_up": "not seen"}), prior([], 0, CONFIG)
    )
    by_id = {hypothesis.id: hypothesis.evidence for hypothesis in found}
    assert by_id["data"][0].startswith("for, 13×: a feature drifted far")
    assert by_id["capacity"][0].startswith("against, 5.5×: a feature drifted far")
    assert by_id["capacity"][1].startswith("against, 1.7×: not seen: errors up")
    assert by_id["data"][-1] == "before any sign 25 %: weight .25 (default)"


@given(states, st.sampled_from(list(TABLE)))
def test_what_a_look_would_tell_comes_back_to_what_is_now(
    said: dict[str, SignState], looked_for: str
) -> None:
    """Σ P(state)·P(fault | state) = P(fault): else the worth of a look could be negative."""
    ledger = signs({**said, looked_for: "not measurable"})
    (sign,) = [s for s in ledger if s.id == looked_for]
    now = posterior(PRIOR, ledger)
    chance = chance_of_seeing(sign, now, CONFIG)
    assert 0.0 < chance < 1.0
    if_seen, if_not = (posterior_if(sign, seen, now, CONFIG) for seen in (True, False))
    for fault in FAULTS:
        mixed = chance * if_seen[fault] + (1 - chance) * if_not[fault]
        assert mixed == pytest.approx(now[fault])


@pytest.mark.parametrize("state", ["seen", "not seen"])
def test_what_a_look_would_tell_is_what_the_ledger_then_says(state: SignState) -> None:
    now = posterior(PRIOR, signs({}))
    (sign,) = [s for s in signs({}) if s.id == "latency_on_new"]
    told = posterior_if(sign, state == "seen", now, CONFIG)
    assert told == pytest.approx(posterior(PRIOR, signs({"latency_on_new": state})))


def test_stated_probabilities_come_true_as_often_as_they_say() -> None:
    """Faults from the prior, signs from P(seen | fault), one of each group: no overlap."""
    rng = np.random.default_rng(20)
    groups = {row.group: sign for sign, row in TABLE.items()}
    chance = {sign: chances(sign, False, CONFIG) for sign in groups.values()}
    stated, came_true = [], []
    for fault in rng.choice(FAULTS, 3_000, p=[PRIOR[f] for f in FAULTS]):
        said: dict[str, SignState] = {
            sign: "seen" if rng.uniform() < chance[sign][fault] else "not seen" for sign in chance
        }
        after = posterior(PRIOR, signs(said))
        stated += [after[f] for f in FAULTS]
        came_true += [f == fault for f in FAULTS]
    p, y = np.array(stated), np.array(came_true)
    tenth = np.minimum((10 * p).astype(int), 9)
    for i in range(10):
        here = tenth == i
        spread = np.sqrt((p[here] * (1 - p[here])).sum())
        assert abs(y[here].sum() - p[here].sum()) < 4 * spread + 1
    brier, ignorant = (
        ((p - y) ** 2).mean(),
        ((np.tile(list(PRIOR.values()), 3_000) - y) ** 2).mean(),
    )
    assert brier < 0.8 * ignorant


def test_no_prior_at_all_gives_nothing_a_chance() -> None:
    before = {fault: Prior(0.0, "") for fault in FAULTS}
    assert {h.probability for h in hypotheses(signs({}), before)} == {0.0}
