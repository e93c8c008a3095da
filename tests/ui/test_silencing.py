"""`:silence`: what would be sent is shown, sent when it is agreed to, and never waited for."""

import threading

import pytest

from cockpit.records import Unreachable
from cockpit.ui.commands import complete
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.silence import SilenceSheet
from tests.ui.driving import NARROW, WIDE, cockpit, live
from tests.ui.fake_live import FakeLive

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


async def command(driven, text):
    await driven.press(":")
    await driven.type(text)
    await driven.press("enter")
    await driven.settle()


@SIZES
async def test_it_is_shown_first_and_sent_when_agreed_to(size):
    async with live(size) as driven:
        await command(driven, "silence Slow 1h because known")
        assert isinstance(driven.sheet, SilenceSheet)
        text = driven.text()
        for told in (
            'alertname="Slow"',
            "2026-11-03 03:51:10 UTC, 60 min",
            "ann@here",
            "hold back 1 of what fires now",
            "Slow (critical): 0",
        ):
            assert told in text
        assert driven.sheet.prompt.value == "known"
        assert driven.session.done == []
        await driven.type(" and mended")
        await driven.press("enter")
        await driven.settle()
        assert driven.session.done == [("silence", ('alertname="Slow"', "known and mended"))]
        assert 'Silenced until 03:51 UTC: alertname="Slow"' in driven.text()


async def test_leaving_sends_nothing():
    async with live() as driven:
        await command(driven, "silence Slow 30m known")
        await driven.press("escape")
        assert driven.sheet is None
        assert driven.session.done == []


async def test_many_alerts_and_none_are_said():
    session = FakeLive()
    session.firing = 1_234
    async with live(NARROW, session) as driven:
        await command(driven, "silence Slow 30m known")
        assert "and 1228 more" in driven.text()
        await driven.press("escape")
        session.firing = 0
        await command(driven, "silence Slow 30m known")
        assert "Nothing fires now that it would hold back" in driven.text()


async def test_a_reason_taken_away_is_asked_for():
    async with live() as driven:
        await command(driven, "silence Slow 30m x")
        await driven.press("backspace", "enter")
        assert "takes a reason" in driven.text()
        assert isinstance(driven.sheet, SilenceSheet)
        assert driven.session.done == []


async def test_why_it_fails_is_one_line_when_asking_and_when_sending():
    session = FakeLive()
    session.refused = Unreachable("sources.alerts: connection refused")
    async with live(session=session) as driven:
        await command(driven, "silence Slow 30m known")
        assert driven.sheet is None
        assert "sources.alerts: connection refused" in driven.text()
        session.refused = None
        await command(driven, "silence Slow 30m known")
        session.refused = ValueError("\x1b[2J token")
        await driven.press("enter")
        await driven.settle()
        assert "That could not be done: ValueError." in driven.text()
        assert session.done == []


async def test_a_slow_server_holds_up_no_key_and_no_figure():
    session, go_on = FakeLive(declared=True), threading.Event()
    quick = session.preview_silence

    def slow(*asked):
        go_on.wait(20.0)
        return quick(*asked)

    session.preview_silence = slow
    async with live(session=session) as driven:
        await driven.pilot.press(":")
        await driven.pilot.press(*"silence", "space", "A", "space", *"1h", "space", "x", "enter")
        await driven.until(lambda: "Asking the Alertmanager" in driven.text())
        asked = len(session.views)
        driven.app.want_view()
        await driven.until(lambda: len(session.views) > asked and not driven.app.computing)
        await driven.pilot.press("c")
        await driven.until(lambda: isinstance(driven.sheet, ChooseSheet))
        go_on.set()
        await driven.settle()
        assert isinstance(driven.sheet, ChooseSheet)  # nobody's enter sends what was not seen
        assert ":silence once more shows it" in driven.text()


async def test_what_is_no_silence_is_said():
    async with live() as driven:
        await command(driven, "silence Slow")
        assert "takes an alert and a time" in driven.text()
    async with cockpit() as driven:
        await command(driven, "silence Slow 1h known")
        assert "This is a recording" in driven.text()


async def test_the_names_of_alerts_complete():
    async with live() as driven:
        assert complete(driven.app, "silence ") == ["silence card-fraud", "silence precision"]
