"""A file of JSON lines that grows: whoever deploys, or takes reports, adds a line.

    {"time": "2026-11-03T02:41:00Z", "kind": "deploy", "text": "v42 to 100%", "version": "v42"}

The mark is how far the file has been read. A line counts once its end is written; one that is no
event is named and passed over.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from cockpit.observe.live.feeds.growing import Place, end_of, read_back, read_on
from cockpit.observe.live.feeds.lines import events_in
from cockpit.observe.live.source import Found
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cockpit.observe.live.source import Asked
    from cockpit.records import Window


class FileFeed:
    """The events that are added to a file. Fields that a line leaves out are as `defaults` say."""

    after = 0
    counts = False

    def __init__(self, name: str, path: Path, *, defaults: dict[str, str], every: int) -> None:
        self.name = name
        self.every = every
        self._path = path
        self._defaults = defaults
        self._begun: Place | None = None  # where `earlier` ends and the first question begins

    async def ask(self, asked: Asked) -> Found:
        """The events of lines added since the mark. Raises SourceFailed."""
        return await asyncio.to_thread(self._read_on, asked)

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        """The events of a window in what the file held before the first question."""
        begun = await asyncio.to_thread(self._begin)
        pieces = read_back(self._path, begun)
        while (lines := await asyncio.to_thread(next, pieces, None)) is not None:
            told = [("", line) for line in lines if line.strip()]
            events, _ = events_in(told, self._defaults, window.end)
            inside = [event for event in events if window.start <= event.at < window.end]
            if inside:
                yield Found(mark="", events=inside)
            elif events and max(event.at for event in events) < window.start:
                return

    async def close(self) -> None:
        """Nothing is held open."""

    def _begin(self) -> Place:
        if self._begun is None:
            self._begun = end_of(self._path)
        return self._begun

    def _read_on(self, asked: Asked) -> Found:
        place = _place(asked.mark) or self._begin()
        name = inert(self._path.name)
        try:
            added = read_on(self._path, place)
        except FileNotFoundError:
            return Found(mark=_mark(place), failing={name: "no such file yet"})
        lines = ((f"{name}:{number}", line) for number, line in added.lines)
        events, failing = events_in(lines, self._defaults, asked.now)
        if added.lost:
            failing[name] = "written anew; what was last added to the old one may be lost"
        return Found(mark=_mark(added.place), events=events, failing=failing)


def _mark(place: Place) -> str:
    return msgspec.json.encode(place).decode()


def _place(mark: str) -> Place | None:
    """The place that a mark names; None at the first start, and for what is no mark of ours."""
    try:
        return msgspec.json.decode(mark, type=Place)
    except msgspec.DecodeError:
        return None
