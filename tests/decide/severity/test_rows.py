"""Every row of the default policy is reached by facts made for it, and not by facts just below."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cockpit.config import Config
from cockpit.decide.severity.policy import default_policy
from cockpit.records import Assessment, Baseline, Difference
from cockpit.state import State
from cockpit.views import Chart
from tests.decide.severity.judging import (
    CONFIG,
    TIER1,
    began,
    burning,
    calibrated,
    drift,
    failing,
    healthy,
    hurt_segment,
    judged,
    p99_chart,
    slow,
    with_metric,
    wrong,
)
from tests.decide.stories import AT, event, state

Story = tuple[Assessment, State, Config, list[Chart]]


def story(
    facts: Assessment | None = None,
    *events: object,
    config: Config = CONFIG,
    charts: tuple[Chart, ...] = (),
) -> Story:
    now = began(state(*events))  # type: ignore[arg-type]
    return facts or healthy(), now, config, list(charts)


def gap(low: float, before: float | None = None) -> Assessment:
    facts = healthy()
    base = None if before is None else Baseline(what="before", value=before, high=before)
    found = replace(
        facts.metrics[0],
        name="false_negative_gap",
        value=low + 0.1,
        low=low,
        high=low + 0.2,
        baseline=base,
        sentence="age_band 18–25: 31 % of positives missed",
    )
    return replace(facts, gaps=[found])


def auc(high: float) -> Assessment:
    change = Difference(value=-0.02, low=-0.04, high=high)
    return with_metric(healthy(), name="auc", value=0.95, difference=change)


def drifting(drift_class: str, falling: bool, **changed: object) -> Assessment:
    facts = healthy(drift=[drift(drift_class, **changed)])
    if not falling:
        return facts
    return with_metric(facts, name="wrong_rate", verdict="watch")


def promise(missed: float) -> Assessment:
    return with_metric(healthy(), name="precision", missed=missed)


def own(verdict: str) -> Assessment:
    return with_metric(healthy(), name="refused", value=0.2, unit="share", verdict=verdict)


def reports(count: int) -> Story:
    return story(None, *(event("report", "it hurts", AT, seq=10 + i) for i in range(count)))


def burn(rate: float, certainty: float) -> Story:
    return story(healthy(burns=[burning(rate, certainty)]))


def missing(share: float, above: int) -> Story:
    """A feature is missing in a share of rows; so many others are more important."""
    others = [drift("minor", feature=f"f{i}", importance=2.0) for i in range(above)]
    gone = drift("major", missing_share=share, psi_corrected=0.1)
    return story(healthy(drift=[*others, replace(gone, drift_class="noticeable")]))


def latency(minutes: float, p99: float = 418.0, low: float = 400.0) -> Story:
    return story(slow(p99, low), charts=(p99_chart(minutes),))


# (level, number of the entry): facts that reach it, facts just below.
ROWS: dict[tuple[str, int], tuple[Story, list[Story]]] = {
    ("SEV0", 0): (story(None, event("safety", "a dose", AT, seq=9)), [story()]),
    ("SEV0", 1): (story(gap(0.06, 0.02)), [story(gap(0.04)), story(gap(0.06, 0.07))]),
    ("SEV1", 0): (
        story(hurt_segment(0.25, 3.0)),
        [story(hurt_segment(0.24, 3.0)), story(hurt_segment(0.25, 1.9))],
    ),
    ("SEV1", 1): (story(failing(0.27)), [story(failing(0.25)), story(failing(0.24))]),
    ("SEV1", 2): (burn(14.4, 0.9), [burn(14.4, 0.89), burn(6.0, 0.99)]),
    ("SEV1", 3): (
        story(hurt_segment(0.01, 1.2), config=TIER1),
        [story(hurt_segment(0.01, 1.2)), story(config=TIER1)],
    ),
    ("SEV1", 4): (
        story(failing(0.06), config=TIER1),
        [story(failing(0.06)), story(failing(0.04), config=TIER1)],
    ),
    ("SEV2", 0): (story(hurt_segment(0.01, 3.0)), [story(hurt_segment(0.01, 1.9))]),
    ("SEV2", 1): (story(hurt_segment(0.05, 1.2)), [story(hurt_segment(0.049, 1.2))]),
    ("SEV2", 2): (story(failing(0.06)), [story(failing(0.05)), story(failing(0.01))]),
    ("SEV2", 3): (burn(6.0, 0.9), [burn(6.0, 0.89), burn(1.0, 0.99)]),
    ("SEV2", 4): (latency(15), [latency(14), latency(20, 251.0, 249.0), latency(20, 240.0, 230.0)]),
    ("SEV2", 5): (missing(0.06, 9), [missing(0.05, 9), missing(0.06, 10)]),
    ("SEV2", 6): (
        story(calibrated(1.26, 1.4)),
        [story(calibrated(1.24, 1.4)), story(calibrated(1.26, 1.4, "fine"))],
    ),
    ("SEV2", 7): (story(promise(0.9)), [story(promise(0.89))]),
    ("SEV3", 0): (story(hurt_segment(0.01, 1.2)), [story()]),
    ("SEV3", 1): (burn(1.0, 0.9), [burn(1.0, 0.89)]),
    ("SEV3", 2): (story(auc(-0.001)), [story(auc(0.0))]),
    ("SEV3", 3): (
        story(drifting("major", True)),
        [story(drifting("major", False)), story(drifting("noticeable", True))],
    ),
    ("SEV3", 4): (story(own("degraded")), [story(own("watch"))]),
    ("SEV3", 5): (reports(3), [reports(2)]),
}


def suggested(told: Story) -> str:
    facts, now, config, charts = told
    return judged(facts, now, config, charts=charts).suggested


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_is_reached_and_not_just_below(row: tuple[str, int]) -> None:
    level, number = row
    entry = default_policy().row(level).any[number]  # type: ignore[arg-type]
    reaches, below = ROWS[row]
    assert suggested(reaches) == level, entry.facts
    assert all(suggested(one) > level for one in below), entry.facts


def test_every_row_above_the_lowest_is_tried() -> None:
    rows = default_policy().levels
    assert set(ROWS) == {
        (row.level, i) for row in rows if row.level != "SEV4" for i in range(len(row.any))
    }


def test_the_lowest_level_is_for_what_has_no_effect() -> None:
    found = judged(drifting("noticeable", False), began(state()))
    assert (found.suggested, found.evidence) == ("SEV4", ["age drifted (noticeable)"])
    nothing = judged(healthy(), began(state()))
    assert nothing.suggested == "SEV4"
    assert nothing.evidence == ["nothing measured matches a row of the policy"]


def test_twice_the_harm_everywhere_is_a_quarter_of_users_and_more() -> None:
    assert suggested(story(wrong(2.5))) == "SEV1"
    assert suggested(story(wrong(1.5))) == "SEV2"  # measurably worse, for everybody
    assert suggested(story(wrong(1.5, verdict="fine"))) == "SEV4"


def test_a_gap_between_groups_is_for_a_person_to_confirm() -> None:
    facts = gap(0.06, 0.02)
    found = judged(facts, began(state()))
    assert (found.suggested, found.level, found.confirmed) == ("SEV0", "SEV4", False)
    assert "for a person to say" in found.evidence[0]
    said = state(event("severity", "", AT, seq=9, writer="me", severity="SEV0"))
    assert judged(facts, said).level == "SEV0"
