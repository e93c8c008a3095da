"""The lab's stack for tests: real servers and a service under load, ended with the block."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.daemons import binary

LAB = Path(__file__).resolve().parents[1] / "sample_data" / "lab"
_READY_WITHIN = 90.0  # seconds: two models are trained


class RunningStack:
    """A stack that runs: its folder, the addresses of its servers, and what can be done to it."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.config = folder / "cockpit.yaml"
        self.process = process
        state = json.loads((folder / "stack.json").read_text())
        self.service: str = state["service"]
        self.prometheus: str = state["prometheus"]
        self.alertmanager: str = state["alertmanager"]

    def inject(self, *what: str) -> str:
        """What `inject.py FOLDER …` prints. Raises CalledProcessError where it is refused."""
        command = [sys.executable, str(LAB / "inject.py"), str(self.folder), *what]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def running_stack(folder: Path, **options: object) -> Iterator[RunningStack]:
    """The stack in a folder; options are those of `stack.py`: rate=10, label_minutes=0.1.

    The test is skipped where Prometheus or Alertmanager is not installed.
    """
    binary("prometheus")
    binary("prometheus-alertmanager", "alertmanager")
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(LAB / "stack.py"), "--folder", str(folder)]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    output = folder / "stack.log"
    with output.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        eventually(
            lambda: (folder / "stack.json").exists() or process.poll() is not None, _READY_WITHIN
        )
        assert process.poll() is None, output.read_text()[-2000:]
        yield RunningStack(folder, process)
    finally:
        process.terminate()
        process.wait(timeout=30.0)


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Return once something holds. Raises AssertionError if it does not within the time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s"
        time.sleep(0.1)
