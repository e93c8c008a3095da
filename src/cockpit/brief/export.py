"""Text written to a file, all of it or nothing, for its owner alone; and the name of a brief."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from cockpit.records import BadInput
from cockpit.units import iso

_UNFIT = re.compile(r"[^A-Za-z0-9]+")


def default_name(service: str, audience: str, at: int) -> str:
    """'card-fraud-exec-20261103T025100Z.md' for a brief of time `at` (µs UTC)."""
    plain = _UNFIT.sub("-", service).strip("-").lower()[:60] or "incident"
    moment = _UNFIT.sub("", iso(at - at % 1_000_000))
    return f"{plain}-{audience}-{moment}.md"


def write_text(path: Path, text: str) -> Path:
    """Write `text` to `path`, readable by its owner alone; returns where it is.

    It is written beside the target and renamed once it is on disk, so a reader sees the old file or
    the new one. Raises BadInput where it cannot be written; then nothing is left behind.
    """
    folder = path.parent
    try:
        if not folder.is_dir():
            raise BadInput(f"{path}: there is no folder {folder}; make it, or name another place")
        if path.is_dir():
            raise BadInput(f"{path}: is a folder; name a file in it")
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=folder)  # mode 0600
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name another place") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
        _sync(folder)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name another place") from None
    finally:
        Path(name).unlink(missing_ok=True)
    return path.resolve()


def _sync(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
