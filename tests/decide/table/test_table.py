"""What the table says as a whole: worth of looking, the recommendation, its words, its JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cockpit.config import Config
from cockpit.decide.table.report import option_table
from cockpit.setting import with_value
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
STORIES: dict[str, tuple[Cells, dict[str, float] | None]] = {
    "rollout": (ROLLOUT, SLOW),
    "unit swap": (UNIT_SWAP, None),
    "no labels": (NO_LABELS, None),
    "few labels": ({key: Counts(1, 1, 1, 4, c.requests) for key, c in ROLLOUT.items()}, SLOW),
    "one version": ({k: c for k, c in ROLLOUT.items() if k[0] == "v42"}, SLOW),
    "nothing": ({("v42", "rest"): Counts(0, 0, 0, 0, 0)}, None),
}
LEVELS = ("SEV1", "SEV2", "SEV3")


def table(story: str = "rollout", config: Config = CONFIG, level: str = "SEV3") -> OptionTable:
    cells, p99 = STORIES[story]
    return option_table(assessment(cells, p99=p99), state(), config, level=level)


@pytest.fixture(scope="module", params=[(s, level) for s in STORIES for level in LEVELS])
def found(request: pytest.FixtureRequest) -> OptionTable:
    story, level = request.param
    return table(story, level=level)


def value(row: OptionRow) -> float:
    """Expected harm."""
    assert row.harm.value is not None
    return row.harm.value


def sentences(found: OptionTable) -> Iterator[str]:
    """Everything a person reads."""
    yield from (found.header, found.act, found.robust, found.diagnose, *found.footnotes)
    yield from (flip.sentence for flip in found.flips)
    yield from (worth.sentence for worth in found.unknowns)
    yield from msgspec.structs.asdict(found.recommendation).values()
    for row in found.rows:
        yield from (row.sentence, row.expected, row.needs, row.blocked, *row.warnings)
        for figure in (row.quality, row.latency, row.exposed, row.wrong, row.until, *row.budget):
            yield from (figure.text, *figure.derivation)


def test_it_survives_json_whole(found: OptionTable) -> None:
    again = msgspec.json.decode(msgspec.json.encode(found), type=OptionTable)
    assert again == found


def test_no_number_is_written_oddly(found: OptionTable) -> None:
    for sentence in sentences(found):
        if isinstance(sentence, str):
            assert not re.search(r"(?<![\w.])-\d", sentence), sentence  # a minus is a true one
            assert not re.search(r"[+−]0(?![\d.,])|−0 %|\bnan\b|\binf\b|\de[+-]?\d", sentence)
            assert not re.search(r"\d harm\b|harm units", sentence), sentence
            assert "None" not in sentence
            assert sentence.isprintable()


def test_the_recommendation_is_one_that_can_be_taken_and_says_why_in_a_line(
    found: OptionTable,
) -> None:
    chosen = found.recommendation
    assert chosen.why
    assert len(chosen.why) <= 170
    rows = {row.id: row for row in found.rows}
    if chosen.option:
        assert rows[chosen.option].blocked == ""
        assert found.rows[0].id == chosen.option
        assert (chosen.recheck is not None) == (chosen.option in ("observe", "shadow"))


def test_chances_of_being_best_share_one_and_regret_is_never_negative(found: OptionTable) -> None:
    free = [row for row in found.rows if row.best is not None]
    if free:
        assert sum(row.best or 0.0 for row in free) == pytest.approx(1.0)
        assert all((row.regret or 0.0) >= -1e-6 for row in free)
        assert all(row.blocked == "" for row in free)
        assert min(row.regret or 0.0 for row in free) == pytest.approx(
            next(row.regret for row in free if value(row) == min(map(value, free)))
        )


def test_nothing_is_dominated_by_what_cannot_be_taken(found: OptionTable) -> None:
    blocked = {row.label for row in found.rows if row.blocked}
    for row in found.rows:
        assert row.dominated.removeprefix("nearly, by ") not in blocked


def test_harm_is_the_mean_of_the_harm_under_each_fault(found: OptionTable) -> None:
    believed = {h.id: h.probability for h in found.hypotheses}
    for row in found.rows:
        if row.by_fault:
            each = (believed[f] * (figure.value or 0.0) for f, figure in row.by_fault.items())
            assert value(row) == pytest.approx(sum(each), abs=1e-6)
            assert row.tail is not None
            assert row.tail >= value(row) - 1e-6


def test_unknowns_come_by_what_knowing_them_would_spare_and_say_it() -> None:
    told = table()
    worths = [
        worth.perfect if worth.perfect is not None else worth.probe for worth in told.unknowns
    ]
    assert worths == sorted(worths, key=lambda worth: -(worth or 0.0))
    assert all(worth is not None and worth >= 0.5 for worth in worths)
    for worth in told.unknowns:
        assert "(weighted)" in worth.sentence
        assert worth.probe is None or worth.minutes is not None


def test_labels_that_come_are_worth_waiting_for_only_where_any_come() -> None:
    assert not any(worth.id == "labels" for worth in table("no labels").unknowns)
    few = table("few labels")
    labels = [worth for worth in few.unknowns if worth.id == "labels"]
    for worth in labels:
        assert worth.minutes is not None
        assert worth.minutes >= 1.0
        assert "waiting for them would spare" in worth.sentence


def test_on_too_little_data_a_full_rollback_proposes_shadow_first_below_sev1() -> None:
    alone = with_value(CONFIG, "options.canary.enabled", "false")
    alone = with_value(alone, "options.split.enabled", "false")
    for level in LEVELS:
        told = table("few labels", alone, level)
        if told.recommendation.option == "rollback":
            assert told.recommendation.guard.startswith("not enough data: shadow first") == (
                level != "SEV1"
            )
            if level != "SEV1":
                assert "data enough for a verdict in" in told.recommendation.guard


def test_while_many_requests_fail_observing_is_never_advised() -> None:
    cells = {**ROLLOUT, ("v42", "BR"): Counts(60, 12, 14, 1_114, 5_000)}
    told = assessment(cells)
    error = next(e for e in told.metrics if e.name == "latency_p99" and e.version is None)
    failing = replace(error, name="error_rate", id="error_rate", value=0.2, n=5_000, n_pos=1_000)
    bad = replace(told, metrics=[*told.metrics, replace(failing, unit="share", baseline=None)])
    found = option_table(bad, state(), CONFIG)
    assert found.recommendation.option != "observe"


@pytest.mark.parametrize("level", LEVELS)
def test_the_rollout_says_why_not_observe_and_the_unit_swap_why_not_rollback(level: str) -> None:
    rollout, swap = table("rollout", level=level), table("unit swap", level=level)
    assert rollout.recommendation.option != "observe"
    assert any(note.startswith("not observe: ") for note in rollout.footnotes)
    assert swap.recommendation.option != "rollback"
    (why,) = (note for note in swap.footnotes if note.startswith("not rollback to v41: "))
    assert "with its data or features at fault" in why


def test_the_unit_is_the_teams_own_and_inert() -> None:
    own = replace(CONFIG, model=replace(CONFIG.model, harm=replace(
        CONFIG.model.harm, unit="missed\x1b[31m frauds"
    )))  # fmt: skip
    told = table(config=own)
    assert told.header.startswith("missed")
    assert any("frauds (weighted)" in note for note in told.footnotes)
    for sentence in sentences(told):
        assert not isinstance(sentence, str) or sentence.isprintable()


def test_a_value_set_here_is_marked_and_moves_the_table() -> None:
    key = "model.harm.false_positive"
    told = state(event("set", "", AT, seq=9, writer="me", key=key, value="1"))
    cells, p99 = STORIES["rollout"]
    found = option_table(assessment(cells, p99=p99), told, with_value(CONFIG, key, "1"))
    assert next(a for a in found.assumptions if a.key == key).source == "set here"
    harm = {row.id: value(row) for row in table().rows}
    assert all(value(row) != harm[row.id] for row in found.rows)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(sorted(STORIES)),
    st.sampled_from(LEVELS),
    st.sampled_from(["[0.1, 0.2]", "[400, 900]"]),
    st.sampled_from(["0%", "100%"]),
)
def test_whatever_is_assumed_the_table_is_sound(
    story: str, level: str, minutes: str, share: str
) -> None:
    config = CONFIG
    for key, value in (
        ("decisions.minutes_to_fix", minutes),
        ("options.rules.wrong_share", share),
        ("options.canary.share", share),
        ("options.throttle.shed", share),
        ("options.rollback.fails", share),
        ("decisions.improvement", f"[{share}, {share}]"),
    ):
        config = with_value(config, key, value)
    found = table(story, config, level)
    for row in found.rows:
        for figure in (row.wrong, row.until, row.exposed, row.improvement):
            if figure.low is not None and figure.high is not None:
                assert figure.low <= figure.high
            assert figure.value is None or figure.value == figure.value
