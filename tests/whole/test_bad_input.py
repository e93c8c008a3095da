"""Whatever is wrong with what a command was given: exit 2, one clear line, and no file left."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from cockpit.session import Session
from tests.whole.conftest import cockpit, told
from tests.whole.made import Log, made

READ = (
    ("assess",),
    ("assess", "--json"),
    ("options",),
    ("severity",),
    ("status",),
    ("timeline",),
    ("brief",),
    ("screens",),
    ("screens", "-o", "never made"),
    ("verify",),
    ("cut", "--from", "02:00", "--to", "02:10"),
    ("answer", "who", "all", "--at", "02:30"),
    ("choose", "observe", "--reason", "none", "--at", "02:30"),
    ("execute", "--at", "02:30"),
    ("note", "hello", "--at", "02:30"),
    ("ask", "infra", "help", "--at", "02:30"),
    ("flag", "safety", "a dose", "--at", "02:30"),
    ("clear", "--by", "Ada", "--reason", "gone", "--at", "02:30"),
)


@pytest.fixture(scope="module")
def places(incident: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files that can be wrong, by name; no test may leave another one beside them."""
    folder = tmp_path_factory.mktemp("places")
    sound = bytearray(incident.read_bytes())
    contents = {
        "incident": sound,
        "cut short": sound[: len(sound) // 2],
        "empty": b"",
        "text": b"time,score\n" * 50,
        "newer": sound[:60] + (99).to_bytes(4, "big") + sound[64:],
    }
    for name, content in contents.items():
        (folder / f"{name}.incident").write_bytes(content)
    with sqlite3.connect(folder / "a database.incident") as other:
        other.execute("CREATE TABLE note(text TEXT)")
    other.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COCKPIT_STATE", str(folder / "state"))
        own = Session.replay(folder / "incident.incident", journal=None, resume=False).close()
    found = {name: str(folder / f"{name}.incident") for name in (*contents, "a database")}
    return {
        **found, "missing": str(folder / "missing.incident"), "a folder": str(folder),
        "no folder": str(folder / "none" / "x"), "a replay": own,
    }  # fmt: skip


def refused(*arguments: object, folder: Path) -> str:
    """The one line a command says when it cannot do what it was asked; nothing else happens."""
    before = everything_in(folder)
    result = cockpit(*arguments)
    assert everything_in(folder) == before
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("cockpit: ")
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1
    assert result.stderr.rstrip("\n").isprintable()
    return result.stderr.removeprefix("cockpit: ").rstrip("\n")


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("missing", "missing.incident: no such file"),
        ("a folder", "is a folder; name an .incident file"),
        ("empty", "empty.incident is empty; copy it again from its source"),
        ("text", "text.incident is not an incident file"),
        ("a database", "a database.incident is a database, but not an incident file"),
        ("cut short", "copy it again from its source"),
        ("newer", "newer.incident was written by a newer cockpit (schema 99, this one reads 3)"),
    ],
)
@pytest.mark.parametrize("command", READ, ids=" ".join)
def test_a_file_that_cannot_be_read(
    places: dict[str, str], command: tuple[str, ...], place: str, said: str
) -> None:
    folder = Path(places["a folder"])
    assert said in refused(command[0], places[place], *command[1:], folder=folder)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("assess {incident} --at soon", "--at: 'soon' is not a time; write one like 2026-11-03T"),
        ("status {incident} --at 25:00", "--at: '25:00' is not a time"),
        ("brief {incident} --at 9999-12-31T23:59:59Z", "--at: '9999-12-31T23:59:59Z' is not a"),
        ("timeline {incident} --at 0001-01-01", "--at: '0001-01-01' is not a time"),
        ("assess {incident} --from 02:10 --to 02:05", "--from is not before --to; swap them"),
        ("assess {incident} --from 02:10 --to 02:10", "--from is not before --to; swap them"),
        ("assess {incident} --from 02:10", "--from and --to go together"),
        ("assess {incident} --to 02:10 --from x", "--from: 'x' is not a time"),
        ("assess {incident} --window often", "--window: 'often' is not a duration; write one"),
        ("assess {incident} --window 0s", "--window: no time at all"),
        ("assess {incident} --window 999999999d", "--window: '999999999d' is longer than a"),
        ("assess {incident} --window 1h --from 02:00 --to 02:10", "say the same thing; give one"),
        ("brief {incident} -o {no folder}", "there is no folder"),
        ("brief {incident} -o {a folder}", "is a folder; name a file in it"),
        ("cut {incident} --from 02:10 --to 02:05", "--from must be before --to"),
        ("cut {incident} --from x --to 02:05", "--from: 'x' is not a time"),
        ("cut {incident} --from 02:00 --to 02:05 --at x", "--at: 'x' is not a time"),
        ("cut {incident} --from 2020-01-01 --to 2020-01-02", "it reaches from 2026-11-03T02:00"),
        ("cut {incident} --from 02:00 --to 02:05 -o {incident}", "exists already; choose another"),
        ("cut {incident} --from 02:00 --to 02:05 -o {no folder}", "none/x cannot be created: No"),
        ("cut {a replay} --from 02:00 --to 02:05", "is a replay and holds no telemetry; cut its"),
        ("note {incident} hello --at later", "--at: 'later' is not a time"),
        ("screens {a replay} -o {no folder}", "No such file or directory; name another folder"),
        ("note {a replay} hello --at later", "--at: 'later' is not a time"),
        ("note {a replay} hello --at 9999-12-31", "--at: '9999-12-31' is not a time"),
        ("note {a replay} {nothing} --at 02:30", "a note is empty; nothing was written"),
        ("choose {a replay} rolback --reason slow --at 02:30", "there is no option 'rolback'"),
        ("choose {a replay} observe --reason {nothing} --at 02:30", "a choice takes a reason"),
        ("evidence {a replay} error_up seen --reason odd --at 02:30", "did you mean 'errors_up'?"),
        ("execute {a replay} --at 02:30", "nothing has been chosen yet"),
        ("answer {a replay} whom all --at 02:30", "there is no question 'whom'; there are: who,"),
        ("ask {a replay} {nothing} help --at 02:30", "who is asked is empty"),
        ("ask {a replay} infra help --deadline 02:29 --at 02:30", "--deadline is not after --at"),
        ("ask {a replay} infra help --deadline soon --at 02:30", "--deadline: 'soon' is not a"),
        ("clear {a replay} --by Ada --reason gone --at 02:30", "nothing is marked: there is no"),
        ("replay {incident}", "the cockpit needs a terminal; for scripts use"),
        ("demo", "the cockpit needs a terminal; for scripts use"),
        ("demo --scenario tea", "no sample incident is named 'tea'; there are: card-fraud-rollout"),
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_used(places: dict[str, str], arguments: str, said: str) -> None:
    words = [part.replace("_", " ") for part in _marked(arguments).split()]
    names = {**places, "nothing": " "}
    given = [names[word[1:-1]] if word.startswith("{") else word for word in words]
    assert said in refused(*given, folder=Path(places["a folder"]))


