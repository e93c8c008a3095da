"""What was posted, kept on disk before it is acknowledged, and read from there as from any file."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from cockpit.units import iso

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cockpit.observe.events_file import RecordedEvent

_LARGEST = 8 << 20  # bytes; then a new file is begun, and the one before is kept beside it
_MOST_A_MINUTE = 1 << 20  # bytes: less than a reader takes in that time


class SpoolFull(Exception):
    """More was posted within a minute than is taken; it may be sent again later."""


class Spool:
    """A file of JSON lines; what `add` was given is on disk when it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._one_at_a_time = threading.Lock()
        self._minute, self._bytes = 0, 0  # that this minute has brought

    def add(self, events: Iterable[RecordedEvent]) -> None:
        """Keep all of them. Raises SpoolFull, and OSError where they cannot be written."""
        lines = b"".join(_line(event) for event in events)
        with self._one_at_a_time:
            self._count(len(lines))
            self.begin()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                try:
                    _write(descriptor, lines)
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, size)  # half of it, on a full disk, is nothing
                    raise
            finally:
                os.close(descriptor)

    def _count(self, size: int) -> None:
        minute = int(time.monotonic()) // 60
        if minute != self._minute:
            self._minute, self._bytes = minute, 0
        if self._bytes + size > _MOST_A_MINUTE:
            raise SpoolFull
        self._bytes += size

    def begin(self) -> None:
        """Begin a new file where there is none or it is large. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size < _LARGEST:
            return
        if self.path.exists():
            os.replace(self.path, self.path.with_name(f"{self.path.name}.1"))
        self.path.touch(mode=0o600)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _line(event: RecordedEvent) -> bytes:
    """The event as a feed's line: no more fields than it has."""
    fields = {"time": iso(event.at), "kind": event.kind, "text": event.text, **event.data}
    return msgspec.json.encode(fields) + b"\n"


def _write(descriptor: int, lines: bytes) -> None:
    while lines:
        lines = lines[os.write(descriptor, lines) :]
