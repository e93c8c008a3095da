"""The command run in this process, and one incident imported by it that all tests may read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import Phase, settings

from cockpit.cli import main
from cockpit.records import MINUTE
from cockpit.session import Session
from tests.whole.hostile import EVERYTHING, hostile_steps, hostile_words
from tests.whole.made import DEPLOY, Log, made


def few(examples: int) -> settings:
    """So many examples of something slow: what fails is shown as it was found, not made smaller."""
    return settings(max_examples=examples, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def cockpit(*arguments: object) -> Result:
    """What `cockpit ARGUMENTS` does: exit code, stdout and stderr."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*arguments: object) -> str:
    """What a command that succeeds says on stdout."""
    result = cockpit(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def told_json(*arguments: object) -> dict[str, Any]:
    """The document that a command with --json prints."""
    document: dict[str, Any] = json.loads(told(*arguments, "--json"))
    return document


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two documents differ: 'metrics[3].n: 14 is not 15'. Short, however large they are."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        return [d for key in one for d in differences(one[key], other[key], f"{at}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{at}[{i}]")]
    if one == other:
        return []
    return [f"{at}: {str(one)[:200]} is not {str(other)[:200]}"]


@pytest.fixture(autouse=True)
def _own_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))


def imported(log: Log, folder: Path) -> Path:
    """The incident that `cockpit import` makes of a log, its users hashed with a key of ours."""
    file = folder / "checkout.incident"
    with pytest.MonkeyPatch.context() as patch:
        keys = SimpleNamespace(token_bytes=lambda size: b"k" * size)
        patch.setattr("cockpit.observe.importer.secrets", keys)
        assert told("import", *log.write(folder), "-o", file) == f"{file}\n"
    return file


@pytest.fixture(scope="session")
def log() -> Log:
    """The service's day that `incident` is an import of."""
    return made()


@pytest.fixture(scope="session")
def incident(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A finished incident file, made by the command; nobody may change it."""
    file = imported(log, tmp_path_factory.mktemp("whole"))
    before, modified = file.read_bytes(), os.stat(file).st_mtime_ns
    yield file
    assert file.read_bytes() == before
    assert os.stat(file).st_mtime_ns == modified


@pytest.fixture(scope="session")
def hostile_incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An incident every word of which means harm, its own name among them."""
    file = imported(made(rows=500, words=hostile_words()), tmp_path_factory.mktemp("hostile"))
    return file.rename(file.with_name("evil \x1b[31m\u202e\n[b]x[b].incident"))


@pytest.fixture
def hostile_replay(hostile_incident: Path, tmp_path: Path) -> Path:
    """A replay of it, in the file of which somebody wrote what no session would."""
    own = tmp_path / "own \x1b[31m\u202e.incident"
    with Session.replay(hostile_incident, journal=own, resume=False, who=EVERYTHING):
        pass
    hostile_steps(own, DEPLOY + 9 * MINUTE)
    return own
