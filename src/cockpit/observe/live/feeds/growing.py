"""What was added to a file of lines since it was read last, also where it was rotated meanwhile.

A place in a file is known again by the bytes before it. Whether the file was renamed, copied and
cut short, or written anew by its owner makes no difference then: it is read on in whichever file
has those bytes there, and once that has no more to tell, from the start of the next one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from cockpit.observe.live.source import SourceFailed
from cockpit.records import Record
from cockpit.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1 << 20  # bytes read at a time
_KNOWN_BY = 1 << 10  # bytes before a place
_FURTHEST_BACK = 64 << 20  # bytes of what is there already
_MOST_NAMES = 20  # of rotated files that are looked into
_MARK_OF_UTF8 = b"\xef\xbb\xbf"


class Place(Record, kw_only=True):
    """How far a file has been read: its bytes, its lines, and a hash of the bytes before."""

    offset: int = 0
    line: int = 0
    before: str = ""
    inode: int = 0  # which file it was: the start of a file is known by that alone


class Added(NamedTuple):
    """Whole lines after a place, each with its number; the place after them; was any lost?"""

    lines: list[tuple[int, bytes]]
    place: Place
    lost: bool = False


def end_of(path: Path) -> Place:
    """The place after the last whole line that a file has now; its start where there is no file.

    Raises SourceFailed.
    """
    offset = read = line = 0
    try:
        with _opened(path) as file:
            while piece := file.read(PIECE):
                if b"\n" in piece:
                    offset = read + piece.rfind(b"\n") + 1
                read += len(piece)
                line += piece.count(b"\n")
            return _place(file, offset, line)
    except FileNotFoundError:
        return Place()


def read_on(path: Path, place: Place) -> Added:
    """The lines added after a place, at most a piece of them.

    Raises FileNotFoundError where there is no such file, and SourceFailed.
    """
    with _opened(path) as file:
        if _is_at(file, place):
            return _added(file, place)
    older = _rotated(path)
    found = next((i for i, other in enumerate(older) if _holds(other, place)), None)
    if found is None:
        with _opened(path) as file:
            return _added(file, Place())._replace(lost=True)
    for other in (*reversed(older[: found + 1]), path):
        with _opened(other) as file:
            added = _added(file, place)
        if added.lines:
            break
        place = Place()
    return added


def read_back(path: Path, end: Place) -> Iterator[list[bytes]]:
    """Whole lines before a place, the last piece of them first. Raises SourceFailed."""
    try:
        file = _opened(path)
    except FileNotFoundError:
        return
    with file:
        offset, rest = (end.offset if _is_at(file, end) else 0), b""
        while offset > max(0, end.offset - _FURTHEST_BACK):
            start = max(0, offset - PIECE)
            file.seek(start)
            found = file.read(offset - start) + rest
            # What is before the first end of a line was begun in the piece before.
            begun = (found.find(b"\n") + 1 or len(found)) if start else 0
            rest, offset = found[:begun], start
            yield found[begun:].split(b"\n")


def _opened(path: Path) -> BinaryIO:
    """A plain file opened to read. Raises FileNotFoundError and SourceFailed."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for a writer
            raise SourceFailed(f"{inert(path.name)} is no plain file")
        return path.open("rb")
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "cannot be read"
        raise SourceFailed(f"{inert(path.name)}: {words}") from None


def _place(file: BinaryIO, offset: int, line: int) -> Place:
    inode = os.fstat(file.fileno()).st_ino
    return Place(offset=offset, line=line, before=_before(file, offset), inode=inode)


def _before(file: BinaryIO, offset: int) -> str:
    """A hash of the bytes before an offset, by which the place is known again."""
    start = max(0, offset - _KNOWN_BY)
    file.seek(start)
    return hashlib.sha256(file.read(offset - start)).hexdigest()[:32] if offset else ""


def _is_at(file: BinaryIO, place: Place) -> bool:
    """Whether the file is the one of a place, and goes on from there."""
    now = os.fstat(file.fileno())
    if not place.offset:
        return place.inode in (0, now.st_ino)
    return now.st_size >= place.offset and _before(file, place.offset) == place.before


def _holds(path: Path, place: Place) -> bool:
    try:
        with _opened(path) as file:
            return _is_at(file, place)
    except (FileNotFoundError, SourceFailed):
        return False


def _rotated(path: Path) -> list[Path]:
    """Earlier files under the names they were given: deploys.jsonl.1, …; the newest first."""
    try:
        named = [p for p in path.parent.iterdir() if p.name.startswith(path.name) and p != path]
        return sorted(named, key=lambda p: p.stat().st_mtime, reverse=True)[:_MOST_NAMES]
    except OSError:
        return []


def _added(file: BinaryIO, place: Place) -> Added:
    """The whole lines of the piece after a place."""
    file.seek(place.offset)
    piece = file.read(PIECE)
    end = piece.rfind(b"\n") + 1
    if not end and len(piece) == PIECE:  # a line without an end is passed over, piece by piece
        end = PIECE
    whole = piece[:end]
    lines = whole.removesuffix(b"\n").split(b"\n") if whole else []
    if lines and not place.offset:
        lines[0] = lines[0].removeprefix(_MARK_OF_UTF8)
    after = _place(file, place.offset + end, place.line + whole.count(b"\n"))
    numbered = enumerate(lines, start=place.line + 1)
    return Added([(number, line) for number, line in numbered if line.strip()], after)
