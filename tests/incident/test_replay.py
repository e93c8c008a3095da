"""A replay keeps what is done in it, whatever happens, and never touches the recording."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.incident.file import IncidentFile
from cockpit.incident.journal import Journal
from cockpit.incident.replay import newest, open_incident, open_replay
from cockpit.incident.verify import verify
from cockpit.records import MINUTE, BadInput
from tests.incident.samples import recording

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    (tmp_path / "shared").mkdir()
    return recording(tmp_path / "shared" / "card fraud.incident")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cockpit"


def test_a_replay_has_a_file_of_its_own(recorded: Path, state: Path) -> None:
    with open_replay(recorded, state_folder=state, writer="ana@web") as replay:
        short = replay.recording.content_id[:8]
        assert replay.path == state / "replays" / f"card fraud-{short}-1.incident"
        assert stat.S_IMODE(replay.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(replay.path.parent.stat().st_mode) == 0o700
        note = replay.journal.append("note", 3 * MINUTE, "odd")
        assert note.lamport == 4  # after the recording's three
        assert [event.kind for event in replay.events()] == ["deploy", "note", "page", "report"]
        assert [event.kind for event in replay.events(2 * MINUTE)] == ["deploy"]
        assert len(replay.telemetry.counts("score", None, MINUTE)) > 0


def test_the_recording_is_never_changed(recorded: Path, state: Path) -> None:
    before = (recorded.read_bytes(), recorded.stat().st_mtime_ns, os.listdir(recorded.parent))
    with open_replay(recorded, state_folder=state) as replay:
        replay.journal.append("choose", MINUTE, data={"option": "rollback"})
        replay.telemetry.counts("score", None, 9 * MINUTE)
        assert replay.recording.mode == "reading"
        with pytest.raises(BadInput, match="reading only"):
            Journal(replay.recording, "ana").append("note", 1)
        assert os.listdir(recorded.parent) == before[2]
    after = (recorded.read_bytes(), recorded.stat().st_mtime_ns, os.listdir(recorded.parent))
    assert after == before


def test_the_newest_replay_of_the_same_recording_is_resumed(recorded: Path, state: Path) -> None:
    paths = []
    for _ in range(11):
        with open_replay(recorded, state_folder=state, resume=False, writer="ana") as replay:
            replay.journal.append("note", 1, str(len(paths)))
            paths.append(replay.path)
    assert len(set(paths)) == 11
    moved = recorded.with_name("renamed.incident")
    shutil.copy(recorded, moved)
    with open_replay(moved, state_folder=state, writer="ana") as replay:
        assert replay.path == paths[-1]
        assert [e.text for e in replay.events() if e.kind == "note"] == ["10"]
        assert replay.journal.append("note", 1).seq == 2


def test_a_replay_of_another_recording_is_not_resumed(
    recorded: Path, state: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.incident"
    with IncidentFile.create(other, service="other") as file:
        file.finish()
    open_replay(recorded, state_folder=state).close()
    with open_replay(other, state_folder=state) as replay:
        assert replay.path.name.startswith("other-")
    with IncidentFile.open(other) as file:
        path = newest(file, state)
        assert path is not None
        # Even one that was renamed to look like its own.
        foreign = path.with_name(path.name.replace("-1.", "-2."))
        ours = next(p for p in path.parent.iterdir() if p.name.startswith("card"))
        ours.rename(foreign)
        assert newest(file, state) == path


def test_a_damaged_replay_is_left_and_an_older_one_resumed(recorded: Path, state: Path) -> None:
    paths = []
    for _ in range(2):
        with open_replay(recorded, state_folder=state, resume=False) as replay:
            paths.append(replay.path)
    paths[1].write_bytes(b"")
    with open_replay(recorded, state_folder=state) as replay:
        assert replay.path == paths[0]
    with open_replay(recorded, state_folder=state, resume=False) as replay:
        assert replay.path.name.endswith("-3.incident")


def test_the_journal_can_be_named(recorded: Path, state: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.incident"
    for seq in (1, 2):
        with open_replay(recorded, state_folder=state, journal=mine, writer="ana") as replay:
            assert replay.journal.append("note", 1).seq == seq
    assert not state.exists()
    with open_replay(mine, state_folder=state, writer="ana") as replay:  # a replay itself
        assert replay.path == mine
        assert replay.journal.append("note", 1).seq == 3
    with pytest.raises(BadInput, match="is finished"):
        open_replay(recorded, state_folder=state, journal=recorded)
    other = tmp_path / "other.incident"
    IncidentFile.create(other, service="s", live=True).close()
    with pytest.raises(BadInput, match="is no replay of"):
        open_replay(recorded, state_folder=state, journal=other)


def test_a_replays_file_is_read_with_its_recording(recorded: Path, state: Path) -> None:
    with open_replay(recorded, state_folder=state, writer="ana") as replay:
        replay.journal.append("note", 1, "odd")
        path = replay.path
    with open_incident(path) as incident:
        assert incident.path == path
        assert len(incident.events()) == 4
        assert len(incident.telemetry.counts("score", None, MINUTE)) > 0
        with pytest.raises(BadInput, match="reading only"):
            incident.journal.append("note", 2)
    with open_incident(recorded) as incident:
        assert incident.path == recorded
        assert len(incident.events()) == 3
    assert verify(path).checked["events"] == 1
    assert verify(path).ok


def test_a_recording_sent_along_is_found_beside_its_replay(
    recorded: Path, state: Path, tmp_path: Path
) -> None:
    with open_replay(recorded, state_folder=state, writer="ana") as replay:
        path = replay.path
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.move(path, inbox)
    shutil.move(recorded, inbox)
    with open_incident(inbox / path.name) as incident:
        assert incident.recording.path == inbox / recorded.name


def test_a_recording_that_is_gone_or_another_is_one_clear_line(recorded: Path, state: Path) -> None:
    with open_replay(recorded, state_folder=state) as replay:
        path = replay.path
    recorded.unlink()
    with pytest.raises(BadInput, match=r"replays .*card fraud\.incident, which is gone"):
        open_incident(path)
    assert "which is gone" in verify(path).first_break
    with IncidentFile.create(recorded, service="another") as file:
        file.finish()
    with pytest.raises(BadInput, match=r"replays [0-9a-f]{8}, but .* holds [0-9a-f]{8} now"):
        open_incident(path)


def test_a_break_in_the_recording_is_named(recorded: Path, state: Path) -> None:
    with open_replay(recorded, state_folder=state) as replay:
        path = replay.path
    recorded.write_bytes(recorded.read_bytes().replace(b"a customer calls", b"a customer waits"))
    assert "card fraud.incident: event recording:3: it is not" in verify(path).first_break


def test_events_are_read_and_written_without_numpy(recorded: Path, state: Path) -> None:
    code = """
