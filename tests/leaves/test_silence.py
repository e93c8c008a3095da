"""Matchers as people write them: read, and written again as a server reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.records import BadInput
from cockpit.silence import Matcher, Silence, parse_matchers

NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,9}", fullmatch=True)
MATCHERS = st.builds(
    Matcher,
    name=NAMES | st.text(min_size=1, max_size=9),
    value=st.text(max_size=20),
    is_regex=st.booleans(),
    is_equal=st.booleans(),
)


@given(st.lists(MATCHERS, max_size=4), st.booleans())
def test_what_is_written_reads_back(matchers: list[Matcher], braces: bool):
    text = ", ".join(matcher.text for matcher in matchers)
    assert parse_matchers(f"{{{text}}}" if braces else text) == matchers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("region=BR", ['region="BR"']),
        ('{region!="BR",device=~tv|phone}', ['region!="BR"', 'device=~"tv|phone"']),
        ('a !~ "x, y" , b="\\"q\\""', ['a!~"x, y"', 'b="\\"q\\""']),
        ('a=""', ['a=""']),
        ('"name with ü"=x', ['"name with ü"="x"']),
        ("{}", []),
    ],
)
def test_what_people_write_is_read(text: str, told: list[str]):
    assert [matcher.text for matcher in parse_matchers(text)] == told


@pytest.mark.parametrize("text", ["region", "=BR", 'a="b', "a=b c=d", "a==b=", "1a=b", "a=b,,c=d"])
def test_what_is_no_matcher_is_said(text: str):
    with pytest.raises(BadInput, match="matches nothing"):
        parse_matchers(text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str):
    try:
        said = " ".join(matcher.name for matcher in parse_matchers(text))
    except BadInput as error:
        said = str(error)
    assert len(said) <= 400


def test_what_is_shown_of_it_is_inert_and_bounded():
    hostile = Matcher(name="a", value="\x1b[2J\u202e" * 500)
    silence = Silence(matchers=[hostile], starts_at=0, ends_at=1, author="", comment="")
    assert silence.what.isprintable()
    assert len(silence.what) <= 400
