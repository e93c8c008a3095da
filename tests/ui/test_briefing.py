"""The briefing's editor and the command line."""

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import TextArea

from cockpit.session.crash import write_crash
from cockpit.ui.lines import width
from cockpit.ui.preview import rendered
from cockpit.ui.screens.briefing import BriefingScreen
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.hand_measured import ONSET


def plain(lines):
    return "\n".join("".join(text for text, _ in line) for line in lines)


async def test_the_source_stands_beside_what_it_reads_like():
    async with cockpit(WIDE) as driven:
        await driven.press("b")
        assert driven.app.screen.query_one(TextArea).text.startswith("# Card payments")
        assert "• Switch the model off" in driven.text()
        assert "words" in driven.text()
        assert "s to say" in driven.text()


async def test_on_a_narrow_screen_f5_shows_the_other_half():
    async with cockpit(NARROW) as driven:
        await driven.press("b")
        area = driven.app.screen.query_one(TextArea)
        assert area.display
        await driven.press("f5")
        assert not area.display
        assert "• Switch the model off" in driven.text()


async def test_what_is_typed_is_saved_on_leaving():
    async with cockpit() as driven:
        await driven.press("b")
        await driven.type("q!")
        await driven.press("escape")
        assert not isinstance(driven.app.screen, BriefingScreen)
        assert driven.session.drafts["exec"].startswith("q!# Card")
        await driven.press("b")
        assert driven.app.screen.query_one(TextArea).text.startswith("q!# Card")


async def test_what_is_typed_is_saved_by_itself_after_a_moment():
    async with cockpit() as driven:
        await driven.press("b", "x")
        await driven.until(lambda: "exec" in driven.session.drafts)


async def test_nothing_is_saved_where_nothing_was_typed():
    async with cockpit() as driven:
        await driven.press("b", "escape")
        assert driven.session.done == []


async def test_quitting_and_signals_save_the_draft():
    async with cockpit() as driven:
        await driven.press("b", "x")
        driven.app.leave_soon()
        await driven.until(lambda: "exec" in driven.session.drafts)


async def test_f3_switches_the_audience_and_f6_drafts_afresh():
    async with cockpit() as driven:
        await driven.press("b", "x", "f3")
        assert "briefing for technical" in driven.text()
        assert driven.session.drafts["exec"].startswith("x#")
        await driven.press("f3")
        assert driven.app.screen.query_one(TextArea).text.startswith("x#")
        await driven.press("f6")
        assert driven.app.screen.query_one(TextArea).text.startswith("# Card")


async def test_f2_exports_what_stands_there_and_says_where():
    async with cockpit() as driven:
        await driven.press("b", "x", "f2")
        assert "Written: /briefings/card-fraud-exec.md" in driven.text()
        kind, (audience, text, path) = driven.session.done[-1]
        assert (kind, audience, path) == ("export", "exec", None)
        assert text.startswith("x#")


async def test_an_editor_that_cannot_be_used_is_one_line(monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with cockpit() as driven:
        await driven.press("b", "f4")
        assert "EDITOR is not set" in driven.text()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("theme light", ""),
        ("theme pink", "no theme is named 'pink'"),
        ("severity SEV1 more people", "Severity set to SEV1"),
        ("severity SEV9", "is no severity"),
        ("note seen by me", "Noted"),
        ("goto 02:48", "02:48:00 UTC"),
        ("speed 60", ""),
        ("speed fast", "is no speed"),
        ("phase nowhere", "is no phase"),
        ("export technical /tmp/x.md", "Written: /tmp/x.md"),
        ("export board", "is no audience"),
        ("dance", "'dance' is no command"),
        ("exp", "Written: /briefings/card-fraud-exec.md"),
        ("help", "help · questions"),
        ("brief", "briefing for exec"),
    ],
)
async def test_commands(line, shown):
    async with cockpit() as driven:
        await driven.press("colon")
        await driven.type(line)
        await driven.press("enter")
        await driven.settle()
        assert shown in driven.text()
        if line == "theme light":
            assert driven.app.palette.name == "light"
        if line == "speed 60":
            assert driven.app.clock.speed == 60
        if line.startswith("goto"):
            assert driven.app.clock.at == ONSET


async def test_tab_completes_and_up_brings_back_what_was_entered():
    async with cockpit() as driven:
        await driven.press("colon", "t", "h", "tab", "l", "tab", "enter")
        assert driven.app.palette.name == "light"
        await driven.press("colon", "up")
        assert driven.sheet.prompt.value == "theme light"
        await driven.press("down")
        assert driven.sheet.prompt.value == ""


@given(st.text(max_size=300), st.integers(10, 80))
def test_the_preview_fits_whatever_is_typed(source, cells):
    for line in rendered(source, cells):
        assert width(line) <= cells


def test_the_preview_reads_as_the_markdown_means():
    source = (
        "# Title\n\nSome **bold** words\nand `code`.\n\n- one\n- two\n  1. inner\n\nAfter.\n\n"
        "| a | b |\n|---|---|\n| 1 | 22 |\n"
    )
    text = plain(rendered(source, 40))
    assert "Title\n═════" in text
    assert "Some bold words and code." in text
    assert "• one\n• two\n  1. inner" in text
    assert "\nAfter." in text
    assert "1  22" in text


def test_links_and_html_are_only_text():
    lines = rendered("[here](https://example.com) <b>x</b> ![i](y.png)", 60)
    assert "here" in plain(lines)
    assert "https" not in plain(lines)
    assert {role for line in lines for _, role in line} <= {"text", "strong", "title", "key"}


def test_a_crash_report_is_private_and_holds_no_values(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path))
    try:
        token = "hunter2"
        raise ValueError(token)
    except ValueError as error:
        said = write_crash(error)
    (path,) = tmp_path.iterdir()
    assert str(path) in said
    text = path.read_text(encoding="utf-8")
    assert "ValueError" in text
    assert "hunter2" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
