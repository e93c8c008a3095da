"""Lines: measured in cells, cut and wrapped inside them; differences cover every change."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cockpit.ui.lines import (
    changes,
    clean,
    cut,
    fit,
    pad,
    runs,
    sides,
    text_width,
    to_cells,
    width,
    wrap,
)

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("ab 漢字カ한é\u0301\u200b\u202e\x1b[31m\u2066🇧🇷👩\u200d🚒️\n\t█▸"),
    ),
    max_size=40,
)
ROLES = st.sampled_from(["text", "dim", "bad"])
LINES = st.lists(st.tuples(NASTY, ROLES), max_size=6).map(tuple)
WIDTHS = st.integers(1, 60)


@given(NASTY)
def test_clean_text_is_printable_and_measured_as_rich_measures_it(text):
    shown = clean(text)
    assert shown.isprintable()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in shown)
    assert text_width(text) == cell_len(shown)
    assert clean(shown) == shown


@given(NASTY, WIDTHS)
def test_cut_and_padded_text_fits(text, cells):
    assert text_width(cut(text, cells)) <= cells
    assert text_width(pad(text, cells)) == cells


@given(LINES, WIDTHS)
def test_a_fitted_line_is_exactly_as_wide_as_asked(line, cells):
    assert width(fit(line, cells)) == cells


@given(LINES, LINES, WIDTHS)
def test_two_sides_never_exceed_the_width(left, right, cells):
    assert width(sides(left, right, cells)) == cells


@given(NASTY, WIDTHS.filter(lambda cells: cells >= 2))
def test_wrapped_text_fits_and_loses_no_character(text, cells):
    pieces = wrap(text, cells)
    assert all(text_width(piece) <= cells for piece in pieces)
    assert "".join(pieces).replace(" ", "") == "".join(clean(text).split())


@given(LINES, WIDTHS)
def test_cells_are_as_many_as_asked_and_wide_characters_whole(line, cells):
    row = to_cells(line, cells, "text")
    assert len(row) == cells
    for index, (character, _) in enumerate(row):
        if text_width(character) == 2:
            assert row[index + 1][0] == ""
        if character == "":
            assert text_width(row[index - 1][0]) == 2
    assert sum(text_width(text) for text, _ in runs(row)) == cells


@given(LINES, LINES, WIDTHS)
def test_changed_regions_cover_all_differences_and_split_nothing(before, after, cells):
    old, new = to_cells(before, cells, "text"), to_cells(after, cells, "text")
    regions = changes(old, new)
    covered = {x for start, size in regions for x in range(start, start + size)}
    assert {x for x in range(cells) if old[x] != new[x]} <= covered
    for start, size in regions:
        assert 0 <= start < start + size <= cells
        assert new[start][0] != ""  # does not begin in the middle of a wide character
        assert start + size == cells or new[start + size][0] != ""  # nor end in one
    assert [start for start, _ in regions] == sorted(start for start, _ in regions)
    shown = list(old)
    for start, size in regions:
        shown[start : start + size] = new[start : start + size]
    assert shown == new


@given(LINES, WIDTHS)
def test_equal_rows_have_no_changes(line, cells):
    row = to_cells(line, cells, "text")
    assert changes(row, list(row)) == []
