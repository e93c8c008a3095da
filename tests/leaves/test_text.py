"""Text from outside is made inert: no control, no hidden direction, one line, bounded, for good."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.text import LONGEST, inert, inert_lines, markdown

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
anything = st.text(st.characters(exclude_categories=()), max_size=400)


@given(anything)
def test_inert_text_is_printable_bounded_and_stays_as_it_is(text: str) -> None:
    shown = inert(text)
    assert not {unicodedata.category(c) for c in shown} & UNSAFE
    assert len(shown) <= LONGEST
    assert inert(shown) == shown


@given(st.text("abc äöü漢字[]*!", max_size=100))
def test_plain_text_is_left_alone(text: str) -> None:
    assert inert(text) == text


@given(anything, st.integers(1, 50))
def test_any_bound_is_kept(text: str, longest: int) -> None:
    assert len(inert(text, longest)) <= longest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\nb\tc\x7f", "a␊b c␡"),
        ("\u202egnp.exe", "‹U+202E›gnp.exe"),
        (BaseException("x\r"), "x␍"),
    ],
)
def test_what_is_unsafe_is_pictured(text: object, shown: str) -> None:
    assert inert(text) == shown


def test_long_text_is_cut() -> None:
    assert inert("x" * 10_000) == "x" * (LONGEST - 1) + "…"
    assert inert("x" * LONGEST) == "x" * LONGEST


@given(anything)
def test_lines_stay_lines_and_each_is_inert(text: str) -> None:
    shown = inert_lines(text)
    assert not {unicodedata.category(c) for c in shown.replace("\n", "")} & UNSAFE
    assert inert_lines(shown) == shown


@given(anything)
def test_markdown_of_its_own_is_escaped(text: str) -> None:
    shown = markdown(text)
    for i, character in enumerate(shown):
        if character in "*_[]<>#|~&":
            assert i > 0
            assert shown[i - 1] == "\\"
