"""How far a figure on a grid of times has been read: what is missing, and what is read next.

The newest is read first. After a long outage the last stretch is read at once, and what is older
waits as a gap, of which every later question reads one more stretch, the newest first.
"""

from __future__ import annotations

import msgspec

from cockpit.records import DAY, Window

_FORGET = 7 * DAY  # a gap that is older stays one


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """All grid points up to and with `upto` (µs) have been read, but those in `gaps`.

    A gap (start, end) misses the points after start, up to and with end; gaps ascend.
    """

    upto: int
    gaps: list[tuple[int, int]] = []


def newest(progress: Progress, last: int, stride: int) -> Window | None:
    """The points to be read first, after start and up to end: at most the last `stride` µs."""
    start = max(progress.upto, last - stride)
    return Window(start=start, end=last) if start < last else None


def read_newest(progress: Progress, piece: Window) -> Progress:
    """The progress once the newest piece has been read; what lies before it becomes a gap."""
    gaps = [gap for gap in progress.gaps if gap[1] > piece.end - _FORGET]
    if piece.start > progress.upto:
        gaps.append((max(progress.upto, piece.end - _FORGET), piece.start))
    return Progress(piece.end, gaps)


def missing(progress: Progress, stride: int) -> Window | None:
    """The end of the newest gap, at most `stride` µs of it; None where nothing is missing."""
    if not progress.gaps:
        return None
    start, end = progress.gaps[-1]
    return Window(start=max(start, end - stride), end=end)


def read_missing(progress: Progress, piece: Window) -> Progress:
    """The progress once a piece of the newest gap has been read, or has been given up."""
    *older, (start, _) = progress.gaps
    rest = [(start, piece.start)] if start < piece.start else []
    return Progress(progress.upto, older + rest)


def encode_progress(parts: dict[str, Progress]) -> str:
    """The mark that says how far each part is."""
    return msgspec.json.encode(parts).decode()


def decode_progress(mark: str) -> dict[str, Progress]:
    """What a mark says of each part; nothing at the first start."""
    return msgspec.json.decode(mark, type=dict[str, Progress]) if mark else {}
