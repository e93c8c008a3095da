"""Nothing of the stack outlives it, and it does not start by halves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import LAB, eventually, running_stack


def children(pid):
    """The processes that a process started, and those that these started."""
    try:
        direct = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in direct] + [g for child in direct for g in children(child)]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(tmp_path, how):
    with running_stack(tmp_path, rate=5) as stack:
        started = children(stack.process.pid)
        assert len(started) == 5  # two services, the load, Prometheus and Alertmanager
        os.kill(stack.process.pid, how)
        stack.process.wait(timeout=30.0)
        eventually(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in started))


def test_without_its_programs_the_packages_are_named():
    missing = {**os.environ, "PATH": ""}
    command = [sys.executable, str(LAB / "stack.py")]
    result = subprocess.run(command, env=missing, capture_output=True, text=True)
    assert result.returncode != 0
    assert result.stderr.splitlines() == [
        "stack: not installed: prometheus prometheus-alertmanager; "
        "on Debian: apt-get install prometheus prometheus-alertmanager"
    ]
