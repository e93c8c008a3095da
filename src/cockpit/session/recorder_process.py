"""The recorder's process, as the cockpit that needs it sees it: started, seen to live, ended.

Only one process records a service at a time. Another that is started waits, and goes on where the
first one ends.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

# It imports what we would, and nothing from the folder where the person happens to be.
_START = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from cockpit.session.recorder_main import main; main(sys.argv[1], sys.argv[2])"
)
_LONGEST_WAIT = 60.0  # seconds between two starts of a recorder that keeps ending


class RecorderProcess:
    """A child that records while this process lives; its stdin is the thread it hangs by."""

    def __init__(self, config: Path, service: str) -> None:
        self._command = [sys.executable, "-c", _START, str(config.absolute()), service, *sys.path]
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._again_at = 0.0

    def keep_running(self) -> str:
        """Start it where it does not run; a line to say where it had ended, else ""."""
        if self._process is not None:
            if self._process.poll() is None:
                return ""
            self._process = None
            self._again_at = time.monotonic() + min(2.0**self._starts, _LONGEST_WAIT)
        if time.monotonic() < self._again_at:
            return ""
        try:
            # In a session of its own: keys like ctrl-c and a hangup are for the interface.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self._again_at = time.monotonic() + _LONGEST_WAIT
            return f"No recorder can be started ({error.strerror}): nothing new is recorded."
        self._starts += 1
        return "" if self._starts == 1 else "The recorder ended and was started again."

    def close(self) -> None:
        """End it and wait until what it found is written."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()  # what it had written is whole; the rest is found again
            self._process.wait()
