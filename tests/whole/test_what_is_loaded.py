"""What a command loads: the interface only where it is opened, tables only for an import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.records import MINUTE
from tests.ui.terminal import Terminal
from tests.whole.made import START, iso, made

# Runs a command as `cockpit` does and tells, on stderr, every module that was loaded by it.
TELLING = """
import atexit, json, os, sys
atexit.register(lambda: print("LOADED", json.dumps(sorted(sys.modules)), file=sys.stderr))
from cockpit.cli import main
main()
"""
ENGINES = {"ibis", "duckdb"}  # only where an engine counts
TABLES = {"pandas", "pyarrow", *ENGINES}
AT = ("--at", iso(START + 30 * MINUTE))


def loaded(*arguments: object) -> set[str]:
    """Top-level modules that a command which succeeds has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", TELLING, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("LOADED ")]
    return {name.partition(".")[0] for name in json.loads(told.removeprefix("LOADED "))}


@pytest.mark.parametrize(
    "command",
    [
        ("assess", "FILE", *AT, "--json"),
        ("options", "FILE", *AT),
        ("status", "FILE", *AT, "--json"),
        ("brief", "FILE", *AT, "--for", "technical"),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_answers_loads_numpy_and_no_more(
    incident: Path, command: tuple[str, ...]
) -> None:
    found = loaded(*(incident if word == "FILE" else word for word in command))
    assert "numpy" in found
    assert not found & {"textual", *TABLES}


@pytest.mark.parametrize(
    "command",
    [("--help",), ("--version",), ("timeline", "FILE", *AT), ("assess", "--help"),
     ("replay", "--help"), ("import", "--help")],
    ids=" ".join,
)  # fmt: skip
def test_a_command_that_computes_nothing_loads_next_to_nothing(
    incident: Path, command: tuple[str, ...]
) -> None:
    found = loaded(*(incident if word == "FILE" else word for word in command))
    assert not found & {"textual", "numpy", "scipy", *TABLES}


def test_files_are_made_checked_and_cut_without_the_interface(
    incident: Path, tmp_path: Path
) -> None:
    given = made(rows=60).write(tmp_path)
    for command in (
        ("import", *given, "-o", tmp_path / "new.incident"),
        ("verify", incident),
        ("cut", incident, "--from", "02:10", "--to", "02:20", "-o", tmp_path / "short.incident"),
    ):
        assert not loaded(*command) & {"textual", *ENGINES}


def test_the_interface_loads_neither_tables_nor_numpy(incident: Path, tmp_path: Path) -> None:
    witness = tmp_path / "loaded.json"
    telling = TELLING.replace("sys.stderr", f"open({str(witness)!r}, 'w')")
    terminal = Terminal(
        *("-c", telling, "replay", str(incident), *AT, "--paused"),
        COCKPIT_STATE=os.environ["COCKPIT_STATE"],
    )
    terminal.read_until("rollback to v41")
    terminal.type("b")
    terminal.read_until("TL;DR")
    terminal.type("\x1b")
    terminal.read(0.5)
    terminal.type(":severity SEV1\r")
    terminal.read_until("SEV1")
    terminal.type(">")
    terminal.read_until("SCOPE ▸")
    terminal.type("q")
    assert terminal.wait() == 0
    found = set(json.loads(witness.read_text().removeprefix("LOADED ")))
    assert {"textual", "cockpit.ui.app", "cockpit.session.worker"} <= found
    assert not found & {"numpy", "scipy", "cockpit.session.compose", *TABLES}
