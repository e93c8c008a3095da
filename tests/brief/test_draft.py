"""Drafts: short enough to be read aloud, in the order they are needed, true to the view."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings

from cockpit.brief.draft import draft
from cockpit.brief.facts import as_data, facts
from cockpit.brief.likelihood import WORDS
from cockpit.reading import words
from cockpit.records import MINUTE, BadInput, Event
from cockpit.views import View
from tests.brief.sample_view import AT, CHOICE, CONFIG, EXEC_ASK, VIEW, estimate, quiet
from tests.brief.situations import changed, views, with_knowledge

METRIC_NAMES = re.compile(
    r"\b(auc|psi|p9[59]|ece|f1|kl|recall|precision|brier|latency_\w+)\b", re.IGNORECASE
)
LIKELIHOOD = re.compile("|".join(rf"\b{word}\b" for word in sorted(WORDS, key=len, reverse=True)))


def executive(view: View, **changes: Any) -> str:
    return draft(with_knowledge(changed(view, **changes)), "exec", CONFIG)


def technical(view: View, **changes: Any) -> str:
    return draft(with_knowledge(changed(view, **changes)), "technical", CONFIG)


def headline(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("**TL;DR:**"))[
        len("**TL;DR:** ") :
    ]


@given(views())
def test_the_executive_brief_is_sound_at_every_moment(view: View) -> None:
    text = draft(view, "exec", CONFIG)
    assert words(text) <= 225
    parts = ["**TL;DR:**", "**How sure:**", "**Actions**", "**Asked of you:**", "**Next update:**"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    first = headline(text)
    assert words(first) <= 30
    assert first.endswith(".")
    assert not METRIC_NAMES.search(text)
    assert len(LIKELIHOOD.findall(text)) == (1 if "No probability" not in text else 0)
    assert text.startswith("**") == bool(view.status.safety)
    for part in ("**Known**", "**Not known**", "**Next**"):
        assert re.search(re.escape(part) + r"\n\n- \S", text)
    assert "Figures as of 02:51:00 UTC" in text
    assert view.recording[:12] in text


@settings(max_examples=40)
@given(views())
def test_the_technical_brief_is_sound_at_every_moment(view: View) -> None:
    text = draft(view, "technical", CONFIG)
    assert words(text) <= 1_500
    assert "undefined" not in text.casefold()
    for fact in facts(view).values():
        if fact.value is not None:
            assert fact.text in text


def test_the_first_sentence_says_who_how_many_since_when_and_how_bad() -> None:
    assert headline(executive(VIEW)) == (
        "SEV2 (not yet confirmed): since 02:48 UTC, about 1 in 12 decisions in region BR is wrong, "
        "affecting 8 % of requests (424 so far), getting worse."
    )


def test_an_incident_with_everything_is_told_in_sixty_to_ninety_seconds() -> None:
    text = executive(VIEW, choice=CHOICE, asks=[*VIEW.asks, EXEC_ASK])
    assert 120 <= words(text) <= 225
    assert "…" not in text


def test_what_is_not_yet_known_is_said_to_be_unknown() -> None:
    text = executive(quiet(AT))
    assert "who is affected and how many is not yet known" in text
    assert "No probability can be stated yet" in text
    unlabelled = changed(quiet(AT).impact, unlabelled_share=1.0)
    assert "No decision of this time has a label yet" in executive(quiet(AT), impact=unlabelled)


def test_without_measured_harm_no_time_since_when_is_given() -> None:
    view = quiet(AT)
    impact = changed(view.impact, since=AT - 12 * MINUTE)
    assert headline(executive(view, impact=impact)).count("since") == 0


def test_requests_that_fail_are_the_headline_and_not_called_worse_answers() -> None:
    failing = estimate("error_rate", 0.3, unit="share", verdict="critical", baseline=None)
    view = quiet(AT)
    said = headline(executive(view, infra=changed(view.infra, metrics=[failing])))
    assert "30 of 100 requests fail" in said
    assert "answers" not in said


def test_safety_is_the_first_line_whatever_is_measured() -> None:
    for tell in (executive, technical):
        text = tell(quiet(AT), status=changed(quiet(AT).status, safety="safety", severity="SEV0"))
        assert text.splitlines()[0].startswith("**SAFETY: SEV0")


def test_a_brief_holds_only_its_own_readers_ask() -> None:
    asks = [*VIEW.asks, EXEC_ASK]
    for_executives, for_engineers = executive(VIEW, asks=asks), technical(VIEW, asks=asks)
    assert (
        "Approve switching region BR off, by 03:05 UTC (04:05 CET); owner: director."
        in for_executives
    )
    assert "Without an answer: it is switched off at the deadline." in for_executives
    assert "warm 12 workers" not in for_executives
    section = for_engineers.split("## Asks waiting for an answer")[1].split("##")[0]
    assert "infra, by 02:58 UTC (03:58 CET): Warm 12 workers." in section
    assert "director" not in section


def test_an_answered_ask_is_not_asked_again() -> None:
    answered = changed(EXEC_ASK, answer="yes", answered_at=AT, state="answered")
    assert "Nothing is asked of you now." in executive(VIEW, asks=[answered])


def test_the_next_update_is_an_absolute_time_on_both_clocks() -> None:
    assert "**Next update:** by 03:20 UTC (04:20 CET)." in executive(VIEW)
    late = changed(VIEW.status, update_due=AT - 5 * MINUTE)
    assert "was due at 02:46 UTC (03:46 CET); it is 5 min late." in executive(VIEW, status=late)


def test_what_is_watched_is_said_with_threshold_and_time() -> None:
    before = executive(VIEW, choice=CHOICE)
    assert "is not yet executed" in before
    assert "Watched for 6 min once executed: wrong decisions in region BR below 1 in 40." in before
    done = changed(CHOICE, executed_at=AT, due=AT + 6 * MINUTE, effect="watching")
    assert "Watched until 02:57 UTC (03:57 CET): wrong decisions" in executive(VIEW, choice=done)


def test_going_against_the_recommendation_is_said_with_its_reason() -> None:
    other = changed(CHOICE, option="rollback", label="rollback to v41", reason="we know it well")
    assert "Reason to go against the recommendation: we know it well." in technical(
        VIEW, choice=other
    )


def test_fewer_affected_than_the_last_brief_said_is_a_correction() -> None:
    before = changed(VIEW, impact=changed(VIEW.impact, affected=900))
    export = Event(
        id="ada:9",
        writer="ada",
        seq=9,
        lamport=9,
        at=AT - 11 * MINUTE,
        observed_at=AT - 11 * MINUTE,
        written_at=0,
        kind="export",
        data={"audience": "exec", "figures": as_data(facts(before))},
    )
    said = draft(VIEW, "exec", CONFIG, previous_export=export)
    assert "Corrected: the update of 02:40 UTC said 900 requests; it is 424 requests." in said
    assert "Corrected" not in draft(before, "exec", CONFIG, previous_export=export)
    unreadable = changed(export, data={"figures": {"affected": "many"}})
    assert "Corrected" not in draft(VIEW, "exec", CONFIG, previous_export=unreadable)


def test_the_technical_brief_gives_every_figure_its_interval_sample_window_and_verdict() -> None:
    text = technical(VIEW)
    assert (
        "| precision | 0.812 | 0.790 to 0.833 | 0.893 (before the incident) | 1,204 "
        "| 01:51–02:51 UTC | degraded |" in text
    )
    assert "| amount | 1.90 | 1.70 to 2.10 | 5,310 | major | 0 % | 0 % |" in text
    assert "- p99, 02:45–02:51 UTC: ▁▁·▄▇█ (238 ms to 418 ms)" in text
    assert "| 02:47:00 | −01:00 | 16 min | schema | recording | schema amount (BR) |" in text
    assert "blocked: 24 of 36 workers warm" in text
    assert "### Detection, left at 02:50 UTC" in text
    assert "- How many users are affected. (open since detection)" in text


def test_a_long_timeline_keeps_its_latest_entries_and_says_what_is_left_out() -> None:
    entry = VIEW.timeline[0]
    many = [changed(entry, id=f"ada:{i}", text=f"note {i} " + "word " * 20) for i in range(500)]
    text = technical(VIEW, timeline=many)
    assert words(text) <= 1_500
    assert "note 499" in text
    assert re.search(r"\d+ more in the incident file\.", text)


def test_an_audience_there_is_not_is_one_clear_line() -> None:
    with pytest.raises(BadInput, match="'board' is no audience; write one of exec, technical"):
        draft(VIEW, "board", CONFIG)
