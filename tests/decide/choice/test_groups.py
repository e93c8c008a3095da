"""The order of options: by score, and within 5 % of each other the more reversible first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from cockpit.decide.choice.groups import close, close_call, easier, ranked, recommended
from cockpit.decide.choice.traits import Traits
from tests.decide.choice.building import random_traits, seeds

SLOW = Traits("rollback", 0.0, 4.0, 5.0)
QUICK = Traits("canary", 0.1, 3.0, 1.0)
FOR_GOOD = Traits("delete", 0.0, 1.0, 0.0, irreversible=True)


@given(seeds)
def test_the_order_holds_every_option_and_opens_with_the_recommended_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.choice([-100.0, -98.0, 0.0, 100.0, 103.0, 120.0], 6) + rng.normal(size=6)
    traits = random_traits(seed)
    order = ranked(scores, traits)
    assert sorted(order) == list(range(6))
    assert order[0] == recommended(scores, traits)
    bar = scores.min() + 0.05 * abs(scores.min())
    near = [option for option in range(6) if scores[option] <= bar]
    assert sorted(order[: len(near)]) == near
    assert traits[order[0]].effort == min(traits[option].effort for option in near)
    assert [option for option in range(6) if close(scores)[option]] == near


@given(seeds)
def test_many_posteriors_at_once_are_as_one_after_the_other(seed: int) -> None:
    scores = np.random.default_rng(seed).normal(100.0, 3.0, (7, 6))
    traits = random_traits(seed)
    assert recommended(scores, traits).tolist() == [int(recommended(s, traits)) for s in scores]


def test_a_close_call_goes_to_the_more_reversible_and_says_so() -> None:
    traits = [SLOW, QUICK, FOR_GOOD]
    near = np.array([100.0, 104.0, 101.0])
    assert ranked(near, traits) == [1, 0, 2]
    assert close_call(near, traits) == ("close call with rollback and 1 more; it is undone sooner")


def test_of_close_options_the_first_trait_that_differs_is_said() -> None:
    broken = replace(QUICK, broken=1)
    assert easier(QUICK, broken) == "keeps more promises"
    assert easier(SLOW, FOR_GOOD) == "can be undone"
    assert easier(QUICK, SLOW) == "is undone sooner"
    assert easier(QUICK, replace(QUICK, minutes=9.0)) == "works sooner"
    assert easier(QUICK, QUICK) == "does no more harm"


@pytest.mark.parametrize("scores", [(100.0, 106.0, 200.0), (-100.0, -94.0, 0.0)])
def test_beyond_five_per_cent_the_score_decides(scores: tuple[float, ...]) -> None:
    assert ranked(np.array(scores), [SLOW, QUICK, FOR_GOOD]) == [0, 1, 2]
    assert close_call(np.array(scores), [SLOW, QUICK, FOR_GOOD]) == ""
