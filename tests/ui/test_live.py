"""The screen of a running system: it follows now, looks back, and says what it cannot tell."""

import threading

import pytest

from cockpit.records import HOUR, MINUTE, SECOND, BadInput
from cockpit.ui.app import CockpitApp
from cockpit.ui.clock import LiveClock
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.declare import DeclareSheet, ResolveSheet, proposed, still_open
from cockpit.ui.sheets.services import ServicesSheet
from cockpit.ui.sheets.sources import SourcesSheet
from cockpit.units import clock
from cockpit.views import ServicePick
from tests.ui.driving import NARROW, WIDE, Driven, cockpit
from tests.ui.fake_live import FakeLive
from tests.ui.hand_measured import OPENS, PAGED

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
BACK = "LOOKING AT 02:50, 1 min behind; 0 returns"


def live(size=WIDE, session=None, **options):
    return cockpit(size, session or FakeLive(declared=True), **options)


async def passes(driven, seconds):
    """So many seconds pass, one tick for each."""
    for _ in range(seconds):
        driven.session.passes(1)
        driven.app.tick()
        await driven.settle()


def first_line(driven):
    return driven.text().splitlines()[0]


# Time


@SIZES
async def test_it_follows_now_and_says_so(size):
    async with live(size) as driven:
        assert "02:51:10 UTC LIVE" in first_line(driven)
        assert "▶" not in first_line(driven)
        await passes(driven, 3)
        assert "02:51:13 UTC LIVE" in first_line(driven)
        assert "T+03:13" in first_line(driven)


async def test_figures_are_asked_for_where_something_is_new_and_every_five_seconds():
    async with live() as driven:
        before = len(driven.session.views)
        await passes(driven, 4)
        assert len(driven.session.views) == before
        assert "data 5 s" in first_line(driven)
        await passes(driven, 1)
        assert len(driven.session.views) == before + 1
        driven.session.recorded += 1
        await passes(driven, 1)
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
        assert "figures of 02:51:10" not in first_line(driven)
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
        assert "UTC held" in first_line(driven)
        await passes(driven, 6)
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
        await passes(driven, 3)
        before = driven.text()
        await driven.press("space")
        assert driven.app.clock.at == OPENS
        assert "LOOKING AT 02:51, less than a minute behind; 0 returns" in driven.text()
        held = driven.text()
        assert held.splitlines()[5:] == before.splitlines()[5:]
        await passes(driven, 20)
        assert driven.text() == held
        await driven.press("space")
        assert "02:51:33 UTC LIVE" in first_line(driven)


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


# Deciding


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
        assert "not declared: D declares the incident" in first_line(driven)
        assert "T+" not in first_line(driven)
        assert "D declare" in driven.text()
        assert "c choose" not in driven.text().splitlines()[-1]
        for key in ("c", "x", "enter", ">", "b", "a", "!"):
            await driven.press(key)
            assert driven.sheet is None
            assert "D declares it, then it can be worked on" in driven.text()
        assert driven.session.done == []


# Beginning and end


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
        assert "CONTAIN" in first_line(driven)
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
        assert "not declared" in first_line(driven)


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
        assert "not declared" in first_line(driven)


async def test_an_incident_declared_elsewhere_is_said_and_the_place_kept():
    async with live(session=FakeLive()) as driven:
        await driven.press("1", "j")
        item = driven.screen.item()
        driven.session.declared = True
        driven.session.news = "An incident was declared: this is its file."
        await passes(driven, 1)
        assert "An incident was declared" in driven.text()
        assert "CONTAIN" in first_line(driven)
        assert driven.screen.place.full
        assert driven.screen.item() == item


async def test_what_happened_elsewhere_and_cannot_be_read_is_said_once():
    async with live() as driven:

        def fails():
            raise BadInput("the state folder is gone")

        driven.session.refresh = fails
        await passes(driven, 1)
        assert "the state folder is gone" in driven.text()
        await driven.press("j")
        before = len(driven.session.views)
        await passes(driven, 6)
        assert "the state folder is gone" not in driven.text()
        assert len(driven.session.views) > before


# Services and sources


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


