"""A terminal in memory: runs the cockpit on a pty, answers its queries, keeps every byte."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
UNWANTED = ("NO_COLOR", "COLUMNS", "LINES", "TMUX")  # of this terminal, not of the program's
PYTHONPATH = f"{ROOT / 'src'}:{ROOT}"


class Terminal:
    """A program on a pty of `columns` × `lines`."""

    def __init__(
        self, *arguments: str, columns: int = 120, lines: int = 40, **environment: str
    ) -> None:
        self.raw = b""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        pid, self._fd = pty.fork()
        if pid == 0:
            # readline, which pytest imports, sets COLUMNS behind the back of os.environ: the
            # environment is handed over in so many words.
            given = {
                **{name: value for name, value in os.environ.items() if name not in UNWANTED},
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                "PYTHONPATH": PYTHONPATH,
                **environment,
            }
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, *arguments], given)
        self.pid = pid
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What arrives in the next `seconds`; queries of the terminal are answered."""
        arrived = b""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self._fd], [], [], left)
            if not ready:
                break
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                break
            if not data:
                break
            arrived += data
            if b"\x1b[?2026$p" in data:
                os.write(self._fd, b"\x1b[?2026;2$y")
        self.raw += arrived
        self._stream.feed(arrived)
        return arrived

    def read_until(self, text: str, seconds: float = 20.0) -> None:
        """Read until `text` stands on the screen."""
        until = time.monotonic() + seconds
        while not self.shows(text):
            if time.monotonic() > until:
                raise AssertionError(f"{text!r} never appeared:\n" + "\n".join(self.screen.display))
            self.read(0.1)

    def shows(self, text: str) -> bool:
        """Whether a line of the screen holds `text`."""
        return any(text in line for line in self.screen.display)

    def type(self, text: str) -> None:
        """Keys."""
        os.write(self._fd, text.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped connection does."""
        os.close(self._fd)
        self._fd = -1

    def wait(self, seconds: float = 15.0) -> int:
        """The exit code, as a shell would see it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._fd >= 0:
                self.read(0.05)
            else:
                time.sleep(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                if self._fd >= 0:
                    self.read(0.05)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the program did not end")
