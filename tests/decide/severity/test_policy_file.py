"""The policy as a file: what comes with cockpit, and what is said of a mistake in one's own."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from cockpit.assess.inputs import BURN_SPANS
from cockpit.assess.service.burn import THRESHOLDS
from cockpit.decide.severity.conditions import FACTS
from cockpit.decide.severity.policy import BURNS, Entry, Policy, default_policy, read_policy
from cockpit.records import BadInput
from cockpit.views import LEVELS
from tests.decide.severity.judging import TIER1, began, healthy, hurt_segment, judged, slow
from tests.decide.stories import state

DEFAULT = Path(__file__).parents[3] / "src/cockpit/decide/severity/severity.yaml"


def test_every_fact_of_the_policy_can_be_looked_for_and_every_budget_is_watched() -> None:
    assert set(FACTS) == {name for name in Entry.__struct_fields__ if name != "confirm"}
    assert dict(zip(THRESHOLDS, BURN_SPANS, strict=True)) == BURNS


def test_the_default_policy_is_read_as_it_is_written() -> None:
    policy = default_policy()
    assert read_policy(DEFAULT) == policy
    assert [row.level for row in policy.levels] == list(LEVELS)
    again = msgspec.convert(msgspec.to_builtins(policy), Policy)
    assert again == policy


# What is changed in the default policy, and what is then said of it.
MISTAKES = [
    ("wrong_decisions: {times_healthy", "wrong_decision: {times_healthy", "wrong_decisions"),
    ("sure: 90%, of: 25%", "certain: 90%, of: 25%", "unknown key"),
    ("of: 25%", "of: 250%", "levels[1].any[0].wrong_decisions.of: '250%' is not a share"),
    ("{for: 15m}", "{for: quarter}", "latency_over_objective.for: 'quarter' is not a duration"),
    ("over: [6h, 30m]", "over: [6h, 5m]", "levels[2].any[3].burn: is not watched"),
    ("rate: 6,", "rate: 7,", "14.4 over [1h, 5m], 6 over [6h, 30m]"),
    ("{reports: {at_least: 3}}", "{}", "levels[3].any[5]: names no fact"),
    ("{reports: {at_least: 3}}", "{confirm: true}", "names no fact"),
    ("{at_least: 3}", "{at_least: 0}", "levels[3].any[5].reports.at_least"),
    ("contain_within: 10m", "contain_within: soon", "'soon' is not a duration"),
    ("internal: 4h", "internal: 0m", "no time at all"),
    ("after: 30m, reason", "after: 30, reason", "lowering.after"),
    ("level: SEV4\n    any", "level: SEV3\n    any", "each of SEV0, SEV1"),
    ("level: SEV4\n    any", "level: SEV5\n    any", "SEV5"),
    ("unsure: higher", "unsure: lowest", "lowest"),
    ("cases:", "case:", "did you mean 'cases'?"),
    ("{schema_changed: 6h", "{schema_changed: often", "cases[3].when[0].schema_changed"),
]


@pytest.mark.parametrize(("right", "mistaken", "said"), MISTAKES)
def test_a_mistake_is_said_with_file_place_and_mend(right: str, mistaken: str, said: str) -> None:
    text = DEFAULT.read_text("utf-8")
    assert right in text
    wrong = text.replace(right, mistaken, 1)
    with pytest.raises(BadInput, match=r"^mine\.yaml:\d+: ") as raised:
        read_policy(wrong, "mine.yaml")
    message = str(raised.value)
    assert said in message
    assert "\n" not in message


def test_the_place_is_the_line_of_the_mistake() -> None:
    text = DEFAULT.read_text("utf-8").replace("share_hurt: {at_least", "share_hurts: {at_least")
    line = next(i for i, one in enumerate(text.splitlines(), 1) if "share_hurts" in one)
    with pytest.raises(BadInput) as raised:
        read_policy(text, "mine.yaml")
    assert str(raised.value) == (
        f"mine.yaml:{line}: levels[2].any[1].share_hurts: unknown key; did you mean 'share_hurt'?"
    )


def test_yaml_that_builds_objects_is_refused() -> None:
    with pytest.raises(BadInput):
        read_policy("levels: !!python/object/apply:os.system [true]", "mine.yaml")


def small(**rows: list[dict[str, object]]) -> Policy:
    """A policy of a team's own: nothing but these entries."""
    levels = [
        {"level": level, "any": rows.get(level, []), "updates": {"internal": "1h"}}
        for level in LEVELS
    ]
    return read_policy(yaml.safe_dump({"levels": levels}), "mine.yaml")


def test_a_team_s_own_policy_decides() -> None:
    strict = small(SEV1=[{"share_hurt": {"at_least": "1%"}}])
    facts = hurt_segment(0.02, 1.2)
    assert judged(facts, began(state())).suggested == "SEV3"
    assert judged(facts, began(state()), policy=strict).suggested == "SEV1"
    assert judged(slow(), began(state()), policy=strict).suggested == "SEV4"
    assert judged(facts, began(state()), policy=strict).cadence == 3_600_000_000


def test_facts_of_one_entry_must_hold_together() -> None:
    both = small(SEV2=[{"tier1": True, "share_hurt": {}, "service_quiet": True}])
    facts = hurt_segment(0.02, 1.2)
    assert judged(facts, began(state()), TIER1, policy=both).suggested == "SEV2"
    assert judged(facts, began(state()), policy=both).suggested == "SEV4"
    assert judged(healthy(), began(state()), TIER1, policy=both).suggested == "SEV4"
