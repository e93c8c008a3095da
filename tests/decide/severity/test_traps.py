"""What the figures are often taken for: said where the case fits, and nothing but advice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.decide.severity.policy import default_policy
from cockpit.records import HOUR, Assessment, Difference
from cockpit.state import State
from tests.decide.severity.judging import (
    TIER1,
    began,
    burning,
    calibrated,
    drift,
    healthy,
    hurt_segment,
    judged,
    with_metric,
)
from tests.decide.stories import AT, event, state

QUIET = "quality falls while the service looks well"
CALIBRATION = "calibration broken, ranking intact"
MISSING = "features missing"
SCHEMA = "schema or unit changed"


def cases(facts: Assessment, now: State | None = None) -> list[str]:
    return [trap.case for trap in judged(facts, now or began(state())).traps]


def ranked(facts: Assessment, high: float) -> Assessment:
    change = Difference(value=-0.01, low=-0.03, high=high)
    return with_metric(facts, name="auc", value=0.95, difference=change)


def schema(at: int) -> State:
    return began(state(event("schema", "cents", at, seq=9)))


def test_each_case_is_said_where_it_fits_and_not_elsewhere() -> None:
    assert cases(healthy()) == []
    assert cases(hurt_segment(0.1, 3.0)) == [QUIET]
    assert cases(replace(hurt_segment(0.1, 3.0), burns=[burning(14.4, 0.99)])) == []
    assert cases(ranked(calibrated(1.3, 1.5), 0.01)) == [CALIBRATION]
    assert cases(ranked(calibrated(1.3, 1.5), -0.01)) == []
    assert cases(healthy(drift=[drift(missing_share=0.2)])) == [MISSING]
    assert cases(healthy(drift=[drift()]), schema(AT - HOUR)) == [SCHEMA]
    assert cases(healthy(drift=[drift()]), schema(AT - 7 * HOUR)) == []
    assert cases(healthy(drift=[drift(feature="score")]), schema(AT - HOUR)) == []


def test_a_mark_of_a_kind_has_its_own_trap() -> None:
    marked = state(event("privacy", "names", AT, seq=9))
    (trap,) = judged(healthy(), marked).traps
    assert trap.level == "SEV0"
    assert "deleting logs destroys the evidence" in trap.text
    assert cases(healthy(), state(event("data_loss", "", AT, seq=9))) == []


@pytest.mark.parametrize(("config", "level"), [(None, "SEV2"), (TIER1, "SEV1")])
def test_the_level_of_a_case_is_advice(config: object, level: str) -> None:
    facts = ranked(calibrated(1.3, 1.5), 0.01)
    found = judged(facts, began(state()), *([config] if config else []))  # type: ignore[arg-type]
    assert found.traps[0].level == level
    assert found.suggested == "SEV2"  # by what was measured, whatever the case says


def test_every_case_has_words_and_those_that_no_figure_tells_are_never_shown() -> None:
    told = default_policy().cases
    assert all(case.case and case.first and case.trap for case in told)
    assert {"label leakage", "feedback loop", "retry storm"} <= {c.case for c in told if not c.when}
