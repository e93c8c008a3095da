"""How the fix is proved, by keyboard: look at the plans, write the criteria, see the verdict."""

import pytest

from cockpit.records import BadInput
from cockpit.ui.sheets.experiment import ExperimentSheet
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.fake_session import FakeSession

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
HOSTILE = " \x1b[31m\u202e[b]x[/b]"


@SIZES
async def test_v_shows_the_plans_and_enter_writes_the_criteria_of_the_one_under_the_cursor(size):
    async with cockpit(size) as driven:
        await driven.press("v")
        assert isinstance(driven.sheet, ExperimentSheet)
        text = driven.text()
        for said in ("at stake: wrong decisions", "1,446", "43 min", "pass: wrong decisions"):
            assert said in text
        await driven.press("j", "enter")
        assert driven.session.done == [("experiment", ("canary",))]
        assert driven.sheet is None
        assert "are watched from now on" in driven.text()


@SIZES
async def test_once_written_the_verdict_comes_first(size):
    async with cockpit(size) as driven:
        await driven.press("v", "enter", "v")
        text = driven.text()
        assert "KEEP LEARNING" in text
        assert text.index("KEEP LEARNING") < text.index("at stake")
        assert "at most about 12 min more" in text


async def test_criteria_are_changed_only_when_enter_is_pressed_again():
    async with cockpit() as driven:
        await driven.press("v", "enter", "v", "enter")
        assert len(driven.session.done) == 1
        assert "Enter again changes them" in driven.text()
        await driven.press("enter")
        assert len(driven.session.done) == 2


async def test_moving_takes_the_question_back():
    async with cockpit() as driven:
        await driven.press("v", "enter", "v", "enter", "j", "enter")
        assert len(driven.session.done) == 1


async def test_a_plan_that_shows_nothing_here_writes_nothing():
    async with cockpit() as driven:
        await driven.press("v", *"jjj", "enter")
        assert driven.session.done == []
        assert "a ranking needs real scores" in driven.text()


async def test_what_does_not_fit_is_scrolled_to_past_the_last_plan():
    async with cockpit(NARROW) as driven:
        await driven.press("v", "enter", "v", "j", "j")
        assert "borrowed from the other segments" not in driven.text()
        await driven.press("j", *"jjjjjjjjjjjj")
        assert "borrowed from the other segments" in driven.text()
        await driven.press(*"kkkkkkkkkkkkkkkkkkk")
        assert "at stake" in driven.text()


async def test_numbers_that_cannot_be_had_are_one_line():
    session = FakeSession()
    async with cockpit(session=session) as driven:
        session.fail = BadInput("the file is damaged")
        await driven.press("v")
        assert "It could not be computed: the file is damaged" in driven.text()
        await driven.press("enter", "j")
        assert driven.session.done == []


async def test_names_from_outside_move_no_cursor():
    async with cockpit(session=FakeSession(labels=HOSTILE)) as driven:
        await driven.press("v", "j", "enter", "v")
        text = driven.text()
        assert "\x1b" not in text
        assert "\u202e" not in text