def _marked(arguments: str) -> str:
    """Names of places keep their spaces when the arguments are split."""
    for name in ("a folder", "no folder", "a replay"):
        arguments = arguments.replace(name, name.replace(" ", "_"))
    return arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("assess",),
        ("assess", "x.incident", "--nope"),
        ("brief", "x.incident", "--for", "board"),
        ("replay", "x.incident", "--speed", "0"),
        ("import", "--map", "map.yaml"),
    ],
    ids=" ".join,
)
def test_usage_that_is_wrong_is_told_as_usage(arguments: tuple[str, ...]) -> None:
    result = cockpit(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[0].startswith("Usage: ")
    assert result.stderr.splitlines()[-1].startswith("Error: ")


@pytest.fixture(scope="module")
def small() -> Log:
    return made(rows=60)


Change = Callable[[dict[str, Path]], None]


def replaced(file: str, old: str, new: str) -> Change:
    def change(files: dict[str, Path]) -> None:
        text = files[file].read_text(encoding="utf-8")
        assert old in text
        files[file].write_text(text.replace(old, new), encoding="utf-8")

    return change


def written(file: str, content: bytes) -> Change:
    def change(files: dict[str, Path]) -> None:
        files[file].write_bytes(content)

    return change


def gone(file: str) -> Change:
    return lambda files: files[file].unlink()


def a_folder(file: str) -> Change:
    def change(files: dict[str, Path]) -> None:
        files[file].unlink()
        files[file].mkdir()

    return change


def without(file: str) -> Change:
    def change(files: dict[str, Path]) -> None:
        del files[file]

    return change


ROWS = ("predictions", "labels", "reference", "metrics")
FILES = (*ROWS, "map", "config", "events")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *((gone(file), "o such file") for file in FILES),
        *(
            (a_folder(file), "no file in this folder" if file in ROWS else "s a directory")
            for file in FILES
        ),
        *((written(file, b"\xff\xfe\x00\x81" * 50), "") for file in FILES),
        (written("predictions", b""), "predictions.csv: empty"),
        (replaced("map", "threshold:", "treshold:"), "treshold: unknown key; did you mean 'thr"),
        (replaced("map", "score: score", "score: skore"), "did you mean 'score'?"),
        (replaced("map", "bucket: 1m", "bucket: 3d"), "bucket: '3d' is not a whole number of"),
        (replaced("map", "schema.yaml", "gone.yaml"), "gone.yaml: No such file"),
        (written("map", b"service: shop\n\ttime: ["), "map.yaml:2: not YAML"),
        (without("map"), "no map: give --map FILE, or --config with sources.predictions"),
        (replaced("config", "timezone:", "timezon:"), "timezon: unknown key; did you mean"),
        (replaced("config", "Europe/Berlin", "Mars/Base"), "'Mars/Base' is not a time zone"),
        (replaced("config", "99%", "990%"), "objectives[1].target: '990%' is not a share"),
        (replaced("events", '"deploy"', '"deplyo"'), "kind: 'deplyo' is unknown; did you mean"),
        (replaced("events", "2026-11-03T02:20", "yesterday"), "time: 'yesterday"),
        (replaced("predictions", "time,id,", "when,id,"), "column 'time'"),
        (replaced("predictions", "T02:", "T26:"), "no row can be used: 60 no time"),
        (replaced("labels", "id,label", "id,repaid"), "column 'label'"),
    ],
)
def test_an_import_that_cannot_be_made(
    small: Log, tmp_path: Path, change: Change, said: str
) -> None:
    arguments = small.write(tmp_path)
    files = {
        option.removeprefix("--"): Path(file)
        for option, file in zip(arguments[::2], arguments[1::2], strict=True)
    }
    change(files)
    given = [part for option, file in files.items() for part in (f"--{option}", file)]
    message = refused("import", *given, "-o", tmp_path / "new.incident", folder=tmp_path)
    assert said in message


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("there.incident", "there.incident exists already; --force writes over it"),
        ("none/new.incident", "there is no such folder"),
        (".", "exists already"),
    ],
)
def test_an_output_that_cannot_be_written(small: Log, tmp_path: Path, out: str, said: str) -> None:
    (tmp_path / "there.incident").write_bytes(b"mine")
    arguments = small.write(tmp_path)
    assert said in refused("import", *arguments, "-o", tmp_path / out, folder=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write in every folder")
def test_a_folder_that_cannot_be_written(small: Log, incident: Path, tmp_path: Path) -> None:
    arguments = small.write(tmp_path / "files")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    for command in (
        ("import", *arguments, "-o", closed / "new.incident"),
        ("cut", incident, "--from", "02:00", "--to", "02:10", "-o", closed / "new.incident"),
        ("brief", incident, "-o", closed / "new.md"),
    ):
        assert "new." in refused(*command, folder=tmp_path)


def test_what_a_map_gets_wrong_is_named_by_file_and_line(small: Log, tmp_path: Path) -> None:
    arguments = small.write(tmp_path)
    text = (tmp_path / "map.yaml").read_text(encoding="utf-8")
    (tmp_path / "map.yaml").write_text(text + "treshold: 0.5\n", encoding="utf-8")
    line = len(text.splitlines()) + 1
    message = refused("import", *arguments, "-o", tmp_path / "new.incident", folder=tmp_path)
    assert message == f"map.yaml:{line}: treshold: unknown key; did you mean 'threshold'?"
    assert yaml.safe_load(text)["threshold"] == 0.5


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_verify_names_the_first_break_of_a_damaged_file(
    incident: Path, tmp_path: Path, share: float
) -> None:
    damaged = bytearray(incident.read_bytes())
    # Between the rows of a page there is room in which nothing is written and nothing can break.
    later = range(int(len(damaged) * share), len(damaged))
    place = next(i for i in later if damaged[i : i + 64].count(0) < 8)
    damaged[place : place + 64] = bytes(b ^ 0xFF for b in damaged[place : place + 64])
    file = tmp_path / "damaged.incident"
    file.write_bytes(damaged)
    result = cockpit("verify", file)
    assert result.exit_code == 1
    assert result.stderr == ""
    assert result.stdout.splitlines()[-1].startswith("broken: ")
    assert sum(line.startswith("broken: ") for line in result.stdout.splitlines()) == 1
    assert told("verify", incident).startswith("sound: ")


def test_a_real_process_says_the_same_without_a_traceback(places: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cockpit", "status", places["newer"], "--at", "soon"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cockpit: ")
    assert done.stderr.count("\n") == 1
