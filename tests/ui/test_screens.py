"""Screens that are kept: at each choice and change of phase, as text and as a safe picture."""

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from cockpit.assets import sample_incident
from cockpit.cli import main
from cockpit.incident.file import IncidentFile
from cockpit.records import Refused
from cockpit.session import Session
from cockpit.session.screens import LARGEST_TEXT, is_picture, kept_screens
from cockpit.ui import layout, picture, themes
from cockpit.ui.canvas import plain_text
from cockpit.ui.lines import plain
from cockpit.ui.panes.status import Playhead
from tests.ui.driving import NARROW, WIDE, cockpit
from tests.ui.fake_session import FakeSession
from tests.ui.hand_measured import OPENS

HOSTILE = "<script>x</script>\x1b[2J‮&漢字🇧🇷 http://evil"
THEMES = themes.installed().by_name


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_overview_is_kept_when_something_is_chosen_executed_or_entered(size):
    async with cockpit(size) as driven:
        await driven.press("4", "c", "enter", "1", "enter", "enter")
        await driven.press("x")
        await driven.press("greater_than_sign")
        kinds = [(kind, at) for kind, _, _, at in driven.session.screens]
        assert kinds == [(k, OPENS) for k in ("choose", "execute", "phase-remediation")]
        for (_, text, svg, _), said in zip(
            driven.session.screens,
            ("not yet executed", "executed 02:51", "REMEDIATE"),
            strict=True,
        ):
            lines = text.splitlines()
            assert len(lines) == size[1] - 1  # no key line
            assert "5 Known" in text  # the overview, whatever pane was open
            assert said in text
            assert is_picture(svg)


async def test_a_refused_action_keeps_nothing():
    async with cockpit() as driven:
        await driven.press("x", "greater_than_sign", "escape", "n")
        await driven.type("noted")
        await driven.press("enter")
        assert driven.session.screens == []


async def test_a_screen_that_cannot_be_kept_is_said_and_stops_nothing():
    class Full(FakeSession):
        def keep_screen(self, kind, text, svg, at):
            raise OSError("secret")

    async with cockpit(session=Full()) as driven:
        await driven.press("c", "enter", "1", "enter", "enter")
        assert "could not be kept: OSError" in driven.text()
        assert driven.session.choice is not None


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("labels", ["", HOSTILE])
def test_pictures_fetch_nothing_in_any_theme(theme, labels):
    view = FakeSession(labels=labels).view(OPENS)
    lines = layout.overview(view, Playhead(OPENS, 1.0, True), WIDE, "card-fraud" + labels)
    svg = picture.svg(lines, WIDE[0], THEMES[theme])
    assert is_picture(svg)
    assert all(word in svg for word in ("IMPACT", "KNOWN", "DETECT"))
    assert len(set(re.findall(r'<text class="t-r\d+" x="[\d.]+" y="([\d.]+)"', svg))) == WIDE[1] - 1
    assert not re.search(r"@font-face|@import|url\((?!#)|<image|<script|href", svg)
    assert (svg + plain_text(lines)).replace("\n", "").isprintable()
    assert not any(0x2800 <= ord(character) < 0x2900 for character in svg)


SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'


@pytest.mark.parametrize(
    "inner",
    [
        "<script>x</script>",
        '<image href="a.png"/>',
        '<rect onload="x" width="1"/>',
        '<a xmlns="http://www.w3.org/1999/xhtml" href="x">y</a>',
        "<style>@import 'x';</style>",
        "<style>rect { fill: url(http://evil/x) }</style>",
        "<style>rect { fill: image-set('x') }</style>",
        '<rect fill="url(//evil)"/>',
        "<foreignObject/>",
        "<!-- comment -->",
        "<unclosed>",
    ],
)
def test_what_does_more_than_draw_is_no_picture(inner):
    assert is_picture(SVG.format('<rect clip-path="url(#c)" width="1"/>'))
    assert not is_picture(SVG.format(inner))
    assert not is_picture("<!DOCTYPE svg>" + SVG.format(""))


@pytest.fixture
def replay(tmp_path):
    own = tmp_path / "own.incident"
    session = Session.replay(
        sample_incident("card-fraud-rollout"), journal=own, resume=False, who="ada"
    )
    with session:
        yield session, own


def told(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_kept_screens_are_listed_and_written_for_their_owner_alone(replay, tmp_path):
    session, own = replay
    assert "no screen" in told("screens", own).output
    svg = picture.svg([plain("hello")], 10, THEMES["dark"])
    for kind in ("choose", "choose", "phase-scope"):
        session.keep_screen(kind, "hello", svg, OPENS)
    with pytest.raises(Refused, match="too large"):
        session.keep_screen("choose", "x" * (LARGEST_TEXT + 1), svg, OPENS)
    listed = told("screens", own).output.splitlines()
    assert [line.split()[-1] for line in listed] == ["choose", "choose-2", "phase-scope"]
    out = tmp_path / "out"
    result = told("screens", own, "-o", out)
    assert result.exit_code == 0
    written = sorted(out.iterdir())
    assert sorted(result.output.split()) == [str(path) for path in written]
    assert len(written) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert {p.read_text() for p in written} == {"hello\n", svg}


def test_a_strangers_screens_are_inert(replay, tmp_path):
    _, own = replay
    with IncidentFile.open_live(own) as file:
        for name in ("../../evil", "20261103T025110Z-../../x", "20261103T025110Z-A b"):
            file.put_document(f"screen/{name}.txt", "x")
        file.put_document("screen/20261103T025110Z-choose.txt", "a\x1b[2Jb\nc")
        file.put_document("screen/20261103T025110Z-choose.svg", SVG.format("<script>x</script>"))
    assert [screen.kind for screen in kept_screens(own)] == ["choose"]
    out = tmp_path / "out"
    result = told("screens", own, "-o", out)
    assert result.exit_code == 1
    assert "holds more than a picture" in result.stderr
    assert [path.name for path in out.iterdir()] == ["20261103T025110Z-choose.txt"]
    assert "\x1b" not in (out / "20261103T025110Z-choose.txt").read_text()
    assert not list(Path(tmp_path).rglob("evil*"))


def test_a_folder_that_cannot_be_made_is_one_line(replay, tmp_path):
    _, own = replay
    result = told("screens", own, "-o", tmp_path / "no" / "such")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
