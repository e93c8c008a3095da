"""Tables of counts add up to the same table in any order and in any grouping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.incident.counts import empty, expand_moves, merge, without
from cockpit.tables import SERIES, TABLES
from tests.incident.samples import Row, keyed, rows_of, same, summed, table_of, tables

NAMES = sorted(TABLES)


@pytest.mark.parametrize("table", NAMES)
@settings(max_examples=25)
@given(data=st.data())
def test_merging_in_any_order_and_grouping_gives_equal_tables(
    table: str, data: st.DataObject
) -> None:
    pieces = [table_of(table, p) for p in data.draw(st.lists(tables(table, 8), min_size=1))]
    whole = merge(pieces)
    shuffled = data.draw(st.permutations(pieces))
    cut = data.draw(st.integers(0, len(shuffled)))
    grouped = [merge(part) for part in (shuffled[:cut], shuffled[cut:]) if part]
    assert same(merge(shuffled), whole)
    assert same(merge(grouped), whole)


@pytest.mark.parametrize("table", ["score", "score_by_segment", "traffic", "pair"])
@settings(max_examples=25)
@given(data=st.data())
def test_the_sum_is_that_of_the_rows(table: str, data: st.DataObject) -> None:
    found: list[Row] = data.draw(tables(table))
    clocks = ("valid", "observed")
    counts = merge([without(expand_moves(table_of(table, found)), *clocks)])
    assert keyed(counts) == summed(table, found, *clocks)


@given(tables("score"))
def test_the_form_is_canonical(found: list[Row]) -> None:
    counts = merge([table_of("score", found)])
    keys = [
        tuple(v for k, v in row.items() if k not in TABLES["score"].cells)
        for row in rows_of(counts)
    ]
    assert keys == sorted(set(keys))
    for name, words in counts.words.items():
        assert list(words) == sorted(set(words))
        assert set(np.unique(counts.columns[name])) == set(range(len(words)))


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), min_size=1))
def test_keys_of_any_size_are_told_apart(bits: list[int]) -> None:
    row = {"version": "v", "dimension": "", "value": "", "valid": 0, "observed": 0, "n": 1}
    counts = merge([table_of("users", [{**row, "bit": bit} for bit in bits])])
    assert counts.columns["bit"].tolist() == sorted(set(bits))
    assert counts.columns["n"].tolist() == [bits.count(bit) for bit in sorted(set(bits))]


@given(tables("feature"))
def test_what_is_taken_away_leaves_nothing(found: list[Row]) -> None:
    taken = [{**row, "n": -row["n"]} for row in found]
    nothing = merge([table_of("feature", found), table_of("feature", taken)])
    assert same(nothing, merge([empty("feature")]))


def test_an_empty_table_has_its_columns() -> None:
    assert set(empty(SERIES).columns) == {"name", "valid", "observed", "x"}
    assert "valid" not in empty("score", ("valid",)).columns
