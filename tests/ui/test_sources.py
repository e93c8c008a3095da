"""What fails costs its own panes alone; what is not there yet is said in each."""

import threading

import pytest

from cockpit.records import BadInput
from cockpit.ui import layout
from cockpit.ui.app import CockpitApp
from cockpit.ui.canvas import plain_text
from cockpit.ui.lines import plain
from cockpit.ui.panes.playhead import Playhead
from cockpit.ui.place import PANES, Place
from cockpit.ui.sheets.sources import SourcesSheet
from tests.ui.driving import NARROW, WIDE, Driven, cockpit, live
from tests.ui.fake_live import FakeLive
from tests.ui.hand_measured import OPENS

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
PLAY = Playhead(OPENS, live=True)

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
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_failing_source_costs_its_own_panes_alone(name, size):
    session = FakeLive(declared=True)
    session.fails(name)
    view = session.view(OPENS)
    for pane in PANES:
        lines = layout.screen(view, Place(pane, full=True), PLAY, size, plain(""), "card-fraud")
        text = plain_text(lines)
        said = f"{name}: connection refused since 02:50 (40 s)" in text
        assert said == (str(pane) in COSTS[name]), pane
        assert size == NARROW or "1 source fails" in text.splitlines()[0]


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
        assert "3 sources fail" in driven.status()
        await driven.press("2")
        assert "2 figures of metrics, predictions, gpu: connection refused since" in driven.text()
    session.fails("metrics/a", "metrics/b")
    async with live(session=session) as driven:
        assert "1 source fails in part" in driven.status()


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
        await driven.passes(5)
        assert "The figures could not be computed: the recording is damaged" in driven.text()
        await driven.press("j")
        await driven.passes(5)
        assert "the recording is damaged" not in driven.text()
        await driven.passes(6)
        assert "figures of 02:51:10" in driven.status()
        driven.session.fail = None
        await driven.passes(5)
        assert "figures of" not in driven.status()


@SIZES
async def test_an_empty_recording_says_what_is_being_asked(size):
    async with live(size, FakeLive(empty=True)) as driven:
        words = " ".join(driven.text().replace("│", " ").split())
        assert "Waiting for the first figures: asking " in words
        assert "predictions" in words
        driven.session.fails("metrics", "predictions")
        await driven.passes(6)
        assert "Waiting" not in driven.text()
        assert "connection refused since" in driven.text()


@pytest.mark.parametrize("keys", ["D", "S", [*":resolve", "enter"], [*":sources", "enter"]])
async def test_a_replay_says_that_nothing_runs_behind_it(keys):
    async with cockpit() as driven:
        await driven.press(*keys)
        assert "there is no running system behind it" in driven.text()
        assert driven.sheet is None
