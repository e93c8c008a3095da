"""Traffic that was moved: seen when it was, and not seen where it was not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.service.serving import Serving
from cockpit.decide.effect.traffic import left, moved, since, words
from cockpit.records import MINUTE, SECOND
from cockpit.views import Aim

STEP = 10 * SECOND
CHOSEN = 30 * STEP  # five minutes after the traffic begins
STEPS = 90
ROLLBACK = Aim(serves={"v41": 1.0})

Shares = Mapping[str, float]


def traffic(
    before: Shares, after: Shares, at: int, requests: float, seed: int | None = None
) -> Serving:
    """Requests of each step, by chance where there is a seed; `at` is the step of the change."""
    rng = None if seed is None else np.random.default_rng(seed)
    versions = tuple(dict.fromkeys([*before, *after]))
    rows = []
    for step in range(STEPS):
        shares = before if step < at else after
        expected = np.array([shares.get(version, 0.0) for version in versions]) * requests
        rows.append(expected.round() if rng is None else rng.poisson(expected))
    return Serving(versions, np.arange(STEPS) * STEP, STEP, np.array(rows, dtype=np.int64).T.copy())


@given(st.floats(0.2, 1.0), st.integers(31, 80), st.integers(100, 100_000), st.sampled_from([0, 1]))
def test_a_rollback_is_seen_in_the_step_in_which_it_was_done(
    share: float, at: int, requests: int, swapped: int
) -> None:
    before = {"v42": share, "v41": 1.0 - share}
    found = traffic(dict(sorted(before.items(), reverse=bool(swapped))), {"v41": 1.0}, at, requests)
    assert since(ROLLBACK, found, CHOSEN) == moved(ROLLBACK, found, CHOSEN) == at * STEP
    assert left("v42", found, CHOSEN) == at * STEP
    assert since(Aim(serves=before), found, CHOSEN) is None


@given(st.floats(0.0, 1.0), st.integers(0, 30))
def test_traffic_that_was_so_already_shows_nothing(share: float, at: int) -> None:
    there = {"v42": share, "v41": 1.0 - share}
    found = traffic({"other": 1.0}, there, min(at, 29), 1_000)
    assert since(Aim(serves=there), found, CHOSEN) is not None
    assert moved(Aim(serves=there), found, CHOSEN) is None


def test_traffic_that_went_back_is_not_as_aimed() -> None:
    found = traffic({"v42": 1.0}, {"v41": 1.0}, 40, 500)
    back = found.requests.copy()
    back[:, 80:] = back[:, :10]
    assert since(ROLLBACK, Serving(found.versions, found.starts, STEP, back), CHOSEN) is None


@pytest.mark.parametrize("requests", [30.0, 300.0])
def test_chance_moves_no_traffic_and_hides_no_move(requests: float) -> None:
    canary = Aim(serves={"v42": 0.1, "v41": 0.9})
    half = {"v42": 0.5, "v41": 0.5}
    still = [moved(canary, traffic(half, half, 0, requests, s), CHOSEN) for s in range(200)]
    assert sum(found is not None for found in still) <= 2
    done = [
        moved(canary, traffic(half, canary.serves, 40, requests, s), CHOSEN) for s in range(200)
    ]
    seen = [found for found in done if found is not None]
    assert len(seen) >= 0.98 * len(done)
    assert np.median(seen) == 40 * STEP


@pytest.mark.parametrize(
    ("shed", "requests"), [(1.0, 2.0), (1.0, 1_000.0), (0.2, 1_000.0), (0.5, 100.0)]
)
def test_requests_turned_away_are_missed(shed: float, requests: float) -> None:
    aim = Aim(shed=shed)
    some, fewer = {"v42": 1.0}, {"v42": 1.0 - shed}
    done = [moved(aim, traffic(some, fewer, 40, requests, s), CHOSEN) for s in range(50)]
    assert sum(found is not None and abs(found - 40 * STEP) <= 2 * MINUTE for found in done) >= 45
    still = [moved(aim, traffic(some, some, 0, requests, s), CHOSEN) for s in range(50)]
    assert sum(found is not None for found in still) <= 1


def test_a_segment_is_off_when_the_fallback_decides_or_it_sends_nothing() -> None:
    aim = Aim(serves={"rules": 1.0}, segment="region BR")
    for after in ({"rules": 1.0}, {}):
        assert moved(aim, traffic({"v42": 0.9, "v41": 0.1}, after, 50, 40), CHOSEN) == 50 * STEP
    halved = traffic({"v42": 1.0}, {"v42": 0.4}, 50, 40)
    assert since(aim, halved, CHOSEN) is None


def test_a_shadow_is_seen_when_it_scores() -> None:
    shadow = traffic({}, {"v41": 1.0}, 50, 40)
    assert moved(Aim(shadow="v41"), shadow, CHOSEN) == 50 * STEP
    assert since(Aim(shadow="v40"), shadow, CHOSEN) is None


def test_nothing_is_seen_in_no_traffic() -> None:
    nothing = Serving((), np.zeros(0, dtype=np.int64), STEP, np.zeros((0, 0), dtype=np.int64))
    silent = traffic({"v42": 0.0}, {"v42": 0.0}, 0, 0)
    for empty in (nothing, silent):
        for aim in (ROLLBACK, Aim(shed=1.0), Aim(shadow="v41"), Aim(serves={}, segment="x y")):
            assert since(aim, empty, CHOSEN) is None
        assert left("v42", empty, CHOSEN) is None
        assert words(empty) == "there are no requests"


def test_who_serves_is_said_of_the_last_minute() -> None:
    found = traffic({"v42": 1.0}, {"v42": 0.9, "v41": 0.1}, 80, 1_000)
    assert words(found) == "v42 serves 90 %, v41 10 %"
