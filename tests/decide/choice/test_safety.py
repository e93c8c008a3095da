"""Under a safety mark: only what ends the exposure in ten minutes, soonest first, at any harm."""

from __future__ import annotations

from hypothesis import given

from cockpit.decide.choice.safety import ending_exposure, safety_choice
from cockpit.decide.choice.traits import Traits
from tests.decide.choice.building import NAMES, random_traits, seeds

RULES = Traits("rules fallback", 0.0, 2.0, 1.0)
KILL = Traits("kill switch", 0.0, 0.5, 1.0)
CANARY = Traits("canary", 0.1, 1.0, 1.0)
UNKNOWN = Traits("split", None, 1.0, 1.0)
LATE = Traits("rollback", 0.0, 11.0, 1.0)


@given(seeds)
def test_only_what_ends_the_exposure_in_time_is_chosen(seed: int) -> None:
    traits = dict(zip(NAMES, random_traits(seed), strict=False))
    ends = ending_exposure(traits)
    for name, option in traits.items():
        assert (name in ends) == (option.exposed == 0.0)
    minutes = [traits[name].minutes for name in ends]
    assert minutes == sorted(minutes)


def test_the_soonest_is_chosen_and_says_why() -> None:
    chosen = safety_choice({"canary": CANARY, "rules": RULES, "split": UNKNOWN, "rollback": LATE})
    assert chosen == ("rules", "safety: ends the exposure soonest, in 2 min; costs are not weighed")
    assert safety_choice({"rules": RULES, "kill": KILL})[0] == "kill"


def test_a_permitted_rest_widens_the_choice() -> None:
    both = {"rules": RULES, "canary": CANARY}
    assert ending_exposure(both) == ["rules"]
    assert ending_exposure(both, most=0.1) == ["canary", "rules"]


def test_where_nothing_ends_it_the_kill_switch_is_left_else_escalation() -> None:
    slow_kill = Traits("kill switch", 0.0, 30.0, 1.0)
    assert safety_choice({"canary": CANARY, "kill": slow_kill})[0] == "kill"
    option, why = safety_choice({"canary": CANARY, "rollback": LATE})
    assert option == ""
    assert why.endswith("escalate")
