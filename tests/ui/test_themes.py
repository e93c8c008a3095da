"""Themes: readable, complete, and a bad file is named and stops nothing."""

import re
from pathlib import Path

import pytest
import yaml

from cockpit.assets import themes_folder
from cockpit.records import BadInput
from cockpit.ui.themes import COLOURS, NAMED, fitting, load, read

PACKAGED = load(themes_folder())
TEXTS = [
    c
    for c in COLOURS
    if c not in ("background", "raised", "cursor", "border", "critical_background")
]
HEX = [theme for theme in PACKAGED.by_name.values() if not theme.ansi]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.1."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_packaged_themes_are_all_there_and_good():
    assert set(PACKAGED.by_name) == {"dark", "light", "high-contrast", "ansi-16"}
    assert PACKAGED.problems == ()


@pytest.mark.parametrize("theme", HEX, ids=lambda theme: theme.name)
@pytest.mark.parametrize("behind", ["background", "raised", "cursor"])
def test_every_word_can_be_read(theme, behind):
    least = 7.0 if theme.name == "high-contrast" else 4.5
    for name in TEXTS:
        if name == "critical":
            continue
        ratio = contrast(theme.colours[name], theme.colours[behind])
        assert ratio >= least, f"{name} on {behind}: {ratio:.2f}"
    ratio = contrast(theme.colours["critical"], theme.colours["critical_background"])
    assert ratio >= least


def test_the_sixteen_colours_use_only_names():
    assert all(c in NAMED for c in PACKAGED.by_name["ansi-16"].colours.values())


GOOD = yaml.safe_load((themes_folder() / "dark.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colours": {**GOOD["colours"], "accent": "orange-ish"}}, "colours.accent"),
        ({"colours": {**GOOD["colours"], "acent": "#ffffff"}}, "did you mean accent"),
        ({"colours": {k: v for k, v in GOOD["colours"].items() if k != "dim"}}, "colours.dim"),
        ({"colours": "red"}, "colours"),
        ({"dark": "yes please"}, "dark"),
        ({"name": "[red]\x1b"}, "name"),
        ({"colors": {}}, "did you mean colours"),
    ],
)
def test_a_bad_theme_is_reported_by_file_key_and_mend(tmp_path, change, named):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**GOOD, **change}), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read(path)
    message = str(error.value)
    assert message.startswith(str(path))
    assert named in message
    assert "\n" not in message


def test_a_bad_file_stops_nothing_and_a_user_theme_replaces_one(tmp_path):
    (tmp_path / "a.yaml").write_text("{", encoding="utf-8")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    mine = {**GOOD, "colours": {**GOOD["colours"], "accent": "#00ff00"}}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(mine), encoding="utf-8")
    themes = load(themes_folder(), tmp_path)
    assert themes.get("dark").colours["accent"] == "#00ff00"
    assert len(themes.problems) == 2
    assert all(
        Path(re.split(r":\d|: ", problem)[0]).parent == tmp_path for problem in themes.problems
    )


def test_an_unknown_name_tells_the_known_ones():
    with pytest.raises(BadInput, match="ansi-16, dark, high-contrast, light"):
        PACKAGED.get("solarized")


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"TERM": "xterm-256color"}, "dark"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "ansi-16"),
        ({"TERM": "linux"}, "ansi-16"),
    ],
)
def test_the_theme_fits_the_terminal(environment, name):
    assert fitting(environment) == name
