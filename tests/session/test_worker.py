"""The worker: it tells what the session itself would, and its end is nobody's loss."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from bench.harness import SAMPLE
from cockpit.records import MINUTE, SECOND, BadInput, Refused
from cockpit.session import Session, worker
from cockpit.session.worker import NoAnswer
from tests.ui.terminal import PYTHONPATH
from tests.whole.conftest import differences


@pytest.fixture
def said():
    """What the worker has to say to the person."""
    return []


@pytest.fixture
def apart(tmp_path, monkeypatch, said):
    """A replay whose figures a worker computes."""
    monkeypatch.setenv("COCKPIT_STATE", str(tmp_path / "state"))
    with Session.replay(SAMPLE, resume=False, who="ana") as session:
        session.compute_apart(said.append)
        yield session


def pid_of(session):
    return session._worker.pid


def gone(pid, seconds=10.0):
    """Whether a process ends within some seconds; one that only waits to be reaped has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def told_both_ways(session, at):
    """The view as the worker tells it, and as this process does; `seen` is the session's own."""
    apart, here = session.view(at), session.figures.view(at)
    return [msgspec.to_builtins(msgspec.structs.replace(v, seen=[])) for v in (apart, here)]


def did_something(session, chance, at):
    """One action of any kind; some are refused, as they would be to a person."""
    view = session.view(at)
    actions = [
        lambda: session.answer(chance.choice(view.checklist.questions).id, "ours", at, 2.0),
        lambda: session.tick(chance.choice(view.checklist.tasks).id, at),
        lambda: session.enter_phase(chance.choice(view.phases).phase, at, "as told"),
        lambda: session.choose(chance.choice(view.options.rows).id, "why \x1b not", [], at),
        lambda: session.execute(at),
        lambda: session.note("slower in Brazil · ⚠", at),
        lambda: session.report("no card works", "BR", at),
        lambda: session.ask("infra", "warm 12", at + MINUTE, "8 stay", at),
        lambda: session.mark_onset(at - 4 * MINUTE, at),
        lambda: session.flag("privacy", "names in a log", at),
        lambda: session.set_severity("SEV1", "it grows", at),
        lambda: session.undo(at),
    ]
    try:
        chance.choice(actions)()
    except Refused:
        return False
    return True


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_the_worker_tells_what_the_session_would(apart, seed):
    chance = random.Random(seed)
    at, did = apart.opens_at, 0
    for _ in range(12):
        did += did_something(apart, chance, at)
        there, here = told_both_ways(apart, at)
        assert differences(there, here) == []
        at += chance.choice([0, SECOND, MINUTE, -2 * MINUTE])
    assert did >= 4


def test_what_was_written_just_now_is_seen_in_a_replay_that_is_resumed(apart, tmp_path):
    at, own = apart.opens_at, tmp_path / "own.incident"
    with Session.replay(SAMPLE, journal=own, resume=False) as session:
        session.note("first", at)
    with Session.replay(SAMPLE, journal=own, resume=True) as session:
        session.compute_apart(print)
        session.view(at)  # the worker has the file open before anything is added to it
        for i in range(5):
            session.note(f"note {i}", at)
            assert f"note {i}" in [entry.text for entry in session.view(at).timeline]
    assert [path.name for path in tmp_path.glob("own.incident*")] == ["own.incident"]


def test_searches_and_drafts_are_the_sessions_own(apart, tmp_path):
    at = apart.opens_at
    assert apart.fresh_draft("exec", at) == apart.figures.fresh_draft("exec", at)
    assert apart.seen_before(at) == apart.figures.seen_before(at, None)
    with pytest.raises(BadInput, match="there is no such folder"):
        apart.seen_before(at, tmp_path / "nowhere")


def test_only_what_is_on_the_list_can_be_asked(apart):
    with pytest.raises(BadInput, match="nobody may ask for __init_subclass__"):
        apart._worker.ask("__init_subclass__")


def test_a_crash_is_one_line_and_one_report_without_values(apart, tmp_path):
    pids = set()
    for _ in range(3):
        with pytest.raises(NoAnswer, match=r"^TypeError; the report without any values is /"):
            apart._worker.ask("view", "secret token")
        pids.add(pid_of(apart))
    assert len(pids) == 1
    (report,) = (tmp_path / "state").glob("crash-*.txt")
    assert report.read_text().startswith("TypeError\n")
    assert "secret" not in report.read_text()


