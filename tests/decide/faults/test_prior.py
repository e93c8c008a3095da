"""How likely each fault is before any sign, and that each figure says why."""

from __future__ import annotations

import pytest

from cockpit.config import FAULTS, Config, Faults
from cockpit.decide.faults.hypotheses import LABELS, prior
from cockpit.records import DAY, HOUR, MINUTE
from cockpit.views import Change

NOW = 10 * DAY


def change(kind: str, ago: int, fit: str = "poor fit") -> Change:
    return Change(at=NOW - ago, kind=kind, text=f"a {kind}", fit=fit)


def odds(found: dict, fault: str) -> float:
    return found[fault].probability / found["noise"].probability


def test_every_fault_has_a_name_and_a_share_of_one() -> None:
    found = prior([], NOW, Config())
    assert tuple(found) == tuple(LABELS) == FAULTS
    assert sum(before.probability for before in found.values()) == pytest.approx(1.0)
    assert found["model"].probability == pytest.approx(0.35)


@pytest.mark.parametrize(("kind", "fault"), [("deploy", "model"), ("schema", "data")])
def test_a_recent_change_makes_its_fault_three_times_as_likely(kind: str, fault: str) -> None:
    nothing = prior([], NOW, Config())
    recent = prior([change(kind, 20 * MINUTE)], NOW, Config())
    assert odds(recent, fault) == pytest.approx(3 * odds(nothing, fault))
    assert f"times 3 for a {kind} within 24h" in recent[fault].why
    for other in set(FAULTS) - {fault}:
        assert odds(recent, other) == pytest.approx(odds(nothing, other))


@pytest.mark.parametrize(
    "old_or_late",
    [
        change("deploy", 25 * HOUR),
        change("deploy", MINUTE, fit="after onset"),
        change("flag", MINUTE),
        change("deploy", -MINUTE),
    ],
)
def test_what_is_old_or_came_after_the_onset_does_not(old_or_late: Change) -> None:
    assert prior([old_or_late], NOW, Config()) == prior([], NOW, Config())


def test_a_team_gives_its_own_weights_and_says_what_is_recent() -> None:
    config = Config(faults=Faults(prior={"capacity": 1.0}, recent="1h", recent_times=2.0))
    found = prior([change("deploy", 30 * MINUTE), change("schema", 2 * HOUR)], NOW, config)
    assert odds(found, "capacity") == pytest.approx(10.0)
    assert odds(found, "model") == pytest.approx(7.0)
    assert odds(found, "data") == pytest.approx(2.5)
    assert found["capacity"].why == "weight 1.00"
    assert found["mix"].why == "weight .05 (default)"
