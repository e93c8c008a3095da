"""A crash, written so that it can be sent: where it happened, without the values of variables."""

from __future__ import annotations

import os
import time
import traceback
from functools import cache
from pathlib import Path

from cockpit.session.settings import state_folder


def crash_text(error: BaseException) -> str:
    """Type and frames (file, line, function) of an error and its causes; no message, no variables.

    Messages may quote labels, paths or tokens, so they stay out.
    """
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(type(seen).__name__)
        for frame in traceback.extract_tb(seen.__traceback__):
            lines.append(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}")
        seen = seen.__cause__ or seen.__context__
        if seen is not None:
            lines.append("caused by")
    return "\n".join(lines) + "\n"


def write_crash(error: BaseException) -> str:
    """Write it to the state folder; the words that say where it is."""
    return _written(crash_text(error))


@cache
def _written(report: str) -> str:
    """Of a crash that repeats there is one report."""
    place = state_folder() / f"crash-{time.strftime('%Y%m%dT%H%M%S')}.txt"
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(report)
    except OSError as failure:
        return f"no report could be written ({failure.strerror})"
    return f"the report without any values is {place}"