import sys
from pathlib import Path
from cockpit.incident.replay import open_replay

with open_replay(sys.argv[1], state_folder=Path(sys.argv[2]), writer="ana") as replay:
    replay.journal.append("note", 1)
    print(len(replay.events()), replay.recording.span().end, "numpy" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(recorded), str(state)],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    assert done.stdout.split() == ["4", str(11 * MINUTE), "False"]


def test_a_folder_that_cannot_be_made_is_one_clear_line(recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be made"):
        open_replay(recorded, state_folder=tmp_path / "file")


_SESSION = """
import sys
from pathlib import Path
from cockpit.incident.replay import open_replay

replay = open_replay(sys.argv[1], state_folder=Path(sys.argv[2]), writer="ana")
while True:
    event = replay.journal.append("choose", 60_000_000, data={"option": "rollback"})
    print(event.seq, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 7, 40])
def test_a_session_killed_loses_nothing_it_acknowledged(
    recorded: Path, state: Path, acknowledged: int
) -> None:
    session = subprocess.Popen(
        [sys.executable, "-c", _SESSION, str(recorded), str(state)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert session.stdout is not None
    seen = [int(session.stdout.readline()) for _ in range(acknowledged)]
    session.send_signal(signal.SIGKILL)
    seen += [int(line) for line in session.stdout.read().split("\n")[:-1]]
    assert session.wait() == -signal.SIGKILL
    session.stdout.close()
    with open_replay(recorded, state_folder=state, writer="ana") as replay:
        path = replay.path
        kept = [event.seq for event in replay.events() if event.kind == "choose"]
        assert set(seen) <= set(kept)
        assert kept == list(range(1, len(kept) + 1))
        assert replay.journal.append("execute", MINUTE).seq == len(kept) + 1
    assert verify(path).ok