def test_one_that_is_killed_is_started_again_and_nothing_is_lost(apart, said):
    at = apart.opens_at
    apart.note("before", at)
    before = apart.view(at)
    first = pid_of(apart)
    os.kill(first, signal.SIGKILL)
    apart.note("after", at)
    after = apart.view(at)
    assert pid_of(apart) != first
    assert len(after.timeline) == len(before.timeline) + 1
    assert said == ["The process that computes ended and was started again; nothing is lost."]


def test_what_is_asked_when_it_is_killed_is_answered_by_the_next(apart):
    at = apart.opens_at
    expected = apart.view(at)
    os.kill(pid_of(apart), signal.SIGSTOP)  # so that it cannot be done before it is killed
    answers = []
    asking = Thread(target=lambda: answers.append(apart.view(at)))
    asking.start()
    os.kill(pid_of(apart), signal.SIGKILL)
    asking.join()
    assert answers == [expected]


def test_one_that_ends_again_and_again_is_left_alone_for_a_while(apart, said, monkeypatch):
    at = apart.opens_at
    for _ in range(2):
        apart.view(at)
        os.kill(pid_of(apart), signal.SIGKILL)
    apart.view(at)
    os.kill(pid_of(apart), signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(NoAnswer, match="ended 3 times within a minute; what you do is kept"):
            apart.view(at)
    assert len(said) == 2
    apart.note("all the same", at)
    monkeypatch.setattr(worker, "_WITHIN", 0.0)  # the minute is over
    assert apart.view(at).timeline[-1].text == "all the same"


def test_where_none_can_be_started_the_session_computes(apart, said, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(subprocess, "Popen", refused)
    assert apart.view(apart.opens_at) == apart.figures.view(apart.opens_at)
    (line,) = said
    assert line.startswith("No process can be started (Resource temporarily unavailable): ")


def test_closing_ends_it_whatever_it_does(apart, said):
    apart.view(apart.opens_at)
    pid = pid_of(apart)
    os.kill(pid, signal.SIGSTOP)
    raised = []

    def ask():
        try:
            apart.view(apart.opens_at)
        except NoAnswer as error:
            raised.append(error)

    asking = Thread(target=ask)
    asking.start()
    apart.close()
    asking.join()
    assert gone(pid)
    assert len(raised) == 1
    assert said == []


def test_keys_of_the_terminal_do_not_reach_it_and_the_interface_goes_first(apart):
    apart.view(apart.opens_at)
    pid = pid_of(apart)
    assert os.getsid(pid) == pid
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
    os.kill(pid, signal.SIGINT)
    apart.view(apart.opens_at)
    assert pid_of(apart) == pid


def test_an_action_never_waits_for_figures(apart):
    at = apart.opens_at
    apart.save_view(apart.figures.view(at))
    with Session.replay(SAMPLE, resume=True) as session:
        session.compute_apart(print)
        stored = session.stored_view(at)
        session.answer(stored.checklist.questions[0].id, "ours", at)
        assert pid_of(session) is None  # what is on the screen is what is answered
        with pytest.raises(Refused, match="on their way"):
            session.choose("rollback", "why", [], at - MINUTE)  # the screen tells what came later
        session.view(at - MINUTE)
        session.choose("rollback", "why", [], at - MINUTE)


ASKING = f"""
import sys, time
from pathlib import Path
from cockpit.session import Session

session = Session.replay(Path({str(SAMPLE)!r}), resume=False)
session.compute_apart(print)
session.view(session.opens_at)
print(session._worker.pid, flush=True)
time.sleep(60)
"""


def asking(folder, **options):
    """A process that has a worker; the number of that one."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", ASKING],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "COCKPIT_STATE": str(folder / "state")},
        text=True,
        **options,
    )
    return process, int(process.stdout.readline())


def test_it_does_not_outlive_the_process_that_asks(tmp_path):
    process, pid = asking(tmp_path)
    assert not gone(pid, seconds=0.1)
    process.kill()
    process.communicate()
    assert gone(pid)


def test_nothing_is_imported_from_where_the_person_happens_to_be(tmp_path):
    for name in ("numpy", "cockpit", "msgspec", "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'planted')!r}, 'w')")
    process, _ = asking(tmp_path, cwd=tmp_path)
    process.kill()
    process.communicate()
    assert not (tmp_path / "planted").exists()
