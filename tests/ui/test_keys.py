"""Keys: each does what the table says, letters belong to text fields, escape always leaves."""

import pytest

from cockpit.records import HOUR, MINUTE, SECOND
from cockpit.ui.keys import KEYS, key_line, of
from cockpit.ui.lines import width
from cockpit.ui.prompt import Field
from cockpit.ui.screens.briefing import BriefingScreen
from cockpit.ui.screens.incident import IncidentScreen
from cockpit.ui.sheets.asks import AsksSheet
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.command import CommandSheet, FilterSheet, GotoSheet
from cockpit.ui.sheets.derivation import DerivationSheet, SourceSheet
from cockpit.ui.sheets.harm import HarmSheet
from cockpit.ui.sheets.help import HelpSheet
from cockpit.ui.sheets.note import NoteSheet, ReportSheet
from cockpit.ui.sheets.question import QuestionSheet
from cockpit.ui.sheets.sheet import Sheet
from tests.ui.driving import NARROW, cockpit
from tests.ui.hand_measured import END, ONSET, OPENS, PAGED, START


def test_every_key_has_one_id_and_an_action():
    ids = [key.id for key in KEYS]
    assert len(ids) == len(set(ids))
    for key in of("incident"):
        name = (key.action or key.id).partition("(")[0]
        assert hasattr(IncidentScreen, f"action_{name}"), key.id
    for key in of("briefing"):
        assert hasattr(BriefingScreen, f"action_{key.id}"), key.id


def test_every_binding_can_be_rebound_by_its_id():
    bound = {binding.id for binding in IncidentScreen.BINDINGS}
    assert bound == {key.id for key in of("incident")}


@pytest.mark.parametrize("cells", range(0, 140, 7))
def test_the_key_line_drops_the_least_needed_and_fits(cells):
    line = key_line(of("incident"), cells)
    assert width(line) <= cells
    if cells >= 20:
        text = "".join(text for text, _ in line)
        assert "? help" in text
        assert "q quit" in text


@pytest.mark.parametrize("place", [Sheet, ChooseSheet, QuestionSheet, AsksSheet, Field])
def test_every_other_binding_has_an_id_too(place):
    assert all(binding.id for binding in place.__dict__["BINDINGS"])


async def test_control_q_and_c_do_what_people_expect():
    async with cockpit() as driven:
        await driven.press("ctrl+c")
        assert "q leaves the cockpit" in driven.text()
        await driven.pilot.press("ctrl+q")
        await driven.pilot.pause()
    assert driven.app.return_code == 0


@pytest.mark.parametrize("pane", range(1, 7))
async def test_a_digit_opens_a_pane_and_o_and_escape_come_back(pane):
    async with cockpit() as driven:
        for leave in ("o", "escape"):
            await driven.press(str(pane))
            assert driven.screen.place.full
            assert driven.screen.place.focus == pane
            assert "o overview" in driven.text()
            await driven.press(leave)
            assert not driven.screen.place.full


OPENS_SHEET = [
    ("c", ChooseSheet),
    ("n", NoteSheet),
    ("r", ReportSheet),
    ("a", AsksSheet),
    ("!", HarmSheet),
    (":", CommandSheet),
    ("t", GotoSheet),
    ("/", FilterSheet),
    ("J", FilterSheet),
    ("?", HelpSheet),
    ("enter", QuestionSheet),
]


@pytest.mark.parametrize(("key", "sheet"), OPENS_SHEET)
@pytest.mark.parametrize("size", [(120, 40), NARROW])
async def test_a_key_opens_its_sheet_and_escape_leaves_without_doing_anything(key, sheet, size):
    async with cockpit(size) as driven:
        await driven.press(key)
        assert isinstance(driven.sheet, sheet)
        await driven.press("escape")
        assert driven.sheet is None
        assert driven.session.done == []


