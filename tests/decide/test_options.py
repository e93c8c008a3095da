"""The containment table: what it recommends in two incidents, and what it never claims."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.config import Config, Model
from cockpit.decide.table.report import option_table
from cockpit.incident.state import fold
from cockpit.records import Assessment
from cockpit.tables import ABSENT
from cockpit.views import OptionRow, OptionTable
from tests.decide.stories import (
    AT,
    CONFIG,
    NO_LABELS,
    ROLLOUT,
    UNIT_SWAP,
    Cells,
    Counts,
    assessment,
    event,
    state,
)

SLOW = {"v42": 418.0, "v41": 118.0}


def table(cells: Cells, config: Config = CONFIG, **p99: float) -> OptionTable:
    return option_table(assessment(cells, p99=p99 or None), state(), config)


def by_kind(found: OptionTable) -> dict[str, OptionRow]:
    return {row.kind: row for row in found.rows}


def with_option(name: str, **values: object) -> Config:
    settings_ = msgspec.to_builtins(CONFIG)
    settings_["options"][name] = {**settings_["options"].get(name, {}), **values}
    return msgspec.convert(settings_, Config)


def with_block(block: str, **values: object) -> Config:
    settings_ = msgspec.to_builtins(CONFIG)
    settings_[block] = {**settings_[block], **values}
    return msgspec.convert(settings_, Config)


def test_all_nine_options_are_there_each_with_every_figure_explained() -> None:
    found = table(ROLLOUT, **SLOW)
    kinds = {"observe", "rollback", "canary", "split", "shadow", "rules", "throttle", "kill"}
    assert set(by_kind(found)) == kinds | {"segment_off"}
    for row in found.rows:
        for figure in (row.quality, row.latency, row.exposed, row.wrong, row.effect, row.undo):
            assert figure.text
            assert figure.derivation


def test_a_bad_rollout_is_rolled_back_or_switched_off_where_it_hurts() -> None:
    found = table(ROLLOUT, **SLOW)
    rows = by_kind(found)
    assert found.recommendation.option in ("segment_off", "rollback", "canary")
    assert "v42 100 of 1,200 wrong, v41 2 of 140 wrong in region BR" in found.footnotes
    assert any(note.startswith("not observe: ") for note in found.footnotes)
    assert rows["rollback"].wrong.value < rows["observe"].wrong.value  # type: ignore[operator]
    assert rows["rollback"].exposed.value == 0
    assert rows["observe"].exposed.value == pytest.approx(0.9, abs=0.01)
    assert rows["rollback"].latency.text == "118 ms"
    assert rows["observe"].latency.text == "418 ms"


def test_rolling_back_is_no_help_against_spoiled_data() -> None:
    found = table(UNIT_SWAP)
    rows = by_kind(found)
    assert found.recommendation.option == "segment_off"
    assert rows["segment_off"].label == "segment off: region BR"
    (note,) = (note for note in found.footnotes if note.startswith("not rollback to v41: "))
    assert "more wrong decisions (weighted) than segment off: region BR" in note
    assert note.endswith("with its data or features at fault (79 %) it spares nothing")
    assert "v42 100 of 1,200 wrong, v41 12 of 140 wrong in region BR" in found.footnotes
    order = [row.kind for row in found.rows]
    assert order.index("rollback") > order.index("observe")
    assert rows["rollback"].exposed.value == pytest.approx(rows["observe"].exposed.value)
    assert rows["segment_off"].exposed.value == 0


def test_a_version_that_serves_nothing_is_given_the_baseline_and_says_so() -> None:
    alone = {key: counts for key, counts in ROLLOUT.items() if key[0] == "v42"}
    found = option_table(assessment(alone, p99={"v42": 418.0}), state(), CONFIG)
    rollback = by_kind(found)["rollback"]
    assert rollback.wrong.assumed
    assert any(
        "v41 in BR" in line or "serves nothing now" in line for line in rollback.wrong.derivation
    )
    assert rollback.latency.assumed
    assert "v42 100 of 1,200 wrong, v41 no labels yet in region BR" in found.footnotes


def unknown(cells: Cells, p99: dict[str, float] | None = None) -> Assessment:
    """The same, without any baseline of wrong decisions."""
    told = assessment(cells, p99=p99)
    shares = {"wrong_rate", "false_positive_share", "false_negative_share", "precision"}
    bare = [
        [replace(e, baseline=None) if e.name in shares else e for e in estimates]
        for estimates in (told.metrics, told.segments)
    ]
    return replace(told, metrics=bare[0], segments=bare[1])


def test_without_labels_what_a_fault_does_to_decisions_is_assumed_and_says_so() -> None:
    found = table(NO_LABELS, **SLOW)
    assert "assumed" in found.header
    assert any(note.startswith("no decision is labelled yet: ") for note in found.footnotes)
    for row in found.rows:
        assert row.wrong.assumed or row.kind == "kill"
    doubted = with_block("decisions", unlabelled=[3.0, 6.0])
    worse = table(NO_LABELS, doubted, **SLOW)
    assert by_kind(worse)["observe"].harm.value > by_kind(found)["observe"].harm.value  # type: ignore[operator]


def test_without_labels_or_baseline_nothing_is_said_of_wrong_decisions() -> None:
    found = option_table(unknown(NO_LABELS, SLOW), state(), CONFIG)
    assert found.header == "wrong decisions per hour now: not measured yet"
    for row in found.rows:
        assert row.wrong.value is None
        assert row.wrong.text.startswith("not measured")
    assert "by slow and failing requests alone" in found.recommendation.why


def test_and_with_good_latency_nothing_is_recommended() -> None:
    found = option_table(unknown(NO_LABELS), state(), CONFIG)
    assert found.recommendation.option == ""
    assert found.rows[0].kind == "observe"


def test_a_new_version_without_labels_is_told_by_the_fault_and_says_so() -> None:
    young = {("v42", "BR"): Counts(0, 0, 0, 0, 50), ("v42", "rest"): Counts(0, 0, 0, 0, 500)}
    found = table({**ROLLOUT, **young})
    observe = by_kind(found)["observe"]
    assert observe.wrong.assumed
    assert any("no labels yet: by the fault" in line for line in observe.wrong.derivation)
    assert any(note.startswith("v42 no labels yet, v41 ") for note in found.footnotes)


def test_versions_labelled_unevenly_are_not_compared_without_a_warning() -> None:
    young = {**ROLLOUT, ("v42", "rest"): Counts(100, 20, 25, 2_600, 58_000)}
    assert any("not like for like" in note for note in table(young).footnotes)
    assert not any("not like for like" in note for note in table(ROLLOUT).footnotes)


def test_while_nothing_is_bad_nothing_is_done() -> None:
    fine = {**ROLLOUT, ("v42", "BR"): Counts(60, 12, 14, 1_114, 5_000)}
    found = table(fine)
    assert found.recommendation.option == "observe"


def test_requests_not_served_are_no_right_decisions() -> None:
    rows = by_kind(table(ROLLOUT, **SLOW))
    kill, throttle = rows["kill"], rows["throttle"]
    assert kill.wrong.value is not None
    assert kill.wrong.value >= 0
    assert "unserved" in kill.wrong.text
    assert "unserved" in throttle.wrong.text
    assert kill.quality.text == "no decisions"
    assert throttle.quality.text == "±0"
    assert kill.until.value is not None
    assert kill.until.value == pytest.approx(0.0, abs=abs(rows["observe"].until.value or 0.0))


def test_workers_that_are_not_warm_are_waited_for() -> None:
    cold = with_option("rollback", capacity={"warm_workers": 8, "needed": 12})
    warm = by_kind(table(ROLLOUT, **SLOW))["rollback"]
    rollback = by_kind(option_table(assessment(ROLLOUT, p99=SLOW), state(), cold))["rollback"]
    assert (rollback.needs, rollback.blocked) == ("8/12 warm", "")
    assert any(warning.startswith("warm 4 more workers first") for warning in rollback.warnings)
    assert "warm workers up first" in rollback.companions
    assert rollback.effect.value == pytest.approx(warm.effect.value + 12.0)  # type: ignore[operator]
    assert rollback.harm.value > warm.harm.value  # type: ignore[operator]
    split = with_option("split", capacity={"warm_workers": 8, "needed": 12})
    row = by_kind(option_table(assessment(ROLLOUT, p99=SLOW), state(), split))["split"]
    assert (row.needs, row.blocked) == ("6/6 warm", "")


def test_an_option_can_be_ruled_out_and_a_segment_kept_on() -> None:
    assert "kill" not in by_kind(
        option_table(assessment(ROLLOUT), state(), with_option("kill", enabled=False))
    )
    elsewhere = with_option("segment_off", segments=["device"])
    row = by_kind(option_table(assessment(ROLLOUT), state(), elsewhere))["segment_off"]
    assert row.blocked == "options.segment_off.segments does not name region"


@pytest.mark.parametrize("kind", ["safety", "privacy", "data_loss"])
def test_safety_weighs_nothing(kind: str) -> None:
    marked = state(event(kind, "payments refused for good", AT, seq=9))
    found = option_table(assessment(ROLLOUT, p99=SLOW), marked, CONFIG)
    assert found.recommendation.option == "kill"
    for row in found.rows:
        ends = row.kind in ("kill", "rules")
        assert (row.blocked == "") == ends


def test_a_mark_on_the_worst_segment_lets_the_segment_be_switched_off() -> None:
    marked = state(event("safety", "harm in BR", AT, seq=9, segment="region BR"))
    found = option_table(assessment(ROLLOUT, p99=SLOW), marked, CONFIG)
    assert by_kind(found)["segment_off"].blocked == ""


def test_the_choice_is_shown() -> None:
    chosen = state(
        event("choose", "", AT, seq=9, writer="me", option="rollback"),
        event("execute", "", AT, seq=10, writer="me", choice="me:9"),
    )
    found = option_table(assessment(ROLLOUT), chosen, CONFIG)
    assert (found.chosen, found.executed) == ("rollback", True)


_COUNTS = st.builds(
    lambda tp, fp, fn, tn, more: Counts(tp, fp, fn, tn, tp + fp + fn + tn + more),
    *[st.integers(0, 400)] * 5,
)
_CELLS = st.fixed_dictionaries(
    {(version, part): _COUNTS for version in ("v41", "v42") for part in ("BR", "rest")}
)


@settings(max_examples=30)
@given(_CELLS, st.floats(1, 2_000), st.floats(1, 2_000))
def test_whatever_is_measured_the_table_is_sound(cells: Cells, slow: float, fast: float) -> None:
    found = table(cells, v42=slow, v41=fast)
    assert found == table(cells, v42=slow, v41=fast)  # the same facts give the same table
    rows = by_kind(found)
    observe = rows["observe"]
    assert rows["shadow"].wrong.text == observe.wrong.text
    for row in found.rows:
        if row.wrong.value is not None:
            assert row.wrong.value >= 0
        if row.wrong.low is not None and row.wrong.high is not None:
            assert row.wrong.low <= row.wrong.high
        if row.exposed.value is not None:
            assert -1e-9 <= row.exposed.value <= 1 + 1e-9
        if row.latency.value is not None and row.kind in ("canary", "split"):
            assert row.latency.value <= max(slow, fast) * 1.001
    assert found.recommendation.option in {"", *(row.id for row in found.rows if not row.blocked)}


def test_with_no_previous_version_going_back_is_not_priced_as_serving_nobody() -> None:
    alone = msgspec.structs.replace(CONFIG, model=Model())
    found = option_table(assessment({("v42", "rest"): ROLLOUT["v42", "rest"]}), fold([], AT), alone)
    rows = by_kind(found)
    for kind in ("rollback", "canary", "split"):
        row = rows[kind]
        assert "no previous version" in row.blocked
        assert (row.quality.value, row.wrong.value, row.exposed.value) == (None, None, None)
        assert row.latency.text == "not measured"
        assert "unserved" not in row.wrong.text
    assert rows["rules"].quality.unit == "precision"


def test_rows_that_name_no_version_are_none_to_go_back_to() -> None:
    cells = {("v42", "rest"): ROLLOUT["v42", "rest"], (ABSENT, "rest"): ROLLOUT["v41", "rest"]}
    found = option_table(assessment(cells), fold([], AT), Config())
    assert "no previous version" in by_kind(found)["rollback"].blocked


def test_a_small_share_is_not_rounded_to_nothing() -> None:
    found = table(ROLLOUT, with_option("canary", share="0.25%"))
    assert "options.canary.share = 0.25%" in [a.text for a in found.assumptions]


def test_under_a_safety_mark_no_harm_is_compared() -> None:
    marked = state(event("safety", "harm", AT, seq=9))
    found = option_table(assessment(ROLLOUT), marked, CONFIG)
    assert found.act == "safety: costs are not weighed"
    assert found.diagnose == "contain now"
    assert "costs are not weighed" in found.recommendation.why
