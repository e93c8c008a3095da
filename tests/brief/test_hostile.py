"""Text from outside stays text: in an exported brief it is no control, no markup, no link."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cockpit.brief.audiences import AUDIENCES
from cockpit.brief.draft import draft
from cockpit.reading import words
from cockpit.text import inert, markdown
from tests.brief.sample_view import AT, CHOICE, CONFIG, EXEC_ASK, VIEW
from tests.brief.situations import changed, spoiled

FULL = changed(VIEW, choice=changed(CHOICE, executed_at=AT), asks=[*VIEW.asks, EXEC_ASK])

NASTY = [
    "\x1b[31mred\x1b[0m\x07",
    "<script>alert(1)</script><!-- ",
    "[bold]x[/] [click](http://evil.example) ![i](http://evil.example/i.png)",
    "http://evil.example www.evil.example <http://evil.example>",
    "mailto:a@evil.example a@evil.example",
    "a | b \\| c || d",
    "\u202eright to left\u2066",
    "- item\n# heading\r\n---\n```\ncode",
    "--- ",
    "1. one",
    "    indented",
    "[1]: http://evil.example 'title'",
    "{{ brief }} {% for x in y %} {# c #}",
    "&lt;script&gt; &#60; $x$ ~~gone~~ `code` *em* __strong__",
    "=====",
    "x" * 10_000,
    "y " * 500,
    "",
]
TEXTS = (
    st.sampled_from(NASTY)
    | st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [*NASTY[:14], "|", "\\", "`", "[", "](", "://", "www.", "@", "\n", "\t", " "]
        )
    ).map("".join)
)

GFM = MarkdownIt("gfm-like")
GFM.linkify.set({"fuzzy_link": False, "fuzzy_ip": False})  # as GFM: a bare name.tld is no link


def kinds(text: str) -> set[str]:
    found = set()
    for token in GFM.parse(text):
        found.add(token.type)
        found.update(child.type for child in token.children or [])
    return found


LINKS_AND_MARKUP = {
    "link_open", "image", "html_inline", "html_block", "fence", "code_block", "code_inline",
    "hr", "em_open", "s_open", "blockquote_open", "ordered_list_open",
}  # fmt: skip


def visible(text: str) -> str:
    """What a reader sees of a rendered markdown text."""
    return "".join(child.content for token in GFM.parse(text) for child in token.children or [])


@given(TEXTS)
def test_markdown_text_is_read_as_it_was_written(text: str) -> None:
    shown = markdown(text)
    assert not kinds(f"- {shown}\n") & LINKS_AND_MARKUP
    told = visible(f"before {shown}").removeprefix("before")
    for defanged, written in (("[:]", ":"), ("[.]", "."), ("[@]", "@")):
        told = told.replace(defanged, written)
    as_written = inert(text).strip()
    for defanged, written in (("[:]", ":"), ("[.]", "."), ("[@]", "@")):
        as_written = as_written.replace(defanged, written)
    assert told.strip() == as_written


@pytest.mark.parametrize("audience", AUDIENCES)
@settings(max_examples=40)
@given(text=TEXTS)
def test_a_brief_full_of_hostile_text_holds_nothing_but_text(audience: str, text: str) -> None:
    plain, hostile = (draft(v, audience, CONFIG) for v in (FULL, spoiled(FULL, text)))
    assert not any(
        unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") for c in hostile if c != "\n"
    )
    assert kinds(hostile) <= kinds(plain) | {"text_special"}
    assert not kinds(hostile) & LINKS_AND_MARKUP
    assert "<script" not in GFM.render(hostile)
    # Each row of each table still has as many cells as its head.
    assert headings(hostile) == headings(plain)
    assert columns(hostile) <= columns(plain)


@settings(max_examples=60)
@given(text=TEXTS)
def test_no_text_makes_the_executive_brief_too_long(text: str) -> None:
    assert words(draft(spoiled(FULL, text), "exec", CONFIG)) <= 225


def headings(text: str) -> int:
    return sum(token.type == "heading_open" for token in GFM.parse(text))


def columns(text: str) -> set[int]:
    """How many cells the rows of the source have, as GFM splits them."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return {row.replace("\\\\", "").replace("\\|", "").count("|") - 1 for row in rows}
