"""The screen of a running system follows now, looks back, and lets nothing be decided there."""

import threading

import pytest

from cockpit.records import HOUR, MINUTE, SECOND
from cockpit.ui.clock import LiveClock
from cockpit.units import clock
from tests.ui.driving import NARROW, WIDE, live
from tests.ui.fake_live import FakeLive
from tests.ui.hand_measured import OPENS, PAGED

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
BACK = "LOOKING AT 02:50, 1 min behind; 0 returns"


@SIZES
async def test_it_follows_now_and_says_so(size):
    async with live(size) as driven:
        assert "02:51:10 UTC LIVE" in driven.status()
        assert "▶" not in driven.status()
        await driven.passes(3)
        assert "02:51:13 UTC LIVE" in driven.status()
        assert "T+03:13" in driven.status()


async def test_figures_are_asked_for_where_something_is_new_and_every_five_seconds():
    async with live() as driven:
        before = len(driven.session.views)
        await driven.passes(4)
        assert len(driven.session.views) == before
        assert "data 5 s" in driven.status()
        await driven.passes(1)
        assert len(driven.session.views) == before + 1
        driven.session.recorded += 1
        await driven.passes(1)
        assert len(driven.session.views) == before + 2
        assert driven.session.views[-1] == OPENS + 6 * SECOND


async def test_never_more_than_one_view_is_in_flight():
    session = FakeLive(declared=True)
    async with live(session=session) as driven:
        go_on, running, most = threading.Event(), [0], [0]
        view = session.view

        def slow(at):
            running[0] += 1
            most[0] = max(most[0], running[0])
            go_on.wait(10)
            running[0] -= 1
            return view(at)

        session.view = slow
        before = len(session.views)
        session.recorded += 1
        driven.app.tick()
        await driven.until(lambda: running[0] == 1)
        for _ in range(12):
            session.recorded += 1
            session.passes(1)
            driven.app.tick()
            await driven.pilot.pause()
        assert "figures of 02:51:10" not in driven.status()
        session.passes(10)
        driven.app.tick()
        await driven.pilot.pause()
        assert "figures of 02:51:10" in driven.text()
        go_on.set()
        await driven.settle()
        assert most[0] == 1
        assert len(session.views) <= before + 2


LOOKS = [
    ("[", -10 * SECOND),
    ("m", -MINUTE),
    ("H", -HOUR),
    (",", PAGED - OPENS),
]


@pytest.mark.parametrize(("key", "by"), LOOKS)
async def test_keys_look_back_and_0_returns(key, by):
    async with live() as driven:
        await driven.press(key)
        assert driven.app.clock.at == OPENS + by
        assert driven.app.view.at == OPENS + by
        assert f"LOOKING AT {clock(OPENS + by)}, " in driven.text()
        assert "UTC held" in driven.status()
        await driven.passes(6)
        assert driven.app.clock.at == OPENS + by
        await driven.press("0")
        assert "LOOKING" not in driven.text()
        assert driven.app.view.at == OPENS + 6 * SECOND


async def test_going_forward_past_now_follows_again():
    async with live() as driven:
        await driven.press("m", "]")
        assert driven.app.clock.held
        await driven.press("L")
        assert not driven.app.clock.held
        assert driven.app.clock.at == OPENS


async def test_space_holds_the_screen_as_it_is_and_follows_again():
    async with live() as driven:
        await driven.passes(3)
        before = driven.text()
        await driven.press("space")
        assert driven.app.clock.at == OPENS
        assert "LOOKING AT 02:51, less than a minute behind; 0 returns" in driven.text()
        held = driven.text()
        assert held.splitlines()[5:] == before.splitlines()[5:]
        await driven.passes(20)
        assert driven.text() == held
        await driven.press("space")
        assert "02:51:33 UTC LIVE" in driven.status()


@pytest.mark.parametrize("keys", ["+", "-", [*":speed", "space", "2", "enter"]])
async def test_a_running_system_has_no_speed(keys):
    async with live() as driven:
        await driven.press(*keys)
        assert "A running system has no speed" in driven.text()
        assert isinstance(driven.app.clock, LiveClock)


async def test_a_time_of_day_that_is_yet_to_come_was_yesterdays():
    async with live() as driven:
        await driven.press("t")
        await driven.type("23:50")
        await driven.press("enter")
        assert driven.app.clock.at == OPENS - 3 * HOUR - MINUTE - 10 * SECOND
        assert "LOOKING AT 23:50, 3 h 1 min behind" in driven.text()


@SIZES
@pytest.mark.parametrize(
    "keys",
    [["c"], ["x"], ["enter"], [">"], ["3", *"jjjjj", "enter"], ["b"], [*":severity", "space", "S"]],
    ids=["choose", "execute", "answer", "phase", "tick", "brief", "severity"],
)
async def test_while_we_look_back_nothing_is_decided(size, keys):
    async with live(size) as driven:
        await driven.press("m", *keys)
        if keys[0] == ":":
            await driven.press("enter")
        assert driven.text().count(BACK) == 2  # the banner, and the refusal
        assert driven.session.done == []


async def test_while_we_look_back_a_note_is_taken_and_dated_now():
    async with live() as driven:
        await driven.press("m", "n")
        assert "Stamped 02:51:10 UTC" in driven.text()
        await driven.type("seen")
        await driven.press("enter")
        assert driven.session.done == [("note", ("seen",))]
        assert driven.session.entries[-1].at == OPENS
        assert driven.app.clock.held


@SIZES
async def test_before_it_is_declared_nothing_is_decided_and_the_way_is_said(size):
    async with live(size, FakeLive()) as driven:
        assert "not declared: D declares the incident" in driven.status()
        assert "T+" not in driven.status()
        assert "D declare" in driven.text()
        assert "c choose" not in driven.text().splitlines()[-1]
        for key in ("c", "x", "enter", ">", "b", "a", "!"):
            await driven.press(key)
            assert driven.sheet is None
            assert "D declares it, then it can be worked on" in driven.text()
        assert driven.session.done == []