async def test_enter_and_i_show_how_a_figure_was_made_and_where_it_comes_from():
    async with cockpit() as driven:
        await driven.press("1", "enter")
        assert isinstance(driven.sheet, DerivationSheet)
        assert "score counts of v42, label known" in driven.text()
        await driven.press("escape", "i")
        assert isinstance(driven.sheet, SourceSheet)
        assert driven.session.recording.content_id in driven.text()
        await driven.press("escape", "4", "enter")
        assert "counted: +.077 ±.02" in driven.text()


async def test_letters_are_text_in_a_text_field():
    async with cockpit() as driven:
        await driven.press("n")
        await driven.type("quick !c0")
        await driven.press("enter")
        assert driven.session.done == [("note", ("quick !c0",))]
        assert driven.app.is_running


TRAVEL = [
    ("]", 10 * SECOND),
    ("[", -10 * SECOND),
    ("M", MINUTE),
    ("m", -MINUTE),
    ("H", START - OPENS),
    ("L", min(HOUR, END - OPENS)),
    ("0", END - OPENS),
    (",", PAGED - OPENS),
    (".", 0),
]


@pytest.mark.parametrize(("key", "by"), TRAVEL)
async def test_travel_keys_move_the_clock_and_the_view_follows(key, by):
    async with cockpit() as driven:
        await driven.press(key)
        assert driven.app.clock.at == OPENS + by
        await driven.until(lambda: driven.app.view.at == OPENS + by)


async def test_space_runs_and_pauses_and_the_clock_ticks():
    async with cockpit() as driven:
        driven.app.tick()
        assert driven.app.clock.at == OPENS
        await driven.press("space", "plus")
        driven.app.tick()
        await driven.settle()
        assert driven.app.clock.at == OPENS + 2 * SECOND
        await driven.press("minus", "space")
        assert driven.app.clock.speed == 1
        assert driven.app.clock.paused


async def test_the_end_pauses_and_says_so():
    async with cockpit() as driven:
        await driven.press("space", "0")
        assert driven.app.clock.paused
        assert "end" in driven.text().splitlines()[0]
        await driven.press("space")
        assert "The recording ends here" in driven.text()


async def test_go_to_a_time_and_a_bad_one_is_one_line():
    async with cockpit() as driven:
        await driven.press("t")
        await driven.type("02:48")
        await driven.press("enter")
        assert driven.app.clock.at == ONSET
        await driven.press("t")
        await driven.type("soon")
        await driven.press("enter")
        assert "is not a time" in driven.text()
        assert driven.app.clock.at == ONSET


async def test_moving_stays_inside_the_pane_and_keeps_its_place():
    async with cockpit() as driven:
        await driven.press("1", "G")
        last = driven.screen.item()
        await driven.press("j", "j")
        assert driven.screen.item() == last
        await driven.press("g", "k")
        assert driven.screen.item() == "metric:precision:v42|"
        await driven.press("j", "o", "tab", "1")
        assert driven.screen.item() != "metric:precision:v42|"


async def test_tab_goes_round_all_panes():
    async with cockpit() as driven:
        seen = []
        for _ in range(5):
            seen.append(driven.screen.place.focus)
            await driven.press("tab")
        assert sorted(seen) == [1, 2, 3, 4, 5]
        assert driven.screen.place.focus == seen[0]


async def test_copying_writes_a_file_and_says_where(tmp_path, monkeypatch):
    monkeypatch.delenv("COCKPIT_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with cockpit() as driven:
        await driven.press("y")
        assert str(tmp_path) in driven.text()
    copied = (tmp_path / "cockpit" / "copied.txt").read_text(encoding="utf-8")
    assert "IMPACT" in copied


async def test_what_is_copied_goes_where_the_state_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "named"))
    async with cockpit() as driven:
        await driven.press("y")
        assert str(tmp_path / "named" / "copied.txt") in driven.text()
    assert (tmp_path / "named" / "copied.txt").stat().st_mode & 0o777 == 0o600


async def test_quitting_ends_with_code_0():
    async with cockpit() as driven:
        await driven.pilot.press("q")
        await driven.pilot.pause()
    assert driven.app.return_code == 0
