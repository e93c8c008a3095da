"""What a sign counts: within its cap, a likelihood either way, and once where signs overlap."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.config import FAULTS, Config, Faults
from cockpit.decide.faults.ratios import (
    MOST,
    TABLE,
    chances,
    factors,
    minutes_to_look,
    ratios_of,
    soften,
    to_soften,
)
from cockpit.signs import SIGNS
from cockpit.views import SignState

STATES: tuple[SignState, ...] = ("seen", "not seen", "not measurable")
every_state = st.fixed_dictionaries({sign: st.sampled_from(STATES) for sign in TABLE})
configs = st.builds(
    lambda ratios, by_chance: Config(faults=Faults(ratios=ratios, by_chance=f"{by_chance}%")),
    st.dictionaries(
        st.sampled_from(list(TABLE)),
        st.dictionaries(st.sampled_from(FAULTS), st.floats(1e-6, 1e6)),
    ),
    st.floats(0.5, 9.9),
)


def test_the_table_has_every_sign_in_order() -> None:
    assert list(TABLE) == list(SIGNS)


@given(configs, st.sampled_from(list(TABLE)), st.sampled_from(STATES))
def test_no_sign_counts_beyond_the_cap(config: Config, sign: str, state: SignState) -> None:
    counted = factors(sign, state, config)
    assert tuple(counted) == FAULTS
    assert all(1 / MOST <= factor <= MOST for factor in counted.values())
    if state == "not measurable":
        assert set(counted.values()) == {1.0}


@given(configs, st.sampled_from(list(TABLE)))
def test_seen_and_not_seen_are_the_two_halves_of_one_likelihood(config: Config, sign: str) -> None:
    """Seen is r·b over b; not seen is 1 − r·b over 1 − b; together they weigh 1."""
    b = float(config.faults.by_chance[:-1]) / 100
    chance = chances(sign, False, config)
    seen, not_seen = factors(sign, "seen", config), factors(sign, "not seen", config)
    for fault in FAULTS:
        assert 0.0 < chance[fault] < 1.0
        assert seen[fault] * b == pytest.approx(chance[fault])
        if not_seen[fault] > 1 / MOST:  # else it is the cap that speaks
            assert chance[fault] + not_seen[fault] * (1 - b) == pytest.approx(1.0)


@given(every_state, configs)
def test_of_each_group_one_counts_in_full_and_it_is_the_strongest(
    states: dict[str, SignState], config: Config
) -> None:
    softened = to_soften(states, config)
    for group in {row.group for row in TABLE.values()}:
        members = [sign for sign in TABLE if TABLE[sign].group == group]
        counted = [sign for sign in members if states[sign] != "not measurable"]
        full = [sign for sign in members if sign not in softened]
        if not counted:
            assert full == members
            continue
        (strongest,) = full
        assert strongest in counted
        assert _width(strongest, states, config) == max(_width(s, states, config) for s in counted)


@given(every_state, configs)
def test_a_group_never_says_more_than_its_signs_would_if_they_were_independent(
    states: dict[str, SignState], config: Config
) -> None:
    softened = to_soften(states, config)
    for sign, state in states.items():
        full = factors(sign, state, config)
        counted = soften(full) if sign in softened else full
        for fault in FAULTS:
            said, at_most = math.log(counted[fault]), math.log(full[fault])
            assert abs(said) <= abs(at_most)
            assert said * at_most >= 0.0
            if sign in softened:
                assert said == pytest.approx(at_most / 2)


def test_a_team_corrects_what_it_knows_better_and_keeps_the_rest() -> None:
    config = Config(
        faults=Faults(ratios={"errors_up": {"data": 4.0}}, probes={"quality_degraded": 20.0})
    )
    ours, theirs = ratios_of("errors_up", Config()), ratios_of("errors_up", config)
    assert theirs == {**ours, "data": 4.0}
    assert minutes_to_look("quality_degraded", Config()) is None
    assert minutes_to_look("quality_degraded", config) == 20.0
    assert minutes_to_look("errors_up", config) == minutes_to_look("errors_up", Config())


def _width(sign: str, states: dict[str, SignState], config: Config) -> float:
    values = factors(sign, states[sign], config).values()
    return max(values) / min(values)
