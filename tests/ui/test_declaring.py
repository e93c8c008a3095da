"""An incident of a running system begins, ends, and is one of several services."""

import pytest

from cockpit.records import BadInput
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.declare import DeclareSheet, ResolveSheet, proposed, still_open
from cockpit.ui.sheets.services import ServicesSheet
from cockpit.views import ServicePick
from tests.ui.driving import NARROW, WIDE, live
from tests.ui.fake_live import FakeLive
from tests.ui.hand_measured import OPENS

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])


@SIZES
async def test_d_declares_with_the_title_of_the_newest_page(size):
    async with live(size, FakeLive()) as driven:
        await driven.press("D")
        assert isinstance(driven.sheet, DeclareSheet)
        assert driven.sheet.prompt.value == "card-fraud: quality"
        await driven.press("escape")
        assert not driven.session.declared
        await driven.press("D")
        await driven.type(" in BR")
        await driven.press("enter")
        await driven.settle()
        assert driven.session.done == [("declare", ("card-fraud: quality in BR", OPENS))]
        assert "Declared: card-fraud: quality in BR" in driven.text()
        assert "CONTAIN" in driven.status()
        await driven.press("c")
        assert isinstance(driven.sheet, ChooseSheet)
        await driven.press("escape", "D")
        assert "open here already" in driven.text()


async def test_a_title_may_be_typed_and_an_empty_one_is_none():
    async with live(session=FakeLive(empty=True)) as driven:
        await driven.press("D")
        assert driven.sheet.prompt.value == ""
        await driven.press("enter")
        assert "A title is needed" in driven.text()
        await driven.press("escape", ":")
        await driven.type("declare p99 doubled")
        await driven.press("enter")
        await driven.settle()
        assert driven.session.done[0][1][0] == "p99 doubled"


@SIZES
async def test_resolve_asks_once_more_and_says_what_is_open(size):
    async with live(size) as driven:
        await driven.press(":")
        await driven.type("resolve gateway mended")
        await driven.press("enter")
        assert isinstance(driven.sheet, ResolveSheet)
        for told in ("No containment was chosen", "infra has not answered", "postmortem"):
            assert told in driven.text()
        await driven.press("escape")
        assert driven.session.declared
        await driven.press(":")
        await driven.type("resolve gateway mended")
        await driven.press("enter", "enter")
        await driven.settle()
        assert driven.session.done == [("resolve", ("gateway mended", OPENS))]
        assert "it lies in /state/incidents" in driven.text()
        assert "not declared" in driven.status()


async def test_resolving_takes_a_reason_and_an_incident():
    async with live() as driven:
        await driven.press(":")
        await driven.type("resolve")
        await driven.press("enter", "enter")
        assert "takes a reason" in driven.text()
        assert driven.session.declared
    async with live(session=FakeLive()) as driven:
        await driven.press(":")
        await driven.type("resolve x")
        await driven.press("enter")
        assert "there is nothing to resolve" in driven.text()


def test_what_is_open_is_told_by_the_view():
    session = FakeLive(declared=True)
    session.choose("segment_off", "told to", [], OPENS)
    assert "segment off: BR was chosen and is not executed." in still_open(session.view(OPENS))
    session.answer_ask("a:1", "warm", OPENS)
    session.execute(OPENS)
    session.enter_phase("postmortem", OPENS)
    for question in session.view(OPENS).checklist.questions:
        session.answer(question.id, None, OPENS)
    assert still_open(session.view(OPENS)) == []
    session.flag("safety", "burns", OPENS)
    assert "mark of safety" in still_open(session.view(OPENS))[0]
    assert still_open(None) == []
    assert proposed(None) == ""


async def test_what_cannot_be_declared_is_one_line():
    session = FakeLive()

    def refused(title, at):
        raise BadInput("the disk is full: /state")

    session.declare = refused
    async with live(session=session) as driven:
        await driven.press("D", "enter")
        await driven.settle()
        assert "the disk is full: /state" in driven.text()
        assert "not declared" in driven.status()


async def test_an_incident_declared_elsewhere_is_said_and_the_place_kept():
    async with live(session=FakeLive()) as driven:
        await driven.press("1", "j")
        item = driven.screen.item()
        driven.session.declared = True
        driven.session.news = "An incident was declared: this is its file."
        await driven.passes(1)
        assert "An incident was declared" in driven.text()
        assert "CONTAIN" in driven.status()
        assert driven.screen.place.full
        assert driven.screen.item() == item


async def test_what_happened_elsewhere_and_cannot_be_read_is_said_once():
    async with live() as driven:

        def fails():
            raise BadInput("the state folder is gone")

        driven.session.refresh = fails
        await driven.passes(1)
        assert "the state folder is gone" in driven.text()
        await driven.press("j")
        before = len(driven.session.views)
        await driven.passes(6)
        assert "the state folder is gone" not in driven.text()
        assert len(driven.session.views) > before


@SIZES
async def test_the_picker_lists_the_services_and_goes_to_one(size):
    async with live(size, FakeLive(declared=True, services=3)) as driven:
        await driven.press("S")
        assert isinstance(driven.sheet, ServicesSheet)
        text = driven.text()
        assert text.index("search-ranking") < text.rindex("card-fraud") < text.index("credit-limit")
        assert "SEV1  declared since 02:30, 21 min" in text
        await driven.press("j", "j", "k", "j", "enter")
        await driven.settle()
        assert driven.session.recording.service == "credit-limit"
        assert "This is credit-limit." in driven.text()
        await driven.press("S", "enter")
        assert "credit-limit is shown already" in driven.text()


async def test_q_in_the_picker_leaves_and_escape_goes_back():
    async with live(session=FakeLive(services=3)) as driven:
        await driven.press("S", "escape")
        assert driven.sheet is None
        await driven.press("S")
        await driven.pilot.press("q")
        await driven.pilot.pause()
    assert driven.app.return_code == 0


async def test_a_long_list_scrolls_with_the_cursor():
    session = FakeLive()
    session.services = [ServicePick(name=f"service-{n:02}", declared=False) for n in range(60)]
    async with live(NARROW, session) as driven:
        await driven.press("S", *["j"] * 59)
        assert "▸ service-59" in driven.text()


async def test_at_the_start_the_picker_opens_where_there_is_something_to_pick():
    async with live(session=FakeLive(services=3), pick=True) as driven:
        await driven.until(lambda: isinstance(driven.sheet, ServicesSheet))
    async with live(session=FakeLive(), pick=True) as driven:
        await driven.settle()
        assert driven.sheet is None
        await driven.press("S")
        assert "The configuration names one service" in driven.text()
