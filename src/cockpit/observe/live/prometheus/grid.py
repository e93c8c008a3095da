"""A source whose figures are read on a fixed grid of times: new points, missed ones, the past.

One function reads any stretch of the grid, so what is recorded does not depend on when it was
asked for: point by point, in one piece after an outage, or hours later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cockpit.observe.events_file import RecordedEvent
from cockpit.observe.live.http import TooMuch
from cockpit.observe.live.prometheus.progress import (
    Progress,
    decode_progress,
    encode_progress,
    missing,
    newest,
    read_missing,
    read_newest,
)
from cockpit.observe.live.source import Found, SourceFailed
from cockpit.records import HOUR, MINUTE, SECOND, Counts, Window
from cockpit.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from cockpit.config import Prometheus
    from cockpit.observe.live.prometheus.client import Client
    from cockpit.observe.live.source import Asked

_FIRST_PIECE = 15 * MINUTE  # of the past: what a person looks at first
_LONGEST_PIECE = HOUR
_SKEWED = 2 * SECOND  # a clock this far off is wrong: the header that tells it has whole seconds


class Stretch(NamedTuple):
    """What one part of a source says of a stretch of the grid."""

    counts: Sequence[Counts] = ()
    events: Sequence[RecordedEvent] = ()
    warning: str = ""  # where it is not all there is


class _Read(NamedTuple):
    """What was read of one part; `cause` says why not all, `anything` whether some was."""

    pieces: list[Stretch]
    cause: str
    anything: bool


Reading = Callable[[Window], Awaitable[Stretch]]  # of the grid points after start, up to end


class GridSource:
    """A live source (`source.Source`) of several parts, each read and failing on its own."""

    def __init__(
        self,
        name: str,
        client: Client,
        settings: Prometheus,
        parts: Mapping[str, Reading],
        *,
        counts: bool,
    ) -> None:
        """`counts` says whether the parts are counts of requests. Raises BadInput."""
        self.name = name
        self.every = grid_step(settings)
        self.after = parse_duration(settings.settled) % self.every
        self.counts = counts
        self._settled = parse_duration(settings.settled)
        self._client = client
        self._parts = parts
        self._stride = dict.fromkeys(parts, _LONGEST_PIECE)
        self._began: int | None = None  # where the first question and the past meet

    async def ask(self, asked: Asked) -> Found:
        """Every point since the mark, and a piece of what an outage left out."""
        last = self._last(asked.now)
        if self._began is None:
            self._began = last - self.every
        before = decode_progress(asked.mark)
        progress = {part: before.get(part, Progress(self._began)) for part in self._parts}
        steps = await asyncio.gather(
            *(self._advance(part, progress[part], last) for part in progress)
        )
        progress = {part: now for part, (now, _) in zip(progress, steps, strict=True)}
        found = self._together([read for _, read in steps])
        failing = found.failing | self._skew()
        if any(each.gaps for each in progress.values()):
            failing["earlier"] = "what came while it could not be asked is still being read"
        until = min(each.upto for each in progress.values()) if self.counts else None
        return replace(found, mark=encode_progress(progress), until=until, failing=failing)

    async def earlier(self, window: Window) -> AsyncIterator[Found]:
        """The last quarter of an hour of the window, then hour by hour.

        It ends where the first question began. A part that fails goes on with the next piece.
        """
        end = self._last(window.end) if self._began is None else self._began
        self._began = end
        piece = _FIRST_PIECE
        # The first point of the grid in the window is the end of the first step.
        first = -(-window.start // self.every) * self.every - self.every
        while end > first:
            stretch = Window(start=max(first, end - piece), end=end)
            reads = await asyncio.gather(*(self._whole(part, stretch) for part in self._parts))
            yield self._together(reads)
            end, piece = stretch.start, _LONGEST_PIECE

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    def _last(self, now: int) -> int:
        """The last grid point whose samples are there; a server whose clock is behind has fewer."""
        ahead = self._client.ahead or 0
        behind = -ahead if ahead < -_SKEWED else 0
        return (now - self._settled - behind) // self.every * self.every

    def _skew(self) -> dict[str, str]:
        ahead = self._client.ahead or 0
        if abs(ahead) <= _SKEWED:
            return {}
        way = "ahead of" if ahead > 0 else "behind"
        return {"clock": f"its clock is {abs(ahead) // SECOND} s {way} ours"}

    async def _advance(self, part: str, progress: Progress, last: int) -> tuple[Progress, _Read]:
        """The newest points of a part, then some that are missing."""
        pieces: list[Stretch] = []
        try:
            piece = newest(progress, last, self._stride[part])
            if piece is not None:
                pieces.append(await self._read(part, piece))
                progress = read_newest(progress, piece)
            piece = missing(progress, self._stride[part])
            if piece is not None:
                try:
                    pieces.append(await self._read(part, piece))
                except TooMuch:
                    if piece.end - piece.start > self.every:
                        raise
                    pieces.append(Stretch())  # not to be had, however little is asked for
                progress = read_missing(progress, piece)
        except SourceFailed as error:
            return progress, _Read(pieces, str(error), bool(pieces))
        return progress, _Read(pieces, pieces[0].warning if pieces else "", bool(pieces))

    async def _whole(self, part: str, stretch: Window) -> _Read:
        """All of a stretch, in as long pieces as the server answers, the newest first."""
        pieces: list[Stretch] = []
        end = stretch.end
        while end > stretch.start:
            piece = Window(start=max(stretch.start, end - self._stride[part]), end=end)
            try:
                pieces.append(await self._read(part, piece))
            except SourceFailed as error:
                if isinstance(error, TooMuch) and piece.end - piece.start > self.every:
                    continue  # the stride is shorter now
                return _Read(pieces, str(error), bool(pieces))
            end = piece.start
        return _Read(pieces, next((each.warning for each in pieces if each.warning), ""), True)

    def _together(self, reads: list[_Read]) -> Found:
        """What was read of all parts, and why of some not. Raises where all failed alike."""
        failing = {part: r.cause for part, r in zip(self._parts, reads, strict=True) if r.cause}
        causes = {read.cause for read in reads}
        if len(causes) == 1 and failing and not any(read.anything for read in reads):
            raise SourceFailed(causes.pop())
        pieces = [piece for read in reads for piece in read.pieces]
        return Found(
            mark="",
            counts=[counts for piece in pieces for counts in piece.counts],
            events=[event for piece in pieces for event in piece.events],
            failing=failing,
        )

    async def _read(self, part: str, piece: Window) -> Stretch:
        """Read a piece; the next one is shorter where this was too much, longer else."""
        try:
            found = await self._parts[part](piece)
        except TooMuch:
            shorter = min(piece.end - piece.start, self._stride[part]) // 4
            self._stride[part] = max(self.every, shorter // self.every * self.every)
            raise
        self._stride[part] = min(_LONGEST_PIECE, 2 * self._stride[part])
        return found


def grid_step(settings: Prometheus) -> int:
    """How far apart grid points are, µs: the interval of asking, in whole seconds."""
    return max(SECOND, -(-parse_duration(settings.every) // SECOND) * SECOND)
