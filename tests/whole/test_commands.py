"""Every command says how it is used, prints what a program can read, and keeps to its owner."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import click
import msgspec
import pytest

from cockpit.cli import main
from cockpit.records import MINUTE, Assessment
from cockpit.session import Session
from cockpit.views import Checklist, Impact, Knowledge, OptionRow, Status, TimelineEntry
from tests.whole.conftest import cockpit, told, told_json
from tests.whole.made import START, iso

COMMANDS = main.list_commands(click.Context(main))
ANSWERING = ("assess", "options", "severity", "status", "timeline")
AT = ("--at", iso(START + 30 * MINUTE))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_the_command_understands(command: str) -> None:
    help_text = told(command, "--help")
    examples = re.findall(r"^ +cockpit (\S+)(.*?)$", help_text, re.MULTILINE)
    assert examples
    assert all(name == command for name, _ in examples)
    known = {
        option
        for parameter in main.get_command(click.Context(main), command).params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = re.findall(r"(?<=\s)--?[a-z][a-z-]*", " ".join(rest for _, rest in examples))
    assert set(used) <= known | {"--help"}


def test_help_names_every_command_with_a_sentence() -> None:
    lines = told("--help").splitlines()
    for command in COMMANDS:
        (line,) = [line for line in lines if line.startswith(f"  {command} ")]
        assert len(line.split()) > 3


@pytest.mark.parametrize("command", ANSWERING)
def test_json_is_one_document_that_names_its_schema_first(incident: Path, command: str) -> None:
    text = told(command, incident, *AT, "--json")
    assert next(iter(json.loads(text).items())) == (
        "schema",
        f"cockpit.{command}/{2 if command == 'options' else 1}",
    )
    assert text.endswith("}\n")


@pytest.mark.parametrize("command", ANSWERING)
def test_times_in_json_are_integers_and_numbers_are_finite(incident: Path, command: str) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    document = json.loads(told(command, incident, *AT, "--json"), parse_constant=refuse)
    assert document["at"] == START + 30 * MINUTE
    assert type(document["at"]) is int


def test_json_reads_back_as_the_records_it_was_written_from(incident: Path) -> None:
    with Session.read(incident) as session:
        view = session.view(START + 30 * MINUTE)
        assessment = session.assessment(START + 30 * MINUTE)
    assert msgspec.convert(told_json("assess", incident, *AT), Assessment) == assessment
    status = told_json("status", incident, *AT)
    assert msgspec.convert(status["status"], Status) == view.status
    assert msgspec.convert(status["impact"], Impact) == view.impact
    assert msgspec.convert(status["checklist"], Checklist) == view.checklist
    assert msgspec.convert(status["knowledge"], Knowledge) == view.knowledge
    rows = told_json("options", incident, *AT)["options"]
    assert msgspec.convert(rows, list[OptionRow]) == view.options.rows
    entries = told_json("timeline", incident, *AT)["entries"]
    assert msgspec.convert(entries, list[TimelineEntry]) == view.timeline


def test_assess_holds_what_its_schema_promises(incident: Path) -> None:
    document = told_json("assess", incident, *AT)
    assert {"at", "as_of", "window", "metrics", "drift"} <= document.keys()
    for metric in document["metrics"]:
        assert (metric["value"] is None) == bool(metric["reason"])
        assert metric["as_of"] <= document["at"]
    promised = {"feature", "psi", "psi_corrected", "low", "high", "kl", "n", "class"}
    said = [d for d in document["drift"] if d["psi_corrected"] is not None]
    assert said
    assert all(promised | {"missing_share", "unseen_share"} <= d.keys() for d in said)
    worst = [d["psi_corrected"] for d in said]
    assert worst == sorted(worst, reverse=True)


def test_the_text_of_a_command_says_what_its_json_says(incident: Path) -> None:
    text = told("status", incident, *AT)
    document = told_json("status", incident, *AT)
    assert document["impact"]["sentence"] in text
    assert all(known in text for known in document["knowledge"]["known"])
    table = told("options", incident, *AT)
    for row in told_json("options", incident, *AT)["options"]:
        assert any(
            row["label"] in line and row["quality"]["text"] in line for line in table.splitlines()
        )


def test_a_brief_goes_to_stdout_or_to_a_file_whole(incident: Path, tmp_path: Path) -> None:
    said = told("brief", incident, *AT, "--for", "technical")
    out = tmp_path / "update.md"
    assert told("brief", incident, *AT, "--for", "technical", "-o", out) == f"{out}\n"
    assert said.startswith(out.read_text(encoding="utf-8"))
    assert list(tmp_path.iterdir()) == [out]


def test_what_is_made_is_for_its_owners_eyes(
    incident: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "a" / "state"
    monkeypatch.setenv("COCKPIT_STATE", str(state))
    cut, brief = tmp_path / "cut.incident", tmp_path / "update.md"
    told("cut", incident, "--from", "02:10", "--to", "02:20", "-o", cut)
    told("brief", incident, *AT, "-o", brief)
    with Session.replay(incident, journal=None, resume=False, who="me") as session:
        session.note("hello", START + 20 * MINUTE)
        for file in state.rglob("*"):
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file
        own = Path(session.close())
    for file in (incident, cut, brief, own):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_a_reader_that_goes_away_is_no_error(incident: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cockpit", "assess", str(incident), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.read(10)
    process.stdout.close()
    assert (process.wait(), process.stderr.read()) == (0, b"")


def test_verify_counts_what_is_sound(incident: Path) -> None:
    result = cockpit("verify", incident)
    assert result.exit_code == 0
    sound, content = result.stdout.splitlines()
    assert re.fullmatch(r"sound: \d+ documents, \d[\d,]* chunks, 7 events", sound)
    with Session.read(incident) as session:
        assert content == f"content {session.recording.content_id}"
