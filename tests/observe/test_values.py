"""What is made of a value never depends on its neighbours, nor on the type it was stored with."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.observe.values import (
    NO_TIME,
    coded,
    flags,
    identities,
    numbers,
    times,
    without_zone,
)
from cockpit.units import parse_instant

AT = parse_instant("2018-10-30T18:00:00Z")
ODD = ["", " 1", "x", "NA", "1e400", "+3", "1_000", "٣", "0x10", "-inf", "nan", "1 2"]

texts = st.one_of(st.sampled_from(ODD), st.floats().map(repr), st.text(max_size=6))


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_number_is_read_alike_alone_and_in_company(given_texts: list[str]) -> None:
    column = pa.array(given_texts, pa.string())
    together, bad = numbers(column)
    for i, text in enumerate(given_texts):
        alone, bad_alone = numbers(pa.array([text], pa.string()))
        np.testing.assert_array_equal(alone[0], together[i])
        assert bad_alone[0] == bad[i]


@given(st.floats())
def test_a_number_written_by_python_is_read_exactly(x: float) -> None:
    values, bad = numbers(pa.array([repr(x)]))
    assert not bad[0]
    np.testing.assert_array_equal(values[0], x)


@pytest.mark.parametrize(
    "written",
    [
        "2018-10-30 18:00:00.000",
        "2018-10-30T18:00:00Z",
        "2018-10-30T19:00:00+01:00",
        "2018-10-30T18:00:00.000000000Z",
        "1540922400",
        "1540922400.0",
        "1540922400000",
        "1540922400000000",
    ],
)
def test_times_as_people_write_them(written: str) -> None:
    assert times(pa.array([written])).tolist() == [AT]
    company = times(pa.array([written, "2018-10-30", None, "never", "1e300"]))
    assert company.tolist() == [AT, AT - 18 * 3_600_000_000, NO_TIME, NO_TIME, NO_TIME]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([AT], pa.timestamp("us")),
        pa.array([AT * 1000], pa.timestamp("ns", "Europe/Berlin")),
        pa.array([AT // 1000], pa.timestamp("ms", "UTC")),
        pa.array([AT // 1_000_000], pa.int64()),
        pa.array([AT / 1e6], pa.float64()),
        pa.array(["2018-10-30 18:00:00"]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_times_as_parquet_stores_them(column: pa.Array) -> None:
    assert times(column).tolist() == [AT]


def test_the_epoch_itself_is_a_missing_time() -> None:
    assert times(pa.array(["1970-01-01T00:00:00Z", "0"])).tolist() == [NO_TIME, NO_TIME]


def test_a_missing_zone_is_noticed() -> None:
    assert without_zone(pa.array(["2018-10-30T18:00:00Z", "2018-10-30 18:00"]))
    assert without_zone(pa.array(["2018-10-30"]))
    zoned = ["2018-10-30T18:00:00.5Z", "2018-10-30 18:00:00+0200", "20181030T180000Z"]
    assert not without_zone(pa.array([*zoned, "1540922400", None]))
    assert without_zone(pa.array([AT], pa.timestamp("us")))
    assert not without_zone(pa.array([AT], pa.timestamp("us", "UTC")))


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["1", "False", None, "2", "maybe"]),
        pa.array(["yes", "no", "", "-1", "10"]),
        pa.array([1.0, 0.0, math.nan, 0.5, 2.0]),
        pa.array([1, 0, None, 3, -1]),
    ],
    ids=lambda column: str(column.type),
)
def test_yes_and_no(column: pa.Array) -> None:
    values, bad = flags(column)
    assert values.tolist() == [1, 0, -1, -1, -1]
    assert bad.tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", None, "b", "", "a"]),
        pa.array(["a", None, "b", "", "a"], pa.large_string()),
        pa.array(["a", None, "b", "", "a"]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_words_and_their_codes(column: pa.Array) -> None:
    codes, words = coded(column)
    assert [words[c] if c >= 0 else None for c in codes] == ["a", None, "b", None, "a"]


def test_booleans_and_numbers_are_written_as_python_writes_them() -> None:
    assert coded(pa.array([True, False]))[1] == ["True", "False"]
    assert coded(pa.array([7, 8]))[1] == ["7", "8"]


def test_an_id_is_the_same_as_text_and_as_number() -> None:
    as_text, found = identities(pa.array(["17", None, ""]))
    as_number, _ = identities(pa.array([17]))
    assert as_text[0] == as_number[0]
    assert found.tolist() == [True, False, False]
