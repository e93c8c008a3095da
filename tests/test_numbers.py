"""Numbers are printed in the house style, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit import numbers
from cockpit.records import Estimate, Window


def test_the_style() -> None:
    assert numbers.proportion(0.812) == ".812"
    assert numbers.proportion(1.0) == "1.000"
    assert numbers.proportion(-0.04) == "−.040"
    assert numbers.change(0.077, 0.02) == "+.077 ±.020"
    assert numbers.change(-0.01) == "−.010"
    assert numbers.change(0.0) == "±0"
    assert numbers.with_interval(1240, 980, 1530) == "1,240 [980, 1,530]"
    assert numbers.with_interval(1240, 980, None) == "1,240 [980, …]"
    assert numbers.with_interval(7, None, None) == "7"
    assert numbers.milliseconds(418.3) == "418 ms"
    assert numbers.minutes(0.5) == "30 s"
    assert numbers.minutes(4.0) == "4 min"
    assert numbers.one_in(0.083) == "1 in 12"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.08, "8 %"),
        (0.0131, "1.3 %"),
        (0.01, "1 %"),
        (0.0031, "0.31 %"),
        (0, "0 %"),
        (1, "100 %"),
        (1e-6, "<0.01 %"),
    ],
)
def test_shares(value: float, text: str) -> None:
    assert numbers.share(value) == text


@given(st.floats(-1, 1))
def test_a_proportion_reads_back(value: float) -> None:
    text = numbers.proportion(value).replace(numbers.MINUS, "-")
    assert float(text) == pytest.approx(value, abs=0.0005)


@given(st.floats(0.0001, 1))
def test_a_share_reads_back(value: float) -> None:
    assert float(numbers.share(value).removesuffix(" %")) == pytest.approx(value * 100, abs=0.5)


@given(st.one_of(st.none(), st.floats(-1e9, 1e9)), st.one_of(st.none(), st.floats(-1e9, 1e9)))
def test_an_estimate_always_has_a_text(value: float | None, low: float | None) -> None:
    estimate = Estimate(
        id="x",
        name="x",
        value=value,
        reason="no labels yet" if value is None else "",
        low=low,
        unit="ms",
        window=Window(start=0, end=1),
        as_of=1,
        taken_at=1,
    )
    text = numbers.estimate_text(estimate)
    assert text == "no labels yet" if value is None else text.endswith("ms")
