"""Whatever the bytes of a file are: a clear line, never another error, never an endless read."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.incident.cut import cut
from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import events
from cockpit.incident.replay import open_replay
from cockpit.incident.telemetry import Telemetry
from cockpit.incident.verify import verify
from cockpit.records import BadInput, Window
from cockpit.tables import TABLES
from tests.incident.samples import recording


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recording(tmp_path_factory.mktemp("damage") / "f.incident")


def contents(path: Path) -> list[object]:
    """All a file says, in one value."""
    with IncidentFile.open(path) as file:
        telemetry = Telemetry(file)
        window = Window(start=0, end=1 << 54)
        said: list[object] = [file.service, file.bucket, file.facts(), events(file)]
        said += [file.span(), file.content_id, *map(file.document, file.documents())]
        said += [repr(telemetry.counts_by_valid(name, window, 1 << 54)) for name in TABLES]
        said += [repr(telemetry.reference("score")), repr(telemetry.series(None, window, 1 << 54))]
        return said


def survives(path: Path, data: bytes, sound: Path) -> None:
    """A damaged file is refused, or its first break is named, or it says what it always said."""
    path.write_bytes(data)
    lines = []
    try:
        report = verify(path)
        lines.append(report.first_break)
        if report.ok:
            assert contents(path) == contents(sound)
    except BadInput as error:
        lines.append(str(error))
    for use in (contents, lambda p: cut(p, p.with_name("cut"), 0, 1 << 54)):
        try:
            use(path)
        except BadInput as error:
            lines.append(str(error))
    path.with_name("cut").unlink(missing_ok=True)
    assert all("\n" not in line for line in lines)


@settings(max_examples=100)
@given(data=st.data())
def test_changed_bytes(sound: Path, data: st.DataObject) -> None:
    damaged = bytearray(sound.read_bytes())
    near = st.integers(0, 200) | st.integers(0, len(damaged) - 1)
    for at in data.draw(st.lists(near, min_size=1, max_size=4)):
        damaged[at] = data.draw(st.integers(0, 255))
    survives(sound.with_name("changed"), bytes(damaged), sound)


@settings(max_examples=30)
@given(data=st.data())
def test_an_end_cut_off(sound: Path, data: st.DataObject) -> None:
    whole = sound.read_bytes()
    end = data.draw(st.integers(0, len(whole) - 1))
    survives(sound.with_name("short"), whole[:end], sound)
    with pytest.raises(BadInput):
        IncidentFile.open(sound.with_name("short"))


@settings(max_examples=30)
@given(data=st.data())
def test_a_page_lost(sound: Path, data: st.DataObject) -> None:
    damaged = bytearray(sound.read_bytes())
    page = data.draw(st.integers(0, len(damaged) // 4096 - 1)) * 4096
    damaged[page : page + 4096] = data.draw(st.sampled_from([bytes(4096), b"\xff" * 4096]))
    survives(sound.with_name("lost"), bytes(damaged), sound)


@settings(max_examples=30)
@given(data=st.data())
def test_a_replay_of_changed_bytes(sound: Path, data: st.DataObject) -> None:
    """The replay's own file may be damaged too, and is then resumed or refused."""
    state = sound.parent / "state"
    with open_replay(sound, state_folder=state, resume=False, writer="ana") as replay:
        replay.journal.append("note", 1, "x" * 3000)
        own = replay.path
    damaged = bytearray(own.read_bytes())
    damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    own.write_bytes(damaged)
    lines = []
    try:
        with open_replay(sound, state_folder=state, journal=own) as replay:
            replay.events()
            replay.journal.append("note", 2)
    except BadInput as error:
        lines.append(str(error))
    finally:
        for path in own.parent.iterdir():
            path.unlink()
    assert all("\n" not in line for line in lines)
