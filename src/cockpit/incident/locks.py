"""Connections whose locks nothing in this process takes away.

SQLite's locks are POSIX ones: a process that closes any descriptor of a file gives up all the
locks it has on it. Others would then think that nobody uses a live file, and remove what was not
yet moved into it. So while a file has connections here, its bytes are read through one descriptor,
which is closed after them.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

_Inode = tuple[int, int]  # device and number


class _Held:
    """The descriptor of a file, and how many connections it has."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.connections = 1


_held: dict[_Inode, _Held] = {}
_one_at_a_time = threading.Lock()


class Connection(sqlite3.Connection):
    """A connection that `connect` made."""

    held: _Inode | None = None

    def close(self) -> None:
        """Close; the descriptor of the file goes with its last connection."""
        super().close()
        inode, self.held = self.held, None
        if inode is not None:
            _let_go(inode)


def connect(path: Path, options: str, **settings: Any) -> Connection:
    """A connection to an existing file; `options` are those of SQLite's file addresses.

    Raises OSError or sqlite3.Error.
    """
    with _one_at_a_time:
        inode = _inode(path)
        if inode in _held:
            _held[inode].connections += 1
        else:
            _held[inode] = _Held(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    try:
        address = f"{path.absolute().as_uri()}?{options}"
        connection = sqlite3.connect(address, uri=True, factory=Connection, **settings)
    except BaseException:
        _let_go(inode)
        raise
    connection.held = inode
    return connection


def first_bytes(path: Path, size: int) -> bytes:
    """The first `size` bytes of a file, whoever has it open. Raises OSError."""
    with _one_at_a_time:
        held = _held.get(_inode(path))
        if held is not None:
            return os.pread(held.descriptor, size, 0)
        with path.open("rb") as file:
            return file.read(size)


def _let_go(inode: _Inode) -> None:
    with _one_at_a_time:
        _held[inode].connections -= 1
        if _held[inode].connections == 0:
            os.close(_held.pop(inode).descriptor)


def _inode(path: Path) -> _Inode:
    found = os.stat(path)
    return found.st_dev, found.st_ino
