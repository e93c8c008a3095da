"""Which files a log is made of: one file, those of a folder, or those that fit a pattern."""

from __future__ import annotations

import glob
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cockpit.observe.live.logs.json_rows import JSON
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.rows import ENDINGS
from cockpit.text import inert

_SUFFIXES = (*ENDINGS, *JSON, *(f"{ending}.gz" for ending in JSON))  # of a folder
_UNFINISHED = (".tmp", ".partial", ".crc", ".swp")


class Seen(NamedTuple):
    """A file as it is now."""

    path: Path
    name: str  # as the mark calls it: below the folder, or below where the pattern begins
    size: int  # bytes
    modified: int  # µs since 1970
    beside: bool = False  # not named by the configuration: the file that is may have become it

    @property
    def shown(self) -> str:
        """The name, safe to show."""
        return inert(self.name, 80)


@dataclass(frozen=True)
class LogFiles:
    """A log as the configuration names it: an absolute path of a file or folder, or a pattern."""

    path: str

    def look(self) -> list[Seen]:
        """Its files, those written first before the others. Raises SourceFailed.

        Beside a single file `log.csv`, those that it may have been moved to: `log.csv.1`.
        """
        try:
            found = [seen for name in self._names() if (seen := self._see(name)) is not None]
            found += [s._replace(beside=True) for name in self._beside() if (s := self._see(name))]
        except FileNotFoundError:
            raise SourceFailed(f"{self.shown}: no such file") from None
        except OSError as error:
            raise SourceFailed(f"{self.shown}: {inert(error.strerror)}") from None
        if not found:
            raise SourceFailed(f"{self.shown}: no file of rows yet")
        return sorted(found, key=lambda seen: (seen.modified, seen.name))

    @property
    def shown(self) -> str:
        """What people call it: the last part of its path."""
        return inert(Path(self.path).name, 80)

    def _names(self) -> list[str]:
        if self._is_pattern:
            return [name for name in glob.iglob(self.path, recursive=True) if _finished(name)]
        if os.path.isdir(self.path):
            within = (os.path.join(self.path, name) for name in os.listdir(self.path))
            return [n for n in within if n.lower().endswith(_SUFFIXES) and _finished(n)]
        os.stat(self.path)
        return [self.path]

    def _beside(self) -> list[str]:
        if self._is_pattern or os.path.isdir(self.path):
            return []
        folder, own = os.path.split(self.path)
        moved = tuple(own + mark for mark in ".-_")
        within = (os.path.join(folder, name) for name in os.listdir(folder))
        return [n for n in within if os.path.basename(n).startswith(moved) and _finished(n)]

    @property
    def _is_pattern(self) -> bool:
        return glob.has_magic(self.path) and not os.path.exists(self.path)

    def _see(self, name: str) -> Seen | None:
        """The file, unless it is gone by now or is none: a pipe would be waited for."""
        try:
            found = os.stat(name)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        below = os.path.relpath(name, self._root())
        return Seen(Path(name), below, found.st_size, found.st_mtime_ns // 1_000)

    def _root(self) -> Path:
        if self._is_pattern:
            fixed = Path(self.path)
            while glob.has_magic(str(fixed)):
                fixed = fixed.parent
            return fixed
        return Path(self.path) if os.path.isdir(self.path) else Path(self.path).parent


def _finished(path: str) -> bool:
    """Whether a name is not one that writers give to what they have not finished."""
    name = os.path.basename(path)
    return not name.startswith((".", "_")) and not name.endswith(_UNFINISHED)
