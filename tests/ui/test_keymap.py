"""Keys of one's own: they are bound and shown, and a bad file is one line that stops nothing."""

import pytest

from cockpit.records import BadInput
from cockpit.ui import keymap
from cockpit.ui.keymap import OWN, Keymap
from cockpit.ui.keys import KEYS, of
from cockpit.ui.sheets.choose import ChooseSheet
from cockpit.ui.sheets.help import HelpSheet
from cockpit.ui.sheets.note import NoteSheet
from tests.ui.driving import cockpit


def file(tmp_path, text):
    path = tmp_path / "keys.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("typed", ["N", "f5", "ctrl+n", "=, ;"])
async def test_a_changed_key_works_is_shown_and_the_old_one_is_free(tmp_path, typed):
    changed = keymap.load(file(tmp_path, f'note: "{typed}"\nfaster: "+"\n'))
    async with cockpit(keys=Keymap(changed)) as driven:
        assert f"{typed} note" in driven.text()
        await driven.press("n")
        assert driven.sheet is None
        for key in Keymap(changed).for_textual()["note"].split(","):
            await driven.press(key)
            assert isinstance(driven.sheet, NoteSheet)
            await driven.press("escape")
        await driven.press("question_mark")
        assert isinstance(driven.sheet, HelpSheet)
        assert f"{typed} " in "".join(
            line for line in driven.text().splitlines() if "write a time-stamped note" in line
        )


async def test_two_keys_can_change_places(tmp_path):
    changed = keymap.load(file(tmp_path, "note: c\nchoose: n\n"))
    async with cockpit(keys=Keymap(changed)) as driven:
        await driven.press("c")
        assert isinstance(driven.sheet, NoteSheet)
        await driven.press("escape", "n")
        assert isinstance(driven.sheet, ChooseSheet)


def test_every_key_may_be_written_as_it_comes(tmp_path):
    lines = [f'{key.id}: "{key.keys}"' for key in OWN]
    changed = keymap.load(file(tmp_path, "\n".join(lines)))
    bound = Keymap(changed)
    assert {k.id: k.keys for w in ("incident", "briefing") for k in bound.of(w)} == {
        key.id: key.keys for key in OWN
    }


def test_keys_of_sheets_stay(tmp_path):
    assert {key.where for key in KEYS} - {key.where for key in OWN} == {
        "choose",
        "question",
        "asks",
        "experiment",
        "evidence",
        "services",
    }
    assert Keymap({"note": "N"}).of("choose") == of("choose")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("note: n\nchose: x\n", "keys.yaml:2: chose: unknown id; did you mean 'choose'?"),
        ("zzzz: x\n", "keys.yaml:1: zzzz: unknown id; known are: help, quit"),
        ("note: b\n", "keys.yaml:1: note: b is the key of briefing"),
        ("note: X\nchoose: X\n", "X is the key of"),
        ("note: n\nnote: m\n", "keys.yaml:2: note: given twice"),
        ("note: some key\n", "keys.yaml:1: note: 'some key' is no key"),
        ("note: hyper+n\n", "'hyper+n' is no key"),
        ("note: ''\n", "'' is no key"),
        ("note: 1\n", "write it in quotes"),
        ("- note\n", "keys.yaml"),
        ("note: [\n", "not YAML"),
    ],
)
def test_a_bad_file_names_line_id_and_mend(tmp_path, text, said):
    with pytest.raises(BadInput) as error:
        keymap.load(file(tmp_path, text))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


async def test_a_bad_file_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "cockpit").mkdir()
    file(tmp_path / "cockpit", "chose: x\n")
    async with cockpit(keys=None) as driven:
        assert "keys.yaml:1: chose: unknown id" in driven.text()
        await driven.press("c")
        assert isinstance(driven.sheet, ChooseSheet)


def test_no_file_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert keymap.installed() == Keymap()
