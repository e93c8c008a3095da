"""The text of a gzip file from any byte on; of one that is not whole, what can be had of it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_STEP = 1 << 18  # bytes inflated at once: what comes before a break is kept


class Inflated:
    """One gzip file. Reading on is cheap; going back begins at its start again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: gzip.GzipFile | None = None
        self._at = 0
        self.whole = False  # whether the newest reading met the end, and nothing was missing

    def read(self, at: int, size: int) -> bytes:
        """Up to `size` bytes from byte `at` on. Raises OSError or zlib.error: it is no gzip."""
        if self._stream is None or at < self._at:
            self.close()
            self._stream, self._at = gzip.GzipFile(self._path, "rb"), 0
        self.whole = False
        parts: list[bytes] = []
        try:
            while self._at < at + size:
                step = min(_STEP, at - self._at if self._at < at else at + size - self._at)
                part = self._stream.read(step)
                if not part:
                    self.whole = True
                    break
                if self._at >= at:
                    parts.append(part)
                self._at += len(part)
        except EOFError:  # still being written, or cut short
            self.close()
        return b"".join(parts)

    def close(self) -> None:
        """Let go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
