"""Linear counting of users."""

from __future__ import annotations

import numpy as np
import pytest

from cockpit.assess.methods.measurement import Z
from cockpit.assess.quality.users import users
from cockpit.records import Counts
from cockpit.tables import USER_BITS
from tests.assess.building import table


def of(bits: np.ndarray) -> Counts:
    return table("users", version="v1", dimension="", value="", bit=bits)


@pytest.mark.parametrize("true", [5, 500, 8_000, 60_000])
def test_the_number_of_users_lies_in_the_interval(true):
    rng = np.random.default_rng(1)
    covered, errors, halves = 0, [], []
    for _ in range(60):
        bits = rng.integers(0, USER_BITS, true)
        found = users(of(np.unique(bits)))
        covered += found.low - 0.5 <= true <= found.high + 0.5
        errors.append(found.value - true)
        halves.append(found.high - found.value)
    assert covered >= 55
    assert abs(np.mean(errors)) <= 0.01 * true + 0.1
    half = np.mean(halves) - 0.5  # the truth is whole
    assert np.std(errors) == pytest.approx(half / Z, rel=0.35, abs=0.1)  # as stated


def test_a_user_who_came_twice_is_one():
    assert users(of(np.array([7]))).value == users(of(np.array([7, 7]))).value


def test_a_full_bitmap_and_no_bitmap_say_so():
    assert users(of(np.arange(USER_BITS))).reason == "too many to count"
    assert users(None).reason == "users are not counted"
