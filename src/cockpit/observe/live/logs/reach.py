"""Whether the logs of a configuration are there, and how new their newest rows are."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pyarrow as pa

from cockpit.config import Label
from cockpit.observe.live.logs.files import LogFiles
from cockpit.observe.live.logs.tail import opened
from cockpit.observe.live.source import SourceFailed
from cockpit.observe.values import NO_TIME, in_era, times
from cockpit.records import BadInput
from cockpit.text import inert
from cockpit.units import clock, day

if TYPE_CHECKING:
    from pathlib import Path

    from cockpit.config import Predictions
    from cockpit.observe.live.logs.files import Seen


def reach(settings: Predictions, folder: Path) -> str:
    """'12 files, newest row 2026-11-03 14:31:07', and the same of labels kept apart.

    Relative paths begin at `folder`. Raises SourceFailed.
    """
    time = settings.time if isinstance(settings.time, str) else None
    told = _told(settings.path, folder, time)
    if isinstance(settings.label, Label) and settings.label.path:
        told += f"; labels: {_told(settings.label.path, folder, settings.label.time)}"
    return told


def _told(path: str, folder: Path, time: str | None) -> str:
    every = LogFiles(str((folder / path).absolute())).look()
    seen = [file for file in every if not file.beside]
    many = f"{len(seen):,} file{'s' if len(seen) > 1 else ''}"
    newest = _newest(seen[-1], time) if time else None
    if newest is None:
        return f"{many}, no row with a time near the end of {seen[-1].shown}" if time else many
    return f"{many}, newest row {day(newest)} {clock(newest, seconds=True)}"


def _newest(seen: Seen, time: str) -> int | None:
    """The latest time (µs) near the end of a file; None where there is none."""
    newest = NO_TIME
    try:
        with opened(seen) as reader:
            header = reader.header()
            if header is None:
                return None
            header.require(time, "time")
            at = reader.near_end()
            while (read := reader.read(at, [time])) is not None:
                newest = max(newest, int(in_era(times(read.rows[time])).max(initial=NO_TIME)))
                at = read.at
    except BadInput as error:
        raise SourceFailed(inert(error, 200)) from None
    except (OSError, pa.ArrowException, zlib.error, UnicodeError) as error:
        raise SourceFailed(f"{seen.shown}: {inert(error, 200)}") from None
    return None if newest == NO_TIME else int(newest)
