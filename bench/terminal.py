"""A program on a pty that answers like a terminal: what can be read and when, bytes, work."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

COLUMNS, LINES = 120, 40
QUIET = 0.15  # seconds without a byte before the screen is looked at: reading must not slow drawing
# What a terminal of today answers to the questions that Textual asks at its start.
ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronized output: yes
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # in-band window resize: no
    b"\x1b[c": b"\x1b[?62;22c",
}

Readable = Callable[[str], bool]


class Terminal:
    """A program on a pty of 120×40, ended when the block is left."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.bytes_read = 0
        self._began = time.perf_counter()
        self._arrived: list[tuple[float, bytes]] = []  # seconds since the start, not yet on screen
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            os.execve(command[0], list(command), {**environment, "TERM": "xterm-256color"})
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._descriptor)

    def seconds_until(self, readable: Readable, deadline: float = 60.0) -> float:
        """Seconds from the start until the screen's text is `readable`. Raises TimeoutError."""
        while time.perf_counter() - self._began < deadline:
            if self._receive(QUIET):
                continue
            seconds = self._shown(readable)
            if seconds is not None:
                return seconds
        raise TimeoutError("the screen never showed it:\n" + self.text())

    def listen(self, seconds: float) -> int:
        """How many bytes arrive in the next `seconds`."""
        before, until = self.bytes_read, time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._receive(left)
        return self.bytes_read - before

    def text(self) -> str:
        """What stands on the screen."""
        self._shown(lambda _: False)
        return "\n".join(line.rstrip() for line in self._screen.display)

    def processor_seconds(self) -> float:
        """What the program and its processes have used of the processor, user and system mode."""
        started = Path(f"/proc/{self._pid}/task").glob("*/children")
        pids = [str(self._pid), *(pid for told in started for pid in told.read_text().split())]
        used = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
        return used / os.sysconf("SC_CLK_TCK")

    def _receive(self, patience: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], patience)
        if not ready:
            return False
        try:
            data = os.read(self._descriptor, 1 << 16)
        except OSError:
            raise ChildProcessError("the program ended:\n" + self.text()) from None
        self.bytes_read += len(data)
        self._arrived.append((time.perf_counter() - self._began, data))
        for question, answer in ANSWERS.items():
            if question in data:
                os.write(self._descriptor, answer)
        return True

    def _shown(self, readable: Readable) -> float | None:
        """Put what arrived on the screen, piece by piece: when it became readable."""
        arrived, self._arrived = self._arrived, []
        found = None
        for seconds, data in arrived:
            self._stream.feed(data)
            if found is None and readable("\n".join(self._screen.display)):
                found = seconds
        return found
