"""Hostile words in every imported field and every step of a replay: no command repeats the harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from cockpit.records import MINUTE
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.hostile import EVERYTHING, LONG, hostile_words, strings, unsafe
from tests.whole.made import DEPLOY, END, iso, made

LONGEST_STRING = 5_000  # one value may quote two texts of 2,000
LONGEST_TEXT = 120_000
AT = ("--at", iso(DEPLOY + 11 * MINUTE))
TELLING = [
    *[(command,) for command in ("assess", "options", "severity", "status", "timeline")],
    *[(command,) for command in ("brief", "screens")],
    ("brief", "--for", "technical"),
]
ACTING = [
    ("answer", "who", EVERYTHING + LONG),
    ("note", EVERYTHING + LONG),
    ("ask", EVERYTHING, EVERYTHING + LONG, "--default", EVERYTHING),
    ("flag", "safety", EVERYTHING + LONG),
    (
        "choose",
        "kill",
        "--reason",
        EVERYTHING + LONG,
        "--with",
        EVERYTHING,
        "--despite",
        EVERYTHING,
    ),
]
GFM = MarkdownIt("gfm-like")
GFM.linkify.set({"fuzzy_link": False, "fuzzy_ip": False})  # as GFM: a bare name.tld is no link


def check(text: str) -> None:
    assert not unsafe(text)
    assert "x" * 2_001 not in text
    assert len(text) < LONGEST_TEXT


def tokens(markdown: str) -> set[str]:
    return {
        token.type
        for block in GFM.parse(markdown)
        for token in (block, *(block.children or []))
        if not token.type.endswith("_close")
    }


@pytest.fixture(params=["recording", "replay"])
def file(request: pytest.FixtureRequest) -> Path:
    """The recording, or a replay of it with hostile steps."""
    name = {"recording": "hostile_incident", "replay": "hostile_replay"}[request.param]
    return request.getfixturevalue(name)


@pytest.mark.parametrize("command", TELLING, ids=" ".join)
def test_no_text_moves_a_cursor_or_hides_a_word(file: Path, command: tuple[str, ...]) -> None:
    at = () if command == ("screens",) else AT
    check(told(command[0], file, *at, *command[1:]))


@pytest.mark.parametrize("command", ["assess", "options", "severity", "status", "timeline"])
def test_no_string_of_json_does_once_it_is_read(file: Path, command: str) -> None:
    text = told(command, file, *AT, "--json")
    assert not unsafe(text)
    for string in strings(json.loads(text)):
        assert not unsafe(string)
        assert "\n" not in string
        assert len(string) <= LONGEST_STRING


@pytest.mark.parametrize("audience", ["exec", "technical"])
def test_a_brief_is_rendered_without_a_link_an_image_or_html(file: Path, audience: str) -> None:
    brief = told("brief", file, *AT, "--for", audience)
    harmful = {"link_open", "image", "html_inline", "html_block", "fence", "code_block",
               "code_inline", "hr"}  # fmt: skip
    assert not tokens(brief) & harmful
    assert "<script" not in GFM.render(brief)


def test_no_text_is_taken_for_a_template(hostile_incident: Path) -> None:
    brief = told("brief", hostile_incident, *AT, "--for", "technical")
    assert "{{ 7 * 7 }}" in brief.replace("\\", "")


def test_the_report_and_the_path_of_an_import_are_inert(tmp_path: Path) -> None:
    log = made(rows=60, words=hostile_words())
    out = tmp_path / "evil \x1b[31m\u202e\n.incident"
    result = cockpit("import", *log.write(tmp_path / "in \x1b[31m"), "-o", out)
    assert result.exit_code == 0
    assert not unsafe(result.stdout) | unsafe(result.stderr)
    assert result.stdout.count("\n") == 1
    assert out.exists()


def test_checking_and_cutting_are_inert(file: Path, hostile_incident: Path, tmp_path: Path) -> None:
    check(told("verify", file))
    out = tmp_path / "cut \x1b[31m\n.incident"
    said = told("cut", hostile_incident, "--from", "02:05", "--to", "02:35", "-o", out)
    check(said)
    assert said.count("\n") == 1
    check(told("status", out, *AT))
    brief = tmp_path / "brief \x1b[31m\n.md"
    check(told("brief", hostile_incident, *AT, "-o", brief))
    check(brief.read_text(encoding="utf-8"))


@pytest.mark.parametrize("wrong", [("status", "--at", EVERYTHING), ("answer", EVERYTHING, "x")],
                         ids=["time", "question"])  # fmt: skip
def test_what_is_wrong_is_quoted_inert_and_on_one_line(
    hostile_replay: Path, wrong: tuple[str, ...]
) -> None:
    at = () if "--at" in wrong else AT
    result = cockpit(wrong[0], hostile_replay, *wrong[1:], *at)
    assert result.exit_code == 2
    assert not unsafe(result.stderr)
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < LONGEST_STRING


def test_hostile_words_of_people_are_kept_and_inert(hostile_replay: Path) -> None:
    for command, *words in ACTING:
        assert cockpit(command, hostile_replay, *words, "--as", EVERYTHING, *AT).exit_code == 0
    for command in ("status", "timeline", "brief"):
        check(told(command, hostile_replay, *AT))
    entries = told_json("timeline", hostile_replay, "--at", iso(END))["entries"]
    assert sum("[bold red]rich[/bold red]" in entry["text"] for entry in entries) > 10