COSTS = {
    "predictions": ("1", "2"),
    "metrics": ("2",),
    "gpu-prometheus": ("2",),
    "metrics/queue": ("2",),
    "alerts": ("2", "3"),
    "changes[0]": ("2", "3"),
    "reports[1]": ("2", "3"),
}


@pytest.mark.parametrize("name", COSTS)
@SIZES
async def test_a_failing_source_costs_its_own_panes_alone(name, size):
    session = FakeLive(declared=True)
    session.fails(name)
    said = f"{name}: connection refused since 02:50 (40 s)"
    async with live(size, session) as driven:
        assert size == NARROW or "1 source fails" in first_line(driven)
        for pane in "123456":
            await driven.press(pane)
            assert (said in driven.text()) == (pane in COSTS[name]), pane


@SIZES
async def test_a_failing_source_is_said_on_the_overview(size):
    session = FakeLive(declared=True)
    session.fails("metrics", "alerts")
    async with live(size, session) as driven:
        words = " ".join(driven.text().replace("│", " ").split())
        for name in ("metrics", "alerts"):
            assert f"{name}: connection refused since" in words
        assert words.count("! ") >= 2  # what blocks an option


async def test_sources_that_fail_alike_share_a_sentence():
    session = FakeLive(declared=True)
    session.fails("metrics/a", "metrics/b", "predictions", "gpu")
    async with live(session=session) as driven:
        assert "3 sources fail" in first_line(driven)
        await driven.press("2")
        assert "2 figures of metrics, predictions, gpu: connection refused since" in driven.text()
    session.fails("metrics/a", "metrics/b")
    async with live(session=session) as driven:
        assert "1 source fails in part" in first_line(driven)


@SIZES
async def test_the_sources_are_listed_with_what_their_cause_means(size):
    session = FakeLive(declared=True)
    session.fails("metrics")
    async with live(size, session) as driven:
        await driven.press(*":sources", "enter")
        assert isinstance(driven.sheet, SourcesSheet)
        assert "fails since 02:50 (40 s): connection refused" in driven.text()
        assert "nothing listens at its address" in driven.text()
        assert "answers since 02:30" in driven.text()
    async with live(size) as driven:
        await driven.press(*":sources", "enter")
        assert "Every source answers." in driven.text()


# States


@SIZES
async def test_before_the_first_figures_each_pane_says_what_it_waits_for(size):
    session = FakeLive()
    go_on = threading.Event()
    view = session.view
    session.view = lambda at: go_on.wait(10) and view(at)
    app = CockpitApp(session, theme="dark")
    async with app.run_test(size=size) as pilot:
        driven = Driven(app, pilot, session)
        await driven.until(lambda: "Waiting for the first figures" in driven.text())
        text = driven.text()
        assert "asking the sources" in text
        assert all(f"{n} {name}" in text for n, name in ((1, "Model"), (4, "Containment")))
        assert len(driven.screen.lines()) == size[1]
        await pilot.press("c", "j", "1", "o", "tab")
        go_on.set()
        await driven.until(lambda: app.computed)
        await driven.settle()
        assert "precision" in driven.text()
    app.background.stop()


async def test_figures_that_cannot_be_computed_are_said_once_and_tried_again():
    async with live() as driven:
        driven.session.fail = BadInput("the recording is damaged")
        await passes(driven, 5)
        assert "The figures could not be computed: the recording is damaged" in driven.text()
        await driven.press("j")
        await passes(driven, 5)
        assert "the recording is damaged" not in driven.text()
        await passes(driven, 6)
        assert "figures of 02:51:10" in first_line(driven)
        driven.session.fail = None
        await passes(driven, 5)
        assert "figures of" not in first_line(driven)


@SIZES
async def test_an_empty_recording_says_what_is_being_asked(size):
    async with live(size, FakeLive(empty=True)) as driven:
        words = " ".join(driven.text().replace("│", " ").split())
        assert "Waiting for the first figures of" in words
        assert "predictions" in words


@pytest.mark.parametrize("keys", ["D", "S", [*":resolve", "enter"], [*":sources", "enter"]])
async def test_a_replay_says_that_nothing_runs_behind_it(keys):
    async with cockpit() as driven:
        await driven.press(*keys)
        assert "there is no running system behind it" in driven.text()
        assert driven.sheet is None
