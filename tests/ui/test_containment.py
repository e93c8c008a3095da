"""Containment in full: what each option would do under each fault, and what would flip it."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.cli.options import option_table
from cockpit.numbers import probability
from cockpit.ui.grid import grid
from cockpit.ui.lines import plain, width
from cockpit.ui.option_derivation import option_lines
from cockpit.ui.pages import full_rows
from cockpit.ui.panes import flips, hypotheses, options
from cockpit.ui.panes.option_table import table_rows
from cockpit.ui.panes.status import Playhead, status_line
from cockpit.ui.place import FLIPS, HYPOTHESES, Place
from cockpit.ui.rows import items
from cockpit.views import OptionTable
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

VIEW = FakeSession().view(OPENS)
TABLE = VIEW.options
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


def with_table(**changes):
    return msgspec.structs.replace(VIEW, options=msgspec.structs.replace(TABLE, **changes))


def told(rows):
    return ["".join(text for text, _ in row.line).rstrip() for row in rows]


# The table


def test_the_table_says_how_likely_each_option_is_the_best_and_meets_the_latency_objective():
    head, *rows = told(table_rows(VIEW, 116))
    assert "p99→250 ms" in head
    assert head.endswith("best")
    for option, text in zip(TABLE.rows, rows, strict=True):
        promise = option.promises[0]
        if promise.in_15 is not None:
            p99 = option.latency.text.removesuffix(" ms")
            assert f"{p99:>3} {probability(promise.in_15):>5}" in text
    assert rows[0].endswith("advised   64 %")
    assert rows[1].endswith(" 22 %")


def test_where_nothing_was_promised_or_simulated_the_table_says_only_what_is_measured():
    rows = [msgspec.structs.replace(r, promises=[], best=None) for r in TABLE.rows]
    head, first, *_ = told(table_rows(with_table(rows=rows), 116))
    assert "p99 " in head
    assert "250" not in head
    assert not head.endswith("best")
    assert "231 ms " in first
    assert first.endswith("advised")


def test_the_title_says_whether_acting_is_worth_it_and_the_status_how_long_to_diagnose():
    assert options.title(VIEW).endswith("─ P(real fault) 94 % > 12 %: act")
    play = Playhead(OPENS, 1.0, True)
    for diagnose, role in (("diagnose ≤ 9 min", "text"), ("contain now", "accent")):
        line = status_line(with_table(diagnose=diagnose), play, 120, "card-fraud")
        assert (diagnose, role) in line


def test_under_the_table_stand_why_what_would_not_help_what_flips_it_and_what_is_assumed():
    notes = " ".join(told(options.rows(VIEW, 116, 20))[7:])
    for part in (
        TABLE.recommendation.why,
        TABLE.footnotes[0],
        TABLE.flips[0].sentence,
        "* assumed: 4 values (ranking holds at 2×)",
    ):
        assert part in notes


@given(st.integers(1, 6), st.integers(40, 200))
def test_notes_stay_in_the_lines_there_are(most, cells):
    rows = options.rows(VIEW, cells, len(TABLE.rows) + 1 + most)
    assert len(rows) <= len(TABLE.rows) + 1 + most


@pytest.mark.parametrize("cells", [76, 116])
def test_the_pane_in_full_holds_every_figure(cells):
    text = "\n".join(told(options.full(VIEW, cells)))
    for option in TABLE.rows:
        for figure in (
            option.quality,
            option.undo,
            option.until,
            option.exposed_users,
            option.improvement,
            *option.budget,
        ):
            assert figure.text in text
        assert f"{option.tail:,}" in text
    assert "71 %, 97 %" in text
    assert "nothing is served" in text
    assert "beside it: shadow v42" in text
    assert "beware: v41 reads amount too" in text
    assert "cannot be undone: requests that are not served are lost" in text
    assert "dominated by segment off: BR" in text
    assert "close call" in text
    assert "recommended" in text
    for assumption in TABLE.assumptions:
        line = next(line for line in text.splitlines() if line.startswith(assumption.key))
        assert assumption.value in line


# Containment by hypothesis


def test_by_hypothesis_the_least_of_each_column_is_marked_with_a_word():
    head, *rows = told(hypotheses.full(VIEW, 116))[: len(TABLE.rows) + 1]
    for fault in TABLE.hypotheses:
        assert f"{fault.id} {fault.probability * 100:.0f} %" in head
        end = head.index(f"{fault.id} ") + len(f"{fault.id} {fault.probability * 100:.0f} %")
        harms = {row.id: row.by_fault[fault.id].value for row in TABLE.rows}
        for row, text in zip(TABLE.rows, rows, strict=True):
            cell = text[:end].rstrip()
            assert cell.endswith(f"{harms[row.id]:,}")
            least = harms[row.id] == min(harms.values())
            assert bool(re.search(r"least [\d,]+$", cell)) == least
    assert rows[0].endswith("least 293")


def test_where_intervals_fit_they_are_shown():
    assert "290 [145, 580]" in told(hypotheses.full(VIEW, 240))[1]


def test_the_ledger_says_seen_not_seen_not_measurable_and_how_each_counts():
    text = "\n".join(told(hypotheses.full(VIEW, 116)))
    places = [text.index(f"\n{state} ") for state in ("seen", "not seen", "not measurable")]
    assert places == sorted(places)
    line = next(x for x in text.splitlines() if "a feature drifted far" in x and "seen  " in x)
    assert line.split()[-5:] == ["×10", "÷1.4", "÷1.4", "÷2", "×2"]
    assert "softened: a stronger sign of its kind is counted" in text


# What would flip it


@pytest.mark.parametrize("cells", [76, 116])
def test_flips_stand_in_words_and_numbers_and_what_is_worth_knowing_in_its_order(cells):
    text = "\n".join(told(flips.full(VIEW, cells)))
    assert re.search(r"P\(data\) +71 % +31 % +rollback to v41", text)
    assert re.search(r"options.rules.wrong_share +6 % +2.10 % +rules fallback", text)
    assert all(flip.sentence in text for flip in TABLE.flips)
    assert "may take 9 min" in text
    assert TABLE.robust in text
    assert re.search(r"what is at fault +380 +240 +40 s", text)
    assert "Model or data? Comparing v41" in text
    assert text.index("what is at fault") < text.index("minutes to fix")


def test_what_is_not_known_of_flips_is_said():
    nothing = with_table(flips=[], unknowns=[], robust="", diagnosis_budget_minutes=None)
    text = "\n".join(told(flips.full(nothing, 116)))
    assert "No single value was found" in text
    assert "Nothing is known to be worth looking at." in text
    assert "not tried" in text
    assert "No limit to looking is known" in text
    now = with_table(diagnose="contain now", diagnosis_budget_minutes=0.2)
    assert "Contain now: looking for the cause is worth 12 s" in "\n".join(
        told(flips.full(now, 116))
    )


@pytest.mark.parametrize(("key", "page"), [("h", HYPOTHESES), ("w", FLIPS)])
async def test_a_page_is_left_to_where_it_was_opened(key, page):
    async with cockpit() as driven:
        await driven.press(key)
        assert driven.screen.place.focus == page
        await driven.press("escape")
        assert (driven.screen.place.focus, driven.screen.place.full) == (3, False)
        await driven.press("4", "h", "w", key, "escape")
        assert (driven.screen.place.focus, driven.screen.place.full) == (4, True)
        await driven.press(key, "o")
        assert (driven.screen.place.focus, driven.screen.place.full) == (4, False)
        await driven.press(key, "tab")
        assert (driven.screen.place.focus, driven.screen.place.full) == (5, True)
        await driven.press("escape")
        assert not driven.screen.place.full


# What stands behind a figure


@pytest.mark.parametrize("page", [4, HYPOTHESES, FLIPS])
def test_every_figure_has_its_derivation(page):
    there = items(full_rows(VIEW, Place(focus=page, full=True), page, 118))
    assert len(there) >= 4
    for item in there:
        kind, _, name = item.partition(":")
        if kind == "sign":
            continue  # enter there opens the sheet that overrides it
        lines = option_lines(VIEW, kind, name, 100)
        assert lines, item
        assert all(width(line) <= 100 for line in lines)


async def test_enter_on_a_figure_of_a_page_shows_how_it_was_made():
    async with cockpit() as driven:
        for keys, said in (
            (["h"], "mean of 1,000 draws in which it is the data"),
            (["w"], "found by halving"),
        ):
            await driven.press(*keys, "enter")
            assert said in driven.text()
            await driven.press("escape")


def test_an_item_that_is_gone_has_no_derivation():
    gone = with_table(rows=[], hypotheses=[], flips=[], unknowns=[], assumptions=[])
    for item in (
        "option:canary",
        "under:canary",
        "fault:data",
        "flip:0",
        "worth:x",
        "assumption:k",
    ):
        assert not option_lines(gone, *item.split(":"), 100)


# As plain text


def test_plain_text_holds_everything_and_no_line_is_wider_than_a_terminal():
    text = option_table(TABLE)
    flat = " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        *(hypothesis.label for hypothesis in TABLE.hypotheses),
        *(piece for hypothesis in TABLE.hypotheses for piece in hypothesis.evidence),
        *(flip.sentence for flip in TABLE.flips),
        *(sign.text for sign in TABLE.signs),
        *(sign.why for sign in TABLE.signs),
        *(worth.sentence or worth.text for worth in TABLE.unknowns),
        *(assumption.text for assumption in TABLE.assumptions),
        *(row.sentence for row in TABLE.rows),
        TABLE.act,
        TABLE.diagnose,
        TABLE.robust,
    ):
        assert part in flat, part
    assert text.count("▸ segment off: BR") == 2  # in both parts of the table


def test_plain_text_of_nothing_is_a_sentence():
    nothing = OptionTable(header="", rows=[], footnotes=[], assumptions=[])
    assert option_table(nothing).strip().endswith("nothing was measured.")


# A table of any width


@given(
    st.lists(st.lists(st.text("abc 漢", max_size=60), min_size=4, max_size=4), max_size=5),
    st.integers(1, 160),
)
def test_a_grid_shows_every_column_at_any_width(texts, cells):
    rows = [(f"row:{i}", [(text, "text") for text in row]) for i, row in enumerate(texts)]
    shown = grid(["one", "two", "three", "four"], rows, cells, right=(2,))
    heads = [row for row in shown if not row.item]
    if not rows:
        assert shown == []
        return
    assert len(shown) == len(heads) * (len(rows) + 1)
    if cells >= 12:
        assert set(" ".join(told(heads)).split()) == {"one", "two", "three", "four"}
        assert all(width(row.line) <= cells for row in shown)
    assert grid(["one"], [("a", plain("x"))], cells)
