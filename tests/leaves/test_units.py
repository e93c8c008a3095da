"""Times, durations and shares are read as people write them, and written so that they read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.records import DAY, HOUR, MINUTE, SECOND, BadInput
from cockpit.units import (
    clock,
    day,
    duration,
    elapsed,
    iso,
    local_clock,
    parse_duration,
    parse_instant,
    parse_share,
)

AT = parse_instant("2026-11-03T02:51:10Z")
instants = st.integers(0, parse_instant("2200-01-01"))


@given(instants)
def test_an_instant_reads_back(at: int) -> None:
    assert parse_instant(iso(at)) == at


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03T02:51:10",
        "2026-11-03 03:51:10+01:00",
        " 2026-11-03T02:51:10.000Z ",
        "20261103T025110Z",
    ],
)
def test_no_zone_means_utc(written: str) -> None:
    assert parse_instant(written) == AT


@given(instants, st.integers(0, DAY // SECOND - 1))
def test_a_clock_time_is_on_the_day_it_is_near(near: int, second: int) -> None:
    at = near - near % DAY + second * SECOND
    assert parse_instant(clock(at, seconds=True), near) == at


@pytest.mark.parametrize("written", ["", "soon", "25:00", "02:51:10:9", "2026-13-01", "12"])
def test_what_is_no_time_is_said(written: str) -> None:
    with pytest.raises(BadInput, match="is not a time; write one like"):
        parse_instant(written, AT)
    with pytest.raises(BadInput):
        parse_instant("02:51")


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999))
def test_a_duration_is_the_sum_of_its_parts(h: int, m: int, s: int, ms: int) -> None:
    expected = h * HOUR + m * MINUTE + s * SECOND + ms * 1_000
    assert parse_duration(f"{h}h{m}m {s}s{ms}ms") == expected


@pytest.mark.parametrize("written", ["", "5", "m", "-5m", "5m!", "1e3s", "5 minutes"])
def test_what_is_no_duration_is_said(written: str) -> None:
    with pytest.raises(BadInput, match="is not a duration"):
        parse_duration(written)


def test_shares() -> None:
    assert parse_share("10%") == parse_share("0.1") == parse_share(0.1) == 0.1
    for wrong in ("110%", "-1", "x", "nan", "%"):
        with pytest.raises(BadInput, match="is not a share"):
            parse_share(wrong)


def test_times_in_words() -> None:
    assert (clock(AT), clock(AT, seconds=True), day(AT)) == ("02:51", "02:51:10", "2026-11-03")
    assert local_clock(AT, "Europe/Berlin") == "03:51 CET"
    assert local_clock(AT, "Nowhere/At/All") == "02:51 UTC"
    assert local_clock(AT, "../../etc/passwd") == "02:51 UTC"


@pytest.mark.parametrize(
    ("span", "words", "counted"),
    [
        (40 * SECOND, "40 s", "00:40"),
        (9 * MINUTE, "9 min", "09:00"),
        (80 * MINUTE, "80 min", "1:20:00"),
        (200 * MINUTE, "3 h 20 min", "3:20:00"),
        (3 * DAY, "3 d", "72:00:00"),
        (-90 * SECOND, "90 s", "−01:30"),
    ],
)
def test_lengths_of_time_in_words(span: int, words: str, counted: str) -> None:
    assert duration(span) == words
    assert elapsed(span) == counted
