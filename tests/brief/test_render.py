"""Templates run in a sandbox; whatever is wrong in one is one clear line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cockpit.brief.render import render
from cockpit.brief.tables import Table
from cockpit.records import BadInput


def test_whatever_a_template_prints_is_escaped() -> None:
    assert render("{{ brief }} | {{ brief + '*' }}", "t", "<b>*") == "\\<b\\>\\* | \\<b\\>\\*\\*"


def test_a_table_says_how_many_rows_it_leaves_out() -> None:
    data = Table(columns=["a"], rows=[["1|2"]], left_out=3)
    shown = render("{{ brief | table('none') }}", "t", data)
    assert shown == "| a |\n| --- |\n| 1\\|2 |\n\n3 more in the incident file."
    assert render("{{ brief | table('none') }}", "t", Table(columns=["a"], rows=[])) == "none"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("line one\n{% if %}", r"^t\.md\.j2:2: .*mend the template$"),
        ("{{ brief.missing }}", r"^t\.md\.j2: .*missing.*mend the template$"),
        ("{{ nothing }}", r"^t\.md\.j2: 'nothing' is undefined; mend the template$"),
        ("{{ brief.__class__.__mro__ }}", r"^t\.md\.j2: .*unsafe.*mend the template$"),
        ("{% include 'other' %}", r"^t\.md\.j2: .*mend the template$"),
        ("{{ 1 // 0 }}", r"^t\.md\.j2: .*zero.*mend the template$"),
    ],
)
def test_a_broken_template_is_one_clear_line(source: str, message: str) -> None:
    with pytest.raises(BadInput, match=message) as raised:
        render(source, "t.md.j2", "brief")
    assert "\n" not in str(raised.value)


def test_words_need_neither_jinja_nor_numpy_until_a_draft_is_made() -> None:
    code = (
        "import sys, cockpit.brief.draft, cockpit.brief.knowledge, cockpit.brief.export;"
        "sys.exit(bool({'jinja2', 'numpy', 'textual'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
