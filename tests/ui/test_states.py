"""Each pane has its empty, loading, stale and error state as a sentence, at every size."""

import threading
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.ui import layout
from cockpit.ui.app import CockpitApp
from cockpit.ui.lines import plain, width
from cockpit.ui.panes.status import Playhead, status_line
from cockpit.ui.place import FLIPS, HYPOTHESES, PANES, Place
from tests.ui.driving import Driven, cockpit
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

PLAY = Playhead(OPENS, 1.0, True)
VIEW = FakeSession().view(OPENS)
EMPTY = FakeSession(empty=True).view(OPENS)
HOSTILE = "[red]x[/red]\x1b[2J‮漢字🇧🇷" + "w" * 10_000
NASTY = FakeSession(labels=HOSTILE).view(OPENS)
SIZES = st.tuples(st.integers(1, 260), st.integers(1, 90))


def shown(view, size, place=None):
    return layout.screen(view, place or Place(), PLAY, size, plain(""), "card-fraud")


def words(lines):
    return "\n".join("".join(text for text, _ in line) for line in lines)


@given(SIZES, st.sampled_from([VIEW, EMPTY, NASTY, None]), st.integers(1, 8), st.booleans())
def test_every_screen_has_exactly_its_size(size, view, pane, full):
    full = full or pane not in PANES
    lines = shown(view, size, Place(focus=pane, full=full))
    assert len(lines) == size[1]
    assert {width(line) for line in lines} == {size[0]}


@given(SIZES.filter(lambda size: size[0] < 80 or size[1] < 24))
def test_below_the_smallest_size_one_sentence_says_which_is_needed(size):
    text = words(shown(VIEW, size))
    assert len(text.split("\n")[0].strip()) > 0
    assert all(not line.strip() for line in text.split("\n")[1:])
    if size[0] >= 80:
        assert "80×24" in text


@pytest.mark.parametrize("pane", [*PANES, HYPOTHESES, FLIPS])
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_an_empty_pane_says_so_in_a_sentence(pane, size):
    lines = words(shown(EMPTY, size, Place(focus=pane, full=True))).split("\n")[4:]
    text = " ".join(lines)
    assert "." in text
    assert any(word in text.lower() for word in ("no ", "nothing", "empty"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_overview_of_an_empty_incident_is_sentences(size):
    text = words(shown(EMPTY, size))
    assert "nothing measured says that anyone is hurt" in text
    assert "No containment option can be compared yet" in text


def test_loading_is_a_sentence():
    assert "Reading the recording of card-fraud" in words(shown(None, (80, 24)))


def test_a_number_without_a_value_says_why():
    text = words(shown(VIEW, (120, 40), Place(focus=1, full=True)))
    assert "no labels yet" in text
    assert "310 rows, 1,000 needed" in text


def test_stale_figures_say_how_old_they_are():
    at = OPENS + 600_000_000
    late = type(VIEW)(**{f: getattr(VIEW, f) for f in VIEW.__struct_fields__} | {"at": at})
    assert "stale 10 min" in words(shown(late, (120, 40)))


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24)])
def test_what_blocks_an_option_is_never_dropped(size):
    text = words(shown(VIEW, size))
    assert text.count("! ") >= 2
    assert "! 24 of 36" in text


@given(st.integers(12, 200))
def test_the_status_line_drops_the_rest_before_severity_and_phase(cells):
    text = words([status_line(VIEW, PLAY, cells, "card-fraud")])
    assert "SEV2?" in text
    order = ["CONTAIN", "T+03:10", "update due 28:50", "02:51:10 UTC", "data 1 s"]
    order += ["diagnose ≤ 9 min", "page +01:10"]
    there = [part in text for part in order]
    assert there == sorted(there, reverse=True)


async def test_a_stored_view_is_painted_before_anything_is_computed():
    class Slow(FakeSession):
        go_on = threading.Event()

        def view(self, at):
            self.go_on.wait(10)
            return super().view(at)

    session = Slow(stored=True)
    app = CockpitApp(cast("Any", session), at=OPENS, paused=True, theme="dark")
    async with app.run_test(size=(120, 40)) as pilot:
        driven = Driven(app, pilot, session)
        await driven.until(lambda: "precision" in driven.text())
        assert not app.computed
        assert "figures of 02:50:10" in driven.text()
        session.go_on.set()
        await driven.until(lambda: app.computed)
        await driven.settle()
        assert "figures of" not in driven.text()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["1"],
        ["2"],
        ["3"],
        ["4"],
        ["5"],
        ["6"],
        ["h"],
        ["w"],
        ["enter"],
        ["c"],
        ["1", "enter"],
        ["i"],
    ],
)
async def test_hostile_labels_are_inert_everywhere(size, keys):
    async with cockpit(size, FakeSession(labels=HOSTILE)) as driven:
        await driven.press(*keys)
        await driven.settle()
        strips = driven.app.screen._compositor.render_strips()
        text = "\n".join(strip.text for strip in strips)
        assert "\x1b" not in text
        assert "‮" not in text
        assert {strip.cell_length for strip in strips} == {size[0]}
        links = [s.style.link for strip in strips for s in strip if s.style is not None]
        assert not any(links)
        if not keys and size[0] == 120:
            assert "[red]x" in text


async def test_resizing_never_breaks_the_screen():
    async with cockpit() as driven:
        for size in [(80, 24), (79, 24), (200, 60), (20, 5), (120, 40)]:
            await driven.pilot.resize_terminal(*size)
            await driven.settle()
            lines = driven.screen.lines()
            assert len(lines) == size[1]
        assert "IMPACT" in driven.text()
