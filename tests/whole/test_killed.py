"""kill -9 in a replay: what was acknowledged is there, and the recording is untouched."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cockpit.records import MINUTE, SECOND
from cockpit.session import Session
from tests.ui.terminal import PYTHONPATH, Terminal
from tests.whole.conftest import told, told_json
from tests.whole.made import START, iso

AT = START + 31 * MINUTE
# Alternate screen left, cursor shown, kitty keys and bracketed paste off.
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[<u", b"\x1b[?2004l")

# Works in a replay for ever; says what it has done once it is done.
WORKING = f"""
import sys
from itertools import count
from pathlib import Path
from cockpit.session import Session

session = Session.replay(Path(sys.argv[1]), journal=None, resume=True, who="ana")
session.view({AT})
for i in count():
    at = {AT} + i * {SECOND}
    steps = [
        lambda: session.note(f"note {{i}}", at),
        lambda: session.answer("who", f"answer {{i}}", at),
        lambda: session.choose("throttle", f"reason {{i}}", ["freeze_deploys"], at),
        lambda: session.execute(at),
        lambda: session.ask(f"who {{i}}", "help", None, "", at),
        lambda: session.save_draft("exec", f"draft {{i}}", at),
    ]
    steps[i % len(steps)]()
    print(i, flush=True)
"""


def work_and_be_killed(incident: Path, acknowledged: int) -> int:
    """Kill it right after the given acknowledgement; the last number it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKING, str(incident)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        text=True,
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(acknowledged)]
    process.kill()
    said += process.stdout.readlines()  # what it said before it died
    assert process.wait() == -signal.SIGKILL
    return int([line for line in said if line.endswith("\n")][-1])


@pytest.mark.parametrize("seed", range(3))
def test_nothing_acknowledged_is_missing(incident: Path, seed: int) -> None:
    last = work_and_be_killed(incident, random.Random(seed).randint(6, 40))
    own = Session.newest_replay(incident)
    assert own is not None
    kinds = ["note", "answer", "choose", "execute", "ask", "draft"]
    done = [e for e in told_json("timeline", own)["entries"] if e["who"] == "ana"]
    # The one that was being written when it was killed may be there too.
    assert len(done) in (last + 1, last + 2)
    assert [e["kind"] for e in done] == [kinds[i % 6] for i in range(len(done))]
    assert [e["at"] for e in done] == [AT + i * SECOND for i in range(len(done))]
    assert told("verify", own).startswith("sound: ")
    with Session.replay(incident, journal=None, resume=True, who="ana") as resumed:
        assert resumed.opens_at == done[-1]["at"]
        view = resumed.view(resumed.opens_at)
        assert view.choice is not None
        assert view.choice.reason.startswith("reason ")
        resumed.note("here again", resumed.opens_at)
        assert Path(resumed.close()) == own
    assert "here again" in told("timeline", own)


def opened(incident: Path, *options: str) -> Terminal:
    terminal = Terminal(
        *("-m", "cockpit", "replay", str(incident), "--paused", "--at", iso(AT), *options),
        COCKPIT_STATE=os.environ["COCKPIT_STATE"],
        XDG_STATE_HOME=os.environ["COCKPIT_STATE"],
    )
    terminal.read_until("rollback to v41")
    terminal.read_until("02:31:00 UTC")
    return terminal


def test_what_the_keyboard_did_outlives_a_kill(incident: Path) -> None:
    terminal = opened(incident, "--fresh", "--as", "ana")
    # Typed in one go, as over a slow line: each sheet gets what was meant for it.
    terminal.type("3\rmine alone\rnthe gateway changed\rc\r1\r\r")
    terminal.read_until("not yet executed")
    terminal.signal(signal.SIGKILL)
    assert terminal.wait() == -signal.SIGKILL
    own = Session.newest_replay(incident)
    assert own is not None
    steps = [e for e in told_json("timeline", own)["entries"] if e["who"] == "ana"]
    assert [e["kind"] for e in steps] == ["answer", "note", "choose"]
    assert steps[0]["text"].endswith("mine alone")
    assert steps[1]["text"] == "the gateway changed"
    assert {e["at"] for e in steps} == {AT}

    terminal = opened(incident, "--resume", "--as", "ana")
    terminal.read_until("not yet executed")
    terminal.type("x")
    terminal.read_until("executed 02:31")
    terminal.type("q")
    assert terminal.wait() == 0
    assert f"What was done here is kept in {own}" in terminal.raw.decode(errors="replace")
    steps = [e for e in told_json("timeline", own)["entries"] if e["who"] == "ana"]
    assert [e["kind"] for e in steps] == ["answer", "note", "choose", "execute"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_the_draft_and_leaves_the_terminal_clean(
    incident: Path, number: signal.Signals
) -> None:
    terminal = opened(incident, "--fresh", "--as", "ana")
    terminal.type("b")
    terminal.read_until("TL;DR")
    terminal.type("typed by me ")
    terminal.read_until("typed by me")
    before = len(terminal.raw)
    terminal.signal(number)
    assert terminal.wait() == 128 + number
    after = terminal.raw[before:]
    assert all(code in after for code in RESTORED)
    assert b"Traceback" not in terminal.raw
    own = Session.newest_replay(incident)
    assert own is not None
    assert told("brief", own, "--at", iso(AT)).startswith("typed by me ")
    assert [e["kind"] for e in told_json("timeline", own)["entries"] if e["who"]] == ["draft"]


def workers(terminal: Terminal) -> list[int]:
    """The processes that a cockpit has started."""
    told = Path(f"/proc/{terminal.pid}/task").glob("*/children")
    return [int(pid) for children in told for pid in children.read_text().split()]


def rests(terminal: Terminal, pid: int) -> None:
    """Read until a process has used no processor for a while."""
    used = ""
    while used != (used := " ".join(Path(f"/proc/{pid}/stat").read_text().split()[13:15])):
        terminal.read(0.5)


def ended(pid: int) -> bool:
    """Whether a process is gone some seconds from now."""
    until = time.monotonic() + 10.0
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def test_a_worker_that_is_killed_is_replaced_and_said_so(incident: Path) -> None:
    terminal = opened(incident, "--fresh", "--as", "ana")
    (first,) = workers(terminal)
    rests(terminal, first)
    os.kill(first, signal.SIGKILL)
    terminal.type("nstill here\r")
    terminal.read_until("started again; nothing is lost")
    (second,) = workers(terminal)
    assert second != first
    terminal.type("q")
    assert terminal.wait() == 0
    assert ended(second)
    own = Session.newest_replay(incident)
    assert own is not None
    assert "still here" in told("timeline", own)
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL], ids=lambda n: n.name
)
def test_no_worker_outlives_the_interface(incident: Path, number: signal.Signals) -> None:
    terminal = opened(incident, "--fresh", "--as", "ana")
    (worker,) = workers(terminal)
    terminal.signal(number)
    terminal.wait()
    assert ended(worker)


def test_a_dropped_connection_loses_no_draft(incident: Path) -> None:
    terminal = opened(incident, "--fresh", "--as", "ana")
    terminal.type("b")
    terminal.read_until("TL;DR")
    terminal.type("typed by me ")
    terminal.read_until("typed by me")
    terminal.hang_up()
    terminal.wait()
    own = Session.newest_replay(incident)
    assert own is not None
    assert told("brief", own, "--at", iso(AT)).startswith("typed by me ")
