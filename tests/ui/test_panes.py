"""Panes at any width: nothing overlaps, what must be seen is seen, and cuts are between words."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.ui.figures import interval
from cockpit.ui.layout import title_within
from cockpit.ui.lines import text_width, width
from cockpit.ui.panes.infra import change_rows
from cockpit.ui.panes.knowledge import rows as knowledge_rows
from cockpit.ui.panes.metrics import Space, metric_row
from cockpit.ui.panes.option_table import STICKY, shortened, table_rows
from cockpit.ui.panes.status import impact_lines, phase_line
from cockpit.views import Change
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

VIEW = FakeSession().view(OPENS)


def texts(rows):
    return ["".join(text for text, _ in row.line) for row in rows]


@given(st.integers(76, 240))
def test_best_and_blockers_are_seen_at_every_width(cells):
    head, *rows = table_rows(VIEW, cells)
    assert all(width(row.line) <= cells for row in (head, *rows))
    for option, text in zip(VIEW.options.rows, texts(rows), strict=True):
        assert text.startswith(option.label[:11])
        assert (option.id == VIEW.options.recommendation.option) == (" advised" in text)
        assert bool(option.blocked) == (f"! {option.blocked[:8]}" in text)
        assert option.wrong.text.split()[0] in text


@pytest.mark.parametrize("cells", [116, 160, 240])
def test_from_120_columns_on_no_column_is_dropped(cells):
    head = texts(table_rows(VIEW, cells))[0]
    assert head.split()[0] == "option"
    for name in ("quality", "p99", "bad path", "wrong next h", "effect", "undo", "needs"):
        assert name in head


def test_where_there_is_room_nothing_is_shortened():
    shown = texts(table_rows(VIEW, 240))
    for option, text in zip(VIEW.options.rows, shown[1:], strict=True):
        assert option.exposed.text in text
        assert option.needs in text
    assert shortened(VIEW, 240) == ""
    assert shortened(VIEW, 90) == STICKY
    assert "†" in "".join(texts(table_rows(VIEW, 90)))


@given(st.integers(24, 200), st.sampled_from(["deploy v42", "Gateway BR: amount in minor units"]))
def test_a_change_is_told_in_full_where_two_lines_hold_it(cells, text):
    change = Change(at=OPENS, kind="schema", text=text, fit="best fit")
    first, *below = change_rows(change, cells, 2)
    assert width(first.line) == cells
    told = " ".join(texts([first, *below]))
    assert "best fit" in told
    assert text in told or cells < len(text) + 2


@given(st.integers(60, 200), st.integers(3, 20))
def test_what_is_known_has_no_blank_line_while_something_is_cut(cells, height):
    rows = texts(knowledge_rows(VIEW, cells, height))
    assert len(rows) <= height
    assert len(rows) == height or not any(row.endswith("…") for row in rows)
    labels = [row.split("  ")[0] for row in rows if not row.startswith(" ")]
    assert labels == ["KNOWN", "NOT KNOWN", "NEXT"]


@pytest.mark.parametrize("cells", [80, 120])
def test_the_phases_and_whether_it_was_executed_fit(cells):
    session = FakeSession()
    session.choose("rollback", "told to", [], OPENS, despite="checked")
    line = "".join(text for text, _ in phase_line(session.view(OPENS), cells))
    assert "not yet executed" in line
    assert "POSTMO" in line


@given(st.integers(50, 240))
def test_impact_is_cut_between_its_parts(cells):
    lines = impact_lines(VIEW, cells, 2)
    assert len(lines) <= 2
    shown = " ".join(
        "".join(text for text, _ in line).split("IMPACT")[-1].strip() for line in lines
    )
    *parts, last = shown.split(" · ")
    assert all(part in VIEW.impact.sentence for part in parts if "not yet known" not in part)
    assert last == "…" or "labelled yet" in last


def test_an_interval_is_whole_or_left_out_but_never_half_a_number():
    p99 = next(e for e in VIEW.infra.metrics if e.name == "latency_p99")
    wide = msgspec.structs.replace(p99, value=390.0, low=375.0, high=420.0, verdict="degraded")
    for cells in range(34, 60):
        (text,) = texts([metric_row(wide, Space(cells, 1, VIEW.at, 10**12), 12)])
        assert re.search(r"390 ms \[(375,420|…)\] ", text), text
        assert text.endswith("degraded")


def test_thousands_in_an_interval_are_not_three_numbers():
    p99 = next(e for e in VIEW.infra.metrics if e.name == "latency_p99")
    wide = msgspec.structs.replace(p99, value=944.0, low=500.0, high=1000.0)
    assert interval(wide) == "[500, 1,000]"


def test_a_title_leaves_its_interval_out_whole():
    full = "4 Containment ── 7,814 [7,153, 8,498]"
    for cells in range(24, 60):
        shown = title_within(full, cells)
        assert text_width(shown) <= cells
        assert shown.endswith("8,498]") or "[" not in shown
